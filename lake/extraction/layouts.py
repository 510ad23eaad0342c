"""One page layout of a site: what selects its parts, and the reading of a page with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lake.extraction import beside
from lake.extraction.tokens import LEFT_OUT, escape_raw_text

__all__ = ["Found", "Layout", "read"]

_FIELDS = ("title", "time", "source", "author", "editor", "digest")  # each selects one text
_CAPTIONS = 200  # a picture page of the profiled sites has fewer; bounds the work on nested ones
_CAPTION_HTML = 4000  # characters; a longer one is no caption
_FURTHEST = 1e14  # milliseconds of the year 5138: a larger number is no time
_DIGEST_LABEL = re.compile(r"^\s*[【\[]?(?:摘要|内容提要|提要|导语|导读)(?:[】\]]|\s?[:：]|(?<=摘要)\s)\s*")
_MILLISECONDS = 1e11  # as seconds the year 5138, as milliseconds 1973
_ARTICLE_FIELD = {"time": "published_at", "source": "media", "author": "authors"}


@dataclass(frozen=True, slots=True)
class Layout:
    """One page layout of a site. Selectors are CSS; each tuple is tried in order, the first match wins.

    Write ``a + a`` for the second of its kind: ``:nth-child`` and ``~`` cost lexbor the square of the siblings.

    ``body`` selects the container, whose own tag and style do not count. ``lead`` selects what belongs to
    the article but stands before the container (a lead picture); ``caption`` names the captions of its
    pictures (they become ``figcaption``); ``drop`` is removed from both, and ``until`` are strings of the
    container's HTML from which on the rest is cut.
    ``time``, ``source`` … may match an element that holds more (``来源：X 2022年…``): the readers of dates
    and names take their part. A selector ending in ``@name`` gives that attribute instead of the text.
    ``data`` reads the page's own JSON or comments from the whole text where the page has them (keys:
    title, body_html, published_at, media, authors, editor, digest, tags, key; ``published_at`` is text or
    Unix seconds) and goes before the selectors, field by field.
    ``valid_from`` and ``valid_until`` are inclusive days of the capture time.
    """

    name: str
    body: tuple[str, ...]
    title: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()
    digest: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    data: Callable[[str], Mapping[str, Any] | None] | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a profile found on a page, as the page's own text; a field is None where nothing was found.

    ``body_html`` is the container's inner HTML, already without the layout's ``drop``; None where no body
    of a layout matched: the generic extractor then finds the body, the other fields still hold.
    ``published_epoch`` is in Unix seconds, from the page's JSON. ``before`` and ``after`` are the short lines
    beside the elements that were selected: behind the title, around time and source, behind the container.
    They may label what no selector found. ``rules`` says per field what gave it.
    """

    layout: str
    body_html: str | None = None
    title: str | None = None
    time_text: str | None = None
    published_epoch: float | None = None
    media_text: str | None = None
    author_text: str | None = None
    editor_text: str | None = None
    digest: str | None = None
    tags: tuple[str, ...] = ()
    article_key: str | None = None
    category: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)


def read(layout: Layout, tree: LexborHTMLParser, text: str, *, with_body: bool = False) -> Found | None:
    """What one layout finds on a page; None where a body is asked for and not found.

    ``text`` is the page's source. The tree is not changed.
    """
    data = _data(layout, text)
    body, body_rule, container = _body(layout, data, tree)
    if body is None and with_body:
        return None
    got = {name: _text(tree, getattr(layout, name)) for name in _FIELDS}
    rules = {
        _ARTICLE_FIELD.get(name, name): f"{layout.name} {one.rule}" for name, one in got.items() if one.rule
    }
    rules |= {name: f"{layout.name} data" for name in data if name != "body_html"}
    if body_rule:
        rules["body"] = f"{layout.name} {body_rule}"
    when = data.get("published_at") or got["time"].text
    epoch = _seconds(when) if isinstance(when, int | float) else None
    return Found(
        layout=layout.name,
        body_html=body,
        title=data.get("title") or got["title"].text,
        time_text=None if epoch is not None else when,
        published_epoch=epoch,
        media_text=data.get("media") or got["source"].text,
        author_text=data.get("authors") or got["author"].text,
        editor_text=data.get("editor") or got["editor"].text,
        digest=_DIGEST_LABEL.sub("", data.get("digest") or got["digest"].text or "") or None,
        tags=data.get("tags", ()),
        article_key=data.get("key"),
        before=beside.before(got["title"].node, got["time"].node, got["source"].node),
        after=beside.behind(container),
        rules=rules,
    )


