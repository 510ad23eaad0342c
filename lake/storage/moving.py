"""Rows of articles on their way to merged files: sorted, a day at a time, so that a month needs little memory."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lake.schema import ARTICLES
from lake.storage import parquet
from lake.storage.index import Index
from lake.storage.parquet import DataFile
from lake.storage.tables import Table

__all__ = ["current", "days", "superseded"]

_ORDER = [("published_at", "ascending"), ("article_id", "ascending"), ("revision", "ascending")]
_DAY = len("2022-03-01")


def days(table: Table, files: Sequence[DataFile]) -> Iterator[pa.Table]:
    """The rows of some files, one table for each date, in order."""
    own: dict[dt.date, list[DataFile]] = defaultdict(list)
    mixed = [file for file in files if len(file.partition or "") != _DAY]
    for file in mixed:
        dates = parquet.read_rows(table.folder / file.path, _DATES).column(0)
        own |= {date: [] for date in pc.unique(dates).to_pylist()}
    for file in files:
        if file not in mixed:
            own[dt.date.fromisoformat(str(file.partition))].append(file)
    for date, of_date in sorted(own.items()):
        parts = [parquet.read_rows(table.folder / file.path, ARTICLES) for file in of_date]
        where = pc.field("published_date") == date
        parts += [parquet.read_rows(table.folder / file.path, ARTICLES, where) for file in mixed]
        yield pa.concat_tables(parts).sort_by(_ORDER)


def current(rows: pa.Table, index: Index) -> pa.Table:
    """The rows that no revision in the lake supersedes."""
    return rows.filter(pc.invert(_later(rows, index)))


def superseded(rows: pa.Table, index: Index) -> pa.Table:
    """The others."""
    return rows.filter(_later(rows, index))


_DATES = pa.schema([ARTICLES.field("published_date")])


def _later(rows: pa.Table, index: Index) -> pa.Array:
    """Whether a row has a later revision."""
    ids = rows.column("article_id").to_pylist()
    newest = index.articles(ids)
    revisions = rows.column("revision").to_pylist()
    pairs = zip(ids, revisions, strict=True)
    return pa.array(
        [each in newest and newest[each].revision > revision for each, revision in pairs], pa.bool_()
    )
