"""Building and merging segments."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pyarrow as pa

from lake.derived import changes, segments
from lake.derived.segments import Segment
from lake.derived.superseding import SUPERSEDING
from lake.derived.table import Batch, Derived, Settling
from lake.locations import LakeRoot
from lake.storage.files import Place

__all__ = ["Work"]

log = logging.getLogger(__name__)

_LIKE = 8  # segments are of a like size if none is so many times the newest
_MANY = 8  # segments of a like size that are merged: each row is written again once per eightfold size


class Work:
    """Work on the derived tables of a lake up to one version of ``articles``; ``recent`` as for `changes.batches`."""

    def __init__(
        self,
        root: LakeRoot,
        version: int,
        connection: duckdb.DuckDBPyConnection,
        recent: Mapping[str, pa.Table] | None = None,
    ) -> None:
        self._recent = recent
        self._root = root
        self._version = version
        self._connection = connection
        self._chains: dict[str, list[Segment]] = {}
        self._counts: dict[int, int] = {}

    def missing(self, table: Derived) -> int:
        """How many rows of ``articles`` a table has nothing of yet."""
        first = self._next(table)
        if first not in self._counts:
            self._counts[first] = changes.count(self._root, first, self._version)
        return self._counts[first]

    def extend(self, of: Sequence[Derived]) -> None:
        """Write one segment of each table for the versions that it lacks; none where it lacks none.

        Tables that lack the same read ``articles`` together.
        """
        behind: dict[int, list[Derived]] = {}
        for table in of:
            behind.setdefault(self._next(table), []).append(table)
        for start, some in behind.items():
            if start <= self._version:
                self._extend(some, start)

    def merge(self, table: Derived, limit: int | None) -> None:
        """Merge the newest segments of a like size, and what comes of it with its like.

        Nothing is done where they have more than ``limit`` bytes together.
        """
        while True:
            chain = self._live(table)
            sizes = [segment.path.stat().st_size for segment in chain]
            begin = _mergeable(sizes)
            if begin is None or (limit is not None and sum(sizes[begin:]) > limit):
                return
            span = chain[begin].first, chain[-1].last
            self._write(table, span, [segment.path for segment in chain[begin:]])

    def _extend(self, of: Sequence[Derived], start: int) -> None:
        paths = changes.added(self._root, start, self._version) if start else None
        if paths is None:
            start, paths = 0, changes.all_files(self._root, self._version)
            log.info("%s: made from %d files of articles", ", ".join(table.name for table in of), len(paths))
        with ExitStack() as spaces:
            building = [
                (table, _Parts(spaces.enter_context(segments.workspace(self._root)), table)) for table in of
            ]
            past = {table.name: self._past(table, start) for table in of}
            columns = [*dict.fromkeys(name for table in of for name in table.reads)]
            batches = 0
            for rows in changes.batches(paths, columns, self._recent):
                batches += 1
                for table, parts in building:
                    before = (*past[table.name], *parts.set_down())
                    parts.newest = table.build(Batch(self._connection, rows, self._version, before))
            held = rows if batches == 1 else None
            failures: list[Exception] = []
            for table, parts in building:
                try:
                    made = self._settled(table, parts.everything(), past[table.name], held, spaces)
                    self._write(table, (start, self._version), made)
                except Exception as failure:  # noqa: BLE001  one table's failure is not another's
                    failures.append(failure)
            if failures:
                raise failures[0]

    def _settled(
        self,
        table: Derived,
        rows: pa.Table | Sequence[Place],
        past: Sequence[Place],
        held: pa.Table | None,
        spaces: ExitStack,
    ) -> pa.Table | Sequence[Place]:
        if table.settle is None:
            return rows
        parts = _Parts(spaces.enter_context(segments.workspace(self._root)), table)
        articles = self._root.table("articles")
        for part in table.settle(Settling(self._connection, table.columns, rows, past, articles, held)):
            parts.set_down()
            parts.newest = part
        return parts.everything()

    def _past(self, table: Derived, start: int) -> list[Place]:
        return [segment.path for segment in self._live(table) if segment.last < start]

    def _next(self, table: Derived) -> int:
        """The first version that a table has no rows of."""
        chain = self._live(table)
        return chain[-1].last + 1 if chain else 0

    def _live(self, table: Derived) -> list[Segment]:
        """The segments that count; found once, for names are compared with the log."""
        if table.name not in self._chains:
            self._chains[table.name] = segments.live(self._root, table, self._version)
        return self._chains[table.name]

    def _write(self, table: Derived, span: tuple[int, int], rows: pa.Table | Sequence[Place]) -> None:
        superseding = self._superseding(table, span)
        segments.write(self._connection, self._root, table, span, rows, superseding)
        self._chains.pop(table.name, None)

    def _superseding(self, table: Derived, span: tuple[int, int]) -> list[Place]:
        """The files that name what is superseded in a range of versions: this table must be built before."""
        if table is SUPERSEDING or not table.by_article:
            return []
        chain = self._live(SUPERSEDING)
        if not chain or chain[-1].last < span[1]:
            raise LookupError(f"what supersedes what is not known up to version {span[1]} of articles")
        return [segment.path for segment in chain if segment.last >= span[0]]


class _Parts:
    """The rows of a segment in the making: all but the newest are in files, so that memory is bounded."""

    def __init__(self, folder: Path, table: Derived) -> None:
        self.newest = table.columns.empty_table()
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


def _mergeable(sizes: Sequence[int]) -> int | None:
    """Where the newest segments of a like size begin, if they are many enough to be merged."""
    begin = len(sizes)
    while begin and sizes[begin - 1] < _LIKE * sizes[-1]:
        begin -= 1
    return begin if len(sizes) - begin >= _MANY else None
