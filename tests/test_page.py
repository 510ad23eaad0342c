"""Full pages: every field with its rule, identity, rejects, bodies that only scripts hold."""

from __future__ import annotations

import datetime as dt
import json
from html import escape as html_escape

import pytest

from lake.errors import Reject
from lake.extraction import extract
from lake.extraction.dates import SHANGHAI
from lake.extraction.page import extract_page
from tests.pages import PARAGRAPHS, TITLE, article, page

NOW = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)
URL = "https://news.example.cn/a/88.html"


def test_every_field_of_a_chinese_page_and_its_rule() -> None:
    head = (
        '<meta name="description" content="首条氢能重卡生产线投产，设计年产能五千辆，成本仍是最大的问题。">'
        '<meta name="keywords" content="氢能,重卡"><meta name="author" content="青禾新闻网"><meta property="og:site_name" content="青禾新闻网">'
    )
    found = extract_page(
        page(article() + "<p>（责任编辑：吴一苇）</p>", head=head), url=URL + "?utm_source=x", captured_at=NOW
    )
    assert (found.title, found.rules["title"]) == (TITLE, "heading")
    assert (found.media, found.authors, found.editor) == ("远岸日报", ("周望舒",), "吴一苇")
    assert found.published_at == dt.datetime(2024, 5, 6, 8, 30, tzinfo=SHANGHAI)
    assert (found.date_origin, found.rules["published_at"]) == ("page", "line before the text")
    assert found.digest == "首条氢能重卡生产线投产，设计年产能五千辆，成本仍是最大的问题。"
    assert (found.tags, found.language, found.site, found.url) == (("氢能", "重卡"), "zh", "example.cn", URL)
    assert found.channel == "page" and found.extractor.endswith("+generic")
    assert found.body_text == "\n\n".join(PARAGRAPHS)


def test_an_english_page_with_json_ld() -> None:
    data = {
        "@type": "NewsArticle", "headline": "Harbour reopens after the storm", "datePublished": "2024-05-06T23:30:00-05:00",
        "author": [{"name": "Ann Lee"}], "publisher": {"name": "The Daily Tide"}, "articleSection": "Trade",
    }  # fmt: skip
    prose = "".join(
        f"<p>The harbour reopened on Monday, and ship number {n} came in with the morning tide, the pilots said.</p>"
        for n in range(6)
    )
    html = (
        f'<html lang="en-US"><head><title>Harbour reopens after the storm - The Daily Tide</title>'
        f'<meta property="article:section" content="Trade"><script type="application/ld+json">{json.dumps(data)}</script></head>'
        f"<body><main><h1>Harbour reopens after the storm</h1>{prose}</main></body></html>"
    )
    found = extract_page(html, url="https://tide.example.com/trade/harbour", captured_at=NOW)
    assert (found.title, found.authors, found.media, found.category) == (
        data["headline"],
        ("Ann Lee",),
        "The Daily Tide",
        "Trade",
    )
    assert found.published_at.isoformat() == "2024-05-06T23:30:00-05:00" and found.published_date == dt.date(
        2024, 5, 6
    )
    assert found.language == "en" and found.body_text.count("harbour reopened") == 6


PIER = "".join(
    f"<p>The council voted on Tuesday to keep the old ferry pier open, and part {n} of the work begins at once.</p>"
    for n in range(5)
)


@pytest.mark.parametrize(
    ("lines", "when", "authors"),
    [
        (
            '<a rel="author" href="/u">Ana Ferro</a> <time datetime="2023-03-07T09:15:00Z">2 years ago</time>',
            "2023-03-07T09:15:00+00:00",
            ("Ana Ferro",),
        ),
        (
            '<span itemprop="author" itemscope><b itemprop="name">Ana Ferro</b> of the Post</span>'
            '<span itemprop="datePublished" content="2023-03-07T09:15:00-05:00">last week</span>',
            "2023-03-07T09:15:00-05:00",
            ("Ana Ferro",),
        ),
        (
            '<time class="updated" datetime="2024-01-01T00:00:00Z">now</time>'
            '<time class="published" datetime="2023-03-07T09:15:00Z">then</time><div>By Ana Ferro and Bo Lind</div>',
            "2023-03-07T09:15:00+00:00",
            ("Ana Ferro", "Bo Lind"),
        ),
        (
            '<footer class="meta">Submitted by Ana Ferro on Tue, 03/07/2023 - 09:15</footer>',
            "2023-03-07T09:15:00+00:00",
            ("Ana Ferro",),
        ),
    ],
)
def test_time_and_authors_in_elements_near_the_text(lines: str, when: str, authors: tuple[str, ...]) -> None:
    html = (
        '<html lang="en"><head><title>The pier stays</title></head><body><time datetime="2025-05-05">today</time>'
        f"<article><h1>The pier stays</h1>{lines}{PIER}</article></body></html>"
    )
    found = extract_page(html, url="https://bay.example.com/s/1", captured_at=NOW)
    assert (found.published_at.isoformat(), found.authors) == (when, authors)


