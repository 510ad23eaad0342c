"""Publishing: readers see one snapshot or another, whatever happens beside them."""

from __future__ import annotations

import datetime as dt
import multiprocessing as mp
import shutil
from pathlib import Path

import duckdb
import pytest

from lake.locations import LakeRoot
from lake.storage import tablelog
from lake.views import stored
from lake.views.publish import Published, publish
from tests.small_lake import article, commit


@pytest.fixture
def root(tmp_path: Path) -> LakeRoot:
    return LakeRoot(tmp_path / "lake")


def count(root: LakeRoot, view: str = "articles") -> int:
    with duckdb.connect(root.database, read_only=True) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0])


def newest(root: LakeRoot) -> int:
    with duckdb.connect(root.database, read_only=True) as connection:
        return int(connection.execute("SELECT max(snapshot) FROM snapshots").fetchall()[0][0])


def wal(root: LakeRoot) -> Path:
    return root.database.with_name("lake.duckdb.wal")


def test_without_a_lake_all_views_are_empty(root: LakeRoot) -> None:
    assert publish(root) == Published(root.database, None)
    assert count(root) == count(root, "snapshots") == 0


def test_publishing_shows_the_newest_snapshot_and_again_the_same(root: LakeRoot) -> None:
    snapshot = commit(root, articles=[article("a"), article("b", day=2)])
    assert publish(root) == publish(root) == Published(root.database, snapshot)
    assert (count(root), newest(root)) == (2, snapshot)


@pytest.mark.parametrize(
    "name", ["it's", 'so "quoted"', "white  space", "新闻湖", "a[b]*;--", "site=x", "date=2020-01-01"]
)
def test_any_folder_name_works(name: str, tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / name)
    commit(root, articles=[article("a")])
    publish(root)
    assert count(root) == 1


