"""A small lake for tests: rows given as dicts, committed with the storage layer's own means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pyarrow as pa

from lake.locations import LakeRoot
from lake.storage import layout, parquet, tables
from lake.storage.datafile import DataFile, file_name

SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def article(article_id: str, revision: int = 1, day: int = 1, **fields: Any) -> dict[str, Any]:
    """A row of ``articles``, published at 09:30 in Shanghai on a day of March 2022."""
    published = dt.datetime(2022, 3, day, 9, 30, tzinfo=SHANGHAI)
    return {
        "article_id": article_id,
        "site": "qinghe",
        "title": f"{article_id} 第{revision}版",
        "body_text": "青禾钢铁扩产。",
        "published_at": published,
        "published_date": published.date(),
        "revision": revision,
        "authors": ["林远"],
        "mentions": [],
        "charts": [],
        "images": [],
        "glossary": [],
        "links": [],
    } | fields


def at(minute: int) -> dt.datetime:
    """A moment of the lake's own story."""
    return dt.datetime(2022, 4, 1, 8, minute, tzinfo=dt.UTC)


def commit(root: LakeRoot, *, run_id: str = "run", **rows: list[Mapping[str, Any]]) -> int:
    """Commit rows (table name -> rows), one file per date of articles; the new snapshot's id."""
    tables.create(root)
    versions = {}
    for name in ("captures", "rejects", "articles"):
        table = tables.open_table(root, name)
        versions[name] = table.version
        if rows.get(name):
            versions[name] = table.commit(_files(root, name, rows[name]), {"run_id": run_id})
    counts = {"captured": len(rows.get("outcomes", [])), "new": 0}
    note = {"operation": "ingest", "run_id": run_id, "versions": versions, "counts": counts}
    outcomes = tables.open_table(root, "outcomes")
    return outcomes.commit(_files(root, "outcomes", rows.get("outcomes", [])), note)


def _files(root: LakeRoot, name: str, rows: list[Mapping[str, Any]]) -> list[DataFile]:
    schema = layout.SCHEMAS[name]
    files = []
    for number, (_, group) in enumerate(groupby(rows, lambda row: row.get("published_date"))):
        table = pa.Table.from_pylist(list(group), schema=schema)
        name_of_file = file_name("run", number)
        if name != "captures":
            files.append(parquet.write_rows(root.table(name), name_of_file, table, row_group=100))
        else:
            files.append(parquet.write_captures(root.table(name), name_of_file, table))
    return files
