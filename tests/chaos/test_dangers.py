"""Dangers of the storage format that no other test meets; docs/reliability.md lists which test meets which."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from lake.locations import LakeRoot
from lake.query import ask
from lake.schema import ARTICLES
from lake.storage import datafile, layout, parquet
from lake.storage.maintain import maintain
from lake.storage.tables import create, open_table
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.chaos import FULL
from tests.small_lake import article
from tests.stored import post, run

FILES = 10_000 if FULL else 500
CLIENT = """
import json, sys
sys.modules["pytz"] = None  # as where it is not installed
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
try:
    connection.execute("SELECT published_at FROM articles").fetchall()
    said = None
except duckdb.Error as error:
    said = str(error)
texts = connection.execute("SELECT published_at::VARCHAR FROM articles ORDER BY ALL").fetchall()
table = connection.sql("SELECT published_at FROM articles ORDER BY ALL").to_arrow_table()
print(json.dumps([said, len(texts), [str(each) for each in table.column(0).to_pylist()]]))
"""


def test_views_over_thousands_of_files_open_and_count(tmp_path: Path) -> None:
    """What a lake would have that nobody maintains."""
    root = LakeRoot(tmp_path / "lake")
    create(root)
    table = open_table(root, "articles")
    rows = pa.Table.from_pylist([article("s:1", capture_ids=["0" * 32])], layout.SCHEMAS["articles"])
    first = parquet.write_rows(table.folder, datafile.file_name("run", 0), rows, row_group=100)
    folder, _, name = first.path.rpartition("/")
    files = [first]
    for number in range(1, FILES):
        files.append(replace(first, path=f"{folder}/{number}-{name}"))
        os.link(table.folder / first.path, table.folder / files[-1].path)
    versions = {"articles": table.commit(files, {"run_id": "run"}), "captures": 0, "rejects": 0}
    note = {"operation": "ingest", "run_id": "run", "versions": versions, "counts": {"captured": 0}}
    open_table(root, "outcomes").commit([], note)
    publish(root)
    with duckdb.connect(str(root.database), read_only=True) as client:
        assert client.execute("SELECT count(*) FROM articles").fetchall() == [(FILES,)]
        query = "SELECT count(*), min(title) FROM articles WHERE published_date = DATE '2022-03-01'"
        assert client.execute(query).fetchall() == [(FILES, "s:1 第1版")]


@pytest.fixture
def spread(tmp_path: Path) -> LakeRoot:
    """A lake with late rows of many dates, a revision that moves one, maintained."""
    root = LakeRoot(tmp_path / "lake")
    days = [dt.date(2021, 12, 1) + dt.timedelta(days=n) for n in range(40)]
    run(root, [post(n, f"{day}") for n, day in enumerate(days)], "a")
    run(root, [post(100 + n, f"{day}") for n, day in enumerate(days[::2])], "b")
    maintain(root)
    run(root, [post(0, f"{days[0]}", body="改过的公告。")], "c")
    publish(root)
    return root


def test_no_folder_has_a_key_that_is_no_partition_column(spread: LakeRoot) -> None:
    """Polars takes any ``key=value`` for a column and fails where the log names none of that name."""
    assert verify(spread) == []
    for name in ("captures", "articles", "outcomes", "rejects"):
        folder = spread.table(name)
        keys = {part.partition("=")[0] for path in folder.rglob("*") for part in path.parts if "=" in part}
        columns = set(open_table(spread, name).delta.metadata().partition_columns)
        assert keys <= columns
        assert pl.scan_delta(str(folder)).select(pl.len()).collect().item() == sum(
            file.rows for file in open_table(spread, name).files()
        )
    rows = pl.scan_delta(str(spread.table("articles"))).select(ARTICLES.names).collect()
    with ask(spread, "SELECT count(*) FROM revisions") as answer:
        assert list(answer.rows) == [(len(rows),)] == [(61,)]


def test_a_client_without_pytz_is_told_so_and_has_other_ways(spread: LakeRoot) -> None:
    """DuckDB's Python client asks for it only to make Python's own times; texts and Arrow tables need none."""
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, str(spread.database)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said, texts, times = json.loads(done.stdout)
    assert "pytz" in said
    assert texts == len(times) == 60
    assert times[0].startswith("2021-")
