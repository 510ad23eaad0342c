"""A body that a page holds only as data for its scripts: JSON-LD's ``articleBody`` or JSON in a script.

Pages of script frameworks (``__NEXT_DATA__``, ``window.DATA``, ``var allData``) may carry the article as
strings of HTML or plain text and no rendered body. The strings are found by what they are, not by their
keys: of all places in the JSON, the one whose strings hold most prose.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

from lake.extraction.outline import words_in

__all__ = ["body_from_scripts", "paragraphs"]

_SCRIPT = re.compile(r"<script\b([^>]{0,300})>([^<]{0,60}?[{\[])", re.IGNORECASE)
_DECODER = json.JSONDecoder(strict=False)
_MOST_SCRIPTS, _MOST_VALUES = 40, 50_000
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,400}>")
_PROSE = re.compile(r"[。！？，]|[.!?,] ")


def body_from_scripts(text: str) -> str | None:
    """The HTML of the longest prose in a page's scripts, or None."""
    places: dict[tuple[str, ...], list[str]] = {}
    for number, match in enumerate(_SCRIPT.finditer(text)):
        if number >= _MOST_SCRIPTS:
            break
        value = _decode(text, match.end() - 1)
        if value is not None:
            _collect(value, places)
    best = max(places.values(), key=_prose, default=[])
    return "\n".join(map(paragraphs, best)) if _prose(best) >= 60 else None


def paragraphs(text: str) -> str:
    """Text as HTML: markup is kept, plain text becomes paragraphs at its line ends."""
    if _TAG.search(text):
        return text
    plain = html.unescape(text)
    return "".join(f"<p>{html.escape(line.strip())}</p>" for line in plain.splitlines() if line.strip())


def _decode(text: str, start: int) -> Any:
    try:
        return _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _collect(value: Any, places: dict[tuple[str, ...], list[str]]) -> None:
    """Gather long strings by their path; a list's elements share one path."""
    stack: list[tuple[Any, tuple[str, ...]]] = [(value, ())]
    for _ in range(_MOST_VALUES):
        if not stack:
            return
        node, path = stack.pop()
        if isinstance(node, dict):
            stack.extend(
                (child, (*path, str(key))) for key, child in reversed(node.items()) if len(path) < 12
            )
        elif isinstance(node, list):
            stack.extend((child, path) for child in reversed(node))
        elif isinstance(node, str) and len(node) >= 20:
            places.setdefault(path, []).append(node)


def _prose(strings: list[str]) -> float:
    """Words of prose in strings: those without sentence marks, and addresses, count nothing."""
    total = 0.0
    for text in strings:
        plain = _TAG.sub(" ", text[:200_000])
        if len(plain) >= 10 and _PROSE.search(plain) and not plain.startswith(("http", "{", "[", "function")):
            total += words_in(" ".join(plain.split()))
    return total
