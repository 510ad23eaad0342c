"""Article rows to data files: a folder a date, sorted by time, in slices that fit in memory.

What an increment brings late is a row or two for each of many dates. A file for each of them would be mostly footer, and
each file costs every reader a fraction of a millisecond, so such rows share a file in the folder of their year.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc

from lake.locations import LakeRoot
from lake.memory import give_back
from lake.schema import ARTICLES
from lake.settings import Sizes
from lake.storage import parquet
from lake.storage.datafile import DataFile, file_name
from lake.storage.extracts import Extracts
from lake.storage.keys import KEYS

__all__ = ["partitions", "write_articles"]

_SLICE_BYTES = (
    48 * 1024 * 1024
)  # staged bytes taken at once; sorting and writing need about three times as much
_FILE_ROWS = 20_000  # rows in one file at most
_HELD_ROWS = 2_500
"""Rows of a run up to which they stay in memory for publishing: some 25 MB."""
_THREADS = 4  # files written at once: compressing and flushing leave Python's lock alone
_ORDER = [("published_date", "ascending"), ("published_at", "ascending"), ("article_id", "ascending")]
_FEW_ROWS = 8
"""Rows of a date below which its file is mostly footer: 3.5 KB of it beside 2 to 5 for a row (measured)."""


def write_articles(
    root: LakeRoot,
    sources: Sequence[tuple[Extracts, Sequence[int]]],
    *,
    run_id: str,
    sizes: Sizes,
) -> list[DataFile]:
    """Write the given rows of the given extracts; returns the files, which are on disk but not committed.

    Rows that have no revision yet are first revisions, first seen when they were captured.
    """
    order = _order(sources)
    homes = partitions(order.column("published_date").to_pylist(), sizes.own_dates)
    order = _by_home(order, homes)
    total = sum(len(extracts) for extracts, _ in sources)
    per_row = sum(extracts.bytes for extracts, _ in sources) // max(total, 1)
    limit = max(1000, _SLICE_BYTES // max(per_row, 1))
    folder = root.table("articles")
    keep = _kept(len(order))
    numbers = itertools.count()
    files: list[DataFile] = []

    def write(part: tuple[str, pa.Table]) -> DataFile:
        partition, rows = part
        name = file_name(run_id, next(numbers))
        return parquet.write_rows(
            folder, name, rows, row_group=sizes.row_group, partition=partition, keep=keep
        )

    with ThreadPoolExecutor(_THREADS) as pool:
        for begin, end in _slices(order.column("home").to_pylist(), limit):
            rows = _gather(sources, order.slice(begin, end - begin), run_id)
            files += pool.map(write, _per_file(_by_home(rows, homes)))
            if len(order) > _HELD_ROWS:
                give_back()
    return files


def partitions(dates: Iterable[dt.date], own_dates: int) -> Mapping[dt.date, str]:
    """The partition for the rows of each date, given the dates of all rows that are written at once.

    It is the date, but where more than ``own_dates`` dates have a few rows each, it is these dates' year.
    """
    counts = Counter(dates)
    few = {date for date, rows in counts.items() if rows < _FEW_ROWS}
    if len(few) <= own_dates:
        few.clear()
    return {date: date.isoformat()[: 4 if date in few else None] for date in counts}


def _kept(rows: int) -> Sequence[str]:
    """The columns that stay in memory of so many rows."""
    if rows <= _HELD_ROWS:
        return tuple(ARTICLES.names)
    return KEYS["articles"] if rows <= _FILE_ROWS else ()


def _order(sources: Sequence[tuple[Extracts, Sequence[int]]]) -> pa.Table:
    """The rows' keys, and which row of which source each is."""
    parts = []
    for number, (extracts, rows) in enumerate(sources):
        taken = pa.array(rows, pa.int64())
        keys = extracts.keys.select([name for name, _ in _ORDER]).take(taken)
        keys = keys.append_column("source", pa.array([number] * len(taken), pa.int8()))
        parts.append(keys.append_column("row", taken))
    return pa.concat_tables(parts)


def _by_home(rows: pa.Table, homes: Mapping[dt.date, str]) -> pa.Table:
    """The rows with their partition as ``home``, sorted by it, date and time."""
    home = pa.array([homes[date] for date in rows.column("published_date").to_pylist()], pa.string())
    return rows.append_column("home", home).sort_by([("home", "ascending"), *_ORDER])


def _slices(homes: Sequence[object], limit: int) -> Iterator[tuple[int, int]]:
    """Cut sorted rows into stretches of about ``limit`` that end with a partition, unless one has more."""
    begin = end = 0
    for _, group in itertools.groupby(homes):
        length = sum(1 for _ in group)
        if end > begin and end + length - begin > limit:
            yield begin, end
            begin = end
        end += length
        while end - begin > max(limit, _FILE_ROWS):
            yield begin, begin + limit
            begin += limit
    if end > begin:
        yield begin, end


def _gather(sources: Sequence[tuple[Extracts, Sequence[int]]], order: pa.Table, run_id: str) -> pa.Table:
    parts = []
    for number, (extracts, _) in enumerate(sources):
        rows = order.column("row").filter(pc.equal(order.column("source"), number)).to_pylist()
        if rows:
            parts.append(_completed(extracts.take(rows), run_id))
    return pa.concat_tables(parts)


def _completed(rows: pa.Table, run_id: str) -> pa.Table:
    first: Mapping[str, pa.ChunkedArray] = {
        "revision": pc.fill_null(rows.column("revision"), pa.scalar(1, pa.int32())),
        "first_seen_at": pc.coalesce(rows.column("first_seen_at"), rows.column("captured_at")),
        "run_id": pc.fill_null(rows.column("run_id"), run_id),
    }
    return pa.table([first.get(name, rows.column(name)) for name in ARTICLES.names], schema=ARTICLES)


def _per_file(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Cut sorted rows by partition, and partitions with very many rows once more."""
    begin = 0
    for home, group in itertools.groupby(rows.column("home").to_pylist()):
        end = begin + sum(1 for _ in group)
        for start in range(begin, end, _FILE_ROWS):
            yield home, rows.slice(start, min(_FILE_ROWS, end - start)).drop_columns("home")
        begin = end
