"""Staged extracts over many Arrow files, addressed by one running row number.

Key columns are read whole; the rest is taken row by row from files that are mapped only meanwhile, so that
memory follows the number of rows asked for, not the number staged.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from lake.storage import staging

__all__ = ["KEYS", "Extracts"]

KEYS = (
    "article_id",
    "capture_id",
    "origin",
    "captured_at",
    "content_hash",
    "published_at",
    "published_date",
    "extractor",
)


class Extracts:
    """The rows of several staged files, in their order."""

    def __init__(self, paths: Sequence[Path], schema: pa.Schema) -> None:
        self._paths = list(paths)
        self._schema = schema
        names = [name for name in KEYS if name in schema.names]
        parts = [_copied(staging.read(path, names)) for path in self._paths]
        empty = pa.schema([schema.field(name) for name in names]).empty_table()
        self.keys: pa.Table = pa.concat_tables(parts).combine_chunks() if parts else empty
        self._starts = [0, *itertools.accumulate(len(part) for part in parts)]
        self.bytes = sum(path.stat().st_size for path in self._paths)

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: Sequence[int]) -> pa.Table:
        """The rows of these numbers, in ascending order of number."""
        parts = [self._schema.empty_table()]
        wanted = sorted(rows)
        at = 0
        while at < len(wanted):
            file = bisect.bisect_right(self._starts, wanted[at]) - 1
            end = bisect.bisect_left(wanted, self._starts[file + 1], lo=at)
            local = [row - self._starts[file] for row in wanted[at:end]]
            parts.append(staging.read(self._paths[file]).take(pa.array(local, pa.int64())))
            at = end
        return pa.concat_tables(parts)


def _copied(table: pa.Table) -> pa.Table:
    """The table in memory of its own, so that the file is mapped no longer."""
    return table.take(pa.array(range(len(table)), pa.int64()))
