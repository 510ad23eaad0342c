"""What a page's head says: JSON-LD in all its states, OpenGraph, meta elements; titles; addresses."""

from __future__ import annotations

import datetime as dt

import pytest
from selectolax.lexbor import LexborHTMLParser

from lake.extraction.identity import article_id, canonical_url, choose_url, content_key, site_of
from lake.extraction.language import language_of
from lake.extraction.metadata import Metadata, metadata
from lake.extraction.titles import choose_title, without_site


def read(head: str) -> Metadata:
    return metadata(LexborHTMLParser(f"<html lang='zh-CN'><head>{head}</head><body><p>x</p></body></html>"))


def json_ld(value: str) -> Metadata:
    return read(f'<script type="application/ld+json">{value}</script>')


ARTICLE = '"@type":"NewsArticle","headline":"青禾重工扩产","datePublished":"2024-05-01T08:00:00+08:00","author":{"@type":"Person","name":"李青"}'


@pytest.mark.parametrize(
    "value",
    [
        "{ARTICLE}",
        '[{"@type":"WebSite","name":"x"},{ARTICLE}]',
        '{"@context":"https://schema.org","@graph":[{"@type":"Organization","name":"x"},{ARTICLE}]}',
        '{"@type":"WebPage","mainEntity":{ARTICLE}}',
        "<!-- {ARTICLE} -->",
        "{ARTICLE,}",
        "{ARTICLE};",
        '{"description":"一行\n又一行",ARTICLE}',
        '{ARTICLE,"broken":"he said "no" to it"}',
    ],
)
def test_json_ld_is_read_in_every_state(value: str) -> None:
    head = json_ld(value.replace("ARTICLE", ARTICLE))
    assert head.titles[0] == ("青禾重工扩产", "json-ld headline")
    assert head.published[0] == ("2024-05-01T08:00:00+08:00", "json-ld datePublished")
    assert head.authors == ("李青",)


def test_json_ld_authors_in_lists_and_strings() -> None:
    head = json_ld(
        '{"@type":"Article","headline":"t","author":[{"name":"Ann Lee"},"Bo Chen",{"name":"Ann Lee"},{"url":"x"}]}'
    )
    assert head.authors == ("Ann Lee", "Bo Chen")


def test_hostile_json_is_only_nothing() -> None:
    assert json_ld("[" * 100_000).titles == ()
    assert json_ld('{"a":' * 5000 + "1" + "}" * 5000).titles == ()


def test_meta_elements_by_any_key_and_case() -> None:
    head = read(
        '<meta property="og:title" content="青禾 &amp; 远岸"><meta name="og:time " content="2024-05-01 08:00:00">'
        '<meta itemprop="datePublished" content="2024-05-02"><meta NAME="Keywords" content="股票，基金, 债券">'
        '<meta name="description" content=" 一段  摘要 "><meta property="og:url" content="//www.example.cn/a/1.html">'
        '<link rel="canonical" href="https://www.example.cn/a/1.html">'
    )
    assert head.titles == (("青禾 & 远岸", "meta og:title"),)
    assert [value for value, _ in head.published] == ["2024-05-02", "2024-05-01 08:00:00"]
    assert head.tags == ("股票", "基金", "债券")
    assert (head.digest, head.language) == ("一段 摘要", "zh-CN")
    assert head.og_url == "//www.example.cn/a/1.html" and head.canonical == "https://www.example.cn/a/1.html"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("青禾重工扩产_财经_青禾新闻网", "青禾重工扩产"),
        ("青禾重工扩产|观点-远岸日报", "青禾重工扩产"),
        ("Harbour reopens after storm - The Daily Post", "Harbour reopens after storm"),
        ("Harbour reopens after storm | News | Example.com", "Harbour reopens after storm"),
        ("T-20 league: who wins? Three-way race", "T-20 league: who wins? Three-way race"),
        ("短_网", "短_网"),
    ],
)
def test_a_title_loses_the_sites_name(title: str, expected: str) -> None:
    assert without_site(title) == expected


