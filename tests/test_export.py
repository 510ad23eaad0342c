"""Exports: what other tools read from them, and what comes back when one is ingested."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml
from warcio.archiveiterator import ArchiveIterator

from benchmarks.generate import generate
from flows.cli import main
from lake import changes
from lake.errors import Reject, Stop, Usage
from lake.export import export
from lake.extraction import extract
from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.query import ask
from lake.settings import Sizes
from lake.storage.raw import read
from lake.views.publish import publish
from tests.small_lake import article, commit
from tests.stored import number, post, run

ROOT = Path(__file__).parents[1]
SEED = ROOT.parent / "shared" / "finews"
PAGE = """<html lang="zh"><head><title>青禾钢铁上调全年指引</title></head><body><h1>青禾钢铁上调全年指引</h1>
<p>2022-05-26 09:30 来源：云川日报</p><article><p>青禾钢铁周四宣布上调全年产量指引，理由是二号高炉提前完成检修并恢复
满负荷生产，订单也好于预期。</p><p>公司董事长林远在电话会上表示，三季度的出口订单已经排满，国内建筑用钢的需求也在回升。</p>
</article></body></html>"""


def taken(root: LakeRoot, *sources: Path | str) -> LakeRoot:
    ingest(IngestRequest(tuple(map(str, sources)), root, sizes=Sizes(workers=1)))
    return root


def asked(root: LakeRoot, query: str) -> list[dict[str, Any]]:
    with ask(root, query) as answer:
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    """Examples, a zip with a Chinese name, pages over HTTP with a coding, and an edited post."""
    folder = tmp_path_factory.mktemp("export")
    root = taken(LakeRoot(folder / "lake"), ROOT / "examples")
    with zipfile.ZipFile(folder / "新 闻%.zip", "w") as archive:
        archive.writestr(f"帖子/2022-03-05-{number(9, '2022-03-05')}.md", post(9, "2022-03-05").body)
    taken(root, folder / "新 闻%.zip")
    kind = "text/html; charset=gbk"
    headers = (
        ("content-type", kind),
        ("content-encoding", "gzip"),
        ("content-length", "123"),
        ("x-note", "a; b"),
        ("x-note", "é"),
    )
    when = dt.datetime(2022, 5, 26, 2, 30, 0, 123456, tzinfo=dt.UTC)
    items = [
        Item(Origin(url=url), PAGE.encode("gb18030"), kind, when, 200, headers, "yunchuan")
        for url in (
            "https://news.yunchuan.example/a/1.html?x=1&y=%E6%96%B0",
            "https://news.yunchuan.example/a/2.html",
        )
    ]
    run(root, [*items, post(1)], "http")
    run(root, [post(1, body="改过的公告。")], "edited")
    publish(root)
    return root


@pytest.mark.parametrize("name", ["lake.warc.gz", "lake.warc"])
def test_a_warc_export_is_sound_and_gives_the_same_lake(name: str, lake: LakeRoot, tmp_path: Path) -> None:
    target = tmp_path / name
    done = export(lake, "warc", target)
    captures = asked(lake, "SELECT * EXCLUDE (run_id, outcome) FROM captures ORDER BY capture_id")
    assert done.counts == {"captures": len(captures)}
    again = taken(LakeRoot(tmp_path / "again"), target)
    assert asked(again, "SELECT * EXCLUDE (run_id, outcome) FROM captures ORDER BY capture_id") == captures
    for capture in captures:
        assert read(again, capture["capture_id"]) == read(lake, capture["capture_id"])
    articles = "SELECT * EXCLUDE (run_id, revision) FROM articles ORDER BY article_id"
    assert asked(again, articles) == asked(lake, articles)
    rejects = "SELECT reject_id, origin, reason FROM rejects WHERE capture_id IS NOT NULL ORDER BY 1"
    assert asked(again, rejects) == asked(lake, rejects)


def test_other_tools_find_pages_in_a_warc_export(lake: LakeRoot, tmp_path: Path) -> None:
    export(lake, "warc", tmp_path / "lake.warc.gz", site="yunchuan.example")
    with (tmp_path / "lake.warc.gz").open("rb") as file:
        first, second = [record for record in ArchiveIterator(file) if record.rec_type == "response"]
        assert first.rec_headers["WARC-Date"] == "2022-05-26T02:30:00.123456Z"
    assert second.http_headers["Content-Type"] == "text/html; charset=gbk"
    with (tmp_path / "lake.warc.gz").open("rb") as file:
        bodies = [record.content_stream().read() for record in ArchiveIterator(file) if record.http_headers]
    assert bodies == [PAGE.encode("gb18030")] * 2


def test_dates_and_sites_choose(lake: LakeRoot, tmp_path: Path) -> None:
    day = dt.date(2022, 3, 1)
    assert export(lake, "warc", tmp_path / "a.warc", since=day, until=day).counts == {"captures": 2}
    assert export(lake, "jsonl", tmp_path / "a.jsonl", since=day, until=day).counts == {"articles": 1}
    assert export(lake, "jekyll", tmp_path / "posts", until=dt.date(1999, 1, 1)).counts["articles"] == 0
    (total,) = asked(lake, "SELECT count(*) AS n FROM articles WHERE site = 'eastmoney'")
    assert export(lake, "csv", tmp_path / "a.csv", site="eastmoney").counts == {"articles": total["n"]}


def test_parquet_has_the_view_s_rows_and_types(lake: LakeRoot, tmp_path: Path) -> None:
    target = tmp_path / "it's.parquet"
    counts = export(lake, "parquet", target).counts
    rows = asked(lake, "FROM articles ORDER BY published_at, article_id")
    assert counts == {"articles": len(rows)}
    with duckdb.connect(str(lake.database), read_only=True) as connection:
        found = connection.execute("FROM read_parquet(?)", [str(target)])
        names = [column[0] for column in found.description or ()]
        assert [dict(zip(names, row, strict=True)) for row in found.fetchall()] == rows
        assert connection.execute("SELECT typeof(mentions) FROM articles LIMIT 1").fetchall() == (
            connection.execute(
                "SELECT typeof(mentions) FROM read_parquet(?) LIMIT 1", [str(target)]
            ).fetchall()
        )
    assert pl.read_parquet(target)["article_id"].to_list() == [row["article_id"] for row in rows]


def test_csv_and_json_lines_have_every_row(lake: LakeRoot, tmp_path: Path) -> None:
    export(lake, "csv", tmp_path / "a.csv")
    export(lake, "jsonl", tmp_path / "a.jsonl")
    rows = asked(lake, "FROM articles ORDER BY published_at, article_id")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert len(table) == len(lines) == len(rows)
    for row, line, cells in zip(rows, lines, table, strict=True):
        for name in ("article_id", "title", "body_text", "mentions", "tags", "revision"):
            assert line[name] == row[name]
        assert dt.datetime.fromisoformat(line["published_at"]) == row["published_at"]
        assert cells["body_text"] == (row["body_text"] or "")
        assert json.loads(cells["mentions"]) == row["mentions"]


CONTENT = ("article_id", "content_hash", *changes.COMPARED)


def content(root: LakeRoot) -> list[dict[str, Any]]:
    return asked(root, f"SELECT {', '.join(CONTENT)} FROM articles ORDER BY article_id")


def test_posts_come_back_with_all_that_they_say(tmp_path: Path) -> None:
    """Every variant of the generator: twins, stubs, old copies, digests alone."""
    for name, body in generate(300, seed=5):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    root = taken(LakeRoot(tmp_path / "lake"), tmp_path / "in")
    done = export(root, "jekyll", tmp_path / "out")
    assert done.counts["as_captured"] == done.counts["articles"]
    assert done.counts["rendered"] == 0
    written = {
        path.relative_to(tmp_path / "out"): path.read_bytes() for path in (tmp_path / "out").rglob("*.md")
    }
    given = {path.relative_to(tmp_path / "in"): path.read_bytes() for path in (tmp_path / "in").rglob("*.md")}
    assert written == given
    assert content(taken(LakeRoot(tmp_path / "again"), tmp_path / "out")) == content(root)


@pytest.mark.skipif(not SEED.is_dir(), reason="the seed archive's posts are not here")
def test_the_seed_s_own_posts_come_back(tmp_path: Path) -> None:
    root = taken(LakeRoot(tmp_path / "lake"), SEED)
    done = export(root, "jekyll", tmp_path / "out")
    assert (done.counts["articles"], done.counts["rendered"]) == (16, 0)
    assert content(taken(LakeRoot(tmp_path / "again"), tmp_path / "out")) == content(root)


def test_rendered_articles_come_back_whole(lake: LakeRoot, tmp_path: Path) -> None:
    done = export(lake, "jekyll", tmp_path / "out")
    assert done.counts["rendered"] == 9
    assert done.counts["rendered"] + done.counts["as_captured"] == done.counts["articles"]
    assert 0 < done.counts["stated"] <= done.counts["rendered"]
    assert content(taken(LakeRoot(tmp_path / "again"), tmp_path / "out")) == content(lake)


def test_a_post_of_hostile_values_stays_one_post(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    mention = {
        "kind": "security",
        "market": 1,
        "code": '"><b>{x}',
        "name": "钢{铁",
        "count": 2,
        "marked_by": "markup",
    }
    row = article(
        "qinghe:../../a b",
        title='一"二\n---\n<b>三</b> &amp;',
        tags=["a\nb", "c,d"],
        category="x\n---",
        body_markdown="钢{铁\n\n<script>alert(1)</script>\n\n---\n\n<http://x.example/>",
        body_text="钢{铁",
        mentions=[mention],
        capture_ids=["0" * 32],
        content_hash="00",
        first_seen_at=dt.datetime(2022, 3, 1, tzinfo=dt.UTC),
        captured_at=dt.datetime(2022, 3, 1, tzinfo=dt.UTC),
        date_origin="page",
        media="\x85\u2028{{ 甲 }}\U0001f600",
    )
    commit(root, articles=[row])
    publish(root)
    assert export(root, "jekyll", tmp_path / "out").counts["rendered"] == 1
    (path,) = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert path.name == "2022-03-01-.._.._a_b.md"
    text = path.read_text("utf-8").split("\n")
    assert [n for n, line in enumerate(text) if line == "---"] == [0, 7]
    assert yaml.safe_load(text[6])["newslake"]["title"] == row["title"]
    assert content(taken(LakeRoot(tmp_path / "again"), tmp_path / "out"))[0]["media"] == row["media"]


def test_a_target_that_exists_is_left_alone(lake: LakeRoot, tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"
    target.write_text("mine")
    with pytest.raises(Usage, match="exists"):
        export(lake, "csv", target)
    assert target.read_text() == "mine"
    with pytest.raises(Usage, match="after"):
        export(lake, "csv", tmp_path / "other", since=dt.date(2022, 2, 1), until=dt.date(2022, 1, 1))
    with pytest.raises(Stop, match="newslake ingest"):
        export(LakeRoot(tmp_path / "none"), "csv", tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


def test_what_a_killed_export_left_is_written_over(lake: LakeRoot, tmp_path: Path) -> None:
    (tmp_path / ".a.csv.new").write_text("half")
    (tmp_path / ".out.new" / "_posts").mkdir(parents=True)
    (tmp_path / ".out.new" / "_posts" / "half.md").write_text("half")
    export(lake, "csv", tmp_path / "a.csv")
    export(lake, "jekyll", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "out"]
    assert not list((tmp_path / "out").rglob("half.md"))


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl", "warc", "jekyll"])
def test_an_empty_lake_gives_an_empty_export(form: Any, tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    commit(root)
    publish(root)
    counts = export(root, form, tmp_path / "out").counts
    assert set(counts.values()) == {0}
    assert (tmp_path / "out").exists()


def test_the_command_says_what_it_wrote(
    lake: LakeRoot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    option = ["--lake", str(lake.path)]
    assert main(["export", "--format", "jekyll", "-o", str(tmp_path / "out"), *option]) == 0
    out = capsys.readouterr().out
    assert "as captured" in out
    assert "stated" in out
    assert main(["export", "--format", "jsonl", "-o", str(tmp_path / "a"), "--json", *option]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["path"] == str(tmp_path / "a")
    assert main(["export", "--format", "jsonl", "-o", str(tmp_path / "a"), *option]) == 2
    assert main(["export", "--format", "xml", "-o", str(tmp_path / "b"), *option]) == 2


def test_warcio_s_own_check_finds_no_fault(lake: LakeRoot, tmp_path: Path) -> None:
    export(lake, "warc", tmp_path / "lake.warc.gz")
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(tmp_path / "lake.warc.gz")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout


@pytest.mark.parametrize(
    "damage", [(b"Newslake-Path", b"Newslake-Pxth"), (b"Newslake-Headers: %5B", b"Newslake-Headers: %5C")]
)
def test_damaged_records_of_ours_are_rejects(
    damage: tuple[bytes, bytes], lake: LakeRoot, tmp_path: Path
) -> None:
    target = tmp_path / "lake.warc"
    export(lake, "warc", target)
    target.write_bytes(target.read_bytes().replace(*damage))
    again = taken(LakeRoot(tmp_path / "again"), target)
    (found,) = asked(
        again, "SELECT count(*) AS n FROM rejects WHERE capture_id IS NULL AND stage = 'capture'"
    )
    assert found["n"] > 0


def test_bytes_that_came_back_are_current_in_the_lake_made_of_a_warc(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    for run_id, body in (("a", "甲。"), ("b", "乙。"), ("c", "甲。")):
        run(root, [post(1, body=body)], run_id)
    publish(root)
    assert export(root, "warc", tmp_path / "lake.warc").counts == {"captures": 2}
    again = taken(LakeRoot(tmp_path / "again"), tmp_path / "lake.warc")
    assert [row["body_text"] for row in asked(again, "FROM articles")] == ["甲。"]
    assert content(again) == content(root)


def test_posts_that_only_their_capture_dates_or_names_come_back(tmp_path: Path) -> None:
    """Without date, without address, under a name that is no post's, over HTTP, with a learned name."""
    folder = tmp_path / "in"
    folder.mkdir()
    head = '---\nlayout: post\ntitle: "{}"\ncategories: emnews\n{}---\n\n> 摘要{}。\n'
    (folder / "undated.md").write_text(head.format("甲", "", 1), "utf-8")
    (folder / "a.b.html").write_text(head.format("乙", "date: 2022-03-01 09:00:00 +0800\n", 2), "utf-8")
    root = taken(LakeRoot(tmp_path / "lake"), folder)
    url = "https://finews.example/raw/x.md"
    body = head.format("丙", "date: 2022-03-02 09:00:00 +0800\n", 3).encode()
    run(root, [Item(Origin(url=url), body, "text/markdown", dt.datetime.now(dt.UTC), 200)], "http")
    publish(root)
    done = export(root, "jekyll", tmp_path / "out")
    assert (done.counts["articles"], done.counts["as_captured"], done.counts["stated"]) == (3, 0, 3)
    assert content(taken(LakeRoot(tmp_path / "again"), tmp_path / "out")) == content(root)


def test_a_damaged_statement_is_a_reject_and_one_from_a_server_none(tmp_path: Path) -> None:
    text = '---\nlayout: post\ntitle: "甲"\ndate: 2022-03-01 09:00:00 +0800\nnewslake: {}\n---\n\n> 摘要。\n'
    stated = text.replace("{}", '{"article_id": "other:1", "authors": ["林远"]}')
    assert extract(stated, name="a.md").article_id == "other:1"
    assert extract(stated, name="a.md").authors == ("林远",)
    assert extract(stated, name="a.md", url="https://x.example/a.md").article_id != "other:1"
    for damaged in ("{", "[]", '{"authors": 1}', '{"published_at": "2022-03-01T00:00:00Z"}'):
        with pytest.raises(Reject, match="bad_row"):
            extract(text.replace("{}", damaged), name="a.md")
