"""Pages of profiled sites from bytes to article, and what explains them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from lake.errors import Reject
from lake.extraction import EXTRACTOR, extract
from lake.extraction.explain import compare, explain
from lake.model import Article

PAGES = Path(__file__).parent / "fixtures" / "pages"
CASES = sorted(path.parent for path in PAGES.rglob("expected.json"))
IDS = [f"{case.parent.name}/{case.name}" for case in CASES]
EASTMONEY = PAGES / "eastmoney" / "2022"


def read(case: Path) -> tuple[bytes, dict[str, Any], Article]:
    body, expected = (
        (case / "page.html").read_bytes(),
        json.loads((case / "expected.json").read_text("utf-8")),
    )
    captured_at = dt.datetime.fromisoformat(expected["captured_at"])
    return body, expected, extract(body, url=expected["url"], captured_at=captured_at)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_page_becomes_its_article(case: Path) -> None:
    _, expected, article = read(case)
    assert article.extractor == f"{EXTRACTOR}+{expected['site']}"
    assert (article.site, article.channel, article.language) == (
        expected["site"],
        "page",
        expected.get("language", "zh"),
    )
    if "key" in expected:
        assert article.article_id == f"{expected['site']}:{expected['key']}"
    if "published_at" in expected:
        exact = expected.get("to_the_second", expected["published_at"])  # the head knows the seconds
        assert article.published_at.isoformat() == exact
        assert article.date_origin == "page"
    for name in ("title", "media", "editor", "digest", "category"):
        if expected.get(name) is not None:
            assert getattr(article, name) == expected[name]
    assert article.authors == tuple(expected.get("authors", ()))
    assert article.tags == tuple(expected.get("tags", ()))
    for piece in expected["body_has"][:2]:
        assert article.body_text.count(piece) == 1
    for piece in expected["body_lacks"]:
        assert piece not in article.body_text


STORY = (
    "青禾重工昨日宣布，公司在临港建成首条氢能重卡生产线，设计年产能五千辆，首批二十辆已经下线并交付给远岸物流。",
    "公司董事长李晓明在仪式上表示，这条生产线从开工到投产用了十一个月，比原计划提前了两个月。",
)
HEADING = "青禾重工在临港建成首条氢能重卡生产线"
BODY = "".join(f"<p>{text}</p>" for text in STORY)
THEPAPER, STCN = (
    "https://www.thepaper.cn/newsDetail_forward_18001234",
    "https://www.stcn.com/article/detail/51.html",
)


@pytest.mark.parametrize(
    ("url", "html", "names"),
    [
        (
            THEPAPER,
            f'<h1 class="index_title__a">{HEADING}</h1><div class="index_left__b"><div>周望舒</div>'
            '<div><p class="ant-space-item"><span>2022-05-08 20:15</span></p><p>来源：远岸日报</p></div></div>'
            f'<div class="index_cententWrap__c">{BODY}</div><div>责任编辑：吴一苇</div><div>图片编辑：沈一舟</div>',
            ("远岸日报", ("周望舒",), "吴一苇"),
        ),
        (
            STCN,
            f'<div class="detail-title">{HEADING}</div><div class="detail-info"><span>来源：远岸日报</span>'
            "<span>作者：周望舒</span><span>编辑：吴一苇</span><span>2022-05-08 20:15</span></div>"
            f'<div class="detail-content">{BODY}</div>',
            ("远岸日报", ("周望舒",), "吴一苇"),
        ),
        (
            STCN,
            f'<div class="detail-title">{HEADING}</div><div class="detail-info"><span>2022-05-08 20:15</span></div>'
            f'<p>文：周望舒</p><div class="detail-content">{BODY}</div><div><p>（责编：吴一苇）</p></div>',
            (None, ("周望舒",), "吴一苇"),
        ),
    ],
    ids=["behind the text", "in the line of the time", "behind the title"],
)
def test_labelled_names_beside_what_the_profile_selects(
    url: str, html: str, names: tuple[str | None, tuple[str, ...], str]
) -> None:
    page = f"<html><head><title>{HEADING}</title></head><body>{html}</body></html>"
    found = extract(page, url=url, captured_at=dt.datetime(2022, 6, 1, tzinfo=dt.UTC))
    assert (found.media, found.authors, found.editor) == names
    assert found.body_text == "\n\n".join(STORY)


LINKS = "".join(
    f'<li><a href="/{n}.html">云帆股份发布第{n}季度业绩预告，净利润同比增长</a></li>' for n in range(4)
)


@pytest.mark.parametrize(
    "noise",
    [
        f"<ul>{LINKS}</ul>",
        f"<p>相关阅读：</p>{LINKS.replace('li>', 'p>')}",
        '<div class="recommend"><h4>云帆股份预告</h4><p>云帆股份今日公告，预计净利润同比增长三成，主要由于新产品放量。</p></div>',
        '<div class="disclaimer">免责声明：本文仅代表作者个人观点，与本网无关，文字和内容未经本站证实。</div>',
        '<div id="player"><p>您的浏览器不支持 HTML5 视频</p></div>',
        "<p>推荐阅读</p><p>云帆股份预告</p>",
    ],
    ids=["links", "linked paragraphs", "teasers", "disclaimer", "player", "related reading"],
)
def test_what_no_selector_drops_behind_the_text(noise: str) -> None:
    page = (
        f'<html><head><title>{HEADING}</title></head><body><div class="detail-title">{HEADING}</div>'
        f'<div class="detail-content">{BODY}{noise}</div></body></html>'
    )
    found = extract(page, url=STCN, captured_at=dt.datetime(2022, 6, 1, tzinfo=dt.UTC))
    assert found.extractor == f"{EXTRACTOR}+stcn"
    assert found.body_text == "\n\n".join(STORY)


def test_a_label_behind_the_heading_is_no_part_of_the_title() -> None:
    page = (
        f"<html><head><title>{HEADING}_远岸网</title></head><body><div class='text-title'><h1>{HEADING} <span>原创</span></h1>"
        f'<span id="news-time">2022-05-08 20:15</span></div><article id="mp-editor">{BODY}</article></body></html>'
    )
    url, when = "https://www.sohu.com/a/545123456_120123456", dt.datetime(2022, 6, 1, tzinfo=dt.UTC)
    assert extract(page, url=url, captured_at=when).title == HEADING
    same = page.replace(f"<title>{HEADING}", f"<title>{HEADING} 原创")
    assert extract(same, url=url, captured_at=when).title == f"{HEADING} 原创"


def test_a_flash_takes_its_title_from_its_brackets() -> None:
    text = f"【{HEADING}】财讯社5月8日电，{STORY[0]}"
    page = (
        "<html><head><title>财讯社-主流财经通讯社</title></head><body><span class='f-s-24 f-w-b'>2022年05月08日 20:15:41</span>"
        f'<div class="detail-telegraph-content">{text}</div><div class="telegraph-images-box"><img src="/a.png"></div></body></html>'
    )
    found = extract(
        page, url="https://www.cls.cn/detail/1345678", captured_at=dt.datetime(2022, 6, 1, tzinfo=dt.UTC)
    )
    assert (found.title, found.body_text) == (HEADING, text)
    assert [image.url for image in found.images] == ["https://www.cls.cn/a.png"]


def test_an_eastmoney_page_is_the_article_of_its_post() -> None:
    _, expected, page = read(EASTMONEY)
    html = (EASTMONEY / "page.html").read_text("utf-8")
    block = html[html.index("<!-- 文章主体 -->") : html.index('</div>\n<div class="zwothers">')]
    post = f"""---
