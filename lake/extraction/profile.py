"""What a site profile is, selectors as data in dated layouts, and the engine that reads a page with one.

A profile says how one site's pages are read. Layouts whose dates include the capture time are tried
first, in the order of the profile; the others follow, so that an old capture stays readable and a layout
that outlived its dates still works. Selectors are CSS and are run by lexbor on the page's one parse.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["FIELDS", "Found", "Layout", "Profile", "apply", "article_key", "category"]

FIELDS = ("title", "time", "source", "author", "editor", "digest")
"""The fields of a layout that hold selectors of one text each."""

_CAPTIONS = 200  # a picture page of the profiled sites has fewer; bounds the work on nested ones
_CAPTION_HTML = 4000  # characters; a longer one is no caption
_NEVER = ("script", "style")
_DIGEST_LABEL = re.compile(r"^\s*[【\[]?(?:摘要|内容提要|提要|导语|导读)(?:[】\]]|\s?[:：])\s*")
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
class Profile:
    """One site: ``name`` is the article's ``site``, ``hosts`` match themselves and their subdomains.

    ``other_hosts`` lie below ``hosts`` but are other sites. ``zone`` is the IANA zone of its visible times.
    ``article_id`` gives the site's own id from the URL (first group of a regular expression); None where
    the URL itself is the identity. ``category`` gives the topic that the URL names (its groups, joined by
    ``/``).
    """

    name: str
    hosts: tuple[str, ...]
    layouts: tuple[Layout, ...]
    other_hosts: tuple[str, ...] = ()
    zone: str = "Asia/Shanghai"
    language: str = "zh"
    article_id: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a profile found on a page, as the page's own text; a field is None where nothing was found.

    ``body_html`` is the container's inner HTML, already without the layout's ``drop``; None where no body
    of a layout matched: the generic extractor then finds the body, the other fields still hold.
    ``published_epoch`` is in Unix seconds, from the page's JSON. ``rules`` says per field what gave it.
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
    rules: Mapping[str, str] = field(default_factory=dict)


def apply(
    profile: Profile,
    tree: LexborHTMLParser,
    text: str,
    *,
    url: str | None = None,
    captured_at: dt.datetime | None = None,
) -> Found | None:
    """Read a parsed page with a profile; ``text`` is the page's source and ``tree`` its parse.

    The first layout whose body and title match decides, else the first whose body does. Where none does,
    the layout that found most fields gives them, without a body. None where nothing at all was found. The
    tree is not changed.
    """
    layouts = ordered(profile.layouts, captured_at)
    key, topic = article_key(profile, url), category(profile, url)
    with_body: Found | None = None
    without: Found | None = None
    for layout in layouts:
        data = (layout.data(text) if layout.data else None) or {}
        body, rule = _body(layout, data, tree)
        if body is None and with_body is not None:
            continue
        found = _fields(layout, data, tree, body, rule, key, topic)
        if body is None:
            without = found if without is None or len(found.rules) > len(without.rules) else without
        elif found.title is not None or not layout.title:
            return found
        else:
            with_body = with_body or found
    best = with_body or without
    return best if best is not None and (best.rules or key) else None


def ordered(layouts: tuple[Layout, ...], captured_at: dt.datetime | None) -> list[Layout]:
    """The layouts whose dates include the capture day first, then the others, each in the given order."""
    if captured_at is None:
        return list(layouts)
    day = captured_at.date()
    return sorted(layouts, key=lambda one: not _valid(one, day))


def article_key(profile: Profile, url: str | None) -> str | None:
    """The site's own id of the article in its URL, or None."""
    match = re.search(profile.article_id, url) if profile.article_id and url else None
    return match[1] if match else None


def category(profile: Profile, url: str | None) -> str | None:
    """The topic that the URL names, or None."""
    match = re.search(profile.category, url) if profile.category and url else None
    return "/".join(part for part in match.groups() if part) or None if match else None


def _valid(layout: Layout, day: dt.date) -> bool:
    return (layout.valid_from is None or layout.valid_from <= day) and (
        layout.valid_until is None or day <= layout.valid_until
    )


def _fields(
    layout: Layout,
    data: Mapping[str, Any],
    tree: LexborHTMLParser,
    body: str | None,
    body_rule: str,
    key: str | None,
    topic: str | None,
) -> Found:
    got = {name: _text(tree, getattr(layout, name)) for name in FIELDS}
    rules = {
        _ARTICLE_FIELD.get(name, name): f"{layout.name} {rule}" for name, (_, rule) in got.items() if rule
    }
    rules |= {name: f"{layout.name} data" for name, value in data.items() if value and name != "body_html"}
    if body_rule:
        rules["body"] = f"{layout.name} {body_rule}"
    when = data.get("published_at") or got["time"][0]
    epoch = _seconds(when) if isinstance(when, int | float) else None
    return Found(
        layout=layout.name,
        body_html=body,
        title=data.get("title") or got["title"][0],
        time_text=None if epoch is not None else when,
        published_epoch=epoch,
        media_text=data.get("media") or got["source"][0],
        author_text=data.get("authors") or got["author"][0],
        editor_text=data.get("editor") or got["editor"][0],
        digest=_DIGEST_LABEL.sub("", data.get("digest") or got["digest"][0] or "") or None,
        tags=tuple(data.get("tags") or ()),
        article_key=key or data.get("key"),
        category=topic,
        rules=rules,
    )


def _seconds(epoch: float) -> float:
    return epoch / 1000 if epoch > _MILLISECONDS else float(epoch)


def _text(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> tuple[str | None, str]:
    """The first non-empty text that one of the selectors gives, with that selector."""
    for selector in selectors:
        css, _, attribute = selector.partition("@")
        for node in tree.css(css):
            raw = node.attributes.get(attribute) if attribute else node.text(separator=" ")
            value = " ".join((raw or "").split())
            if value:
                return value, selector
    return None, ""


def _body(layout: Layout, data: Mapping[str, Any], tree: LexborHTMLParser) -> tuple[str | None, str]:
    """The inner HTML of the first container that holds a text or a picture, with the selector."""
    if data.get("body_html"):
        page = LexborHTMLParser(data["body_html"])
        html = _inner(layout, page, page.body) if page.body else None
        if html is not None:
            return html, "data"
    for selector in layout.body:
        for node in tree.css(selector):
            html = _inner(layout, tree, node)
            if html is not None:
                return _lead(layout, tree) + html, selector
    return None, ""


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
    for dropped in reversed(copy.css(", ".join((*_NEVER, *layout.drop)))):  # inner ones before outer ones
        dropped.decompose()
    html = (copy.html if whole else copy.inner_html) or ""
    for mark in layout.until:
        html = html.partition(mark)[0]
    return html if "<img" in html or copy.text().strip() else None
