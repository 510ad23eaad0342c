"""What a site profile is, selectors as data in dated layouts, and the engine that reads a page with one.

A profile says how one site's pages are read. Layouts whose dates include the capture time are tried
first, in the order of the profile; the others follow, so that an old capture stays readable and a layout
that outlived its dates still works. Selectors are CSS and are run by lexbor on the page's one parse.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from lake.extraction.layouts import Found, Layout, read

__all__ = ["Found", "Layout", "Profile", "apply", "article_key", "category", "ordered"]


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
    article_id: str | None = None
    category: str | None = None


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
    key = article_key(profile, url)
    layouts = ordered(profile.layouts, captured_at)
    best = _with_body(layouts, tree, text) or _fullest(layouts, tree, text)
    if best is None or not (best.rules or key):
        return None
    return replace(best, article_key=key or best.article_key, category=category(profile, url))


def _with_body(layouts: list[Layout], tree: LexborHTMLParser, text: str) -> Found | None:
    first: Found | None = None
    for layout in layouts:
        found = read(layout, tree, text, with_body=True)
        if found is not None and (found.title is not None or not layout.title):
            return found
        first = first or found
    return first


def _fullest(layouts: list[Layout], tree: LexborHTMLParser, text: str) -> Found | None:
    """What the layout finds that finds most fields, the first of equals."""
    found = [read(layout, tree, text) for layout in layouts]
    return max(filter(None, found), key=lambda one: len(one.rules), default=None)


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