@pytest.mark.parametrize("line", ["青禾财讯 5月5日 12:30", "时间：24-05-05 12:30"])
def test_a_calendar_gives_its_year_to_a_nearer_time(line: str) -> None:
    html = page(article(), before=f"<p>{line}</p>").replace("2024年05月06日 08:30", "")
    html = html.replace("<body>", "<body><div>2024年05月06日 星期一 晴 18℃</div>")
    assert (
        extract_page(html, url=URL, captured_at=NOW).published_at.isoformat() == "2024-05-05T12:30:00+08:00"
    )


def test_parts_of_a_line_that_elements_alone_keep_apart() -> None:
    line = "<span>2024-05-06 08:30</span><span>来源：远岸日报</span><span>作者：周望舒</span><span>责任编辑：吴一苇</span>"
    html = page(article()).replace('2024年05月06日 08:30 来源：<a href="/m">远岸日报</a> 作者：周望舒', line)
    found = extract_page(html, url=URL, captured_at=NOW)
    assert (found.media, found.authors, found.editor) == ("远岸日报", ("周望舒",), "吴一苇")
    assert found.published_at == dt.datetime(2024, 5, 6, 8, 30, tzinfo=SHANGHAI)
    byline = "<span>By Ana McFerro</span><span>March 7, 2023</span>"
    html = f'<html lang="en"><head><title>The pier stays</title></head><body><h1>The pier stays</h1><p>{byline}</p>{PIER}</body></html>'
    found = extract_page(html, url="https://bay.example.com/s/2", captured_at=NOW)
    assert (found.authors, found.published_date) == (("Ana McFerro",), dt.date(2023, 3, 7))


@pytest.mark.parametrize(
    ("line", "media"),
    [
        ("<span>2024-05-06 08:30</span> <span>远岸日报</span>", "远岸日报"),
        ("<div>2024-05-06 08:30</div><div>远岸日报</div>", "远岸日报"),
        ('<span class="post-source">望海</span> <span>2024-05-06 08:30</span>', "望海"),
        ('<span class="index_source__x1a">发布于 望海</span> 2024-05-06 08:30', None),
        ('<span class="media">昨天</span> 2024-05-06 08:30', None),
        ("<div>首页 &gt; 财经新闻 &gt; 正文</div><div>2024-05-06 08:30</div>", None),
    ],
)
def test_a_medium_without_its_label(line: str, media: str | None) -> None:
    html = page(article()).replace('2024年05月06日 08:30 来源：<a href="/m">远岸日报</a> 作者：周望舒', line)
    assert extract_page(html, url=URL, captured_at=NOW).media == media


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("2024-05-06 08:30 [ 周望舒 ] 来源：[ 远岸日报 ]", ("周望舒",)),
        ("2024-05-06 08:30</div><div>徐笑天、胡望平", ("徐笑天", "胡望平")),
        ("2024-05-06 08:30</div><div>财经频道", ()),
        ("2024-05-06 08:30 来源：徐笑天", ()),
        ("本贴由望海楼主于2024年05月06日08:30:13发表", ("望海楼主",)),
    ],
)
def test_authors_without_their_label(line: str, authors: tuple[str, ...]) -> None:
    html = page(article()).replace('2024年05月06日 08:30 来源：<a href="/m">远岸日报</a> 作者：周望舒', line)
    assert extract_page(html, url=URL, captured_at=NOW).authors == authors


