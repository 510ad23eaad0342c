"""Verify finds damage of every kind that is planted, and nothing in a sound lake."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lake.errors import Stop
from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.query import ask
from lake.schema import CAPTURES
from lake.storage import parquet
from lake.storage.datafile import DataFile
from lake.storage.index import Index
from lake.storage.layout import SCHEMAS
from lake.storage.repair import repair
from lake.storage.table import Table
from lake.storage.tables import open_lake, open_table
from lake.storage.verify import verify
from tests.stored import number, post, run


@pytest.fixture
def root(tmp_path: Path) -> LakeRoot:
    root = LakeRoot(tmp_path / "lake")
    run(root, [post(1), post(2), Item(Origin(path="/in/empty.html"), b"")], "r1")
    run(root, [post(1, body="改写。")], "r2")
    return root


def kinds(root: LakeRoot) -> set[str]:
    return {finding.kind for finding in verify(root)}


def first(root: LakeRoot, name: str) -> tuple[Table, DataFile, Path]:
    table = open_table(root, name)
    return table, table.files()[0], table.folder / table.files()[0].path


def rewrite(root: LakeRoot, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Replace a table's first file by a changed one, log and all, as a faulty writer would."""
    table, file, path = first(root, name)
    rows = change(parquet.read_rows(path, SCHEMAS[name]))
    if name == "captures":
        made = parquet.write_captures(table.folder, "changed.parquet", rows)
    else:
        made = parquet.write_rows(table.folder, "changed.parquet", rows, row_group=100)
    table.commit([made], {"run_id": "x"}, remove=[file])
    with Index(root) as index:  # the index is a cache: it follows whatever the tables say
        index.catch_up(open_lake(root))


def put(rows: pa.Table, name: str, value: object) -> pa.Table:
    """The rows with another value in the first row's column."""
    values = [value, *rows.column(name).to_pylist()[1:]]
    return rows.set_column(
        rows.column_names.index(name), rows.schema.field(name), pa.array(values, rows.schema.field(name).type)
    )


def test_a_sound_lake(root: LakeRoot) -> None:
    assert verify(root) == []
    assert verify(root, bodies=False) == []


def test_no_lake(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="newslake ingest"):
        verify(LakeRoot(tmp_path / "none"))


def test_a_file_that_is_gone(root: LakeRoot) -> None:
    _, _, path = first(root, "articles")
    path.unlink()
    assert [(each.kind, each.where) for each in verify(root)] == [("missing_file", str(path))]


@pytest.mark.parametrize("name", ["captures", "articles", "outcomes", "rejects"])
def test_a_file_cut_short(root: LakeRoot, name: str) -> None:
    _, _, path = first(root, name)
    path.write_bytes(path.read_bytes()[:-50])
    assert "unreadable_file" in kinds(root)


def test_bytes_that_changed_in_place(root: LakeRoot) -> None:
    """Bodies are stored plainly here, so that only the checksum can tell."""
    table, file, path = first(root, "captures")
    rows = parquet.read_rows(path, CAPTURES)
    pq.write_table(
        rows, path, compression="none", use_dictionary=False, write_statistics=False, store_schema=False
    )
    content = path.read_bytes()
    at = content.index("青禾钢铁公布".encode())
    path.write_bytes(content[:at] + b"X" + content[at + 1 :])
    plain = path.rename(path.with_name("plain.parquet"))  # a name without a hash
    stats = f'{{"numRecords":{file.rows}}}'
    table.commit([DataFile(plain.name, plain.stat().st_size, file.rows, stats=stats)], {}, remove=[file])
    assert kinds(root) == {"damaged_body"}


def test_bytes_that_are_gone(root: LakeRoot) -> None:
    rewrite(root, "captures", lambda rows: put(rows, "body", None))
    assert "missing_body" in kinds(root)


def test_a_log_that_cannot_be_read(root: LakeRoot) -> None:
    for entry in (root.table("articles") / "_delta_log").glob("*.json"):
        entry.write_text("{ not json")
    assert kinds(root) == {"log"}


def test_a_wrong_row_count(root: LakeRoot) -> None:
    table, file, _ = first(root, "rejects")
    wrong = DataFile(file.path, file.size, 7, stats='{"numRecords":7}')
    table.commit([], {}, remove=[file])
    open_table(root, "rejects").commit([wrong], {})
    assert "row_count" in kinds(root)


def test_a_pin_beyond_the_table(root: LakeRoot) -> None:
    lake = open_lake(root)
    versions = {"captures": 1, "articles": 99, "rejects": 1}
    note = {"run_id": "x", "operation": "ingest", "counts": {}, "versions": versions}
    lake.outcomes.commit([], note)
    assert kinds(root) == {"pin"}


def test_counts_that_do_not_add_up(root: LakeRoot) -> None:
    lake = open_lake(root)
    versions = {table.name: table.version for table in lake.tables()}
    note = {"run_id": "x", "operation": "ingest", "counts": {"captured": 3, "new": 1}, "versions": versions}
    lake.outcomes.commit([], note)
    assert kinds(root) == {"counts"}


