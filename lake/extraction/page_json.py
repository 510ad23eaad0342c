"""The JSON that pages carry in their scripts: found by a marker, cut where the value ends."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["after", "between", "dig", "next_data", "texts"]

_DECODER = json.JSONDecoder(strict=False)  # pages put raw line ends and tabs into strings
_TRIES = 8
_ASSIGNED = re.compile(r"\s{0,20}[=:]?\s{0,20}(?={)")
_NEXT = re.compile(r"<script[^>]{0,200}\bid=[\"']?__NEXT_DATA__[^>]{0,200}>")


def after(text: str, marker: str) -> dict[str, Any] | None:
    """The JSON object that is assigned right after a marker (``var allData`` … ``= {…}``), or None.

    The decoder itself finds the object's end, so that braces and quotes inside strings do no harm.
    Of several places the first one that holds a valid object counts.
    """
    at = -1
    for _ in range(_TRIES):
        at = text.find(marker, at + 1)
        if at < 0:
            return None
        assigned = _ASSIGNED.match(text, at + len(marker))
        value = _decode(text, assigned.end()) if assigned else None
        if value is not None:
            return value
    return None


def next_data(text: str, *path: str) -> dict[str, Any] | None:
    """The object at a path inside ``<script id="__NEXT_DATA__">`` (Next.js's page properties), or None."""
    match = _NEXT.search(text)
    value = dig(_decode(text, text.find("{", match.end())), *path) if match else None
    return value if isinstance(value, dict) else None


def dig(value: Any, *path: str) -> Any:
    """The value at a path of keys, or None where a step is missing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def texts(values: Any, *path: str) -> tuple[str, ...]:
    """The strings at a path in each element of a list (the element itself without a path)."""
    if not isinstance(values, list):
        return ()
    found = (dig(value, *path) for value in values)
    return tuple(value for value in found if isinstance(value, str) and value)


def between(text: str, start: str, end: str) -> str | None:
    """The text between two marks, without tags and outer white space, or None."""
    _, found, rest = text.partition(start)
    inner, closed, _ = rest.partition(end)
    if not found or not closed:
        return None
    return " ".join(re.sub(r"<[^<>]*>", " ", inner).split()) or None


def _decode(text: str, start: int) -> dict[str, Any] | None:
    if start < 0:
        return None
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
