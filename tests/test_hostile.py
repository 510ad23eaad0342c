"""Hostile pages cost bounded time and memory, and end as an article or a reject.

Each page runs in a child process under limits of CPU time and address space: a quadratic step or a
recursion would end it by a signal.
"""

from __future__ import annotations

import multiprocessing
import re
import resource
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lake.errors import Reject
from lake.extraction import extract
from lake.extraction.depth import MAX_DEPTH, shallow
from lake.extraction.page import extract_page
from tests.pages import PARAGRAPHS, article, page

CPU_SECONDS = 30
"""Far above what any page below needs (up to 3 s on a slow machine), far below what a quadratic step costs."""
MEMORY = 3 << 30
CLEAN = multiprocessing.get_context("forkserver")
"""Children of a process that has loaded this module alone: the test run's own memory does not count."""
CLEAN.set_forkserver_preload([__name__])
PROSE = article()
SENTENCE = PARAGRAPHS[0]

PAGES: dict[str, Callable[[], str]] = {
    "10,000 nested blocks": lambda: "<div>" * 10_000 + PROSE,
    "200,000 nested blocks": lambda: "<div>" * 200_000 + PROSE,
    "nested blocks behind end tags that are none": lambda: (
        "<div><!--</div>--><img alt='</div>'></ </div>" * 20_000 + PROSE
    ),
    "nested blocks in a drawing's title": lambda: "<svg><title>" + "<div>" * 200_000 + PROSE,
    "nested blocks, ended out of scope": lambda: "<div><table><td></div>" * 20_000 + PROSE,
    "formatting never closed, each unlike the others": lambda: (
        "".join(f"<b class=c{n}><i id=i{n}><p>x" for n in range(10_000)) + PROSE
    ),
    "formatting ended out of scope": lambda: (
        "".join(f"<b class=c{n}><table><td></b></table><p>x" for n in range(6_000)) + PROSE
    ),
    "end tags of nothing below a deep nest": lambda: "<span>" * 100_000 + "</x>" * 100_000 + PROSE,
    "20,000 nested inline elements": lambda: "<b>" * 20_000 + SENTENCE * 3,
    "nested tables": lambda: "<table><tr><td>" * 3_000 + PROSE,
    "nested lists": lambda: "<ul><li>" * 10_000 + SENTENCE * 3,
    "nested quotes": lambda: "<blockquote>" * 10_000 + SENTENCE * 3,
    "misnested formatting": lambda: "<div><span><a href=x><b>" * 5_000 + PROSE,
    "a tag of a million attributes": lambda: (
        f"<div {' '.join(f'a{n}=x' for n in range(1_000_000))}>{PROSE}</div>"
    ),
    "a long tag whose values hold brackets": lambda: (
        "<div " + " ".join(f"a{n}='>'" for n in range(300_000)) + f">{PROSE}</div>"
    ),
    "a long tag behind a lone quote": lambda: (
        '<div a=b" ' + " ".join(f"a{n}" for n in range(300_000)) + f">{PROSE}</div>"
    ),
    "an endless class name": lambda: f'<div class="{"comment " * 500_000}">{PROSE}</div>',
    "an endless class token": lambda: f'<div class="{"a-" * 2_000_000}">{PROSE}</div>',
    "an endless style": lambda: f'<div style="{"display:" * 500_000}none">{PROSE}</div>',
    "one text node of 9 MB": lambda: f"<p>{SENTENCE * 60_000}</p>",
    "a word of 8 MB": lambda: f"<p>{'a' * 8_000_000}</p>{PROSE}",
    "white space of 8 MB": lambda: f"<p>{' ' * 8_000_000}</p>{PROSE}",
    "a million entities": lambda: f"<p>{'&amp;' * 1_000_000}</p>{PROSE}",
    "a flood of open brackets": lambda: "<" * 1_000_000 + PROSE,
    "a flood of comments": lambda: "<!-- x -->" * 200_000 + PROSE,
    "a flood of line breaks": lambda: "<br>" * 300_000 + PROSE,
    "a flood of tiny paragraphs": lambda: "<p>x</p>" * 100_000 + PROSE,
    "a flood of links": lambda: f"<a href=x>{SENTENCE}</a>" * 20_000,
    "a flood of options": lambda: f"<select>{'<option>x' * 200_000}</select>{PROSE}",
    "a flood of headings": lambda: "<h1>x</h1>" * 30_000 + PROSE,
    "a flood of meta elements": lambda: "<meta name=x content=y>" * 100_000 + PROSE,
    "a flood of scripts": lambda: "<script>var a={</script>" * 50_000 + PROSE,
    "JSON-LD nested a million deep": lambda: (
        f'<script type="application/ld+json">{"[" * 1_000_000}</script>{PROSE}'
    ),
    "broken JSON-LD full of quotes": lambda: (
        '<script type="application/ld+json">{"headline":"' + '\\"a' * 500_000 + f"</script>{PROSE}"
    ),
    "page data nested deep": lambda: (
        f'<script id="__NEXT_DATA__">{chr(123) + chr(34) + "a" + chr(34) + ":" * 100_000}</script><p>x</p>'
    ),
    "scripts of quotes without their end": lambda: "<script>" + "'\\" * 1_000_000 + "</script>",
    "a heading of many lines": lambda: f"<h1>{'a<br>' * 100_000}</h1>{PROSE}",
    "a flood of times": lambda: "<h1>x</h1>" + "<time datetime='2020-01-01'>a</time>" * 50_000 + PROSE,
    "a flood of lazy images": lambda: (
        "<img src='data:x'><noscript><img src='/a.png'></noscript>" * 20_000 + PROSE
    ),
    "a flood of code": lambda: f"<p>{'<code>`</code>' * 50_000}</p>{PROSE}",
    "articles in articles": lambda: "<div><h1>a</h1>" * 2_000 + f"<div><h1>a</h1>{PROSE}</div>" * 1_000,
    "a title of separators": lambda: f"<title>{'a - ' * 300_000}</title>{PROSE}",
    "digits and dashes": lambda: f"<div>{'2019-' * 500_000}</div>{PROSE}",
    "lines of almost dates": lambda: f"<div>{'1 ' * 70}</div>" * 2_000 + PROSE,
    "labels without names": lambda: f"<div>{'来源： 作者：' * 20}</div>" * 3_000 + PROSE,
    "brackets that never close": lambda: f"<p>{'（记者' * 200_000}</p>{PROSE}",
    "a table of wide cells": lambda: (
        f"<table>{'<tr><td colspan=1000 rowspan=1000>x</td></tr>' * 2_000}</table>{PROSE}"
    ),
    "Markdown signs": lambda: f"<p>{'[]()`*_#' * 200_000}</p>{PROSE}",
    "a link of 1 MB": lambda: f'{PROSE}<a href="{"/a" * 500_000}">x</a>',
}


