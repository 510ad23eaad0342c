"""Building and merging segments."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import repeat

import duckdb
import pyarrow as pa

from lake.derived import changes, segments
from lake.derived.making import Making
from lake.derived.segments import Segment
from lake.derived.superseding import SUPERSEDING
from lake.derived.table import Derived
from lake.locations import LakeRoot
from lake.memory import give_back
from lake.storage.files import Place

__all__ = ["Work"]

log = logging.getLogger(__name__)

_THREADS = 2  # tables made side by side; others may be ingesting
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
            self._write(table, span, [segment.path for segment in chain[begin:]], self._connection)

    def _extend(self, of: Sequence[Derived], start: int) -> None:
        paths = changes.added(self._root, start, self._version) if start else None
        if paths is None:
            start, paths = 0, changes.all_files(self._root, self._version)
            names = ", ".join(table.name for table in of)
            log.info("derived tables are made from %d files of articles: %s", len(paths), names)
        columns = [*dict.fromkeys(name for table in of for name in table.reads)]
        batches = 0
        with ExitStack() as opened, ThreadPoolExecutor(_THREADS) as pool:
            making = [opened.enter_context(self._making(table, start)) for table in of]
            for rows in changes.batches(paths, columns, self._recent):
                batches += 1
                list(pool.map(_added if batches > 1 else Making.add, making, repeat(rows)))
            held = rows if batches == 1 else None

            def finish(each: Making) -> Exception | None:
                if batches > 1:
                    _give_back(each.connection)
                try:
                    self._write(each.table, (start, self._version), each.settled(held), each.connection)
                except Exception as failure:  # noqa: BLE001  one table's failure is not another's
                    return failure
                return None

            # the others leave out what this one names
            failures = [finish(each) for each in making if each.table is SUPERSEDING]
            others = [each for each in making if each.table is not SUPERSEDING]
            # sorting many rows takes all the memory that there is for it
            failures += map(finish, others) if batches > 1 else pool.map(finish, others)
        for failure in failures:
            if failure is not None:
                raise failure

    @contextmanager
    def _making(self, table: Derived, start: int) -> Iterator[Making]:
        past = [segment.path for segment in self._live(table) if segment.last < start]
        with segments.workspace(self._root) as space, self._connection.cursor() as session:
            session.execute("SET TimeZone = 'UTC'")
            yield Making(table, session, self._version, past, self._root.table("articles"), space)

    def _next(self, table: Derived) -> int:
        """The first version that a table has no rows of."""
        chain = self._live(table)
        return chain[-1].last + 1 if chain else 0

    def _live(self, table: Derived) -> list[Segment]:
        """The segments that count; found once, for names are compared with the log."""
        if table.name not in self._chains:
            self._chains[table.name] = segments.live(self._root, table, self._version)
        return self._chains[table.name]

    def _write(
        self,
        table: Derived,
        span: tuple[int, int],
        rows: pa.Table | Sequence[Place],
        connection: duckdb.DuckDBPyConnection,
    ) -> None:
        superseding = self._superseding(table, span)
        segments.write(connection, self._root, table, span, rows, superseding)
        self._chains.pop(table.name, None)

    def _superseding(self, table: Derived, span: tuple[int, int]) -> list[Place]:
        """The files that name what is superseded in a range of versions: this table must be built before."""
        if table is SUPERSEDING or not table.by_article:
            return []
        chain = self._live(SUPERSEDING)
        if not chain or chain[-1].last < span[1]:
            raise LookupError(f"what supersedes what is not known up to version {span[1]} of articles")
        return [segment.path for segment in chain if segment.last >= span[0]]


def _added(making: Making, rows: pa.Table) -> None:
    """Add one batch of many."""
    making.add(rows)
    give_back()


def _give_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Return what the last table took: DuckDB does when its threads end, and keeps 100 MB otherwise (measured)."""
    give_back()
    connection.execute(f"SET threads = 1; SET threads = {_THREADS}")


def _mergeable(sizes: Sequence[int]) -> int | None:
    """Where the newest segments of a like size begin, if they are many enough to be merged."""
    begin = len(sizes)
    while begin and sizes[begin - 1] < _LIKE * sizes[-1]:
        begin -= 1
    return begin if len(sizes) - begin >= _MANY else None
