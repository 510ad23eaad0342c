"""What a run finds becomes part of the lake once, whole, and whoever else is writing."""

from __future__ import annotations

import datetime as dt
import itertools
import multiprocessing
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.errors import Conflict
from lake.locations import LakeRoot
from lake.model import Origin, RejectRecord
from lake.storage import snapshots
from lake.storage.articles import partitions
from lake.storage.tablelog import log_entry
from lake.storage.tables import create, open_lake, open_table
from lake.storage.verify import verify
from tests.stored import captured, committed, current, number, post, rows, run

ONE = f"eastmoney:{number(1)}"


@pytest.fixture
def root(tmp_path: Path) -> LakeRoot:
    return LakeRoot(tmp_path / "lake")


def test_new_unchanged_and_revised(root: LakeRoot) -> None:
    assert run(root, [post(1), post(2)], "r1").counts == (2, 0, 0, 0, 0)
    assert run(root, [post(1), post(2), post(3)], "r2").counts == (1, 0, 0, 2, 0)
    assert run(root, [post(1, body="改写。"), post(2)], "r3").counts == (0, 1, 0, 1, 0)
    found = current(root, "body_text", "run_id")
    assert found[ONE] == ("改写。", "r3")
    revisions = rows(root, "articles", "article_id", "revision", "run_id")
    assert [row for row in revisions if row[0] == ONE] == [(ONE, 1, "r1"), (ONE, 2, "r3")]
    assert verify(root) == []


def test_first_seen_stays_and_captured_moves_on(root: LakeRoot) -> None:
    run(root, [post(1)], "r1")
    before = current(root, "first_seen_at", "captured_at")[ONE]
    run(root, [post(1, body="改写。")], "r2")
    after = current(root, "first_seen_at", "captured_at")[ONE]
    assert before[0] == before[1] == after[0] < after[1]


def test_one_run_with_several_copies_of_an_article(root: LakeRoot) -> None:
    copies = [post(1, body="较长的正文，内容完整。"), post(1, folder="/copies", body="短。"), post(2)]
    assert run(root, copies, "r1").counts == (2, 0, 1, 0, 0)
    changed = [post(1, body="再次改写的正文。"), post(1, folder="/copies", body="也改。")]
    assert run(root, changed, "r2").counts == (0, 1, 1, 0, 0)
    assert len(current(root, "capture_ids")[ONE][0]) == 2


def test_a_copy_from_elsewhere_merges_with_what_is_held(root: LakeRoot, tmp_path: Path) -> None:
    """In one run or in two, in either order, the copies give the same article."""
    copies = [
        post(1, body="较长的正文，内容完整。"),
        post(1, folder="/copies", body="短。", title="另一个标题"),
    ]
    wanted = ("title", "body_text", "content_hash", "provenance")
    run(root, copies, "r1")
    for name, order in (("forth", copies), ("back", copies[::-1])):
        other = LakeRoot(tmp_path / name)
        for n, copy in enumerate(order):
            done = run(other, [copy], f"r{n}")
        assert sum(done.counts) == 1
        assert current(other, *wanted)[ONE][:3] == current(root, *wanted)[ONE][:3]


def test_the_same_content_from_elsewhere_changes_nothing(root: LakeRoot) -> None:
    first = run(root, [post(1), post(2)], "r1")
    moved = run(root, [post(1, folder="/moved"), post(2, folder="/moved")], "r2")
    assert moved.counts == (0, 0, 0, 2, 0)
    assert moved.committed.changed  # two captures more, with outcomes
    assert moved.committed.snapshot > first.committed.snapshot
    assert [row[0] for row in rows(root, "articles", "revision")] == [1, 1]
    assert run(root, [post(1, folder="/moved"), post(2, folder="/moved")], "r3").committed.changed is False


def test_a_file_that_is_changed_back(root: LakeRoot) -> None:
    """Its bytes are known, and its article must say again what they say; time and again."""
    for n, body in enumerate(["一。", "二。", "一。", "一。", "二。", "一。"]):
        done = run(root, [post(1, body=body), post(2)], f"r{n}")
        assert current(root, "body_text")[ONE] == (body,)
        assert done.counts[1] == (n in (1, 2, 4, 5))
    assert current(root, "revision")[ONE] == (5,)
    assert verify(root) == []


def test_an_archive_that_holds_a_name_twice(root: LakeRoot) -> None:
    """The last one counts, and a second run changes nothing."""
    items = [post(1, body="一。"), post(2), post(1, body="二。")]
    assert run(root, items, "r1").counts == (2, 0, 1, 0, 0)
    for n in range(2, 4):
        again = run(root, items, f"r{n}")
        assert (again.counts, again.committed.changed) == ((0, 0, 0, 3, 0), False)
    assert current(root, "body_text")[ONE] == ("二。",)
    back = [items[2], items[1], items[0]]
    assert run(root, back, "r4").counts == (0, 1, 0, 2, 0)
    assert run(root, back, "r5").committed.changed is False
    assert current(root, "body_text")[ONE] == ("一。",)
    assert verify(root) == []


