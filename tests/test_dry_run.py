"""Restructuring over old captures: what is chosen, what a dry run says, and going on after a kill."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from flows.cli import main
from lake import names
from lake.errors import Usage
from lake.extraction import EXTRACTOR
from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.names import Name
from lake.rehearsal import rehearse
from lake.restructure import RestructureRequest, restructure, select, version_number
from lake.schema import STAGED
from lake.settings import Sizes
from lake.storage import snapshots, staging
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.stored import captured, committed, current, number, post

ONE = Sizes(workers=1)
DAYS = ("2022-03-01", "2022-03-02", "2022-03-03")


def older(row: dict, n: int) -> dict:
    """A staged row as an older extractor might have read it: other titles, and every fifth without its tags."""
    changed = {"title": f"旧{row['title']}", "content_hash": f"{n:064x}", "extractor": "newslake/0+post"}
    return row | changed | ({"tags": []} if n % 5 == 0 else {})


def read_by_an_older_extractor(root: LakeRoot, items: list[Item], run_id: str) -> None:
    """Ingest items, and commit what an older extractor would have made of them."""
    stored, results = captured(root, items, run_id)
    for result in results:
        path = Path(result.articles or "")
        rows = [older(row, n) for n, row in enumerate(staging.read(path).to_pylist())]
        staging.write(path, pa.Table.from_pylist(rows, STAGED))
    committed(root, stored, results, run_id)


@pytest.fixture
def root(tmp_path: Path) -> LakeRoot:
    """Ten articles a day on three days as an older extractor read them, and a capture without an article."""
    root = LakeRoot(tmp_path / "lake")
    items = [post(10 * d + n, day) for d, day in enumerate(DAYS) for n in range(10)]
    read_by_an_older_extractor(root, [*items, Item(Origin(path="/posts/empty.md"), b"")], "old")
    publish(root)
    return root


def request(root: LakeRoot, **options: object) -> RestructureRequest:
    return RestructureRequest(root, **({"sizes": ONE} | options))


def files(root: LakeRoot) -> dict[str, bytes]:
    """Everything of the lake that others read."""
    kept = [
        path
        for name in ("captures", "articles", "outcomes", "rejects")
        for path in root.table(name).rglob("*")
    ]
    return {str(path): path.read_bytes() for path in kept if path.is_file()}


def test_a_dry_run_tells_the_differences_by_field_and_commits_nothing(root: LakeRoot) -> None:
    before = files(root)
    found = rehearse(request(root))
    assert (found.captured, found.new, found.revised, found.rejected) == (31, 0, 30, 1)
    assert (found.lost, found.found) == (0, 0)
    assert found.fields == {"title": 30, "tags": 6}
    titles = [each for each in found.examples if each.change.field == "title"]
    assert len(titles) == 3
    assert all(each.change.before == f"旧{each.change.after}" for each in titles)
    assert files(root) == before
    assert [path.name for path in root.staging("x").parent.iterdir()] == ["old"]  # the fixture's own


def test_a_restructuring_does_what_the_dry_run_said(root: LakeRoot) -> None:
    told = rehearse(request(root))
    done = restructure(request(root))
    assert (done.captured, done.new, done.revised, done.merged, done.unchanged, done.rejected) == (
        told.captured,
        told.new,
        told.revised,
        told.merged,
        told.unchanged,
        told.rejected,
    )
    again = rehearse(request(root))
    assert (again.unchanged, again.fields, again.examples) == (30, {}, ())
    assert {revision for (revision,) in current(root, "revision").values()} == {2}


def test_a_dry_run_over_copies_compares_the_merged_article(root: LakeRoot) -> None:
    restructure(request(root))
    media = post(1, DAYS[0]).body.replace(b"categories: emnews", b"categories: yunchuan")
    media = media.replace("tags: 快讯".encode(), "tags: 云川日报新闻".encode())
    twin = Item(Origin(path=f"/old/{DAYS[0]}-NW{number(1, DAYS[0])}.md"), media)
    read_by_an_older_extractor(root, [twin], "twin")
    publish(root)
    found = rehearse(request(root, extractor_before=1))
    assert (found.captured, found.revised, found.fields) == (1, 1, {"tags": 1})
    (example,) = found.examples
    assert (example.change.before, example.change.after) == (["快讯"], ["快讯", "云川日报新闻"])


def test_captures_that_give_an_article_no_more_or_only_now_are_counted(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    stored, results = captured(root, [post(1), Item(Origin(path="/posts/empty.md"), b"")], "run")
    (result,) = results
    rejected = staging.read(Path(result.rejects or "")).to_pylist()
    (row,) = staging.read(Path(result.articles or "")).to_pylist()
    # an older extractor read the empty file and refused the post
    swapped = row | {
        "capture_id": rejected[0]["capture_id"],
        "article_id": "x:1",
        "origin": "/posts/empty.md",
    }
    staging.write(Path(result.articles or ""), pa.Table.from_pylist([swapped], STAGED))
    refused = [rejected[0] | {"capture_id": row["capture_id"], "reject_id": "0" * 32}]
    staging.write(
        Path(result.rejects or ""),
        pa.Table.from_pylist(refused, staging.read(Path(result.rejects or "")).schema),
    )
    committed(root, stored, results, "run")
    publish(root)
    found = rehearse(request(root))
    assert (found.lost, found.found, found.new, found.rejected) == (1, 1, 1, 1)


def test_dates_sites_rejects_and_versions_choose_captures(root: LakeRoot) -> None:
    day = dt.date(2022, 3, 2)
    assert len(select(request(root, since=day, until=day))) == 10
    assert len(select(request(root, site="eastmoney"))) == 30
    assert len(select(request(root, site="elsewhere"))) == 0
    assert len(select(request(root, rejects_only=True))) == 1
    assert len(select(request(root, extractor_before=1))) == 30
    assert len(select(request(root, extractor_before=version_number(EXTRACTOR) + 1))) == 31
    restructure(request(root, since=day, until=day))
    assert len(select(request(root, extractor_before=1))) == 20


@pytest.mark.parametrize(
    ("text", "version"), [("newslake/2", 2), ("3", 3), (" newslake/1+post ", 1), ("12", 12)]
)
def test_a_version_is_given_as_articles_carry_it(text: str, version: int) -> None:
    assert version_number(text) == version


@pytest.mark.parametrize("text", ["", "newslake", "newslake/x", "-1", "1.5"])
def test_what_is_no_version_is_a_usage_error(text: str) -> None:
    with pytest.raises(Usage, match="newslake/"):
        version_number(text)


KILLED = """
import os, signal, sys
from pathlib import Path
from lake.locations import LakeRoot
from lake.restructure import RestructureRequest, restructure
from lake.settings import Sizes
from lake.structure import structure_batches

