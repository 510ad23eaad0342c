"""Article rows to data files: one folder a date, sorted by time, in slices that fit in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc

from lake.locations import LakeRoot
from lake.schema import ARTICLES
from lake.settings import Sizes
from lake.storage import parquet
from lake.storage.extracts import Extracts
from lake.storage.keys import KEYS
from lake.storage.parquet import DataFile

__all__ = ["write_articles"]

_SLICE_BYTES = (
    48 * 1024 * 1024
)  # staged bytes taken at once; sorting and writing need about three times as much
_FILE_ROWS = 20_000  # rows in one file at most
_HELD_ROWS = 2_500
"""Rows of a run up to which they stay in memory for publishing: some 25 MB."""
_THREADS = 4  # files written at once: compressing and flushing leave Python's lock alone
_ORDER = [("published_date", "ascending"), ("published_at", "ascending"), ("article_id", "ascending")]


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
    total = sum(len(extracts) for extracts, _ in sources)
    per_row = sum(extracts.bytes for extracts, _ in sources) // max(total, 1)
    limit = max(1000, _SLICE_BYTES // max(per_row, 1))
    folder = root.table("articles")
    keep = _kept(len(order))
    numbers = itertools.count()
    files: list[DataFile] = []

    def write(rows: pa.Table) -> DataFile:
        name = parquet.file_name(run_id, next(numbers))
        return parquet.write_rows(folder, name, rows, row_group=sizes.row_group, keep=keep)

    with ThreadPoolExecutor(_THREADS) as pool:
        for begin, end in _slices(order.column("published_date").to_pylist(), limit):
            files += pool.map(write, _per_file(_gather(sources, order.slice(begin, end - begin), run_id)))
    return files


def _kept(rows: int) -> Sequence[str]:
    """The columns that stay in memory of so many rows."""
    if rows <= _HELD_ROWS:
        return tuple(ARTICLES.names)
    return KEYS["articles"] if rows <= _FILE_ROWS else ()


def _order(sources: Sequence[tuple[Extracts, Sequence[int]]]) -> pa.Table:
    """Which row of which source comes where: sorted by date and time."""
    parts = []
    for number, (extracts, rows) in enumerate(sources):
        taken = pa.array(rows, pa.int64())
        keys = extracts.keys.select([name for name, _ in _ORDER]).take(taken)
        keys = keys.append_column("source", pa.array([number] * len(taken), pa.int8()))
        parts.append(keys.append_column("row", taken))
    return pa.concat_tables(parts).sort_by(_ORDER)


def _slices(dates: Sequence[object], limit: int) -> Iterator[tuple[int, int]]:
    """Cut sorted rows into stretches of about ``limit`` that end with a date, unless one date has more."""
    begin = end = 0
    for _, group in itertools.groupby(dates):
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
    return pa.concat_tables(parts).sort_by(_ORDER)


def _completed(rows: pa.Table, run_id: str) -> pa.Table:
    first: Mapping[str, pa.ChunkedArray] = {
        "revision": pc.fill_null(rows.column("revision"), pa.scalar(1, pa.int32())),
        "first_seen_at": pc.coalesce(rows.column("first_seen_at"), rows.column("captured_at")),
        "run_id": pc.fill_null(rows.column("run_id"), run_id),
    }
    return pa.table([first.get(name, rows.column(name)) for name in ARTICLES.names], schema=ARTICLES)


def _per_file(rows: pa.Table) -> Iterator[pa.Table]:
    """Cut sorted rows by date, and days with very many rows once more."""
    begin = 0
    for _, group in itertools.groupby(rows.column("published_date").to_pylist()):
        end = begin + sum(1 for _ in group)
        for start in range(begin, end, _FILE_ROWS):
            yield rows.slice(start, min(_FILE_ROWS, end - start))
        begin = end