def test_an_older_copy_still_counts_when_another_origin_changes(root: LakeRoot) -> None:
    """The page is changed back: its older copy from another origin must not be forgotten, nor rule."""
    run(root, [post(1, body="完整的正文，共两段。"), post(1, folder="/copies", body="短。")], "r1")
    merged = current(root, "content_hash")[ONE]
    run(root, [post(1, body="改。")], "r2")
    assert current(root, "content_hash")[ONE] != merged
    run(root, [post(1, body="完整的正文，共两段。", title="青禾钢铁第1号公告 ")], "r3")
    assert current(root, "body_text")[ONE] == ("完整的正文，共两段。",)
    assert len(current(root, "capture_ids")[ONE][0]) == 2


def test_nothing_new_commits_nothing(root: LakeRoot) -> None:
    items = [post(1), post(2), RejectRecord(Origin(path="/in/x.zip"), "discover", "damaged", "no end record")]
    first = run(root, items, "r1")
    versions = [table.version for table in open_lake(root).tables()]
    again = run(root, items, "r2")
    assert first.committed.changed and not again.committed.changed
    assert again.committed.snapshot == first.committed.snapshot
    assert again.counts == (0, 0, 0, 2, 1)
    assert [table.version for table in open_lake(root).tables()] == versions


def test_late_data_lands_in_its_own_date(root: LakeRoot) -> None:
    run(root, [post(1, "2022-03-01"), post(2, "2022-03-02")], "r1")
    run(root, [post(3, "2021-12-30")], "r2")
    table = open_table(root, "articles")
    for file in table.files():
        held = pq.read_table(table.folder / file.path, columns=["published_date"], partitioning=None)
        assert {str(day) for day in held.column(0).to_pylist()} == {file.partition}
        assert file.path.startswith(f"date={file.partition}/")
    assert [file.partition for file in table.files()] == ["2021-12-30", "2022-03-01", "2022-03-02"]


def test_rows_for_many_dates_share_a_file_a_year(root: LakeRoot) -> None:
    """One file for each of a hundred rows would cost every reader more than the rows."""
    days = [dt.date(2021, 12, 1) + dt.timedelta(days=n) for n in range(60)]
    posts = [post(n, f"{day}") for n, day in enumerate(days)] + [
        post(100 + n, "2022-01-15") for n in range(8)
    ]
    run(root, posts, "r1")
    table = open_table(root, "articles")
    found = {}
    for file in table.files():
        held = pq.read_table(table.folder / file.path, columns=["published_date"], partitioning=None)
        dates = held.column(0).to_pylist()
        assert dates == sorted(dates) and file.path.startswith(f"date={file.partition}/")
        found[file.partition] = Counter(map(str, dates))
    own = Counter({"2022-01-15": 9})
    assert found["2022-01-15"] == own
    assert found["2021"] == Counter(map(str, days[:31]))
    assert found["2022"] == Counter(map(str, days[31:])) - Counter({"2022-01-15": 1})
    assert verify(root) == []
    assert sum(1 for _ in rows(root, "articles", "article_id")) == 68


@given(st.dictionaries(st.dates(), st.integers(1, 20), max_size=40), st.integers(0, 30))
def test_partitions_hold_their_dates(counts: dict[dt.date, int], own: int) -> None:
    found = partitions((day for day, n in counts.items() for _ in range(n)), own)
    assert set(found) == set(counts)
    for day, partition in found.items():
        assert day.isoformat().startswith(partition)
        assert partition == f"{day}" or counts[day] < 8
    alone = [day for day, partition in found.items() if counts[day] < 8 and partition == f"{day}"]
    assert len(alone) <= own


def test_a_revision_that_moves_the_date_moves_the_article(root: LakeRoot) -> None:
    run(root, [post(1, "2022-03-01")], "r1")
    moved = post(1, "2022-03-05", identity="2022-03-01")
    moved = type(moved)(post(1, "2022-03-01").origin, moved.body)  # the same file, with another date in it
    assert run(root, [moved], "r2").counts == (0, 1, 0, 0, 0)
    assert current(root, "published_date")[ONE] == (dt.date(2022, 3, 5),)
    held = [(file.partition, file.revision) for file in open_table(root, "articles").files()]
    assert held == [("2022-03-01", 1), ("2022-03-05", 2)]
    listed = snapshots.files(root, snapshots.latest(root))
    assert [Path(path).parent.name for path in listed.revised] == ["date=2022-03-05"]


