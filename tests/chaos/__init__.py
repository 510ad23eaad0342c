"""Proof that the lake loses nothing: everything here tries to break it.

`pytest` runs a short form of it, `make chaos` the full one (NEWSLAKE_CHAOS=full).
"""

from __future__ import annotations

import os

FULL = os.environ.get("NEWSLAKE_CHAOS") == "full"
"""Whether the full form runs."""
