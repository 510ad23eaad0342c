"""Articles over several pages: which part a page is, and the address of the first.

A page is a later part where its address says so (``…_2.html``, ``…-2.html``, ``?page=2``, ``/2/``) and its own
pager confirms it: a link back to the address without the number, whose text is a pager's (``1``, 上一页,
Previous) or which says ``rel=prev`` (HTML Standard). A number alone proves nothing: ``news-2.html`` may be the
second story of a day. Where a site's profile reads the same id from both addresses, that is proof too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from lake.extraction.identity import canonical_url
from lake.extraction.profile import Profile, article_key

__all__ = ["Part", "part_of"]

_FILE = re.compile(r"(?P<stem>.*[^/_-])(?P<sep>[_-])(?P<number>[1-9]\d?)(?P<end>\.\w{2,5})")
_FOLDER = re.compile(r"(?P<stem>.*?[^/]/)(?:page/)?(?P<number>[1-9]\d?)(?P<end>/?)")
_PARAMETERS = frozenset(("page", "p", "pn", "pg", "pageno", "page_no", "pagenum", "pageindex", "paged"))
_BACK = re.compile(
    r"\W*(?:0?1|第[1一]页|首页|上一?页|前一?页|prev(?:ious)?(?: page)?|first(?: page)?|back)\W*",
    re.IGNORECASE,
)
"""What a pager's link to an earlier page says."""
_PREVIOUS = re.compile(r"\W*(?:上一?页|前一?页|prev(?:ious)?(?: page)?)\W*", re.IGNORECASE)
_MOST_LINKS = 5000


class Part(NamedTuple):
    """A later page of an article: the address of the first, and the number that this one's address holds."""

    first: str
    number: int


def part_of(
    tree: LexborHTMLParser, address: str | None, url: str | None, profile: Profile | None
) -> Part | None:
    """Which later part of an article a page is; None for a first or only page.

    Args:
        tree: the page's parse.
        address: the article's address, as chosen from what the page states and what was asked for.
        url: the address that was asked for, if known; a page may state the first part's as its own.
        profile: the site's profile.
    """
    asked = canonical_url(url) if url else address
    for first, number in _firsts(asked):
        if _same_key(profile, asked, first) or _leads_back(tree, asked, first, number):
            if address not in (None, asked):  # the page states another address: the first part's, or its own
                first = next((one.first for one in _firsts(address)), address or first)
            return Part(first, number)
    return None


def _same_key(profile: Profile | None, asked: str | None, first: str) -> bool:
    key = article_key(profile, asked) if profile else None
    return profile is not None and key is not None and key == article_key(profile, first)


def _firsts(address: str | None) -> Iterator[Part]:
    """The addresses that the first part may have, if this is the address of a later one."""
    if address is None:
        return
    parts = urlsplit(address)
    if found := _FILE.fullmatch(parts.path):
        for end in ("", f"{found['sep']}1", f"{found['sep']}0"):
            path = found["stem"] + end + found["end"]
            yield Part(urlunsplit(parts._replace(path=path)), int(found["number"]))
    elif found := _FOLDER.fullmatch(parts.path):
        path = found["stem"] if found["end"] else found["stem"].rstrip("/")
        yield Part(urlunsplit(parts._replace(path=path)), int(found["number"]))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for key, value in pairs:
        if key.lower() in _PARAMETERS and value.isdecimal() and 0 < int(value) < 100:
            without = [pair for pair in pairs if pair[0] != key]
            one = [(name, "1" if name == key else held) for name, held in pairs]
            for query in (without, one):
                yield Part(urlunsplit(parts._replace(query=urlencode(query))), int(value))


def _leads_back(tree: LexborHTMLParser, asked: str | None, first: str, number: int) -> bool:
    """Whether a pager's link leads to the first part; from the number 1 only one that says previous does.

    Sites count from 0 or from 1: the page with 1 is the first, unless there is one before it.
    """
    if asked is None or _plain(first) == _plain(asked):
        return False
    wanted = _plain(first)
    words = _PREVIOUS if number == 1 else _BACK
    for link in tree.css("a[href], link[rel=prev]")[:_MOST_LINKS]:
        attributes = link.attributes
        text = link.text() if link.tag == "a" else ""
        if len(text) > 40 or not (attributes.get("rel") == "prev" or words.fullmatch(text)):
            continue
        try:
            target = canonical_url(urljoin(asked, attributes.get("href") or ""))
        except ValueError:
            continue
        if target is not None and _plain(target) == wanted:
            return True
    return False


def _plain(address: str) -> str:
    """An address without scheme, ``www.`` and the slash at its end."""
    return address.partition("://")[2].removeprefix("www.").rstrip("/")
