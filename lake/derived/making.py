"""One table's segment in the making: its rows, as they come and when all are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from lake.derived import segments
from lake.derived.table import Batch, Derived, Settling
from lake.storage.files import Place

__all__ = ["Making"]


class Making:
    """The rows of one table for a range of versions that ends with ``last``.

    ``connection`` is its own, so that tables can be made side by side. ``past``: the table's files before.
    ``articles``: the folder of that table. ``space``: a folder on this machine for parts.
    """

    def __init__(
        self,
        table: Derived,
        connection: duckdb.DuckDBPyConnection,
        last: int,
        past: Sequence[Place],
        articles: Place,
        space: Path,
    ) -> None:
        self.table = table
        self.connection = connection
        self._last = last
        self._past = past
        self._articles = articles
        self._space = space
        self._parts = _Parts(space / "built", table)

    def add(self, rows: pa.Table) -> None:
        """Build what a batch of articles gives."""
        before = (*self._past, *self._parts.set_down())
        self._parts.newest = self.table.build(Batch(self.connection, rows, self._last, before))

    def settled(self, held: pa.Table | None) -> pa.Table | Sequence[Place]:
        """All rows, completed; ``held`` are the articles, where they are in memory."""
        rows = self._parts.everything()
        if self.table.settle is None:
            return rows
        parts = _Parts(self._space / "settled", self.table)
        given = Settling(self.connection, self.table.columns, rows, self._past, self._articles, held)
        for part in self.table.settle(given):
            parts.set_down()
            parts.newest = part
        return parts.everything()


class _Parts:
    """The rows of a segment in the making: all but the newest are in files, so that memory is bounded."""

    def __init__(self, folder: Path, table: Derived) -> None:
        self.newest = table.columns.empty_table()
        folder.mkdir()
        self._folder = folder
        self._paths: list[Path] = []

    def set_down(self) -> list[Path]:
        """Write the newest rows to a file, too; all files."""
        if len(self.newest):
            self._paths.append(self._folder / f"part-{len(self._paths):05d}")
            segments.write_part(self._paths[-1], self.newest)
            self.newest = self.newest.slice(0, 0)
        return self._paths

    def everything(self) -> pa.Table | Sequence[Place]:
        """All rows: in memory if they came at once, else in files."""
        return self.set_down() if self._paths else self.newest
