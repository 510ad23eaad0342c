"""Answers of the views over rows given as dicts, in memory: as fast as a test of a function."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from lake import schema
from lake.derived.relations import from_articles
from lake.derived.superseding import SUPERSEDING
from lake.derived.table import Batch
from lake.derived.tables import DERIVED
from lake.derived.text_index import TEXT_INDEX
from lake.views.blank import create
from lake.views.header import load
from lake.views.stored import RELATIONS, SNAPSHOT_COLUMNS
from tests.small_lake import SHANGHAI, article

Rows = Iterable[Mapping[str, Any]]

_RELATIONS = {
    "captures": pa.schema([schema.CAPTURES.field(name) for name in schema.CAPTURE_COLUMNS]),
    "articles": schema.ARTICLES,
    "superseded": schema.ARTICLES,
    "outcomes": schema.OUTCOMES,
    "rejects": schema.REJECTS,
    **{table.name: table.columns for table in DERIVED if table.query is None and table is not SUPERSEDING},
}


@cache
def _views() -> duckdb.DuckDBPyConnection:
    """All views and macros over tables that are empty still, made once a process."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE SCHEMA stored")
    for name, columns in _RELATIONS.items():
        connection.register("given", columns.empty_table())
        connection.execute(f"CREATE TABLE stored.{name} AS FROM given")
    revised = ", ".join(RELATIONS["revised"].names)
    connection.execute(f"CREATE VIEW stored.revised AS SELECT {revised} FROM stored.articles")
    for table in DERIVED:
        if table.query is not None:
            connection.execute(f"CREATE VIEW stored.{table.name} AS {from_articles(table)}")
    columns = ", ".join(f'"{name}" {kind}' for name, kind in SNAPSHOT_COLUMNS.items())
    connection.execute(f"CREATE TABLE stored.snapshots ({columns})")
    for view in load():
        create(connection, view)
    return connection


def answer(query: str, *, snapshots: Rows = (), **rows: Rows) -> list[tuple[Any, ...]]:
    """What ``query`` gives over these rows (relation name -> rows); other relations are empty."""
    connection = _views()
    for name, columns in _RELATIONS.items():
        connection.register("given", pa.Table.from_pylist(list(rows.get(name, ())), schema=columns))
        connection.execute(f"DELETE FROM stored.{name}; INSERT INTO stored.{name} FROM given")
    _index(connection, pa.Table.from_pylist(list(rows.get("articles", ())), schema=schema.ARTICLES))
    connection.execute("DELETE FROM stored.snapshots")
    for snapshot in snapshots:
        connection.execute(
            f"INSERT INTO stored.snapshots ({', '.join(snapshot)}) VALUES ({', '.join('?' * len(snapshot))})",
            list(snapshot.values()),
        )
    return connection.execute(query).fetchall()


def _index(connection: duckdb.DuckDBPyConnection, articles: pa.Table) -> None:
    """Fill the text index, which neither a query nor the caller gives."""
    batch = Batch(connection, articles.select(list(TEXT_INDEX.reads)), 0, ())
    connection.register("given", TEXT_INDEX.build(batch))
    connection.execute("INSERT INTO stored.text_index FROM given")


def on(day: dt.date | str, article_id: str, *, time: str = "09:30", **fields: Any) -> dict[str, Any]:
    """An article published on ``day`` at ``time`` in Shanghai."""
    date = dt.date.fromisoformat(day) if isinstance(day, str) else day
    published = dt.datetime.combine(date, dt.time.fromisoformat(time), SHANGHAI)
    return article(article_id) | {"published_at": published, "published_date": date} | fields


def named(
    code: str, *, market: int = 1, kind: str = "security", name: str | None = None, **fields: Any
) -> dict[str, Any]:
    """A mention, by default once, far down and under a made-up name."""
    return {
        "kind": kind,
        "market": market,
        "code": code,
        "symbol": f"{code}.SH" if kind == "security" else None,
        "name": name or f"甲{code}",
        "count": 1,
        "first_offset": 900,
        "marked_by": "markup",
    } | fields
