"""A folder with posts, saved pages of many sites and junk: one right article for each real one, a reason for each other."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import lzma
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lake.ingest import IngestRequest, ingest
from lake.locations import lake_root
from lake.report import Report
from lake.settings import Sizes

FIXTURES = Path(__file__).parent / "fixtures" / "pages"
SHARED = Path(__file__).parents[2] / "shared"

MENU = "".join(f'<li><a href="/c/{n}/">栏目{n}</a></li>' for n in range(12))
ROWS = "".join(
    f'<li><a href="/news/{n}.html">远岸港务第{n}季度货物吞吐量同比增长</a><span>2024-05-{n % 28 + 1:02d}</span></li>'
    for n in range(60)
)
TEASERS = "".join(
    f'<div><h3><a href="/news/{n}.html">远岸港务第{n}季度货物吞吐量同比增长</a></h3><p>记者从远岸港务获悉，第{n}季度公司货物吞吐量'
    f"较上年同期增长百分之{n}，其中集装箱业务增长明显，公司将继续扩建泊位。</p><span>2024-05-{n + 1:02d}</span></div>"
    for n in range(20)
)


def whole(title: str, body: str) -> bytes:
    head = f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><ul>{MENU}</ul>{body}<div>版权所有 远岸财经 京ICP备000000号</div></body></html>".encode()


JUNK: dict[str, tuple[bytes, str]] = {
    "empty.html": (b"", "empty"),
    "blank.html": (b" \r\n\n ", "empty"),
    "zeros.html": (bytes(3000), "binary"),
    "picture.html": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "binary"),
    "film.html": (b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 8, "binary"),
    "packed.html": (gzip.compress(whole("远岸港务", "")), "binary"),
    "login.html": (
        whole("用户登录 - 远岸财经", "<form>手机号<input>密码<input type=password><a href=/reg>立即注册</a></form>"),
        "no_article",
    ),
    "long-login.html": (
        whole("登录", "<h2>登录</h2><p>" + "登录即表示您已阅读并同意用户协议与隐私政策，新手机号将自动注册。" * 5 + "</p>"),
        "no_article",
    ),
    "list.html": (whole("滚动新闻_远岸财经", f"<ul>{ROWS}</ul>"), "list_page"),
    "teasers.html": (whole("公司新闻_远岸财经", f"<div>{TEASERS}</div>"), "list_page"),
    "search.html": (whole("搜索结果", f"<p>共 300 条</p><div>{TEASERS}</div>"), "list_page"),
    "captcha.html": (
        whole("远岸财经", "<h2>人机验证</h2><p>检测到您的网络存在异常流量，请完成下方验证后继续访问。</p>"),
        "no_article",
    ),
    "check.html": (
        b"<html><head><title>Just a moment...</title></head><body><h1>news.example</h1>"
        b"<p>Checking if the site connection is secure. Enable JavaScript and cookies to continue.</p></body></html>",
        "no_article",
    ),
    "404.html": (b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>", "no_article"),
    "gone.html": (
        whole("远岸财经", "<h2>抱歉，您访问的页面不存在</h2><p>页面已删除或已更名，五秒后自动返回首页。</p>"),
        "no_article",
    ),
    "502.html": (b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "no_article"),
    "cut-in-head.html": (whole("远岸港务扩建三号泊位_远岸财经", "")[:110], "too_short"),
    "cut-in-menu.html": (whole("远岸港务扩建三号泊位_远岸财经", "<h1>远岸港务扩建三号泊位</h1><p>2024-05-01")[:-70], "too_short"),
    "shell.html": (b"<html><head><title>a</title></head><body><div id=app></div><script src=a.js></script></body></html>", "too_short"),
    "moved.html": (b'<html><head><meta http-equiv="refresh" content="0;url=/a"></head><body>Redirecting</body></html>', "too_short"),
    "feed.html": (b'<?xml version="1.0"?><rss version="2.0"><channel><title>a</title><item/></channel></rss>', "feed"),
    "listing.html": (b"<html><head><title>Index of /a</title></head><body><pre>" + b'<a href="1">1</a> 1K\n' * 30 + b"</pre></body></html>", "no_article"),
    "refused.json": (b'{"code":403,"message":"forbidden"}', "no_article"),
    "rows.json": (json.dumps({"data": {"list": [{"id": n} for n in range(30)]}}).encode(), "many_records"),
    "notes.md": (b"# About\n\nThis repository holds posts.\n", "no_article"),
    "headline.md": ('---\ntitle: "只有标题"\ndate: 2022-01-02 10:00:00 +0800\n---\n'.encode(), "no_text"),
    "stub.md": (b"---\nlayout: post\ntitle: \"\"\ndate:  +0800\n---\n\n<>\n", "no_article"),
}  # fmt: skip
"""What holds no article, by file name: bytes and the reason that must be given."""

POST = """---
layout: post
title: "远帆港务第{n}次公告"
date: 2031-04-0{n} 09:30:00 +0800
categories: {category}
tags: {tags}
---
{digest}<p>远帆港务称，{n}号泊位四月起恢复作业，预计全年吞吐量略有增长。</p><p class="em_media">（文章来源：远帆财经）</p>

