"""Bad input: each kind gives an article all the same or a reject that says why, and disturbs nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lake.locations import LakeRoot
from lake.storage.captures import read as read_capture

GOOD = 3
DEEP = 10_000

POST = """---
layout: post
title: "{title}"
date: 2031-04-0{day} 09:30:00 +0800
categories: emnews
tags: 东财滚动新闻
---
> {title}。

{body}<p class="em_media">（文章来源：远帆财经）</p>

<http://finance.eastmoney.com/a/2031040{day}{number:010}.html>
"""
WORDS = "<p>远帆港务称，三号泊位四月起恢复作业，预计全年吞吐量略有增长。</p>"
PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>白鹭农机{number}号厂投产</title>
<meta property="article:published_time" content="2031-04-05T08:00:00+08:00"></head><body><article>
<h1>白鹭农机{number}号厂投产</h1><p>白鹭农机的{number}号厂五日在鹭州投产，首批二百台插秧机将于本月交付给当地合作社。</p>
<p>公司说，产线的八成零件来自本省，全年计划生产六千台，明年再增加一条收割机产线。</p>{more}</article></body></html>"""


def post(number: int, *, title: str = "远帆港务恢复作业", body: str = WORDS) -> str:
    return POST.format(title=title, day=number % 9 + 1, number=number, body=body)


def page(number: int, charset: str = "utf-8", more: str = "") -> str:
    return PAGE.format(number=number, charset=charset, more=more)


BAD: dict[str, tuple[bytes, str, str]] = {
    "empty.html": (b"", "extract", "empty"),
    "blank.md": (b"\xef\xbb\xbf \r\n\t\n", "extract", "empty"),
    "picture.html": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20, "extract", "binary"),
    "zeros.md": (bytes(5000), "extract", "binary"),
    "front-matter-only.md": (b"---\ntitle: \ndate: [2031\n", "extract", "no_article"),
    "cut-record.json": (b'{"code": "203104050000000099", "title": ', "extract", "broken_json"),
    "navigation.html": ("<html><body><a href=/>首页</a></body></html>".encode(), "extract", "too_short"),
}
"""Inputs that hold no article: bytes, and the stage and reason of their reject."""

ODD: dict[str, tuple[bytes, str]] = {
    "gbk-post.md": (post(101).encode("gb18030"), "三号泊位四月起恢复作业"),
    "utf16-post.md": (post(102).encode("utf-16"), "三号泊位四月起恢复作业"),
    "lying.html": (page(1).encode("gb18030"), "首批二百台插秧机"),
    "lying-other-way.html": (page(2, "gb2312").encode(), "首批二百台插秧机"),
    "one-bad-byte.md": (post(103).encode().replace(b"</p><p", b"\xff</p><p"), "三号泊位四月起恢复作业"),
    "cut-post.md": (post(104).encode()[:-120], "三号泊位四月起恢复作业"),
    "cut-page.html": (page(3).encode()[:-60], "首批二百台插秧机"),
    "deep-post.md": (
        post(105, body=WORDS + "<div>" * DEEP + "<p>深处</p>" + "</div>" * DEEP).encode(),
        "三号泊位",
    ),
    "deep-page.html": (page(4, more="<div>" * DEEP + "深处").encode(), "首批二百台插秧机"),
    "deep-spans.md": (post(106, body="<span>" * DEEP + WORDS).encode(), "三号泊位四月起恢复作业"),
    "broken-front-matter.md": (
        post(107).replace('title: "', 'title: "a"": [').encode(),
        "三号泊位四月起恢复作业",
    ),
    "no-front-matter-end.md": (
        post(108).replace("东财滚动新闻\n---", "东财滚动新闻").encode(),
        "三号泊位四月起恢复作业",
    ),
    "nul.md": (post(109).replace("四月", "四\0月").encode(), "吞吐量略有增长"),
}
"""Inputs with something wrong from which the article can still be had: bytes, and words of its text."""


@dataclass(frozen=True)
class Lake:
    """A lake after an ingest: its exit code, report, messages, and the open rejects by last part of origin."""

    root: Path
    code: int
    report: dict[str, Any]
    stderr: str
    rejects: dict[str, dict[str, Any]]

    def rows(self, query: str) -> list[dict[str, Any]]:
        done = newslake("sql", query, "--format", "json", "--lake", str(self.root))
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