def test_the_heads_author_of_a_chinese_page_needs_a_line_that_shows_it() -> None:
    head = '<meta name="author" content="望海楼主">'
    html = page(article(), head=head).replace("作者：周望舒", "")
    assert extract_page(html, url=URL, captured_at=NOW).authors == ()
    shown = html.replace("08:30 来源", "08:30 望海楼主 来源").replace('来源：<a href="/m">远岸日报</a>', "")
    assert extract_page(shown, url=URL, captured_at=NOW).authors == ("望海楼主",)
    medium = html.replace("远岸日报", "望海楼主")
    assert extract_page(medium, url=URL, captured_at=NOW).authors == ()


def test_a_source_line_in_the_text_whose_name_is_cut_by_an_element() -> None:
    tail = '<p class="em_media">（文章来源：<span>远岸</span>证券报）</p>'
    html = page(article() + tail).replace('来源：<a href="/m">远岸日报</a> 作者：周望舒', "")
    assert extract_page(html, url=URL, captured_at=NOW).media == "远岸证券报"


@pytest.mark.parametrize(
    "mark",
    [
        "<!-- saved from url=(0041)https://finance.eastmoney.com/a/202405063456789012.html -->",
        "<!--\n Page saved with SingleFile \n url: https://finance.eastmoney.com/a/202405063456789012.html \n saved date: x\n-->",
    ],
)
def test_a_saved_page_says_where_it_is_from(mark: str) -> None:
    saved = extract_page(page(article()).replace("<html", f"{mark}<html", 1), captured_at=NOW)
    assert saved.article_id == "eastmoney:202405063456789012"
    assert saved.url == "https://finance.eastmoney.com/a/202405063456789012.html"
    asked = extract_page(page(article()).replace("<html", f"{mark}<html", 1), url=URL, captured_at=NOW)
    assert asked.url == URL


def test_a_person_as_the_source_gives_way_to_a_medium() -> None:
    line = "2024-05-06 08:30 《远岸周刊》"
    html = page(article() + "<p>来源: 徐笑天</p>").replace(
        '2024年05月06日 08:30 来源：<a href="/m">远岸日报</a> 作者：周望舒', line
    )
    assert extract_page(html, url=URL, captured_at=NOW).media == "远岸周刊"


def test_a_page_without_a_title_takes_the_line_that_its_text_repeats() -> None:
    html = page(article()).replace(f"<h1>{TITLE}</h1>", f"<div>{TITLE}</div>")
    html = html.replace(f"<title>{TITLE}_财经_青禾新闻网</title>", "")
    found = extract_page(html, url=URL, captured_at=NOW)
    assert (found.title, found.rules["title"]) == (TITLE, "line that the text repeats")


@pytest.mark.parametrize(
    ("before", "images"),
    [
        (
            '<figure><picture><source srcset="/lead-8.jpg 800w"><img src="data:x" alt="pier"></picture>'
            "<figcaption>The pier at dawn</figcaption></figure>",
            [("https://bay.example.com/lead-8.jpg", "The pier at dawn")],
        ),
        ('<div class="thumb"><img src="/lead.jpg"></div>', [("https://bay.example.com/lead.jpg", None)]),
        (
            '<img class="avatar" src="/jane.jpg"><img src="/lead.jpg" width="600">',
            [("https://bay.example.com/lead.jpg", None)],
        ),
        ('<img src="/icon-of-site.png"><img src="/small.jpg" width="40">', []),
        ('<div class="related"><img src="/other.jpg"></div>', []),
    ],
)
def test_the_picture_between_heading_and_text(before: str, images: list[tuple[str, str | None]]) -> None:
    html = (
        '<html lang="en"><head><title>The pier stays</title></head><body>'
        f'<header><h1>The pier stays</h1></header>{before}<div class="body">{PIER}</div></body></html>'
    )
    found = extract_page(html, url="https://bay.example.com/s/1", captured_at=NOW)
    assert [(image.url, image.caption) for image in found.images] == images
    assert "The pier at dawn" not in found.body_text
    assert all(f"]({image.url})" in found.body_markdown for image in found.images)


