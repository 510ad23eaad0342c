"""The Markdown of a body, rendered: it shows the text, and nothing in it is active, whatever the page tries."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from lake.extraction.cleaning import clean
from lake.extraction.markdown import absolute, escape

MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})
ACTIVE = frozenset(
    "script iframe svg object form style base meta link math textarea xmp plaintext input".split()
)
PIECES = (
    "<a href='javascript:alert(1)'>x</a>", "<a href='JaVa&#x09;script:alert(1)'>x</a>", "<a href='\x01javascript:x'>y</a>",
    "<a href='data:text/html,<script>1</script>'>d</a>", "<img src='javascript:1' alt='a](javascript:1)'>",
    "<img src='/x.png' alt='a](javascript:alert(1)) ![b'>", "<img src='/x.png' alt='\"><script>1</script>'>",
    "<a href='/x) onclick=1 ('>t</a>", "<a href='/x\"onmouseover=1'>t</a>", "<a href='/a'>](javascript:alert(1))</a>",
    "<a href='/a'>x]</a>(javascript:1)", "[x](javascript:1)", "[x]<b>(javascript:1)</b>", "<b>[</b>x](javascript:1)",
    "&lt;script&gt;1&lt;/script&gt;", "&<b></b>lt;script>", "&lt;<b>img src=x onerror=1</b>&gt;",
    "<code>`</code><code>&lt;script&gt;</code>", "<code>a\\</code>", "`&lt;img src=x onerror=1&gt;`", "``<b>`</b>",
    "<pre>```\n&lt;script&gt;\n```\n</pre>", "<p>[r]: javascript:alert(1)</p><p>[r]</p>", "&lt;javascript:alert(1)&gt;",
    "<table><tr><td>a|b</td><td>c\\|[x](javascript:1)</td></tr><tr><td><code>|</code></td><td>`|`</td></tr></table>",
    "<svg onload=1><a xlink:href='javascript:1'>s</a></svg>", "<xmp><script>1</script></xmp>",
    "<textarea><script>1</script></textarea>", "<div onclick='x'>d</div>", "<iframe src='javascript:1'></iframe>",
    "<img src=x onerror=1>", "<img srcset='javascript:1 2x, /ok.jpg 1x'>", "<a href='https:javascript:1'>e</a>",
    "!<a href='/p'>pic</a>", "<a href='/a'><img src='/i.png' alt=']('></a>", "<!-- --!><script>1</script> -->",
    "<b><img src='/i.png'>bold</b>", "<p>", "</p>", "<li>", "<ul>", "</ul>", "<h2>", "</h2>", "<b>", "</b>", "<code>",
    "</code>", "<br>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<a href='/z'>", "</a>", "\\", "`", "[", "]",
    "(", ")", "!", "&lt;", "&gt;", "|", "1.", "#", "-", "+", "=", "~~", "*", "_", "&amp;lt;", "&amp;", " ", "字，", "text",
)  # fmt: skip


def rendered(html: str) -> LexborHTMLParser:
    markdown = clean(html, base_url="https://site.example/a/1.html").markdown
    return LexborHTMLParser("<body>" + MARKDOWN.render(markdown))


def active(tree: LexborHTMLParser) -> list[str]:
    """Elements and attributes that run or load something that is no http(s) address."""
    found = []
    for node in tree.css("*"):
        found += [node.tag or ""] if node.tag in ACTIVE else []
        for name, value in node.attributes.items():
            address = name in ("href", "src") and not (value or "").startswith(("http://", "https://"))
            found += [f"{node.tag} {name}={value}"] if address or name.startswith("on") else []
    return found


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
@settings(max_examples=400, deadline=None)
def test_nothing_active_comes_through(pieces: list[str]) -> None:
    assert active(rendered("".join(pieces))) == []


@pytest.mark.parametrize(
    "html",
    [
        "<h2><pre>&lt;script&gt;1&lt;/script&gt;</pre></h2>",
        "<pre><h2>&lt;script&gt;1&lt;/script&gt;</h2></pre>",
        "<code>`</code><code>&lt;script&gt;1&lt;/script&gt;</code>",
        "<h2>x<xmp><script>1</script></xmp></h2>",
    ],
)
def test_code_stays_code_in_headings_and_side_by_side(html: str) -> None:
    assert active(rendered(html)) == []


@given(
    st.lists(st.sampled_from([one for one in PIECES if "<h2" not in one and "pre>" not in one]), max_size=8)
)
@settings(max_examples=400, deadline=None)
def test_the_markdown_shows_the_text(pieces: list[str]) -> None:
    html = "".join(pieces)
    body = rendered(html).body
    assert body is not None
    text = clean(html, base_url="https://site.example/a/1.html").text
    assert re.sub(r"\s", "", body.text()) == re.sub(r"\s", "", text)


def test_a_bold_picture_keeps_its_address_and_a_link_behind_an_exclamation_mark_is_a_link() -> None:
    tree = rendered("<p><b><img src='/i.png'>bold</b></p><p>Look!<a href='/p'>here</a></p>")
    assert [node.attributes["src"] for node in tree.css("img")] == ["https://site.example/i.png"]
    assert [node.attributes["href"] for node in tree.css("a")] == ["https://site.example/p"]


@given(
    st.lists(st.sampled_from(("/", "a", "b.html", ".", "..", "?", "x=1", "#", ";", "%20", "é", ":", "//")))
)
@settings(max_examples=300)
def test_an_address_is_joined_as_the_standard_says(pieces: list[str]) -> None:
    base, url = "https://site.example/n/1.html?q", "".join(pieces)
    try:
        joined = urljoin(base, url)
    except ValueError:
        joined = ""
    expected = joined if joined.startswith("https://") else None
    assert absolute(url, base) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b*c", r"a\_b\*c"),
        ("\\&lt;", r"\\\&lt;"),
        ("&\\lt;", r"&\\lt;"),
        ("AT&T & [x]", r"AT&T & \[x\]"),
        ("R&", r"R\&"),
    ],
)
def test_each_sign_is_escaped_once(text: str, expected: str) -> None:
    assert escape(text) == expected