def test_a_reject_is_kept_once_and_counted_each_time(root: LakeRoot) -> None:
    unreadable = RejectRecord(Origin(path="/in/x.zip"), "discover", "damaged", "no end record")
    empty = type(post(1))(Origin(path="/in/empty.html"), b"")
    assert run(root, [empty, unreadable, post(1)], "r1").counts == (1, 0, 0, 0, 2)
    assert run(root, [empty, unreadable], "r2").counts == (0, 0, 0, 0, 2)
    kept = rows(root, "rejects", "origin", "stage", "reason", "run_id")
    assert [row[0] for row in kept] == ["/in/empty.html", "/in/x.zip"]
    assert {row[3] for row in kept} == {"r1"}
    assert verify(root) == []


def test_a_snapshot_pins_all_tables_and_keeps_the_counts(root: LakeRoot) -> None:
    run(root, [post(1)], "r1")
    first = snapshots.latest(root)
    assert first is not None
    run(root, [post(1), post(2)], "r2")
    second, earlier, created = snapshots.history(root)
    assert earlier == first
    assert (created.id, created.operation, created.counts) == (0, "create", {})
    assert second.counts == {
        "captured": 2,
        "new": 1,
        "revised": 0,
        "merged": 0,
        "unchanged": 1,
        "rejected": 0,
    }
    assert (second.run_id, second.operation) == ("r2", "ingest")
    assert snapshots.files(root, first).rows == {"captures": 1, "articles": 1, "outcomes": 1, "rejects": 0}
    assert snapshots.files(root, second).rows == {"captures": 2, "articles": 2, "outcomes": 2, "rejects": 0}
    assert snapshots.files(root, created).paths == dict.fromkeys(
        ("captures", "articles", "outcomes", "rejects"), ()
    )


def test_no_lake_has_no_snapshot(root: LakeRoot) -> None:
    assert snapshots.latest(root) is None
    assert snapshots.files(root, None).rows["articles"] == 0


def test_a_handle_from_before_another_commit_cannot_commit(root: LakeRoot) -> None:
    create(root)
    early, late = open_table(root, "articles"), open_table(root, "articles")
    early.commit([], {"run_id": "a"})
    with pytest.raises(Conflict):
        late.commit([], {"run_id": "b"})
    assert open_table(root, "articles").version == 1


def undo(root: LakeRoot, name: str) -> None:
    """Take a table's last commit back, as if the writer had been killed just before it."""
    log_entry(root, name, open_table(root, name).version).unlink()


@pytest.mark.parametrize(
    "killed_before", [("outcomes",), ("outcomes", "articles"), ("outcomes", "articles", "rejects")]
)
def test_a_run_killed_between_its_commits_is_made_good_by_the_next(
    root: LakeRoot, killed_before: tuple[str, ...]
) -> None:
    empty = type(post(1))(Origin(path="/in/empty.html"), b"")
    run(root, [post(9), type(post(1))(Origin(path="/in/old.html"), b" ")], "r0")
    before = snapshots.latest(root)
    items = [post(1), post(1, folder="/copies", body="短。"), post(2), post(9, body="改写。"), empty]
    whole = run(root, items, "r1")
    content = current(root, "content_hash", "revision")
    for name in killed_before:
        undo(root, name)
    assert snapshots.latest(root) == before
    again = run(root, items, "r2")
    assert sum(again.counts) == sum(whole.counts) == 5
    assert current(root, "content_hash", "revision") == content
    assert len(rows(root, "articles", "article_id")) == len(content) + 1
    assert len(rows(root, "rejects", "reject_id")) == 2
    assert verify(root) == []
    assert run(root, items, "r3").committed.changed is False


def test_a_copy_of_an_article_whose_run_was_killed_merges_with_it(root: LakeRoot) -> None:
    """The killed run committed the article but not its outcome; its source does not come again."""
    run(root, [post(9)], "r0")
    run(root, [post(1, body="较长的正文，内容完整。")], "r1")
    undo(root, "outcomes")
    assert run(root, [post(1, folder="/copies", body="短。")], "r2").counts == (0, 0, 0, 1, 0)
    assert current(root, "body_text", "revision")[ONE] == ("较长的正文，内容完整。", 1)


def test_two_runs_that_captured_before_either_committed(root: LakeRoot) -> None:
    """Both hold the same captures as waiting; the second finds the first one's articles."""
    one = captured(root, [post(1), post(2)], "r1")
    two = captured(root, [post(1), post(2), post(3)], "r2")
    assert committed(root, *one, "r1").counts == (2, 0, 0, 0, 0)
    assert committed(root, *two, "r2").counts == (1, 0, 0, 2, 0)
    assert len(rows(root, "articles", "article_id")) == 3
    assert verify(root) == []