@pytest.mark.parametrize(
    ("title", "site"),
    [
        ("Bay Post - The pier stays", "Bay Post"),
        ("Bay Example - The pier stays", "Bay Example"),
        ("Home » News » The pier stays", None),
    ],
)
def test_the_sites_name_before_a_title(title: str, site: str | None) -> None:
    head = f'<meta property="og:site_name" content="{site}">' if site else ""
    html = f'<html lang="en"><head><title>{title}</title>{head}</head><body><article>{PIER}</article></body></html>'
    assert extract_page(html, url="https://bay.example.com/s/1", captured_at=NOW).title == "The pier stays"


def test_a_users_name_and_the_clock_of_a_post() -> None:
    html = (
        '<html lang="en"><head><title>The pier stays</title></head><body><h1>The pier stays</h1><p>March 7, 2023</p>'
        f'<div><span itemprop="author"><span itemprop="name">jane_roe</span></span></div><div class="post">{PIER}</div>'
        '<div>posted at <abbr class="published" title="2023-03-07T09:30:00Z">9:30</abbr></div></body></html>'
    )
    found = extract_page(html, url="https://bay.example.com/s/1", captured_at=NOW)
    assert (found.authors, found.published_at.isoformat()) == (("jane_roe",), "2023-03-07T09:30:00+00:00")


def test_the_head_knows_the_seconds_of_a_visible_time() -> None:
    head = '<meta property="og:release_date" content="2024-05-06T08:30:41+08:00">'
    url = "https://www.sohu.com/a/545123456_120123456"
    body = f'<span id="news-time">2024-05-06 08:30</span><article id="mp-editor">{article()}</article>'
    found = extract_page(page(body, head=head), url=url, captured_at=NOW)
    assert found.published_at == dt.datetime(2024, 5, 6, 8, 30, 41, tzinfo=SHANGHAI)
    found = extract_page(page(body, head=head.replace("08:30:41", "09:30:41")), url=url, captured_at=NOW)
    assert found.published_at == dt.datetime(2024, 5, 6, 8, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("line", "media", "editor"),
    [
        (
            "更新时间：2024-05-09 10:00 发布时间：2024-05-06 08:30 转自：远岸日报 责编：吴一苇",
            "远岸日报",
            "吴一苇",
        ),
        ("發佈時間：2024年5月6日 08:30　來源：遠岸日報　責任編輯：吳一葦", "遠岸日報", "吳一葦"),
        ("Updated May 9, 2024 10:00 AM | Published May 6, 2024 8:30 AM", None, None),
    ],
)
def test_a_line_of_many_parts(line: str, media: str | None, editor: str | None) -> None:
    html = page(article()).replace('2024年05月06日 08:30 来源：<a href="/m">远岸日报</a> 作者：周望舒', line)
    found = extract_page(html, url=URL, captured_at=NOW)
    assert found.published_at == dt.datetime(2024, 5, 6, 8, 30, tzinfo=SHANGHAI)
    assert (found.media, found.editor) == (media, editor)


def test_the_last_line_may_name_author_and_editor() -> None:
    tail = "<p>（作者：沈一舟，系滨州大学经济学院教授）</p><p>责任编辑：吴语 校对：钱多多</p><p>【编辑:吴语】</p>"
    found = extract_page(page(article() + tail).replace("作者：周望舒", ""), url=URL, captured_at=NOW)
    assert (found.authors, found.editor) == (("沈一舟",), "吴语") and "编辑" not in found.body_text


def test_no_field_carries_signs_that_nobody_sees() -> None:
    unseen = "\u202e\u2066\u061c\u200b\x07\x1b"
    data = {
        "@type": "NewsArticle",
        "headline": f"码头{unseen}重开",
        "author": f"周{unseen}望舒",
        "publisher": {"name": f"远{unseen}岸"},
    }
    head = (
        f"<script type='application/ld+json'>{json.dumps(data)}</script><meta name='keywords' content='港{unseen}口'>"
        f"<meta property='article:section' content='财{unseen}经'><meta name='description' content='{PARAGRAPHS[3]}{unseen}'>"
    )
    body = f"{article()}<p>又{unseen}及</p><img src='https://i.example.cn/{unseen}.png' alt='图{unseen}'><a href='https://x.example.cn/{unseen}'>更{unseen}多</a>"
    found = extract_page(
        f"<html><head>{head}</head><body><div>{body}</div></body></html>", url=URL, captured_at=NOW
    )
    assert (found.title, found.media, found.category, found.tags) == ("码头重开", "远岸", "财经", ("港口",))
    assert found.images[0].alt == "图" and "%E2%80%AE" in found.images[0].url
    assert not any(sign in f"{found}" or ascii(sign)[1:-1] in f"{found}" for sign in unseen)


