"""Derived tables give what ``articles`` gives, however their files came about and whatever happens to them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.derived import building, changes, segments, upkeep
from lake.derived.briefs import BRIEFS
from lake.derived.mentions import MENTIONS
from lake.derived.relations import from_articles, relations
from lake.derived.superseding import SUPERSEDING
from lake.derived.table import Batch
from lake.derived.text_index import TEXT_INDEX
from lake.history import past_views
from lake.locations import LakeRoot
from lake.storage import snapshots, tablelog
from lake.storage.maintain import maintain, vacuum
from lake.storage.repair import repair
from lake.storage.verify import verify
from lake.views import publish as publishing
from lake.views.publish import publish
from lake.views.stored import RELATIONS, select_files
from tests.small_lake import article, commit
from tests.view_answers import named

MONTHS = (dt.date(2022, 3, 30), dt.date(2022, 3, 31), dt.date(2022, 4, 1))


@pytest.fixture
def root(tmp_path: Path) -> LakeRoot:
    return LakeRoot(tmp_path / "it's a lake")


def telling(article_id: str, revision: int, *codes: str, day: int = 0) -> dict[str, Any]:
    """A revision of an article that mentions these codes."""
    date = MONTHS[day]
    keys = {"content_hash": "00", "capture_ids": []}
    return article(article_id, revision, mentions=[named(code) for code in codes], **keys) | {
        "published_date": date
    }


def shown(database: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(database, read_only=True) as connection:
        return connection.execute("FROM stored.mentions ORDER BY ALL").fetchall()


def wanted(database: Path) -> list[tuple[Any, ...]]:
    """The same rows, from the articles themselves."""
    with duckdb.connect(database, read_only=True) as connection:
        return connection.execute(f"FROM ({from_articles(MENTIONS)}) ORDER BY ALL").fetchall()


def chain(root: LakeRoot) -> list[tuple[int, int]]:
    """The ranges of versions of the segments that count."""
    return [(each.first, each.last) for each in segments.live(root, MENTIONS, newest_version(root))]


def newest_version(root: LakeRoot) -> int:
    """The version of ``articles`` that the newest snapshot pins."""
    newest = snapshots.latest(root)
    assert newest is not None
    return newest.versions["articles"]


def assert_right(root: LakeRoot) -> list[tuple[Any, ...]]:
    """Keep up and compare, as publishing does but for the other views; the rows of mentions."""
    newest = snapshots.latest(root)
    assert newest is not None
    with duckdb.connect(config={"threads": 1}) as connection:
        upkeep.keep_up(root, newest_version(root), connection)
        files = snapshots.files(root, newest)
        connection.execute("CREATE SCHEMA stored")
        for name, paths in (("articles", files.paths["articles"]), ("revised", files.revised)):
            connection.execute(f"CREATE VIEW stored.{name} AS {select_files(RELATIONS[name], paths)}")
        given = relations(root, newest_version(root))
        rows = {}
        for table in (BRIEFS, MENTIONS):
            rows[table] = connection.execute(f"FROM ({given[table.name]}) ORDER BY ALL").fetchall()
            assert rows[table] == connection.execute(f"FROM ({from_articles(table)}) ORDER BY ALL").fetchall()
    return rows[MENTIONS]


def grow(root: LakeRoot, runs: int) -> None:
    """Runs with an article and a revision of the one before each."""
    for n in range(runs):
        rows = [telling(f"a{n}", 1, "699001", f"{n}", day=n % 3)]
        commit(root, articles=rows + ([telling(f"a{n - 1}", 2, "699002", day=(n - 1) % 3)] if n else []))


CODES = st.lists(st.sampled_from(["1", "2", "BK3"]), unique=True, max_size=3)
RUNS = st.lists(
    st.lists(st.tuples(st.integers(0, 3), CODES, st.integers(0, 2)), max_size=4), min_size=1, max_size=5
)


def revised(runs: list[list[tuple[int, list[str], int]]]) -> Iterator[list[dict[str, Any]]]:
    """Rows of each run: an article that comes again has its next revision."""
    last: dict[int, int] = {}
    for run in runs:
        rows = []
        for number, codes, day in run:
            last[number] = last.get(number, 0) + 1
            rows.append(telling(f"a{number}", last[number], *codes, day=day))
        yield rows


@settings(max_examples=12, deadline=None)
@given(RUNS, st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_any_cut_into_segments_gives_the_rows_of_the_articles(
    runs: list[list[tuple[int, list[str], int]]], after: list[int]
) -> None:
    """After a run nothing is done, or what is new gets a segment, or all segments are merged, or one is lost."""
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        duckdb.connect() as connection,
    ):
        patch.setattr(building, "_MANY", 2)
        root = LakeRoot(Path(folder))
        for rows, then in zip(revised(runs), after, strict=False):
            commit(root, articles=rows)
            if then > 2:
                patch.setattr(building, "_LIKE", 100 if then > 7 else 0)  # merge all, or none
                upkeep.keep_up(root, newest_version(root), connection)
            for path in sorted(root.derived("mentions").glob("*.parquet"))[: 1 if then in (2, 5) else 0]:
                path.unlink()
        assert_right(root)


def test_a_revision_takes_the_place_of_what_earlier_segments_have(root: LakeRoot) -> None:
    commit(root, articles=[telling("a", 1, "1", "2"), telling("b", 1, "1")])
    publish(root)
    commit(root, articles=[telling("a", 2)])  # mentions nothing any more
    commit(root, articles=[telling("c", 1, "9")])
    assert [row[0] for row in assert_right(root)] == ["b", "c"]
    assert len(chain(root)) == 2


def test_publishing_writes_one_segment_for_what_is_new(root: LakeRoot) -> None:
    grow(root, 3)
    publish(root)
    grow(root, 2)
    publish(root)
    before = sorted(root.derived("mentions").iterdir())
    publish(root)
    assert chain(root) == [(0, 3), (4, 5)]
    assert sorted(root.derived("mentions").iterdir()) == before


def test_many_small_segments_become_one(root: LakeRoot) -> None:
    for number in range(12):
        commit(root, articles=[telling(f"a{number}", 1, "1")])
        upkeep.keep_up(root, newest_version(root))
    assert len(chain(root)) < 8
    assert_right(root)


def test_maintenance_merges_and_vacuum_removes_what_no_view_names_any_more(
    root: LakeRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(root, 1)
    publish(root)
    monkeypatch.setattr(building, "_MANY", 2)
    commit(root, articles=[telling("a0", 2, "1"), telling("b", 1, "1")])
    upkeep.keep_up(root, newest_version(root), limit=0)
    assert len(chain(root)) == 2
    maintain(root)
    publish(root)
    assert len(chain(root)) == 1
    vacuum(root)
    assert len(list(root.derived("mentions").iterdir())) > 1
    week_ago = time.time() - 8 * 24 * 3600
    for path in root.derived("").rglob("*.parquet"):
        os.utime(path, (week_ago, week_ago))
    vacuum(root)
    assert len(list(root.derived("mentions").iterdir())) == 1
    assert shown(root.database) == wanted(root.database)


def test_what_a_killed_publisher_left_does_not_count(root: LakeRoot) -> None:
    grow(root, 2)
    space = root.local / "derived" / f"abc{segments.TEMPORARY}"
    space.mkdir(parents=True)
    (space / "segment").write_bytes(b"half a file")
    assert_right(root)
    vacuum(root)
    assert space.exists()
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(space, (long_ago, long_ago))
    vacuum(root)
    assert not space.exists()


@pytest.mark.parametrize("name", ["mentions", "superseding", ""])
def test_a_folder_that_is_gone_is_made_again(name: str, root: LakeRoot) -> None:
    grow(root, 3)
    publish(root)
    folder = root.derived(name)
    for path in sorted(folder.rglob("*.parquet")):
        path.unlink()
    assert_right(root)
    assert chain(root) == [(0, 3)]


@pytest.mark.parametrize("rest", [b"", b"PAR1 and no more"])
def test_a_file_that_lost_its_end_is_made_again(rest: bytes, root: LakeRoot) -> None:
    grow(root, 2)
    publish(root)
    next(root.derived("mentions").glob("*.parquet")).write_bytes(rest)
    assert_right(root)


def test_a_log_that_forgot_makes_all_anew(root: LakeRoot) -> None:
    grow(root, 2)
    publish(root)
    grow(root, 10)  # the tenth version has a checkpoint
    for version in (3, 4):
        tablelog.log_entry(root, "articles", version).unlink()
    assert_right(root)
    assert chain(root) == [(0, 12)]


def test_segments_of_another_history_do_not_count(root: LakeRoot, tmp_path: Path) -> None:
    grow(root, 2)
    publish(root)
    other = LakeRoot(tmp_path / "other")
    commit(other, articles=[telling("x", 1, "1")])
    commit(other, articles=[telling("y", 1, "2")])
    root.derived("").rename(other.derived(""))
    assert {row[0] for row in assert_right(other)} == {"x", "y"}


def test_without_derived_tables_the_views_are_right_all_the_same(root: LakeRoot) -> None:
    grow(root, 3)
    root.derived("").write_text("no folder can be made here")
    publish(root)
    assert len(assert_right(root)) == len(shown(root.database)) == 4


@pytest.mark.parametrize("files", [[2_500], [700, 900, 1, 999], [1_000], []])
def test_a_batch_is_bounded_whatever_the_files(files: list[int], tmp_path: Path) -> None:
    ids = [f"example:{number}" for number in range(sum(files))]
    paths, begin = [], 0
    for rows in files:
        paths.append(tmp_path / f"{begin}.parquet")
        pq.write_table(pa.table({"article_id": ids[begin : begin + rows]}), paths[-1])
        begin += rows
    found = list(changes.batches(paths, ["article_id", "title"]))
    assert all(0 < len(batch) <= 1_000 for batch in found)
    assert [each for batch in found for each in batch.column("article_id").to_pylist()] == ids


def test_a_table_that_fails_leaves_the_others_alone(root: LakeRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_batch: Batch) -> Any:
        raise RuntimeError("no rows today")

    failing = dataclasses.replace(BRIEFS, name="failing", build=fail)
    monkeypatch.setattr(upkeep, "DERIVED", (SUPERSEDING, failing, MENTIONS))
    grow(root, 2)
    upkeep.keep_up(root, newest_version(root))
    assert chain(root) == [(0, 2)]
    assert not list(root.derived("failing").glob("*"))


def test_a_damaged_file_that_a_merge_meets_is_made_again(
    root: LakeRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(root, 1)
    upkeep.keep_up(root, newest_version(root))
    path = next(root.derived("mentions").glob("*.parquet"))
    path.write_bytes(b"PAR1 and nothing that can be read PAR1")
    monkeypatch.setattr(building, "_MANY", 2)
    grow(root, 1)
    upkeep.keep_up(root, newest_version(root))
    assert not path.exists()
    assert_right(root)
    assert chain(root) == [(0, 2)]


def test_the_past_is_shown_as_it_was(root: LakeRoot) -> None:
    states = {}
    for n in range(4):
        commit(root, articles=[telling("a", n + 1, f"{n}"), telling(f"b{n}", 1, "9")])
        if n != 1:
            publish(root)
        newest = snapshots.latest(root)
        assert newest is not None
        states[newest.id] = {("a", f"{n}"), *((f"b{k}", "9") for k in range(n + 1))}
    for number, held in states.items():
        with past_views(root, str(number)) as database:
            assert {(row[0], row[9]) for row in shown(database)} == held
            assert shown(database) == wanted(database)


def test_an_empty_lake_and_one_without_mentions(root: LakeRoot) -> None:
    publish(root)
    assert shown(root.database) == []
    commit(root, articles=[telling("a", 1)])
    assert assert_right(root) == []


def test_verify_tells_damage_and_repair_mends_it(root: LakeRoot) -> None:
    grow(root, 3)
    publish(root)
    path = next(root.derived("mentions").glob("*.parquet"))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    assert [finding.kind for finding in verify(root) if finding.kind == "derived"] == ["derived"]
    repair(root)
    assert not [finding for finding in verify(root) if finding.kind == "derived"]
    assert shown(root.database) == wanted(root.database)


def test_superseding_has_each_revision_above_one(root: LakeRoot) -> None:
    grow(root, 3)
    publish(root)
    paths = [str(each.path) for each in segments.live(root, SUPERSEDING, 3)]
    with duckdb.connect() as connection:
        rows = (
            connection.read_parquet(paths)
            .project("article_id, revision, version")
            .order("article_id")
            .fetchall()
        )
    assert rows == [("a0", 2, 3), ("a1", 2, 3)]


def test_a_sort_that_runs_out_of_memory_gets_more(root: LakeRoot, tmp_path: Path) -> None:
    rows = 300_000
    table = pa.table({"doc": list(range(rows, 0, -1)), "key": [1] * rows, "position": [0] * rows})
    empty = {"text": pa.nulls(rows, pa.string()), "revision": pa.nulls(rows, pa.int32())}
    for name, column in empty.items():
        table = table.append_column(name, column)
    part = tmp_path / "part.parquet"
    pq.write_table(table.select(TEXT_INDEX.columns.names).cast(TEXT_INDEX.columns), part)
    with duckdb.connect(config={"memory_limit": "4MB", "temp_directory": ""}) as connection:
        segments.write(connection, root, TEXT_INDEX, (0, 0), [part], [])
        ((limit,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    assert limit.endswith("MiB")  # as little as before
    (written,) = root.derived("text_index").glob("*.parquet")
    assert pq.read_table(written).column("doc").to_pylist() == list(range(1, rows + 1))


def test_many_rows_are_made_after_publishing_and_hold_nobody_up(
    root: LakeRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_AT_ONCE", 1)
    monkeypatch.setattr(upkeep, "DERIVED", (SUPERSEDING, BRIEFS, MENTIONS))
    grow(root, 2)
    with upkeep.alone(root) as free:
        assert free
        published = publish(root)  # as while another process makes them
        assert published.behind == newest_version(root)
        assert chain(root) == []
        assert shown(root.database) == wanted(root.database) != []
    assert publish(root).behind is None
    assert chain(root) == [(0, newest_version(root))]
    assert shown(root.database) == wanted(root.database)


def test_making_many_rows_may_fail(
    root: LakeRoot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(publishing, "_AT_ONCE", 1)
    monkeypatch.setattr(upkeep, "DERIVED", (SUPERSEDING, BRIEFS, MENTIONS))
    grow(root, 2)
    monkeypatch.setattr(changes, "all_files", lambda *_: 1 / 0)
    assert publish(root).behind == newest_version(root)
    assert "derived tables are not up to date" in caplog.text
    assert shown(root.database) == wanted(root.database) != []