def twice(rows: pa.Table) -> pa.Table:
    return pa.concat_tables([rows, rows.slice(0, 1)])


PLANTED: list[tuple[str, str, Callable[[pa.Table], pa.Table]]] = [
    ("duplicate_capture", "captures", twice),
    ("capture_id", "captures", lambda rows: put(rows, "capture_id", "0" * 32)),
    ("duplicate_revision", "articles", twice),
    ("missing_revision", "articles", lambda rows: put(rows, "revision", 5)),
    (
        "published_date",
        "articles",
        lambda rows: put(rows, "published_at", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    ),
    ("unknown_capture", "articles", lambda rows: put(rows, "capture_ids", ["f" * 32])),
    ("outcome_without_capture", "outcomes", lambda rows: put(rows, "capture_id", "f" * 32)),
    ("outcome_without_article", "outcomes", lambda rows: put(rows, "article_id", "nowhere:1")),
    ("outcome_without_reject", "rejects", lambda rows: put(rows, "capture_id", None)),
    ("duplicate_reject", "rejects", twice),
]


@pytest.mark.parametrize(("kind", "name", "change"), PLANTED, ids=[kind for kind, *_ in PLANTED])
def test_rows_that_contradict_each_other(
    root: LakeRoot, kind: str, name: str, change: Callable[[pa.Table], pa.Table]
) -> None:
    rewrite(root, name, change)
    assert kind in kinds(root)


def test_an_article_in_the_wrong_folder(root: LakeRoot) -> None:
    table, file, path = first(root, "articles")
    other = table.folder / "date=2020-01-01" / path.name
    other.parent.mkdir()
    path.rename(other)
    moved = DataFile(
        f"date=2020-01-01/{path.name}",
        file.size,
        file.rows,
        "2020-01-01",
        stats=f'{{"numRecords":{file.rows}}}',
    )
    table.commit([moved], {}, remove=[file])
    assert kinds(root) == {"partition"}


def test_an_index_that_says_something_else(root: LakeRoot) -> None:
    with sqlite3.connect(root.index) as connection:
        connection.execute(
            "UPDATE articles SET revision = 9 WHERE article_id = ?", [f"eastmoney:{number(1)}"]
        )
    connection.close()
    findings = verify(root)
    assert [(each.kind, each.where) for each in findings] == [("index", f"eastmoney:{number(1)}")]


def test_what_dead_runs_left(root: LakeRoot) -> None:
    old = time.time() - 2 * 86400
    orphan = root.table("captures") / "dead-00000.parquet"
    fresh = root.table("captures") / "alive-00000.parquet"
    for path in (orphan, fresh):
        path.write_bytes(b"half written")
    os.utime(orphan, (old, old))
    for name in ("dead", "alive"):
        root.staging(name).mkdir(parents=True)
    os.utime(root.staging("dead"), (old, old))
    found = {(each.kind, each.where) for each in verify(root)}
    assert found == {("orphan_file", str(orphan)), ("staging", str(root.staging("dead")))}


def test_rows_of_a_superseded_revision_are_no_fault(root: LakeRoot) -> None:
    table = open_table(root, "articles")
    held = [
        pq.read_table(table.folder / file.path, columns=["revision"], partitioning=None)
        for file in table.files()
    ]
    assert pc.max(pa.concat_tables(held).column(0)).as_py() == 2
    assert verify(root) == []


MENDED = {"duplicate_capture", "duplicate_revision", "duplicate_reject", "published_date"}
"""The others contradict each other in rows that nothing else tells: they are named and left as they are."""


@pytest.mark.parametrize(("kind", "name", "change"), PLANTED, ids=[kind for kind, *_ in PLANTED])
def test_contradictions_are_mended_or_named_and_none_is_added(
    root: LakeRoot, kind: str, name: str, change: Callable[[pa.Table], pa.Table]
) -> None:
    query = "SELECT article_id, revision, count(*) FROM revisions GROUP BY ALL HAVING count(*) > 1"
    rewrite(root, name, change)
    before = kinds(root)
    lost = repair(root).lost
    assert {finding.kind for finding in lost} == kinds(root)
    assert kinds(root) <= before - MENDED
    assert (kind in kinds(root)) == (kind not in MENDED)
    with ask(root, query) as answer:
        assert list(answer.rows) == []


def test_a_wrong_bound_in_the_log_is_found_and_mended(root: LakeRoot) -> None:
    """Readers take a file's highest revision from the log to tell whether it supersedes anything."""
    table, file, _ = first(root, "articles")
    stats = {"numRecords": file.rows, "minValues": {"revision": 7}, "maxValues": {"revision": 7}}
    table.commit([], {}, remove=[file])
    wrong = replace(file, revision=7, stats=json.dumps(stats))
    open_table(root, "articles").commit([wrong], {})
    assert kinds(root) == {"bounds"}
    assert repair(root).lost == []
    assert verify(root) == []