def test_dates_fall_back_from_line_to_address_to_capture() -> None:
    html = page(article()).replace("2024年05月06日 08:30", "")
    found = extract_page(html, url="https://news.example.cn/2024-05-07/88.html", captured_at=NOW)
    assert (found.published_at.isoformat(), found.date_origin) == ("2024-05-07T00:00:00+08:00", "url")
    found = extract_page(html, url=URL, captured_at=NOW)
    assert (found.published_at.isoformat(), found.date_origin) == ("2026-11-23T12:00:00+08:00", "capture")
    found = extract_page(html.replace('class="info">', 'class="info">3小时前 '), url=URL, captured_at=NOW)
    assert (found.published_at.isoformat(), found.date_origin) == ("2026-11-23T09:00:00+08:00", "page")


def test_a_date_far_from_the_one_in_the_address_is_another_articles() -> None:
    html = page(article()).replace("2024年05月06日 08:30", "相关：2021年01月01日 10:00 旧闻")
    found = extract_page(html, url="https://news.example.cn/20240507/88.html", captured_at=NOW)
    assert (found.published_date, found.date_origin) == (dt.date(2024, 5, 7), "url")


def test_two_captures_of_one_page_agree_and_two_pages_differ() -> None:
    def identity(url: str | None, html: str) -> str:
        return extract_page(html, url=url, captured_at=NOW).article_id

    html = page(article())
    assert identity(URL, html) == identity("http://www.news.example.cn/a/88.html?utm_medium=y#c", html)[
        :0
    ] + identity(URL + "#top", html)
    assert identity(URL, html) == identity(URL.replace("https", "http") + "?utm_medium=y", html)
    assert identity(URL, html) != identity("https://news.example.cn/a/89.html", html)
    other = page(article(tuple(reversed(PARAGRAPHS))))
    assert identity(None, html) == identity(None, html.replace("首页", "主页")) != identity(None, other)
    linked = page(article(), head=f'<link rel="canonical" href="{URL}">')
    assert identity(None, linked) == identity(URL, html) == identity("https://m.example.cn/88", linked)


@pytest.mark.parametrize("where", ["next", "variable", "articleBody", "plain text", "function", "escaped"])
def test_a_body_that_only_scripts_hold(where: str) -> None:
    data = {
        "props": {
            "seo": "x" * 300,
            "detail": {"title": TITLE, "content": article(), "list": [{"t": "短"}] * 3},
        }
    }
    script = {
        "next": f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>',
        "variable": f"<script>var allData = {json.dumps(data, ensure_ascii=False).replace('</', '<' + chr(92) + '/')};</script>",
        "articleBody": f'<script type="application/ld+json">{{"@type":"Article","headline":"{TITLE}","articleBody":"{"".join(PARAGRAPHS)}"}}</script>',
        "function": "<script>window.__NUXT__=(function(a){return {c:a}}("
        + json.dumps(article()).replace("<", "\\u003C")
        + "))</script>",
        "escaped": f"<script>var D = {{ content: '{html_escape(html_escape(article()))}' }};</script>",
        "plain text": f"<script>window.DATA = {json.dumps({'text': chr(10).join(PARAGRAPHS)})}</script>",
    }[where]
    html = f"<html><head><title>{TITLE}_青禾新闻网</title>{script}</head><body><div id='app'></div></body></html>"
    found = extract_page(html, url=URL, captured_at=NOW)
    assert "".join(found.body_text.split()) == "".join(PARAGRAPHS) and found.title == TITLE
    assert found.rules["body_text"] == "page data"


BLOCKS = [{"type": "p", "text": text} for text in PARAGRAPHS]
PAYLOAD = [{"data": 1}, {"title": 2, "html": 3, "date": 4}, TITLE, article(), "2024-05-06T08:30:00+08:00"]
FLIGHT = f"5:{json.dumps(['$', 'div', {'title': TITLE, 'html': article()}], ensure_ascii=False)}\n6:[]"