def test_the_heading_that_the_title_repeats_is_the_title() -> None:
    headings = ["远岸日报", "青禾重工“扩产” 上半年净利增两成", "相关新闻"]
    assert choose_title('青禾重工"扩产" 上半年净利增两成_远岸日报', headings, []) == (headings[1], "heading")
    assert choose_title(None, headings, ["青禾重工“扩产” 上半年"])[0] == headings[1]
    assert choose_title("青禾重工扩产_远岸网", ["关于我们"], []) == ("青禾重工扩产", "title")
    assert choose_title(None, [], []) == (None, "")
    whole = "青禾重工扩产 上半年净利增两成-远岸网"
    assert (
        choose_title(whole, ["青禾重工扩产", "青禾重工扩产上半年净利增两成"], [])[0]
        == "青禾重工扩产上半年净利增两成"
    )
    assert (
        choose_title("青禾重工扩产-远岸网", ["青禾重工扩产", "青禾重工扩产 Qinghe expands"], [])[0]
        == "青禾重工扩产"
    )


def test_a_line_that_is_most_of_the_pages_title_is_the_title() -> None:
    lines = ["第A03版：要闻", "远岸日报", "青禾重工扩产 上半年净利增两成", "——设备全部国产"]
    page_title = "远岸日报-青禾重工扩产 上半年净利增两成"
    assert choose_title(page_title, ["数字报"], [], lines) == (lines[2], "line that the title repeats")
    assert choose_title("远岸日报-青禾重工扩产", [], [], ["远岸日报"])[1] == "title"


def test_a_title_that_is_the_sites_name_is_none_and_a_kicker_may_stand_before_the_heading() -> None:
    assert choose_title("远岸新闻网", ["远岸新闻网", "青禾重工扩产"], []) == ("青禾重工扩产", "first heading")
    whole = "Opinion: Why the pier must stay | Comment - The Bay Times"
    assert choose_title(whole, ["Why the pier must stay"], []) == ("Why the pier must stay", "heading")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://WWW.Example.CN:443/a/1.html#top", "https://www.example.cn/a/1.html"),
        ("http://example.cn/a?id=5&utm_source=x&fbclid=y", "http://example.cn/a?id=5"),
        ("http://example.cn", "http://example.cn/"),
        ("http://example.cn:8080/新闻?q=中", "http://example.cn:8080/%E6%96%B0%E9%97%BB?q=%E4%B8%AD"),
        ("http://example.cn/%E6%96%B0?a=1&b=%20", "http://example.cn/%E6%96%B0?a=1&b=%20"),
        ("ftp://example.cn/x", None),
        ("javascript:alert(1)", None),
        ("http://[bad/x", None),
    ],
)
def test_an_address_has_one_spelling(url: str, expected: str | None) -> None:
    assert canonical_url(url) == expected
    if expected:
        assert canonical_url(expected) == expected


def test_a_page_may_state_its_address_only_on_its_own_site() -> None:
    asked = "https://m.example.com.cn/a/1?utm_source=x"
    assert choose_url(asked, ["https://www.example.com.cn/a/1.html"]) == "https://www.example.com.cn/a/1.html"
    assert choose_url(asked, ["https://other.com.cn/a/1.html"]) == "https://m.example.com.cn/a/1"
    assert choose_url(asked, ["https://www.example.com.cn/"]) == "https://m.example.com.cn/a/1"
    assert choose_url(None, [None, "//www.example.cn/a"]) == "https://www.example.cn/a"
    assert choose_url(None, [None]) is None


def test_identity_agrees_for_one_article_and_differs_for_two() -> None:
    assert site_of("https://news.example.com.cn/a") == "example.com.cn"
    assert site_of("https://news.example.org/a") == "example.org"
    one = article_id("example.cn", None, "https://www.example.cn/a/1", "x")
    assert one == article_id("example.cn", None, "http://example.cn/a/1", "y")
    assert one != article_id("example.cn", None, "https://www.example.cn/a/2", "x")
    assert (
        article_id("eastmoney", "202202082269937758", "https://x.cn/1", "x") == "eastmoney:202202082269937758"
    )
    day = dt.date(2024, 5, 1)
    assert content_key("题目", day, "正 文") == content_key("题 目", day, "正文")
    assert content_key("题目", day, "正文一") != content_key("题目", day, "正文二")


@pytest.mark.parametrize(
    ("text", "stated", "expected"),
    [
        ("青禾重工昨日公布业绩", "en", "zh"),
        ("これは新聞の記事です", None, "ja"),
        ("이것은 뉴스 기사입니다", None, "ko"),
        ("The harbour reopened and the ships came in with the tide of the day", None, "en"),
        ("Der Hafen ist wieder offen, und die Schiffe laufen ein", "de-DE", "de"),
        ("Xyz", None, None),
    ],
)
def test_language_follows_script_then_statement(text: str, stated: str | None, expected: str | None) -> None:
    assert language_of(text, stated) == expected