def _write(path: Path, name: str, seed: int) -> None:
    root = LakeRoot(path)
    rng = random.Random(seed)
    for turn in range(4):
        items = [post(n, body=f"第{n}号正文，版本{rng.randrange(2)}。") for n in rng.sample(range(30), 15)]
        done = run(root, items, f"{name}-{turn}")
        assert sum(done.counts) == 15


def test_writers_that_race_lose_and_double_nothing(root: LakeRoot) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(root.path, f"w{n}", n)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert verify(root) == []
    history = list(snapshots.history(root))
    for newer, older in itertools.pairwise(history):
        assert all(newer.versions[name] >= older.versions[name] for name in newer.versions)
    seen = sorted(rows(root, "captures", "captured_at", "path", "capture_id", "sha256"))
    newest = {path: sha256 for _, path, _, sha256 in seen}
    bytes_of = {capture_id: sha256 for _, _, capture_id, sha256 in seen}
    # by bytes: one that came back while the change was not structured yet is unchanged, under its earlier id
    assert sorted(bytes_of[capture_id] for (capture_id,) in current(root, "capture_id").values()) == sorted(
        newest.values()
    )
    assert sum(snapshot.counts.get("new", 0) for snapshot in history) == len(newest)


MEMORY = """
import sys
from pathlib import Path
import psutil
from lake.locations import LakeRoot
from tests.stored import post, run
size = int(sys.argv[2])
items = (post(n, f"2022-03-{n % 28 + 1:02d}", body="正文" * 1500 + str(n)) for n in range(size))
run(LakeRoot(Path(sys.argv[1])), items, "r1")
print(psutil.Process().memory_info().rss)
"""


def test_memory_does_not_grow_with_the_run(tmp_path: Path) -> None:
    def used(size: int) -> int:
        command = [sys.executable, "-c", MEMORY, str(tmp_path / str(size)), str(size)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
        )
        return int(done.stdout)

    small, large = used(500), used(5000)
    assert large - small < 150 * 2**20  # the bodies alone are 45 MB, the extracts 90 MB


def test_a_lake_in_a_folder_with_an_odd_name(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "it's 湖 100% #1")
    run(root, [post(1)], "r1")
    run(root, [post(1, body="改写。")], "r2")
    assert verify(root) == []
    moved = LakeRoot(tmp_path / "moved")
    shutil.move(root.path, moved.path)
    assert run(moved, [post(1, body="改写。"), post(2)], "r3").counts == (1, 0, 0, 1, 0)
    assert verify(moved) == []


def test_small_runs_merge_their_files_on_the_way(root: LakeRoot) -> None:
    for n in range(30):
        run(root, [post(n, "2022-03-01"), post(100, "2022-03-02", body=f"第{n}版。")], f"r{n:02d}")
    newest = snapshots.latest(root)
    assert newest is not None and newest.versions["articles"] == open_table(root, "articles").version
    files = snapshots.files(root, newest).paths["articles"]
    assert len(files) < 20
    assert {Path(path).parent.name for path in files} == {"date=2022-03-01", "date=2022-03-02"}
    assert len(rows(root, "articles", "article_id", "revision")) == 60
    assert verify(root) == []


def test_a_damaged_small_file_keeps_no_run_from_ending(root: LakeRoot) -> None:
    for n in range(23):
        run(root, [post(n, "2022-03-01")], f"r{n}")
    newest = snapshots.latest(root)
    Path(snapshots.files(root, newest).paths["articles"][0]).write_bytes(b"no parquet")
    assert run(root, [post(23, "2022-03-01")], "next").counts == (1, 0, 0, 0, 0)


def test_what_another_run_has_stored_and_not_decided_counts(root: LakeRoot) -> None:
    run(root, [post(1)], "r1")
    changed = captured(root, [post(1, body="改写。")], "r2")
    back = captured(root, [post(1)], "r3")  # later than r2's: its run will find that nothing has changed
    assert committed(root, *changed, "r2").counts == (0, 0, 0, 1, 0)
    assert committed(root, *back, "r3").counts == (0, 0, 0, 1, 0)
    assert rows(root, "articles", "article_id", "revision") == [(ONE, 1)]
    changed = captured(root, [post(1, body="再改。")], "r4")
    later = captured(root, [post(1, body="又改。")], "r5")
    assert committed(root, *changed, "r4").counts == (0, 1, 0, 0, 0)
    assert current(root, "body_text")[ONE] == ("又改。",)
    assert committed(root, *later, "r5").counts == (0, 0, 0, 1, 0)
    assert verify(root) == []