@pytest.mark.parametrize(
    "held",
    [
        f"<noscript><div>{article()}</div></noscript>",
        f"<template><div>{article()}</div></template>",
        f'<textarea style="display:none">{article().replace("<", "&lt;").replace(">", "&gt;")}</textarea>',
        f'<script type="application/json">{json.dumps({"article": {"content": BLOCKS}}, ensure_ascii=False)}</script>',
        f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(PAYLOAD, ensure_ascii=False)}</script>',
        f"<script>self.__next_f.push({json.dumps([1, FLIGHT], ensure_ascii=False)})</script>",
    ],
    ids=["noscript", "template", "textarea", "blocks", "payload", "server components"],
)
def test_a_body_that_no_element_shows(held: str) -> None:
    html = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div id='app'></div>{held}</body></html>"
    found = extract_page(html, url=URL, captured_at=NOW)
    assert (found.title, found.body_text) == (TITLE, "\n\n".join(PARAGRAPHS))


def test_the_data_that_hold_the_body_tell_of_time_authors_and_medium() -> None:
    detail = {
        "title": TITLE, "content": article(), "ctime": 1651800000, "publishTime": "2022-05-05 08:30:00",
        "updateTime": "2023-01-01", "author": {"name": "周望舒"}, "source": "远岸日报",
    }  # fmt: skip
    other = [{"title": "别的", "publishTime": "2021-01-01", "source": "青禾网"}]
    data = json.dumps({"props": {"pageProps": {"other": other, "detail": detail}}})
    html = f'<html><head><title>{TITLE}</title></head><body><script type="application/json">{data}</script></body></html>'
    found = extract_page(html, url=URL, captured_at=NOW)
    assert found.published_at == dt.datetime(2022, 5, 5, 8, 30, tzinfo=SHANGHAI)
    assert (found.authors, found.media) == (("周望舒",), "远岸日报")
    assert {found.rules[name] for name in ("published_at", "authors", "media", "body_text")} == {"page data"}
    del detail["publishTime"]
    html = html.replace('"publishTime": "2022-05-05 08:30:00", ', "")
    assert (
        extract_page(html, url=URL, captured_at=NOW).published_at.isoformat() == "2022-05-06T09:20:00+08:00"
    )


def test_an_article_about_checks_against_robots_is_one() -> None:
    text = "青禾科技说，" + "人机验证是网站用来分辨人与程序的办法，请完成验证的提示每天出现上亿次。" * 5
    found = extract_page(page(f"<p>{text}</p>", title="人机验证为什么越来越难"), url=URL, captured_at=NOW)
    assert found.body_text == text


ROWS = "".join(
    f'<div><h3><a href="/a/{n}.html">青禾重工第{n}季度的收入比上年同期增长</a></h3><p>青禾重工公告，第{n}季度的收入较上年同期'
    f"增长百分之{n}，其中出口增长明显，公司说将继续扩建厂房。</p><span>2024-05-{n + 1:02d}</span></div>"
    for n in range(12)
)
LINKS = "".join(f'<li><a href="/a/{n}.html">第{n}条新闻的标题，说的是某一件事情</a></li>' for n in range(40))


