"""A guard for the parser: lexbor's time grows with the square of a tag's attributes (40,000 cost 6 s)."""

from __future__ import annotations

import re
from itertools import islice

__all__ = ["MAX_ATTRIBUTES", "bounded"]

LONG = 8192
"""Characters from which a tag is looked at: shorter ones hold too few attributes to cost time."""
MAX_ATTRIBUTES = 1000
"""Attributes kept of one tag. Real tags have some thirty at most; a thousand cost the parser 3 ms."""

_ATTRIBUTE = re.compile(
    r"""[\s/]*+[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>"'][^\s>]*+)?+)?+|[\s/]++|="""
)
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE.pattern})*+")
"""A start tag as the HTML Standard's tokenizer reads it; possessive throughout, so linear in the text."""

_BEFORE_VALUE = (" ", "\t", "\n", "\r", "\f", "=")
_TRIES = 4
_QUOTE = re.compile("[\"']")


def bounded(html: str) -> str:
    """The same HTML, tags with more than MAX_ATTRIBUTES attributes cut to that many."""
    return _TAG.sub(_cut, html) if len(html) > LONG and _has_long_tag(html) else html


def _has_long_tag(html: str) -> bool:
    """Whether some tag is longer than LONG and holds too many attributes.

    The search leaps: from a place where a tag may open to the last place within LONG where none is open.
    Only where no such place is found is the tag read itself. (Reading every tag took a tenth of a page's
    time.)
    """
    start, last = html.find("<"), len(html) - LONG
    while 0 <= start < last:
        at = start + 1
        if html[at].isalpha():
            at = _no_tag_open(html, start)
            if at < 0:
                tag = _TAG.match(html, start)
                at = tag.end() if tag else start + 1
                if tag and at - start > LONG and _cut(tag) != tag[0]:
                    return True
        start = html.find("<", at)
    return False


def _no_tag_open(html: str, start: int) -> int:
    """A place within LONG after ``start``, the further the better, where no tag is open; -1 if none is seen.

    By the tokenizer's states ``">`` ends any tag unless its quotation mark opens a value (``=`` or white
    space stands before it) or stands in a value between apostrophes (the last apostrophe before it opens a
    value). So does ``>`` before any quotation mark.
    """
    end = start + LONG
    for _ in range(_TRIES):
        end = html.rfind('">', start, end)
        if end < 0:
            break
        if html[end - 1] in _BEFORE_VALUE:
            continue
        apostrophe = html.rfind("'", start, end)
        if apostrophe < 0 or html[apostrophe - 1] not in _BEFORE_VALUE:
            return end + 2
        end = apostrophe
    quote = _QUOTE.search(html, start, start + LONG)
    return html.rfind(">", start, quote.start() if quote else start + LONG) + 1 or -1


def _cut(tag: re.Match[str]) -> str:
    if len(tag[0]) <= LONG:
        return tag[0]
    name = re.match(r"<[a-zA-Z][^\s/>]*", tag[0])
    start = name.end() if name else 0
    found = list(islice(_ATTRIBUTE.finditer(tag[0], start), MAX_ATTRIBUTES + 1))
    return tag[0] if len(found) <= MAX_ATTRIBUTES else tag[0][: found[MAX_ATTRIBUTES - 1].end()]
