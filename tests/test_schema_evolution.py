"""A lake that today's schema wrote, opened by a newslake with more columns; and by other clients.

``fixtures/first_lake`` was written by the first schema (deltalake 1.6.6, pyarrow 26), in two runs: posts 1 and
2 of 2022-03-01 and an empty file, then another text of post 1 and post 3 of the day after.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from deltalake import DeltaTable

from lake.locations import TABLES, LakeRoot
from lake.storage.tables import open_table
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.stored import current, number, post, run

FIRST = Path(__file__).parent / "fixtures" / "first_lake"
ROOT = Path(__file__).parents[1]
NEW = {"captures": "agent", "articles": "mood", "outcomes": "load", "rejects": "final"}


def copied(target: Path) -> LakeRoot:
    return LakeRoot(Path(shutil.copytree(FIRST, target)))


def wider(root: LakeRoot, *steps: str) -> str:
    command = [sys.executable, "-m", "tests.wider", str(root.path), *steps]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def data(root: LakeRoot) -> dict[str, bytes]:
    return {str(path.relative_to(root.path)): path.read_bytes() for path in root.path.rglob("*.parquet")}


def asked(root: LakeRoot, query: str) -> list[tuple]:
    with duckdb.connect(str(root.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    """The first lake after a wider newslake has ingested more."""
    root = copied(tmp_path_factory.mktemp("grown") / "lake")
    assert wider(root, "ingest", "publish").split() == ["1", "2", "0", "0", "1"]
    return root


def test_the_first_lake_is_sound_and_goes_on(tmp_path: Path) -> None:
    root = copied(tmp_path / "lake")
    assert verify(root) == []
    assert run(root, [post(5)], "more").counts == (1, 0, 0, 0, 0)
    publish(root)
    assert asked(root, "SELECT count(*), max(revision) FROM articles") == [(4, 2)]
    assert asked(root, "SELECT count(*) FROM captures") == [(6,)]
    assert verify(root) == []


def test_nothing_that_was_written_is_written_again(grown: LakeRoot) -> None:
    after = data(grown)
    assert {name: after[name] for name in data(LakeRoot(FIRST))} == data(LakeRoot(FIRST))


def test_old_files_read_as_null_in_the_views(tmp_path: Path) -> None:
    root = copied(tmp_path / "lake")
    wider(root, "publish")
    assert asked(root, "SELECT count(*), count(mood) FROM articles") == [(3, 0)]
    assert asked(root, "SELECT count(*), count(mood) FROM revisions") == [(4, 0)]
    assert asked(root, "SELECT count(*), count(agent) FROM captures") == [(5, 0)]
    assert asked(root, "SELECT count(*), count(final) FROM rejects") == [(1, 0)]
    assert asked(root, "SELECT article_id, name, code FROM mentions") == [
        (f"eastmoney:{number(2)}", "青禾钢铁", "699001")
    ]


def test_new_files_bring_values_beside_the_nulls_of_old_ones(grown: LakeRoot) -> None:
    assert asked(grown, "SELECT article_id, mood FROM articles WHERE mood IS NOT NULL") == [
        (f"eastmoney:{number(4, '2022-03-02')}", "calm")
    ]
    assert asked(grown, "SELECT count(*), max(revision) FROM articles") == [(4, 2)]
    assert asked(grown, "SELECT count(*) FROM mentions") == [(1,)]
    merged = asked(grown, f"SELECT provenance FROM articles WHERE article_id LIKE '%{number(2)}'")[0][0]
    assert {*merged[0]} == {"field", "note", "capture_id"}


@pytest.mark.parametrize("name", TABLES)
def test_delta_readers_see_the_new_column(name: str, grown: LakeRoot) -> None:
    column, old = NEW[name], open_table(LakeRoot(FIRST), name)
    folder = str(grown.table(name))
    rows = DeltaTable(folder).to_pyarrow_table()
    assert column in rows.column_names
    assert len(rows) > sum(file.rows for file in old.files())
    expected = 1 if name == "articles" else 0
    assert len(rows) - rows.column(column).null_count == expected
    frame = pl.read_delta(folder)
    assert (len(frame), frame[column].count()) == (len(rows), expected)


def test_a_wider_newslake_maintains_verifies_and_restructures_the_old_lake(tmp_path: Path) -> None:
    root = copied(tmp_path / "lake")
    wider(root, "ingest", "publish", "restructure", "maintain", "verify")
    assert asked(root, "SELECT count(*), count(mood) FROM articles") == [(4, 1)]


def test_a_narrower_newslake_may_write_to_a_wider_lake(grown: LakeRoot, tmp_path: Path) -> None:
    root = LakeRoot(Path(shutil.copytree(grown.path, tmp_path / "lake", symlinks=True)))
    assert run(root, [post(6)], "narrower").counts == (1, 0, 0, 0, 0)
    publish(root)
    assert verify(root) == []
    wider(root, "publish", "verify")
    assert asked(root, "SELECT count(*), count(mood) FROM articles") == [(5, 1)]


ARTICLES = ("article_id", "revision", "title", "published_date")


def plain(rows: list[dict[str, Any]]) -> list[tuple]:
    return sorted(tuple(row[name] for name in ARTICLES) for row in rows)


def test_polars_delta_rs_and_pyarrow_open_the_tables_as_they_are(tmp_path: Path) -> None:
    """All revisions, and by a partition column that lies in no file."""
    root = copied(tmp_path / "lake")
    publish(root)
    query = f"SELECT {', '.join(ARTICLES)} FROM revisions"
    expected = sorted(asked(root, query))
    assert len(expected) == 4
    folder = str(root.table("articles"))
    assert plain(DeltaTable(folder).to_pyarrow_table().to_pylist()) == expected
    assert plain(pl.scan_delta(folder).collect().to_dicts()) == expected
    assert (
        plain(pl.scan_delta(folder).filter(pl.col("date") == "2022-03-02").collect().to_dicts())
        == expected[-1:]
    )
    files = [f"{folder}/{file.path}" for file in open_table(root, "articles").files()]
    assert plain(ds.dataset(files, format="parquet").to_table().to_pylist()) == expected
    dataset = DeltaTable(folder).to_pyarrow_dataset()
    assert plain(dataset.to_table(filter=pc.field("date") == "2022-03-02").to_pylist()) == expected[-1:]
    assert {row["article_id"] for row in pl.read_delta(folder).to_dicts()} == {*current(root)}
    body = pl.read_delta(str(root.table("captures")))["body"].drop_nulls()
    assert sum(map(len, body)) == 606 + 430
