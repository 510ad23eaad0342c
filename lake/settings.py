"""Limits and sizes, each with the reason for its value."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

__all__ = ["Limits", "Sizes", "cores"]

MIB = 1024 * 1024


def cores() -> int:
    """The number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What an input may cost before it is refused.

    ``item_bytes``: one file, member or response; the largest news pages known are below 10 MiB.
    ``archive_bytes``: the sum over one archive's members, unpacked.
    ``ratio``: unpacked to packed size of one member, beyond which it is a bomb once it exceeds
    ``ratio_floor`` bytes (deflate reaches at most 1032:1, HTML rarely 30:1).
    ``members``: entries in one archive.
    """

    item_bytes: int = 32 * MIB
    archive_bytes: int = 1024 * 1024 * MIB
    ratio: int = 200
    ratio_floor: int = 1 * MIB
    members: int = 50_000_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How work is cut.

    ``batch_items`` and ``batch_bytes`` bound one capture file, which is also one unit of structuring.
    ``commit_items``: captures that one commit of a restructuring takes, which a killed one has to do again.
    ``row_group``: rows per Parquet row group of articles: LIKE over text is four times slower with 123 k
    rows a group than with 5-20 k (measured). ``own_dates``: dates with few rows that get a file of their own in one
    commit of articles; where more have so few, these rows go to files of their years. ``workers``: structuring
    processes.
    """

    batch_items: int = 1000
    batch_bytes: int = 32 * MIB
    commit_items: int = 20_000
    row_group: int = 10_000
    own_dates: int = 24
    workers: int = field(default_factory=cores)
