"""Maintenance moves rows and never changes what a reader sees, beside whom it may run."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.storage import snapshots
from lake.storage.captures import read
from lake.storage.maintain import clear_staging, maintain, vacuum
from lake.storage.snapshots import Files
from lake.storage.tables import open_table
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.stored import number, post, rows, run


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    """26 small runs: new articles on two days, a revision, a reject and a copy of known bytes in each."""
    root = LakeRoot(tmp_path_factory.mktemp("grown") / "lake")
    for n in range(26):
        items = [
            post(2 * n, "2022-03-01"),
            post(2 * n + 1, "2022-03-02"),
            post(0, "2022-03-02", identity="2022-03-02", body=f"第{n}版。"),
            post(2 * max(n - 1, 0), "2022-03-01", folder="/copies"),
            Item(Origin(path=f"/in/{n}.html"), b" " * n),
        ]
        run(root, items, f"r{n:02d}")
    return root


@pytest.fixture
def root(grown: LakeRoot, tmp_path: Path) -> LakeRoot:
    """A lake of many small files, to be changed."""
    shutil.copytree(grown.path, tmp_path / "lake")
    return LakeRoot(tmp_path / "lake")


def held(root: LakeRoot) -> dict[str, list[tuple]]:
    return {
        "captures": rows(root, "captures", "capture_id", "sha256", "origin", "captured_at", "length"),
        "articles": rows(
            root, "articles", "article_id", "revision", "body_text", "published_date", "mentions"
        ),
        "outcomes": rows(root, "outcomes", "capture_id", "run_id", "outcome"),
        "rejects": rows(root, "rejects", "reject_id", "run_id"),
    }


def bodies(root: LakeRoot) -> dict[str, bytes]:
    return {capture_id: read(root, capture_id) for (capture_id,) in rows(root, "captures", "capture_id")[::7]}


def count(files: Files) -> dict[str, int]:
    return {name: len(paths) for name, paths in files.paths.items()}


def test_merging_moves_rows_and_changes_none(root: LakeRoot) -> None:
    before, content, first = held(root), bodies(root), snapshots.latest(root)
    done = maintain(root)
    latest = snapshots.latest(root)
    assert first is not None and latest is not None
    assert done.changed and done.snapshot == latest.id > first.id
    assert latest.operation == "maintain"
    assert held(root) == before
    assert bodies(root) == content
    assert count(snapshots.files(root, latest)) == {"captures": 1, "articles": 2, "outcomes": 1, "rejects": 1}
    assert verify(root) == []


def test_merged_files_are_as_good_as_written_ones(root: LakeRoot) -> None:
    maintain(root)
    files = snapshots.files(root, snapshots.latest(root))
    assert {Path(path).parent.name for path in files.paths["articles"]} == {"date=2022-03"}  # long over
    assert {*files.revised, *files.superseded} == set(files.paths["articles"])
    for path in files.paths["articles"]:
        times = pq.read_table(path, columns=["published_at"], partitioning=None).column(0).to_pylist()
        assert times == sorted(times)
    schema = pq.read_schema(files.paths["articles"][0])
    assert schema.field("article_id").metadata[b"PARQUET:field_id"] == b"1"
    assert schema.field("mentions").type.value_type[0].metadata[b"PARQUET:field_id"] == b"2301"


def shown(root: LakeRoot, query: str) -> list[tuple]:
    publish(root)
    with duckdb.connect(root.database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_superseded_rows_leave_the_current_files_and_stay_revisions(root: LakeRoot) -> None:
    queries = [
        f"SELECT * EXCLUDE (provenance) FROM {view} ORDER BY ALL" for view in ("articles", "revisions")
    ]
    before = [shown(root, query) for query in queries]
    assert len(before[0]) < len(before[1])
    maintain(root)
    files = snapshots.files(root, snapshots.latest(root))
    assert [shown(root, query) for query in queries] == before
    current = set(files.paths["articles"]).difference(files.superseded)
    assert sum(pq.read_metadata(path).num_rows for path in current) == len(before[0])
    assert sum(pq.read_metadata(path).num_rows for path in files.superseded) == len(before[1]) - len(
        before[0]
    )
    run(root, [post(0, "2022-03-02", identity="2022-03-02", body="又一版。")], "next")
    article, revision = shown(
        root, "SELECT article_id, max(revision) FROM revisions GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )[0]
    assert shown(root, f"SELECT revision, body_text FROM articles WHERE article_id = '{article}'") == [
        (revision, "又一版。")
    ]
    assert [
        row[0]
        for row in shown(root, f"SELECT revision FROM revisions WHERE article_id = '{article}' ORDER BY 1")
    ] == list(range(1, revision + 1))
    assert verify(root) == []


def test_many_files_of_superseded_rows_become_one(root: LakeRoot) -> None:
    for n in range(6):
        run(
            root,
            [
                post(0, "2022-03-02", identity="2022-03-02", body=f"之后第{n}版。"),
                *(post(200 + 5 * n + k, "2022-03-02") for k in range(5)),
            ],
            f"s{n}",
        )
        for k in range(5):
            run(root, [post(300 + 5 * n + k, "2022-03-02")], f"s{n}{k}")
        maintain(root)
    files = snapshots.files(root, snapshots.latest(root))
    assert 1 <= len(files.superseded) <= 5
    assert verify(root) == []


def test_a_second_maintenance_finds_nothing_to_do(root: LakeRoot) -> None:
    first = maintain(root)
    second = maintain(root)
    assert (second.changed, second.merged, second.snapshot) == (False, {}, first.snapshot)


def test_late_rows_of_a_year_are_merged_and_the_superseded_leave(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "late")
    days = [dt.date(2022, 1, 1) + dt.timedelta(days=n) for n in range(30)]
    for again in range(5):
        run(
            root,
            [post(n, f"{day}", body=f"第{again}次改写。") for n, day in enumerate(days)],
            f"late-{again}",
        )
    assert {file.partition for file in open_table(root, "articles").files()} == {"2022"}
    queries = [
        f"SELECT * EXCLUDE (provenance) FROM {view} ORDER BY ALL" for view in ("articles", "revisions")
    ]
    before = [shown(root, query) for query in queries]
    assert [len(each) for each in before] == [30, 150]
    maintain(root)
    assert [shown(root, query) for query in queries] == before
    files = open_table(root, "articles").files()
    assert sorted((file.superseded, file.rows) for file in files) == [(False, 30), (True, 120)]
    assert verify(root) == []


def test_ingesting_goes_on_from_merged_files(root: LakeRoot) -> None:
    maintain(root)
    items = [post(0, "2022-03-01"), post(0, "2022-03-02", body="最后一版。"), post(99, "2022-03-03")]
    assert run(root, items, "next").counts == (1, 1, 0, 1, 0)
    root.index.unlink()
    assert run(root, items, "again").counts == (0, 0, 0, 3, 0)
    assert verify(root) == []


def test_old_snapshots_stay_readable_until_the_vacuum(root: LakeRoot) -> None:
    vacuum(root, retention=dt.timedelta())  # of what runs have merged on their way
    first = snapshots.latest(root)
    before = snapshots.files(root, first)
    maintain(root)
    assert vacuum(root) == 0  # nothing is a week old
    paths = [Path(path) for listed in before.paths.values() for path in listed]
    assert all(path.exists() for path in paths)
    assert vacuum(root, retention=dt.timedelta()) == len(paths)
    assert not any(path.exists() for path in paths)
    assert verify(root) == []


def test_the_vacuum_keeps_what_the_newest_snapshot_pins(root: LakeRoot) -> None:
    """Files were merged, but the run died before it pinned the merged ones."""
    vacuum(root, retention=dt.timedelta())  # of what runs have merged on their way
    table = open_table(root, "rejects")
    pinned = snapshots.files(root, snapshots.latest(root)).paths["rejects"]
    merged = table.files()[:2]
    table.commit([], {"run_id": "x"}, remove=merged)
    assert vacuum(root, retention=dt.timedelta()) == 0
    assert all(Path(path).exists() for path in pinned)


def test_the_vacuum_spares_files_of_runs_under_way(root: LakeRoot) -> None:
    young, old = (root.table("captures") / f"{name}.parquet" for name in ("young", "old"))
    for path in (young, old):
        path.write_bytes(b"not committed yet")
    os.utime(old, (time.time() - 8 * 86400,) * 2)
    assert vacuum(root) == 1
    assert young.exists() and not old.exists()


def test_staging_of_dead_runs_is_cleared(root: LakeRoot) -> None:
    alive, dead = root.staging("alive"), root.staging("dead")
    for folder in (alive, dead):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "batch.arrow").write_bytes(b"x")
    for path in (dead / "batch.arrow", dead):
        os.utime(path, (time.time() - 2 * 86400,) * 2)
    for n in range(26):
        os.utime(root.staging(f"r{n:02d}"))
    assert clear_staging(root) == 1
    assert alive.exists() and not dead.exists()


def test_a_maintenance_that_died_before_its_pin_is_finished_by_the_next(root: LakeRoot) -> None:
    table = open_table(root, "captures")
    before = held(root)
    done = maintain(root)
    pin = root.table("outcomes") / "_delta_log" / f"{done.snapshot:020d}.json"
    pin.unlink()
    assert open_table(root, "captures").version > table.version
    assert held(root) == before  # read at the old pins
    again = maintain(root)
    assert again.changed and held(root) == before
    assert verify(root) == []


def _ingest(path: Path) -> None:
    for n in range(8):
        run(LakeRoot(path), [post(200 + n), post(0, body=f"改写{n}。")], f"beside-{n}")


def _maintain(path: Path) -> None:
    for _ in range(6):
        maintain(LakeRoot(path))


def test_maintenance_beside_ingests(root: LakeRoot) -> None:
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=job, args=(root.path,)) for job in (_ingest, _maintain, _maintain)]
    for job in jobs:
        job.start()
    while any(job.is_alive() for job in jobs):
        files = snapshots.files(root, snapshots.latest(root))
        seen = [
            row["article_id"] + f"#{row['revision']}"
            for path in files.paths["articles"]
            for row in pq.read_table(path, columns=["article_id", "revision"], partitioning=None).to_pylist()
        ]
        assert len(seen) == len(set(seen)) == files.rows["articles"] >= 77
    assert [job.exitcode for job in jobs] == [0, 0, 0]
    assert verify(root) == []
    ids = {article_id for (article_id,) in rows(root, "articles", "article_id")}
    assert {f"eastmoney:{number(200 + n)}" for n in range(8)} <= ids