def _data(layout: Layout, text: str) -> Mapping[str, Any]:
    """The page's data with values of the expected kinds only: pages may hold anything there."""
    found = (layout.data(text) if layout.data else None) or {}
    data: dict[str, Any] = {
        name: value
        for name, value in found.items()
        if name != "tags" and isinstance(value, str) and value.strip()
    }
    when, tags = found.get("published_at"), found.get("tags")
    if isinstance(when, int | float) and not isinstance(when, bool) and 0 < when < _FURTHEST:
        data["published_at"] = when
    if isinstance(tags, list | tuple) and (
        kept := tuple(tag for tag in tags if isinstance(tag, str) and tag)
    ):
        data["tags"] = kept
    return data


def _seconds(epoch: float) -> float:
    return epoch / 1000 if epoch > _MILLISECONDS else float(epoch)


class _Selected(NamedTuple):
    """The text that a selector gave, the selector and the element."""

    text: str | None = None
    rule: str = ""
    node: LexborNode | None = None


def _text(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> _Selected:
    """The first non-empty text that one of the selectors gives."""
    for selector in selectors:
        css, _, attribute = selector.partition("@")
        first = tree.css_first(css)  # lexbor stops there
        if first is None:
            continue
        if value := _value(first, attribute):
            return _Selected(value, selector, first)
        for node in tree.css(css):
            if value := _value(node, attribute):
                return _Selected(value, selector, node)
    return _Selected()


def _value(node: LexborNode, attribute: str) -> str:
    raw = node.attributes.get(attribute) if attribute else node.text(separator=" ")
    return " ".join((raw or "").split())


def _body(
    layout: Layout, data: Mapping[str, Any], tree: LexborHTMLParser
) -> tuple[str | None, str, LexborNode | None]:
    """The inner HTML of the first container that holds a text or a picture, with the selector and the element."""
    if data.get("body_html"):
        page = LexborHTMLParser(data["body_html"])
        html = _inner(layout, page, page.body) if page.body else None
        if html is not None:
            return html, "data", None
    for selector in layout.body:
        for node in tree.css(selector):
            html = _inner(layout, tree, node)
            if html is not None:
                return _lead(layout, tree) + html, selector, node
    return None, "", None


def _lead(layout: Layout, tree: LexborHTMLParser) -> str:
    nodes = (tree.css_first(selector) for selector in layout.lead)
    return "".join(_inner(layout, tree, node, whole=True) or "" for node in nodes if node is not None)


def _inner(layout: Layout, tree: LexborHTMLParser, node: LexborNode, *, whole: bool = False) -> str | None:
    copy = node.clone()
    captions = copy.css(", ".join(layout.caption))[:_CAPTIONS] if layout.caption else []
    for caption in reversed(captions):  # inner ones first: what was replaced is read no more
        if len(caption.html or "") > _CAPTION_HTML:
            continue
        named = tree.create_node("figcaption")
        named.inner_html = caption.inner_html or ""
        caption.replace_with(named)
    for dropped in reversed(copy.css(", ".join((*LEFT_OUT, *layout.drop)))):  # inner ones before outer ones
        dropped.decompose()
    escape_raw_text(copy)
    html = (copy.html if whole else copy.inner_html) or ""
    for mark in layout.until:
        html = html.partition(mark)[0]
    if layout.until and html.rfind("<") > html.rfind(">"):
        html = html[: html.rfind("<")]  # the mark stood in a tag
    return html if "<img" in html or copy.text().strip() else None
