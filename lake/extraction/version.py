"""The extractor's name and version, kept apart so that every module here can read it."""

from __future__ import annotations

__all__ = ["EXTRACTOR"]

EXTRACTOR = "newslake/3"
"""Name and version that every article carries; raised when the rules change what they give."""
