"""What single elements near an article say of its time and its authors: ``<time>``, microdata, ``rel=author``.

Sources: the HTML Standard (``time``, ``rel=author``), schema.org's microdata (``datePublished``, ``author``),
and hAtom's ``<abbr class="published" title="…">`` (microformats.org).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lake.extraction.tokens import VOID, Tokens, attributes_of, unescaped

__all__ = ["Marked", "marks_near"]

_CHANGED = re.compile("updated|modified", re.IGNORECASE)
_NAME = re.compile(r"(?:[Bb]y:? |BY:? )?([A-ZÀ-Þ][\w.'’-]+(?: [\w.'’-]+){1,4})")
_USER = re.compile(r"[\w.-]{2,30}")
"""A user's name, as forums mark it up."""
_MAYBE_SOURCE = re.compile("ource|edia|from|origin|laiyuan|ublisher|js_name|nick|account")
_SOURCE = re.compile(
    r"(?:^|[\s_-])(?:article|news|info|post|art|data|con|detail|src)?[-_]?(?:[sS]ource|[mM]edia|from|copy-?from|origin|laiyuan|publisher)"
    r"(?:[-_]?(?:[nN]ame|baidu|span|txt|text))?(?=$|\s|__)|(?:^|\s)(?:js_name|[\w-]{0,12}nick-?name|account[-_]?name)(?=$|\s)"
)
"""How templates call the element that names the medium; what else these words name holds more text."""
_LONGEST_SOURCE = 40
_MOST = 50
"""Elements looked at: a page of ten thousand dated comments says nothing more."""
_BESIDE = 2
_INNER = 20
"""Tags inside an element that may hold its text."""


class Marked(NamedTuple):
    """Values of time elements and names of authors, the likeliest first.

    ``times`` are those between heading and prose, and ``datePublished``; ``beside`` are the others. ``sources``
    are the texts of elements before the prose whose class or id calls them the source.
    """

    times: tuple[str, ...]
    beside: tuple[str, ...]
    writers: tuple[str, ...]
    sources: tuple[str, ...] = ()


def marks_near(tokens: Tokens, start: int, heading: int, prose: int, stop: int) -> Marked:
    """Collect what elements say from token ``start`` to ``stop``.

    Args:
        tokens: the page's.
        start: where the lines before the article begin.
        heading: the end of the heading before the prose, ``start`` without one: what stands behind it counts first.
        prose: where the article's prose begins.
        stop: where the lines behind the article end.
    """
    times: list[tuple[int, int, str]] = []
    writers: dict[str, None] = {}
    sources: dict[str, None] = {}
    attributes = tokens.attributes
    named = _MAYBE_SOURCE.search(" ".join(attributes[start:prose]))
    places = [
        number
        for number, written in enumerate(attributes[start : stop + 1], start)
        if written
        and (
            'datetime="' in written
            or 'itemprop="' in written
            or "author" in written
            or '"published' in written
            or (named and number < prose and _MAYBE_SOURCE.search(written))
        )
    ]
    for number in places[:_MOST]:
        attrs = attributes_of(attributes[number])
        if time := _time(tokens, number, attrs):
            times.append((_rank(number, attributes[number], heading, prose), abs(number - heading), time))
        elif attrs.get("rel") == "author" or attrs.get("itemprop") == "author":
            found = _names(tokens, number)
            writers.update(dict.fromkeys(one for one in found if not writers or " " in one))
        elif number < prose and (source := _source(tokens, number, attrs)):
            sources[source] = None
    times.sort()
    sure = dict.fromkeys(time for rank, _, time in times if rank < _BESIDE)
    beside = dict.fromkeys(time for rank, _, time in times if rank >= _BESIDE)
    return Marked(tuple(sure), tuple(beside), tuple(writers), tuple(reversed(sources)))


def _source(tokens: Tokens, number: int, attrs: dict[str, str]) -> str:
    """The text of an element that is named the source, or ""."""
    named = f"{attrs.get('class', '')} {attrs.get('id', '')} {attrs.get('itemprop', '')}"
    text = _text(tokens, number) if _SOURCE.search(named) else ""
    return text if len(text) <= _LONGEST_SOURCE else ""


def _rank(number: int, written: str, heading: int, prose: int) -> int:
    """How far a time element is from being the article's: the less the likelier, ``_BESIDE`` and more beside it."""
    if 'itemprop="datePublished"' in written:
        return 0
    if _CHANGED.search(written):
        return _BESIDE + 2
    if number >= prose:
        return _BESIDE + 1
    return 1 if number >= heading else _BESIDE


def _time(tokens: Tokens, number: int, attrs: dict[str, str]) -> str:
    """The machine-readable time of an element, or ""."""
    name = tokens.names[number]
    published = attrs.get("itemprop") == "datePublished"
    if name in ("time", "relative-time") or published:
        value = attrs.get("datetime") or attrs.get("content") or (_text(tokens, number) if published else "")
        return value.strip()
    if name == "abbr" and "published" in attrs.get("class", "").split():
        return attrs.get("title", "").strip()
    return ""


def _names(tokens: Tokens, number: int) -> list[str]:
    """The name that an element holds, or those that its own ``itemprop=name`` elements hold."""
    inner = range(number, min(number + _INNER, len(tokens.names)))
    end = next((n for n in inner if tokens.names[n] == f"/{tokens.names[number]}"), number)
    named = [n for n in range(number + 1, end) if 'itemprop="name"' in tokens.attributes[n]]
    texts = [_text(tokens, n) for n in named] or [_text(tokens, number)]
    found = [match[1] for text in texts if (match := _NAME.fullmatch(text))]
    if not found and 'itemprop="author"' in tokens.attributes[number]:
        return [text for text in texts if _USER.fullmatch(text)]
    return found


def _text(tokens: Tokens, number: int) -> str:
    """The text of a short element."""
    name = tokens.names[number]
    if name in VOID:
        return ""
    text, depth = "", 0
    for n in range(number, min(number + _INNER, len(tokens.names))):
        depth += (tokens.names[n] == name) - (tokens.names[n] == f"/{name}")
        if not depth:
            break
        text += f" {tokens.texts[n]}"
    return " ".join(unescaped(text).split())[:120]