def test_who_holds_the_file_keeps_the_old_state(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    with duckdb.connect(root.database, read_only=True) as holder:
        commit(root, articles=[article("a", 2), article("b")])
        publish(root)
        assert holder.execute("SELECT article_id, revision FROM articles").fetchall() == [("a", 1)]
    assert count(root) == 2


def test_a_client_that_writes_leaves_nothing_behind(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    with duckdb.connect(root.database) as writer:
        writer.execute("CREATE TEMP TABLE mine AS FROM articles")
        with pytest.raises(duckdb.Error):
            writer.execute("CREATE TABLE lasting AS FROM articles")
        commit(root, articles=[article("b")])
        publish(root)
        with pytest.raises(duckdb.Error):
            writer.execute("CREATE TABLE later AS SELECT 1")
    assert wal(root).is_symlink()
    assert not wal(root).exists()
    assert count(root) == 2


def test_a_log_that_a_client_left_is_replaced(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    wal(root).unlink()
    wal(root).write_bytes(b"left by a client that was killed")
    publish(root)
    assert wal(root).is_symlink()
    assert count(root) == 1


def test_what_a_killed_publisher_left_is_overwritten(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    root.database.with_name("lake.duckdb.new").write_bytes(b"half a file")
    root.database.with_name("lake.duckdb.new.wal").write_bytes(b"half a log")
    publish(root)
    assert count(root) == 1
    assert sorted(path.name for path in root.path.glob("lake.duckdb*")) == [
        "lake.duckdb",
        "lake.duckdb.lock",
        "lake.duckdb.wal",
    ]


def test_a_damaged_file_is_replaced(root: LakeRoot) -> None:
    snapshot = commit(root, articles=[article("a")])
    root.database.write_bytes(b"not a database")
    publish(root)
    assert (count(root), newest(root)) == (1, snapshot)


def test_snapshots_are_remembered_when_the_log_forgets_them(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    second = commit(root, articles=[article("b")])
    publish(root)
    entry = tablelog.log_entry(root, "outcomes", 1)
    entry.write_text(entry.read_text("utf-8").replace(tablelog.NOTE, "forgotten"), "utf-8")
    with duckdb.connect(root.database, read_only=True) as connection:
        before = connection.execute("FROM snapshots ORDER BY snapshot").fetchall()
    publish(root)
    with duckdb.connect(root.database, read_only=True) as connection:
        assert connection.execute("FROM snapshots ORDER BY snapshot").fetchall() == before
    assert [row[0] for row in before] == [0, 1, second]


def test_snapshots_of_another_lake_are_not_taken_over(root: LakeRoot, tmp_path: Path) -> None:
    other = LakeRoot(tmp_path / "other")
    for _ in range(3):
        commit(other, run_id="other", articles=[article("x")])
    publish(other)
    commit(root, run_id="own", articles=[article("a")])
    shutil.copy(other.database, root.database)
    publish(root)
    with duckdb.connect(root.database, read_only=True) as connection:
        assert connection.execute("SELECT run_id FROM snapshots ORDER BY snapshot").fetchall() == [
            ("",),
            ("own",),
        ]


def test_a_file_that_shows_all_of_it_already_is_left_alone(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    before = root.database.stat()
    wal(root).unlink()
    publish(root)
    assert root.database.stat().st_ino == before.st_ino
    assert wal(root).is_symlink()
    for segment in root.derived("mentions").glob("*.parquet"):
        segment.unlink()  # a derived table that was deleted is made again, and shown
    publish(root)
    with duckdb.connect(str(root.database), read_only=True) as connection:
        connection.execute("FROM attention_daily").fetchall()
    publish(root, always=True)
    assert root.database.stat().st_ino != before.st_ino


def test_a_moved_lake_is_published_again(root: LakeRoot, tmp_path: Path) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    moved = LakeRoot(tmp_path / "moved")
    root.path.rename(moved.path)
    with pytest.raises(duckdb.IOException):
        count(moved)
    publish(moved)
    assert count(moved) == 1


def _publish_often(root: LakeRoot, times: int) -> None:
    for _ in range(times):
        publish(root)


def test_a_newer_file_is_never_replaced_by_an_older_one(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    context = mp.get_context("spawn")
    publishers = [context.Process(target=_publish_often, args=(root, 6)) for _ in range(2)]
    for publisher in publishers:
        publisher.start()
    seen = []
    number = 1
    while any(publisher.is_alive() for publisher in publishers):
        if number < 6:
            number = commit(root, articles=[article(f"a{number}")])
        with duckdb.connect(root.database, read_only=True) as connection:
            seen.append(
                connection.execute(
                    "SELECT (SELECT max(snapshot) FROM snapshots), (SELECT count(*) FROM articles)"
                ).fetchall()[0]
            )
    publish(root)
    assert [publisher.exitcode for publisher in publishers] == [0, 0]
    assert seen == sorted(seen)
    assert [pair for pair in seen if pair[0] != pair[1]] == []
    assert newest(root) == count(root) == number


def kept(root: LakeRoot) -> list[Path]:
    return sorted(root.index.parent.glob("views-*"))


def definitions(database: Path) -> list[tuple[str, ...]]:
    with duckdb.connect(database, read_only=True) as connection:
        views = "SELECT 'view', view_name, sql, comment FROM duckdb_views() WHERE NOT internal"
        macros = "SELECT 'macro', function_name, macro_definition, comment FROM duckdb_functions() WHERE NOT internal"
        columns = (
            "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal"
        )
        return [
            row
            for query in (views, macros, columns)
            for row in connection.execute(f"{query} ORDER BY ALL").fetchall()
        ]


def test_what_is_kept_gives_the_same_file_as_none(root: LakeRoot) -> None:
    commit(root, articles=[article("a"), article("b", 2)])
    publish(root)
    first, (before,) = definitions(root.database), kept(root)
    held = before.stat().st_mtime_ns
    publish(root)
    assert definitions(root.database) == first
    assert before.stat().st_mtime_ns == held
    shutil.rmtree(root.index.parent)
    publish(root)
    assert definitions(root.database) == first


def test_the_published_file_does_not_grow_by_being_published(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    size = root.database.stat().st_size
    for _ in range(10):
        publish(root)
    assert root.database.stat().st_size == size


def test_other_definitions_are_not_mixed_with_those_kept(
    root: LakeRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    old = kept(root)
    relations = {**stored.RELATIONS, "more": stored.RELATIONS["rejects"]}
    monkeypatch.setattr("lake.views.blank.RELATIONS", relations)
    publish(root)
    assert count(root, "stored.more") == 0
    assert len(kept(root)) == 1 and kept(root) != old


@pytest.mark.parametrize("at", [0, 0.3, 0.6, 0.99])
def test_a_damaged_kept_file_is_made_anew(root: LakeRoot, at: float) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    first, (file,) = definitions(root.database), kept(root)
    content = bytearray(file.read_bytes())
    start = int(len(content) * at)
    content[start : start + 1000] = bytes(len(content[start : start + 1000]))
    file.write_bytes(content)
    commit(root, articles=[article("b")])
    publish(root)
    assert definitions(root.database) != []
    assert count(root) == 2
    assert [row[:2] for row in definitions(root.database)] == [row[:2] for row in first]


def test_a_damaged_published_file_is_made_anew(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    publish(root)
    content = root.database.read_bytes()
    for begin in range(0, len(content), len(content) // 8):
        damaged = content[:begin] + bytes(4096) + content[begin + 4096 :]
        root.database.write_bytes(damaged)
        publish(root)
        assert (count(root), count(root, "snapshots")) == (1, 2)


def test_a_question_about_a_day_opens_no_file_of_another(root: LakeRoot) -> None:
    commit(root, articles=[article("a", day=1), article("b", day=2)])
    publish(root)
    query = "SELECT article_id, published_date FROM articles WHERE published_date"
    first = dt.date(2022, 3, 1)
    with duckdb.connect(root.database, read_only=True) as connection:
        (other,) = root.table("articles").glob("date=2022-03-02/*.parquet")
        other.write_bytes(b"is not opened")
        assert connection.execute(f"{query} = DATE '2022-03-01'").fetchall() == [("a", first)]
        assert connection.execute(f"{query} < DATE '2022-03-02'").fetchall() == [("a", first)]
        with pytest.raises(duckdb.Error):
            connection.execute(f"{query} >= DATE '2022-03-01'").fetchall()