@pytest.mark.parametrize(
    ("html", "url", "reason"),
    [
        (
            "<html><head><title>404 Not Found</title></head><body><h1>404</h1><p>nginx</p></body></html>",
            URL,
            "no_article",
        ),
        (
            page(
                "<p>您访问的页面不存在，请检查地址后重新输入，或者返回首页看看其他内容。</p>",
                title="页面不存在",
            ),
            URL,
            "no_article",
        ),
        (
            "<title>安全验证</title><body><p>请完成安全验证后继续访问，拖动滑块完成拼图。</p></body>",
            URL,
            "no_article",
        ),
        (
            "<title>Just a moment...</title><body><p>Checking your browser before accessing the site.</p></body>",
            URL,
            "no_article",
        ),
        (
            f"<title>青禾新闻网_首页</title><body><ul>{LINKS}</ul></body>",
            "https://news.example.cn/",
            "list_page",
        ),
        (
            f"<title>财经频道_青禾新闻网</title><body><h1>财经</h1><ul>{LINKS}</ul></body>",
            "https://news.example.cn/finance/",
            "list_page",
        ),
        (
            "<html><head><title>青禾新闻网</title></head><body><div id='root'></div></body></html>",
            URL,
            "too_short",
        ),
        ("<html></html>", URL, "too_short"),
        (f"<title>公司新闻 - 青禾新闻网</title><body><div>{ROWS}</div></body>", URL, "list_page"),
        (
            "<title>青禾新闻网</title><body><h2>抱歉，您访问的页面不存在</h2><p>您要查看的页面已删除，或者网址有误。</p></body>",
            URL,
            "no_article",
        ),
        (
            "<title>青禾新闻网</title><body><h2>人机验证</h2><p>系统检测到异常流量，请完成下方验证，确认这些请求由您发出。</p></body>",
            URL,
            "no_article",
        ),
        (
            "<title>登录</title><body><h2>登录青禾新闻网</h2><p>"
            + "登录即表示您已阅读并同意用户协议与隐私政策，未注册的手机号将自动创建账号。" * 4
            + "</p><input type=password></body>",
            URL,
            "no_article",
        ),
        (
            "<title>Index of /news</title><body><pre>"
            + '<a href="1.html">1.html</a>  01-May-2024\n' * 40
            + "</pre></body>",
            URL,
            "no_article",
        ),
    ],
)
def test_pages_that_are_no_article_are_refused_with_their_reason(html: str, url: str, reason: str) -> None:
    with pytest.raises(Reject) as caught:
        extract_page(html, url=url, captured_at=NOW)
    assert (caught.value.stage, caught.value.reason) == ("extract", reason) and caught.value.detail


def test_a_short_flash_and_an_article_about_error_pages_are_articles() -> None:
    flash = page("<p>青禾重工公告，公司董事会昨日审议通过回购方案，拟回购不超过两亿元。</p>")
    assert extract_page(flash, url=URL, captured_at=NOW).body_text.startswith("青禾重工公告")
    essay = page(article() * 2, title="为什么网站总爱说404：一个错误码的历史")
    assert extract_page(essay, url=URL, captured_at=NOW).title == "为什么网站总爱说404：一个错误码的历史"


@pytest.mark.parametrize(
    "title",
    [
        "标普 500 指数收跌",
        "紫禁城 Forbidden City 重开",
        "短信验证码涨价了吗",
        "502 路公交车改道",
        "Cause of fire not found yet",
    ],
)
def test_numbers_and_words_of_error_pages_in_a_flash_are_no_error(title: str) -> None:
    flash = page("<p>青禾重工公告，公司董事会昨日审议通过回购方案，拟回购不超过两亿元。</p>", title=title)
    assert extract_page(flash, url=URL, captured_at=NOW).title == title


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
def test_bytes_of_any_charset_give_the_same_article(charset: str) -> None:
    html = page(article())
    found = extract(html.encode(charset), url=URL, captured_at=NOW)
    assert found == extract(html, url=URL, captured_at=NOW)


def test_a_truncated_page_that_still_holds_text_is_an_article() -> None:
    html = page(article())
    cut = html[: html.index(PARAGRAPHS[2]) + 20]
    assert PARAGRAPHS[1] in extract_page(cut, url=URL, captured_at=NOW).body_text


@pytest.mark.parametrize(
    ("head", "line", "expected", "rule"),
    [
        ('<meta itemprop="dateUpdate" content="2019-09-30 22:46:13">', "发布时间：09-30 22:46", "2019-09-30T22:46:00+08:00", "line"),
        ('<meta property="article:modified_time" content="2024-05-01T08:00:00+08:00">', "", "2024-05-01T08:00:00+08:00", "meta"),
        ("", "09-30 22:46", "2026-09-30T22:46:00+08:00", "line"),
        ("", "2019-09-29 10:00 更新于 09-30 22:46", "2019-09-29T10:00:00+08:00", "line"),
    ],
)  # fmt: skip
def test_a_short_date_and_the_last_change_stand_in_for_a_full_date(
    head: str, line: str, expected: str, rule: str
) -> None:
    html = page(article(), head=head, before=f"<div>{line}</div>").replace("2024年05月06日 08:30", "")
    found = extract_page(html, url="https://news.example.cn/a/88.html", captured_at=NOW)
    assert (found.published_at.isoformat(), found.date_origin) == (expected, "page")
    assert found.rules["published_at"].startswith(rule)
