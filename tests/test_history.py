"""The lake as it was, and the story of one article."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.cli import main
from lake import changes
from lake.changes import Change
from lake.errors import Stop, Usage
from lake.history import past_views, snapshot_at
from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.query import ask
from lake.storage import snapshots, tablelog, tables
from lake.storage.maintain import maintain, vacuum
from lake.story import story
from lake.views.publish import publish
from tests.small_lake import article, commit
from tests.stored import number, post, run


@pytest.fixture
def root(tmp_path: Path) -> LakeRoot:
    """Snapshot 1 has article a, 2 its second revision on another day, 3 article b besides."""
    root = LakeRoot(tmp_path / "lake")
    commit(root, run_id="one", articles=[article("a")])
    time.sleep(0.002)  # commits are told apart by the millisecond
    commit(root, run_id="two", articles=[article("a", 2, day=3)])
    time.sleep(0.002)
    commit(root, run_id="three", articles=[article("b")])
    publish(root)
    return root


def told(root: LakeRoot, query: str, at: str | None = None) -> list[tuple]:
    with ask(root, query, at) as answer:
        return list(answer.rows)


ALL = "SELECT article_id, revision, day(published_date) FROM articles ORDER BY 1"


@pytest.mark.parametrize(
    ("at", "expected"),
    [("0", []), ("1", [("a", 1, 1)]), ("2", [("a", 2, 3)]), ("3", [("a", 2, 3), ("b", 1, 1)])],
)
def test_the_views_show_the_snapshot_that_is_asked_for(root: LakeRoot, at: str, expected: list) -> None:
    assert told(root, ALL, at) == expected
    assert told(root, "SELECT max(snapshot), count(*) FROM snapshots", at) == [(int(at), int(at) + 1)]


def test_a_time_means_the_snapshot_that_was_current_then(root: LakeRoot) -> None:
    moments = {each.id: each.committed_at for each in snapshots.history(root)}
    just_before = (moments[3] - dt.timedelta(milliseconds=1)).isoformat()
    assert snapshot_at(root, just_before).id == 2
    assert snapshot_at(root, moments[3].isoformat()).id == 3
    assert snapshot_at(root, "2999-01-01").id == 3
    local = moments[2].astimezone().replace(tzinfo=None)  # the machine's own zone
    assert snapshot_at(root, local.isoformat()).id == 2


@pytest.mark.parametrize(
    ("at", "words"),
    [("4", "newest is 3"), ("yesterday", "neither"), ("2001-01-01", "was made on"), ("", "neither")],
)
def test_what_was_never_there_is_a_usage_error(root: LakeRoot, at: str, words: str) -> None:
    with pytest.raises(Usage, match=words):
        snapshot_at(root, at)


def test_without_a_lake_the_message_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="newslake ingest"):
        told(LakeRoot(tmp_path / "none"), ALL, "1")


def test_beyond_the_log_the_message_says_how_far_it_goes(root: LakeRoot) -> None:
    tables.open_table(root, "outcomes").delta.create_checkpoint()
    for version in (0, 1):
        tablelog.log_entry(root, "outcomes", version).unlink()
    for at in ("1", "2001-01-01"):
        with pytest.raises(Stop, match="oldest snapshot is 2"):
            snapshot_at(root, at)


def test_files_that_the_vacuum_took_are_named_as_gone(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path)
    for n in range(6):
        run(root, [post(n)], f"run{n}")
    maintain(root)
    assert told(root, "SELECT count(*) FROM articles", "4") == [(4,)]
    assert vacuum(root, retention=dt.timedelta(0)) > 0
    with pytest.raises(Stop, match="removed"):
        told(root, "SELECT count(*) FROM articles", "4")
    assert told(root, "SELECT count(*) FROM articles", "7") == [(6,)]


def test_the_past_leaves_nothing_on_disk(root: LakeRoot) -> None:
    before = sorted(root.path.rglob("*"))
    with past_views(root, "1") as path:
        assert path.is_file()
    assert not path.exists()
    assert sorted(root.path.rglob("*")) == before


def test_changes_name_the_fields_that_differ() -> None:
    before = article("a", title="旧题", tags=None, authors=["林远"])
    after = article("a", 2, title="新题", tags=[], authors=["林远", "何青"])
    assert [each.field for each in changes.between(before, after)] == ["title", "authors"]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("青禾钢铁上半年扩产三成", "青禾钢铁上半年扩产两成", ["~ 青禾钢铁上半年扩产[-三-]{+两+}成"]),
        ("甲段。\n\n乙段。", "甲段。\n\n乙段。\n\n丙段。", ["+ 丙段。"]),
        ("一", "完全不同的另一句话", ["- 一", "+ 完全不同的另一句话"]),
        (None, "有了", ["+ 有了"]),
        (["a", "b"], ["b", "c"], ["- a", "+ c"]),
        (["a", "b"], ["b", "a"], ["- a, b", "+ b, a"]),
        ([{"code": "1", "mic": None}], [], ['- {"code": "1"}']),
    ],
)
def test_a_change_reads_as_a_diff(before: object, after: object, lines: list[str]) -> None:
    assert list(changes.shown(Change("field", before, after))) == lines


def test_a_long_paragraph_shows_only_what_is_near_a_change() -> None:
    text = "".join(f"第{n}句。" for n in range(300))
    (line,) = changes.shown(Change("body_text", text, text.replace("第150句", "第一百五十句")))
    assert "[-150-]{+一百五十+}" in line
    assert line.startswith("~ …")
    assert len(line) < 80


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    """An article in two revisions: a post that was edited, then its older copy in another folder besides."""
    root = LakeRoot(tmp_path_factory.mktemp("story") / "lake")
    run(root, [post(1, body="青禾钢铁公布一号公告。"), post(2)], "first")
    run(root, [post(1, body="青禾钢铁公布二号公告。")], "second")
    media = post(1, folder="/old", title="").body.replace(
        "tags: 快讯".encode(), "tags: 云川日报新闻".encode()
    )
    media = media.replace(b"categories: emnews", b"categories: yunchuan")
    run(root, [Item(Origin(path=f"/old/2022-03-01-NW{number(1)}.md"), media)], "third")
    publish(root)
    return root


def test_a_story_tells_what_each_revision_changed(edited: LakeRoot) -> None:
    told = story(edited, f"eastmoney:{number(1)}")
    first, second, *_ = told.revisions
    assert (first.revision, first.run_id, first.operation, first.changes) == (1, "first", "ingest", ())
    assert [each.field for each in second.changes] == ["body_text", "body_markdown"]
    assert list(changes.shown(second.changes[0])) == ["~ 青禾钢铁公布[-一-]{+二+}号公告。"]
    assert first.snapshot is not None and second.snapshot is not None and first.snapshot < second.snapshot


def test_a_story_tells_which_copies_were_merged_and_what_each_gave(edited: LakeRoot) -> None:
    last = story(edited, number(1)).revisions[-1]
    plain, media = last.parts
    assert (plain.channel, media.channel) == ("plain", "media")
    assert "title" in plain.fields and media.fields == ("media",)
    assert all(number(1) in part.why for part in last.parts)
    assert {each.field: each.after for each in last.changes} == {
        "media": "云川日报",
        "tags": ["快讯", "云川日报新闻"],
    }


@pytest.mark.parametrize("name", ["eastmoney:9", "http://nowhere.example/", "x' OR 1 = 1 --"])
def test_an_unknown_article_is_a_usage_error(edited: LakeRoot, name: str) -> None:
    with pytest.raises(Usage, match="no article"):
        story(edited, name)


def test_an_article_is_found_by_id_own_id_and_url(edited: LakeRoot) -> None:
    url = f"http://finance.eastmoney.com/a/{number(2)}.html"
    names = (f"eastmoney:{number(2)}", number(2), url)
    assert {story(edited, name).article_id for name in names} == {f"eastmoney:{number(2)}"}


def test_a_story_is_told_though_the_bytes_are_lost(tmp_path: Path, edited: LakeRoot) -> None:
    root = LakeRoot(Path(shutil.copytree(edited.path, tmp_path / "lake", symlinks=True)))
    publish(root)
    for path in root.table("captures").glob("*.parquet"):
        groups = pq.ParquetFile(path).metadata
        body = groups.row_group(0).column(groups.num_columns - 1)
        data = bytearray(path.read_bytes())
        end = body.data_page_offset + body.total_compressed_size
        data[end - 200 : end] = bytes(200)
        path.write_bytes(data)
    (plain, media) = story(root, number(1)).revisions[-1].parts
    assert (plain.channel, media.characters) == (None, None)
    assert {*plain.fields, *media.fields} >= {"title", "media"}


def test_the_command_prints_the_story(edited: LakeRoot, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", number(1), "--lake", str(edited.path)]) == 0
    out = capsys.readouterr().out
    assert "revision 3" in out
    assert "~ 青禾钢铁公布[-一-]{+二+}号公告。" in out
    assert "gave media" in out
    assert main(["history", number(1), "--json", "--lake", str(edited.path)]) == 0
    assert json.loads(capsys.readouterr().out)["revisions"][1]["changes"][0]["field"] == "body_text"
    assert main(["history", "nothing", "--lake", str(edited.path)]) == 2