<http://finance.eastmoney.com/a/2031040{n}0000000001.html>
"""


@dataclass(frozen=True)
class Filled:
    """What an ingest gave: its report, the articles and the rejects by the path below the folder."""

    report: Report
    articles: dict[str, dict[str, Any]]
    rejects: dict[str, str]


def filled(folder: Path, lake: Path) -> Filled:
    root = lake_root(lake)
    report = ingest(IngestRequest((str(folder),), root, sizes=Sizes(workers=1)))
    counts = report.counts()
    assert counts.pop("captured") == sum(counts.values())
    with duckdb.connect(str(root.database), read_only=True) as connection:
        rows = connection.sql("SELECT c.origin, a.* FROM articles a JOIN captures c USING (capture_id)")
        articles = [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]
        rejects = connection.sql("SELECT origin, reason FROM rejects").fetchall()
    return Filled(
        report,
        {each["origin"].removeprefix(f"{folder}/"): each for each in articles},
        {origin.removeprefix(f"{folder}/"): reason for origin, reason in rejects},
    )


def addressed(page: bytes, url: str) -> bytes:
    """The page stating its own address, as most do."""
    link = f'<link rel="canonical" href="{url}">'.encode()
    return page.replace(b"</head>", link + b"</head>", 1) if b"</head>" in page else link + page


def write_junk(folder: Path) -> None:
    for name, (body, _) in JUNK.items():
        (folder / name).write_bytes(body)


@pytest.fixture(scope="module")
def pages() -> dict[str, tuple[Path, dict[str, Any]]]:
    """One test page of each site: the first of its layouts that states a title and a time."""
    found: dict[str, tuple[Path, dict[str, Any]]] = {}
    for folder in sorted(FIXTURES.glob("*/*")):
        expected = json.loads((folder / "expected.json").read_text("utf-8"))
        if expected.get("title") and expected.get("published_at"):
            found.setdefault(expected["site"], (folder / "page.html", expected))
    return found


@pytest.fixture(scope="module")
def mixed(pages: dict[str, tuple[Path, dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory) -> Filled:
    folder = tmp_path_factory.mktemp("mixed")
    write_junk(folder)
    for site, (page, expected) in pages.items():
        (folder / f"page-{site}.html").write_bytes(addressed(page.read_bytes(), expected["url"]))
    for n in range(1, 6):
        plain = POST.format(n=n, category="emnews", tags="东财滚动新闻", digest=f"> 第{n}次公告。\n\n")
        (folder / f"post-{n}.md").write_text(plain, "utf-8")
    twin = POST.format(n=1, category="yfcj", tags="远帆财经新闻", digest="").replace("/a/", "/a/NW")
    (folder / "twin.md").write_text(twin, "utf-8")
    return filled(folder, tmp_path_factory.mktemp("lake"))


def test_each_real_one_gives_one_article(mixed: Filled, pages: dict[str, tuple[Path, Any]]) -> None:
    assert len(pages) >= 20
    assert mixed.report.new == len(mixed.articles) == len(pages) + 5
    assert mixed.report.merged == 1
    for site, (_, expected) in pages.items():
        article = mixed.articles[f"page-{site}.html"]
        assert (article["site"], article["title"]) == (site, expected["title"])
        if "key" in expected:
            assert article["article_id"] == f"{site}:{expected['key']}"
        assert article["published_at"] == dt.datetime.fromisoformat(expected["published_at"])
        read = article["body_text"] + article["body_markdown"]
        assert [words for words in expected.get("body_has", ()) if words not in read] == []
        assert [words for words in expected.get("body_lacks", ()) if words in read] == []
    for n in range(1, 6):
        article = mixed.articles[f"post-{n}.md"]
        assert article["article_id"] == f"eastmoney:2031040{n}0000000001"
        assert (article["title"], article["media"]) == (f"远帆港务第{n}次公告", "远帆财经")
        assert article["body_text"] == f"远帆港务称，{n}号泊位四月起恢复作业，预计全年吞吐量略有增长。"


def test_each_other_gives_a_reason(mixed: Filled) -> None:
    assert mixed.rejects == {name: reason for name, (_, reason) in JUNK.items()}
    assert mixed.report.rejected == len(JUNK)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages are not here")
def test_a_folder_of_real_pages_and_posts(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(SHARED / "finews", folder / "posts")
    shutil.copytree(SHARED / "pages", folder / "pages")
    (folder / "pages" / "index.jsonl").unlink()
    (folder / "more").mkdir()
    with lzma.open(
        SHARED / "extraction" / "data" / "zh_gne_pages_dev.jsonl.xz", "rt", encoding="utf-8"
    ) as lines:
        truth = {page["id"].replace("/", "-"): page for page in map(json.loads, lines)}
    for name, page in truth.items():
        (folder / "more" / f"{name}.html").write_text(page["html"], "utf-8")
    write_junk(folder)
    found = filled(folder, tmp_path / "lake")
    assert found.rejects == {name: reason for name, (_, reason) in JUNK.items()}
    posts = [name for name in found.articles if name.startswith("posts/")]
    assert (len(posts), found.report.merged) == (16, 4)
    assert sum(name.startswith("pages/") for name in found.articles) == 7
    for name, page in truth.items():
        article = found.articles[f"more/{name}.html"]
        assert page["truth"]["title"] in (article["title"], None)
        assert (
            article["site"] in (name.partition("-")[0].replace("xinhuanet", "xinhua"), "page")
            or "." in article["site"]
        )