calls = 0
def dies(*arguments, **options):
    global calls
    calls += 1
    if calls == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return structure_batches(*arguments, **options)

sizes = Sizes(workers=1, batch_items=3, commit_items=6)
restructure(RestructureRequest(LakeRoot(Path(sys.argv[1])), sizes=sizes), structure=dies)
"""
CUT = Sizes(workers=1, batch_items=3, commit_items=6)


def killed(root: LakeRoot) -> None:
    """A restructuring that was killed with three commits of six captures done, and thirteen captures to do."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(root.path)], env=os.environ, check=False, timeout=120
    )
    assert ended.returncode == -signal.SIGKILL


def test_a_killed_restructuring_goes_on_where_it_was(root: LakeRoot) -> None:
    killed(root)
    publish(root)
    with duckdb.connect(str(root.database), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM articles WHERE revision = 2").fetchall() in (
            [(17,)],
            [(18,)],
        )
    rest = restructure(request(root, sizes=CUT))
    assert rest.captured == 13
    assert rest.revised + rest.rejected == 13
    assert {revision for (revision,) in current(root, "revision").values()} == {2}
    assert not any(title.startswith("旧") for (title,) in current(root, "title").values())
    assert verify(root) == []
    assert restructure(request(root, sizes=CUT)).captured == 31  # nothing to go on with: all of it again


def test_a_restructuring_of_other_captures_does_not_go_on_with_it(root: LakeRoot) -> None:
    killed(root)
    assert restructure(request(root, sizes=CUT, since=dt.date(2022, 3, 1))).captured == 31


def test_without_its_note_a_killed_restructuring_reads_all_again_and_ends_the_same(root: LakeRoot) -> None:
    killed(root)
    (note,) = (root.index.parent / "resumption").iterdir()
    note.write_text("damaged")
    rest = restructure(request(root, sizes=CUT))
    assert (rest.captured, rest.unchanged + rest.revised) == (31, 30)
    assert {revision for (revision,) in current(root, "revision").values()} == {2}


def test_what_was_done_is_done_again_when_the_lake_was_read_in_another_way_since(root: LakeRoot) -> None:
    killed(root)
    names.write(root, [Name("青禾钢铁", 1, "600001", 5, 0, 5, 5, "taken")])
    assert restructure(request(root)).revised == 30
    assert all(mentions for (mentions,) in current(root, "mentions").values())
    root.names.unlink()  # back to the reading that was killed
    assert restructure(request(root, sizes=CUT)).captured == 31
    assert not any(mentions for (mentions,) in current(root, "mentions").values())


def test_runs_that_read_in_the_same_way_leave_the_note_alone(root: LakeRoot, tmp_path: Path) -> None:
    killed(root)
    (tmp_path / "more.md").write_bytes(post(90).body)
    assert ingest(IngestRequest((str(tmp_path / "more.md"),), root, sizes=ONE)).new == 1
    assert restructure(request(root, sizes=CUT)).captured == 14


def test_many_commits_make_the_same_lake_as_one(root: LakeRoot, tmp_path: Path) -> None:
    other = LakeRoot(tmp_path / "other")
    items = [post(10 * d + n, day) for d, day in enumerate(DAYS) for n in range(10)]
    read_by_an_older_extractor(other, items, "old")
    publish(other)
    restructure(request(root, sizes=CUT))
    restructure(request(other))
    columns = ("title", "content_hash", "revision", "tags")
    assert current(root, *columns) == current(other, *columns)
    assert len([*snapshots.history(root)]) > len([*snapshots.history(other)])


def test_the_command_shows_the_differences(root: LakeRoot, capsys: pytest.CaptureFixture[str]) -> None:
    option = ["--lake", str(root.path), "--workers", "1"]
    assert main(["restructure", "--dry-run", *option]) == 0
    out = capsys.readouterr().out
    assert "30 revised" in out
    assert "Nothing was committed" in out
    assert "tags: 6 articles" in out
    assert "~ [-旧-]青禾钢铁" in out
    assert main(["restructure", "--dry-run", "--extractor-before", "newslake/1", "--json", *option]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["captured"], told["fields"]) == (True, 30, {"title": 30, "tags": 6})
    assert main(["restructure", "--extractor-before", "old", *option]) == 2