def newslake(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from flows.cli import main; sys.exit(main())", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def ingest(root: Path, *sources: Path | str, **options: Any) -> Lake:
    done = newslake("ingest", *map(str, sources), "--lake", str(root), "--json", **options)
    assert "Traceback" not in done.stderr
    report = json.loads(done.stdout)
    counts = (report[name] for name in ("new", "revised", "merged", "unchanged", "rejected"))
    assert report["captured"] == sum(counts)
    listed = json.loads(newslake("rejects", "--lake", str(root), "--json").stdout)["rejects"]
    rejects = {each["origin"].rpartition("/")[2].rpartition("!")[2]: each for each in listed}
    assert len(rejects) == len(listed)
    return Lake(root, done.returncode, report, done.stderr, rejects)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    for number in range(1, GOOD + 1):
        (folder / f"good-{number}.md").write_text(post(number, title=f"远帆港务第{number}次公告"))
    return folder


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything bad in it."""
    folder = tmp_path_factory.mktemp("bad")
    for name, content in (BAD | ODD).items():
        (folder / name).write_bytes(content[0])
    with (folder / "huge.html").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    (folder / "loop").symlink_to(folder)
    (folder / "gone.md").symlink_to("nowhere.md")
    os.mkfifo(folder / "pipe.html")
    with zipfile.ZipFile(folder / "evil.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../evil.md", post(201))
        archive.writestr("bomb.html", bytes(40_000_000))
        archive.writestr("inside.md", post(202))
    (folder / "not-a-zip.zip").write_bytes(page(5).encode())
    return folder


@pytest.fixture(scope="module")
def lake(good: Path, bad: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake after one run over good posts, everything bad, and sources that aren't there."""
    return ingest(tmp_path_factory.mktemp("lake"), bad, "/nothing/here.html", bad / "*.none", good)


FOUND: dict[str, tuple[str, str]] = {
    "huge.html": ("capture", "too_large"),
    "loop": ("discover", "symlink_loop"),
    "gone.md": ("discover", "broken_link"),
    "pipe.html": ("discover", "not_a_file"),
    "evil.md": ("capture", "path_traversal"),
    "bomb.html": ("capture", "bomb"),
    "not-a-zip.zip": ("capture", "corrupt"),
    "here.html": ("discover", "not_found"),
    "*.none": ("discover", "no_match"),
}
EXPECTED = FOUND | {name: (stage, reason) for name, (_, stage, reason) in BAD.items()}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_holds_no_article_is_rejected_with_stage_and_reason(lake: Lake, name: str) -> None:
    reject = lake.rejects[name]
    assert (reject["stage"], reject["reason"]) == EXPECTED[name]
    assert len(reject["detail"]) > 10
    assert reject["again"].startswith("newslake ")


def test_an_article_is_had_from_odd_input(lake: Lake) -> None:
    rows = lake.rows("SELECT origin, body_text FROM articles JOIN captures USING (capture_id)")
    texts = {row["origin"].rpartition("/")[2]: row["body_text"] for row in rows}
    assert {name for name, (_, words) in ODD.items() if words not in texts.get(name, "")} == set()


def test_nothing_else_is_rejected_and_the_counts_add_up(lake: Lake) -> None:
    assert set(lake.rejects) == set(EXPECTED)
    assert lake.report["rejected"] == len(EXPECTED)
    assert lake.report["new"] == lake.rows("SELECT count(*) AS n FROM articles")[0]["n"]
    assert lake.code == 0


def test_bad_input_leaves_the_rest_as_it_is_without_it(lake: Lake, good: Path, tmp_path: Path) -> None:
    query = "SELECT * EXCLUDE (captured_at, first_seen_at, run_id) FROM articles WHERE title LIKE '远帆港务第%' ORDER BY ALL"
    alone = ingest(tmp_path / "lake", good)
    assert (alone.code, alone.report["new"], alone.report["rejected"]) == (0, GOOD, 0)
    assert alone.rows(query) == lake.rows(query)


def test_the_bytes_of_what_was_read_are_kept(lake: Lake) -> None:
    rows = lake.rows("SELECT origin, capture_id FROM captures")
    captures = {row["origin"].rpartition("/")[2]: row["capture_id"] for row in rows}
    for name, content in (BAD | ODD).items():
        assert read_capture(LakeRoot(lake.root), captures[name]) == content[0]


def test_a_second_run_changes_nothing_and_says_so(lake: Lake, good: Path, bad: Path) -> None:
    again = ingest(lake.root, bad, "/nothing/here.html", bad / "*.none", good)
    assert again.report["snapshot"] == lake.report["snapshot"]
    assert again.report["rejected"] == lake.report["rejected"]
    assert again.report["unchanged"] == lake.report["captured"] - lake.report["rejected"]
    assert again.rejects == lake.rejects


@pytest.mark.parametrize("source", ["/nothing/here.html", "/nothing/*.none", "/dev/null", "cut.zip"])
def test_nothing_that_could_be_read_is_a_failure(tmp_path: Path, source: str) -> None:
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04")
    done = newslake("ingest", source, "--lake", str(tmp_path / "lake"), cwd=tmp_path)
    assert done.returncode == 1
    assert source in done.stderr
    assert "Traceback" not in done.stderr


def test_words_that_make_no_command_are_a_usage_error(tmp_path: Path) -> None:
    for arguments in (
        ["ingest"],
        ["ingest", "--no-such-option", "x"],
        ["ingest", "x", "--workers", "0"],
        ["injest", "x"],
    ):
        done = newslake(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.strip()
    assert list(tmp_path.iterdir()) == []


DROP = """
import contextlib, io, os, sys
from flows.cli import main
with contextlib.redirect_stdout(io.StringIO()):  # load all modules while the interpreter's files can be read
    main(["ingest", sys.argv[1], "--lake", sys.argv[2], "--json"])
if os.getuid() == 0:  # to whom nothing is forbidden
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(main(sys.argv[3:]))
"""


def test_without_permission(good: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", DROP, str(good), str(tmp_path / "warm"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "in"
        folder.mkdir()
        for each in ("good.md", "secret.md"):
            (folder / each).write_text(post(301))
        (folder / "secret.md").chmod(0)
        folder.parent.chmod(0o777)
        done = run("ingest", str(folder), "--lake", f"{name}/lake", "--json")
        report = json.loads(done.stdout)
        assert (done.returncode, report["new"], report["rejected"]) == (0, 1, 1)
        assert "secret.md: permission" in done.stderr
        assert run("ingest", str(folder / "secret.md"), "--lake", f"{name}/lake").returncode == 1
        folder.parent.chmod(0o755)
        unwritable = run("ingest", str(folder), "--lake", f"{name}/closed")
        assert unwritable.returncode == 1
        assert f"{name}/closed" in unwritable.stderr
        assert "Traceback" not in unwritable.stderr
