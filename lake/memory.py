"""Memory that was freed and that nobody gave back to the system."""

from __future__ import annotations

import ctypes
import sys

import pyarrow as pa

__all__ = ["give_back"]


def give_back() -> None:
    """Return what Arrow (of this thread) and the C library hold of freed memory; costs some milliseconds.

    Both keep it, to be faster the next time: hundreds of MB after a step of many rows, while the next one needs as
    much elsewhere. ``malloc_trim`` is the GNU C library's; others are left as they are.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