def _limited(name: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    html = PAGES[name]()
    for read in (
        lambda: extract_page(html, url="https://x.example.cn/1"),
        lambda: extract(html.encode() + b"\xff\xb0"),
    ):
        try:
            read()
        except Reject as reject:
            assert reject.detail


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_stays_within_its_bounds(name: str) -> None:
    child = CLEAN.Process(target=_limited, args=(name,))
    child.start()
    child.join()
    assert child.exitcode == 0


def test_prose_below_ten_thousand_levels_is_still_found() -> None:
    found = extract_page("<div>" * 10_000 + PROSE, url="https://x.example.cn/1")
    assert all(paragraph in found.body_text for paragraph in PARAGRAPHS)


def test_a_page_of_real_depth_stays_as_it_is() -> None:
    html = page("<div>" * 300 + PROSE + "</div>" * 300 + "<ul><li><p>x</ul>" * 5_000)
    assert shallow(html) == html


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<div>", "</div>", "<p>", "<b a=1>", "</b>", "<!--", "-->", "甲", "<svg>", "乙<br>"])
    )
)
def test_text_is_kept_below_the_greatest_depth(pieces: list[str]) -> None:
    html = "<div>" * 12_000 + "".join(pieces)
    kept = shallow(html)
    assert kept.count("<div>") <= MAX_DEPTH + len(pieces)
    assert (kept.count("甲"), kept.count("乙")) == (pieces.count("甲"), pieces.count("乙<br>"))


def test_lone_surrogates_do_no_harm() -> None:
    found = extract_page(page(PROSE + "<p>\ud83d</p>"), url="https://x.example.cn/1")
    assert PARAGRAPHS[0] in found.body_text


TAGS = (
    "div",
    "p",
    "a",
    "b",
    "table",
    "tr",
    "td",
    "ul",
    "li",
    "h1",
    "br",
    "img",
    "script",
    "style",
    "pre",
    "span",
    "form",
    "article",
    "svg",
)
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS] + list(PARAGRAPHS)),
    st.sampled_from(
        [
            '<meta property="og:url" content="//">',
            "<title>",
            "</title>",
            "<!--",
            "-->",
            "<![CDATA[",
            "&#x110000;",
            "\x00",
            "<a href='http://[x'>",
        ]
    ),
    st.text(max_size=20),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=40), st.booleans())
def test_any_markup_is_an_article_of_its_own_words_or_a_reject(pieces: list[str], whole: bool) -> None:
    body = "".join(pieces)
    html = page(body) if whole else body
    try:
        found = extract_page(html, url="https://x.example.cn/2024/0506/1.html")
    except Reject as reject:
        assert reject.stage == "extract" and reject.reason in {"no_article", "list_page", "too_short"}
        return
    assert found.published_at.tzinfo is not None and found.article_id.startswith("example.cn:")
    # An unclosed title makes the page's own source its text: told as text, with the bracket escaped.
    assert re.search(r"(?<!\\)<script", found.body_markdown) is None
    assert "](javascript:" not in found.body_markdown