layout: post
title: "{page.title}"
date: 2023-05-08 20:15:00 +0800
categories: emnews
tags: 东财滚动新闻
---
> {page.title}，公司称明年投产。

{"".join(block.splitlines())}

<{expected["url"]}>
"""
    name = f"2023-05-08-{expected['key']}.md"
    article = extract(post, name=name, captured_at=dt.datetime(2023, 5, 9, tzinfo=dt.UTC))
    same = ("article_id", "site", "title", "published_at", "media", "mentions")
    assert [getattr(page, field) for field in same] == [getattr(article, field) for field in same]
    assert page.mentions
    # Only the page's profile knows the site's adverts among the paragraphs.
    assert set(page.body_text.split("\n\n")) <= set(article.body_text.split("\n\n"))


def test_explain_names_a_rule_for_every_field_that_was_found() -> None:
    _, _, article = read(EASTMONEY)
    lines = {line.field: line for line in explain(article)}
    assert lines["title"].value == article.title
    assert lines["published_at"].value == "2023-05-08T20:15:00+08:00"
    assert "0" in lines["mentions"].value and lines["editor"].value == ""
    for field in ("title", "body_text", "published_at", "media"):
        assert lines[field].rule
    assert "rules" not in lines


def test_compare_sets_profile_and_generic_side_by_side() -> None:
    body, expected, article = read(EASTMONEY)
    captured_at = dt.datetime.fromisoformat(expected["captured_at"])
    sides = {line.field: line for line in compare(body, url=expected["url"], captured_at=captured_at)}
    assert sides["title"].same and sides["title"].profile == article.title
    assert sides["extractor"].profile.endswith("+eastmoney") and sides["extractor"].generic.endswith(
        "+generic"
    )
    assert not sides["extractor"].same
    assert "reject" not in sides


def test_compare_says_why_there_is_no_article() -> None:
    lines = compare("<html><body><a href='/'>Home</a></body></html>", url="https://www.163.com/")
    assert [line.field for line in lines] == ["reject"]
    assert lines[0].profile and lines[0].generic


def test_compare_rejects_what_is_no_text() -> None:
    with pytest.raises(Reject):
        compare(bytes(range(256)) * 20, url="https://www.163.com/")
