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

_ROUGH = re.compile(r"<[a-zA-Z][^>\"']*+(?:(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))[^>\"']*+)*+")
"""At least as much as a start tag takes, also where values hold ``>`` or a lone quote stands in it; quicker
than reading attributes."""


def bounded(html: str) -> str:
    """The same HTML, tags with more than MAX_ATTRIBUTES attributes cut to that many."""
    if len(html) <= LONG or max(map(len, _ROUGH.findall(html)), default=0) <= LONG:
        return html
    return _TAG.sub(_cut, html)


def _cut(tag: re.Match[str]) -> str:
    if len(tag[0]) <= LONG:
        return tag[0]
    name = re.match(r"<[a-zA-Z][^\s/>]*", tag[0])
    start = name.end() if name else 0
    found = list(islice(_ATTRIBUTE.finditer(tag[0], start), MAX_ATTRIBUTES + 1))
    return tag[0] if len(found) <= MAX_ATTRIBUTES else tag[0][: found[MAX_ATTRIBUTES - 1].end()]
