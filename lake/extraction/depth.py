"""A guard for the parser: lexbor's time grows with the square of a page's depth, and with unclosed formatting.

Each block's start tag asks the whole stack of open elements whether a ``p`` is open (HTML Standard, tree
construction): 80,000 nested ``div`` cost 19 s. Each block also opens all unclosed formatting elements anew, of
which the standard keeps three of a kind, alike in name and attributes: 2,000 of ``<b class=…><i id=…><p>`` cost
9 s and 1.6 GB. No real page seen comes near either bound.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

__all__ = ["MAX_DEPTH", "shallow"]

MANY = 10_000
"""Tags from which a page's depth is looked at; as deep, it costs the parser 0.2 s. The development pages have
1,365 in the median, 9,274 at most."""
MAX_DEPTH = 1000
"""Elements open at once that are kept; browsers stop at 512 (Chromium, Firefox)."""
_SOME = 2000
_COPIES = 2_000_000
"""Formatting tags with attributes times tags, from which their attributes go: twice what real pages have."""

_FORMATTING = "b|big|code|em|font|i|s|small|strike|strong|tt|u"
_EITHER_CASE = "".join(f"[{sign}{sign.upper()}]" if sign != "|" else sign for sign in _FORMATTING)
_FORMATTING_START = re.compile(rf"<(?=[bcefistuBCEFISTU])(?:{_EITHER_CASE})[\s/]")
"""Both cases spelt out: with IGNORECASE the search for ``<`` takes twice the time, half of the parse's."""
_FORMATTING_TAG = re.compile(rf"""<({_FORMATTING})[\s/](?:[^>"']|"[^"]*+"|'[^']*+')*+>""", re.IGNORECASE)
_FOREIGN = re.compile(r"(</?)(svg|math)(?=[\s/>])", re.IGNORECASE)
_RAW = "script|style|textarea|title|xmp|iframe|noembed|noframes"
_TOKEN = re.compile(
    rf"""(?s:<!--.*?(?:--!?>|\Z)|<(?P<raw>{_RAW})[\s/>].*?(?:</(?P=raw)(?=[\s/>])|\Z))|<[!?][^>]*+>?|</[^a-zA-Z][^>]*+>?"""
    r"""|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?:[^>"']|"[^"]*+"|'[^']*+')*+>?""",
    re.IGNORECASE,
)
"""The tokenizer's tokens that hold ``<``; what stands in comments and raw text is no tag."""
_NO_DEPTH = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd option optgroup tr td th tbody thead "
    "tfoot colgroup caption rt rp html head body".split()
)
"""Void elements, and those that never stand in each other without another element between them."""


def shallow(html: str) -> str:
    """The same HTML; where it has very many tags, those that open deeper than MAX_DEPTH are left out."""
    tags = html.count("<")
    if tags > _SOME and len(_FORMATTING_START.findall(html)) * tags > _COPIES:
        html = _FORMATTING_TAG.sub(r"<\1>", html)
    if tags <= MANY:
        return html
    html = _FOREIGN.sub(r"\1x-\2", html)  # in which raw text is none
    return "".join(_kept(html)) if _depth(html) > MAX_DEPTH else html


def _depth(html: str) -> int:
    """How many elements are open at once, at most. An end tag that the parser ignores counts as one that ends."""
    opened: Counter[str] = Counter()
    depth = deepest = 0
    for token in _TOKEN.finditer(html):
        name = (token["name"] or "").lower()
        if not name or name in _NO_DEPTH:
            continue
        if not token["end"]:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest


def _kept(html: str) -> Iterator[str]:
    """The pieces of the HTML without the tags that open too deep, and without their end tags."""
    opened: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    depth = at = 0
    for token in _TOKEN.finditer(html):
        name = (token["name"] or "").lower()
        if not name or name in _NO_DEPTH:
            continue
        if not token["end"]:
            if depth >= MAX_DEPTH:
                dropped[name] += 1
                yield html[at : token.start()]
                at = token.end()
            else:
                opened[name] += 1
                depth += 1
        elif dropped[name]:
            dropped[name] -= 1
            yield html[at : token.start()]
            at = token.end()
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    yield html[at:]
