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
        assert article.published_at.isoformat() == expected["published_at"]
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
