"""Rows of articles on their way to merged files: sorted, some days at a time, so that a month needs little memory."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lake.schema import ARTICLES
from lake.storage import parquet
from lake.storage.datafile import DataFile
from lake.storage.index import Index
from lake.storage.table import Table

__all__ = ["current", "days", "superseded"]

_ORDER = [(name, "ascending") for name in ("published_date", "published_at", "article_id", "revision")]
_DATES = pa.schema([ARTICLES.field("published_date")])
_DAY = len("2022-03-01")
_AT_ONCE = 5_000
"""Rows of several days that are held at once, some 50 MB; one day may have more."""


def days(table: Table, files: Sequence[DataFile]) -> Iterator[pa.Table]:
    """The rows of some files, in order, one table for each stretch of whole dates of about 5,000 rows."""
    dates = [_dates(table, file) for file in files]
    for first, last in _stretches(sorted(sum(dates, Counter()).items())):
        parts = [
            _read(table, file, first, last)
            for file, own in zip(files, dates, strict=True)
            if any(first <= date <= last for date in own)
        ]
        yield pa.concat_tables(parts).sort_by(_ORDER)


def _dates(table: Table, file: DataFile) -> Counter[dt.date]:
    """How many rows of each date a file has; a day's file is its day's, whatever its rows say."""
    if _is_days(file):
        return Counter({dt.date.fromisoformat(str(file.partition)): file.rows})
    return Counter(parquet.read_rows(table.folder / file.path, _DATES).column(0).to_pylist())


def _read(table: Table, file: DataFile, first: dt.date, last: dt.date) -> pa.Table:
    dates = pc.field("published_date")
    where = None if _is_days(file) else (dates >= first) & (dates <= last)
    return parquet.read_rows(table.folder / file.path, ARTICLES, where)


def _is_days(file: DataFile) -> bool:
    return len(file.partition or "") == _DAY


def _stretches(counts: Sequence[tuple[dt.date, int]]) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last dates of stretches of dates, of which these are the numbers of rows."""
    begin, held = 0, 0
    for at, (_, rows) in enumerate(counts):
        if at > begin and held + rows > _AT_ONCE:
            yield counts[begin][0], counts[at - 1][0]
            begin, held = at, 0
        held += rows
    if counts:
        yield counts[begin][0], counts[-1][0]


def current(rows: pa.Table, index: Index) -> pa.Table:
    """The rows that no revision in the lake supersedes."""
    return rows.filter(pc.invert(_later(rows, index)))


def superseded(rows: pa.Table, index: Index) -> pa.Table:
    """The others."""
    return rows.filter(_later(rows, index))


def _later(rows: pa.Table, index: Index) -> pa.Array:
    """Whether a row has a later revision."""
    ids = rows.column("article_id").to_pylist()
    newest = index.articles(ids)
    revisions = rows.column("revision").to_pylist()
    pairs = zip(ids, revisions, strict=True)
    return pa.array(
        [each in newest and newest[each].revision > revision for each, revision in pairs], pa.bool_()
    )
