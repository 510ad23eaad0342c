"""A body that a page holds only as data for its scripts: JSON-LD's ``articleBody`` or JSON in a script.

Pages of script frameworks (``__NEXT_DATA__``, ``window.DATA``, ``var allData``) may carry the article as
strings of HTML or plain text and no rendered body. The strings are found by what they are, not by their
keys: of all places in the JSON, the one whose strings hold most prose; time, authors and medium are what the
objects around it call so. Scripts that are no JSON (Nuxt's ``__NUXT__`` is a function) are searched for string
literals.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lake.extraction.json_ld import names_of, text_of
from lake.extraction.prose import words_in

__all__ = ["ScriptBody", "body_from_scripts", "paragraphs"]

_SCRIPT = re.compile(r"<script\b([^>]{0,300})>([^<]{0,60}?[{\[])", re.IGNORECASE)
_SOURCE = re.compile(r"<script\b[^>]{0,300}>((?:[^<]|<(?!/script))++)", re.IGNORECASE)
_QUOTE = re.compile(r"[\"']")
_QUOTED = {sign: re.compile(rf"(?:[^{sign}\\\n]|\\.)*+", re.DOTALL) for sign in "\"'"}
_SHORTEST, _MOST_OPEN = 100, 20
"""Characters of a string literal that may be a text; quotes without their end, each of which is read to its line's end."""
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\n", "t": " ", "b": "", "f": ""}
_DECODER = json.JSONDecoder(strict=False)
_MOST_SCRIPTS, _MOST_VALUES = 40, 50_000
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,400}>")
_PROSE = re.compile(r"[。！？，]|[.!?,](?:[”\"]?$| )")
_NEARLY_ALL = 0.8
"""Share of a place's prose from which one string is the text and the others its title, time and the like."""
_FLIGHT = re.compile(r"(?:^|\n)[0-9a-f]{1,4}:(?=[\[{])")
"""How lines of React's server components begin (``self.__next_f.push([1, "5:[…]"])``)."""
_WRAPPED = re.compile(
    r"<(?P<tag>noscript|textarea|template)\b[^>]{0,300}>(?P<inner>(?:[^<]|<(?!/(?P=tag)))++)", re.IGNORECASE
)
_LEAST_PROSE = 60
_AROUND = 3
"""Objects around the text, the nearest first, whose fields tell of the article."""
_TIMES = (
    re.compile(
        r"p_?time|(?:date_?)?(?:published|publish|pub)_?(?:d?time|date|at|ed|timestamp)?(?:_?(?:str|gmt|utc))?"
    ),
    re.compile(r"(?:display|show|news|post|posted|release|issue|online)_?(?:d?time|date|at)"),
    re.compile(r"c_?time|create[d]?_?(?:d?time|date|at)|date|time|datetime|timestamp"),
)
"""Names of the fields that hold a time of publication, the most reliable first, in lower case."""
_AUTHORS = frozenset(("author", "authors", "author_name", "authorname", "writer", "byline"))
_MEDIA = frozenset(("source", "source_name", "sourcename", "media", "media_name", "medianame", "copyfrom"))


class ScriptBody(NamedTuple):
    """The prose of a page's scripts as HTML, and what the objects around it say of the article."""

    html: str
    times: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    media: str | None = None


class _Place(NamedTuple):
    """The strings at one path, and the objects around the first of them, the nearest first."""

    strings: list[str]
    around: tuple[Mapping[str, Any], ...]


def body_from_scripts(text: str) -> ScriptBody | None:
    """The longest prose in a page's scripts, or None."""
    places: dict[tuple[str, ...], _Place] = {}
    for number, match in enumerate(_SCRIPT.finditer(text)):
        if number >= _MOST_SCRIPTS:
            break
        value = _decode(text, match.end() - 1)
        if value is not None:
            _collect(value, places)
    best = max(places.values(), key=_prose_at, default=None)
    if best is None or _prose_at(best) < _LEAST_PROSE:
        best = max(
            (_Place([one], ()) for one in (*_wrapped(text), *_literals(text))), key=_prose_at, default=None
        )
    if best is None or _prose_at(best) < _LEAST_PROSE:
        return None
    longest = max(best.strings, key=lambda one: _prose_at(_Place([one], ())))
    alone = _prose_at(_Place([longest], ())) >= _NEARLY_ALL * _prose_at(best)
    return _told("\n".join(map(paragraphs, [longest] if alone else best.strings)), best.around)


def _told(body: str, around: tuple[Mapping[str, Any], ...]) -> ScriptBody:
    """The body with what the objects around it say, the nearest first."""
    times: list[tuple[int, str]] = []
    authors: tuple[str, ...] = ()
    media: str | None = None
    for one in around:
        for key, value in one.items():
            name = key.lower()
            rank = next((n for n, form in enumerate(_TIMES) if form.fullmatch(name)), None)
            if rank is not None and isinstance(value, str | int | float) and not isinstance(value, bool):
                times.append((rank, str(int(value)) if isinstance(value, float) else str(value)))
            elif name in _AUTHORS and not authors:
                authors = tuple(names_of(value))
            elif name in _MEDIA and not media:
                media = text_of(value)
    return ScriptBody(
        body, tuple(value for _, value in sorted(times, key=lambda time: time[0])), authors, media
    )


def _wrapped(text: str) -> Iterator[str]:
    """What stands in elements that a browser with scripts does not show as text: ``noscript``, ``textarea``, ``template``."""
    for number, one in enumerate(_WRAPPED.finditer(text)):
        if number >= _MOST_SCRIPTS:
            return
        yield one["inner"]


def _literals(text: str) -> Iterator[str]:
    """The long string literals of scripts."""
    for number, script in enumerate(_SOURCE.finditer(text)):
        if number >= _MOST_SCRIPTS:
            return
        yield from _literals_of(script[1])


def _literals_of(script: str) -> Iterator[str]:
    at = unfinished = 0
    while unfinished < _MOST_OPEN and (quote := _QUOTE.search(script, at)):
        inner = _QUOTED[quote[0]].match(script, quote.end())
        end = inner.end() if inner else quote.end()
        if script[end : end + 1] != quote[0]:
            at, unfinished = quote.end(), unfinished + 1
            continue
        if end - quote.end() >= _SHORTEST:
            yield _ESCAPED.sub(_unescaped, script[quote.end() : end])
        at = end + 1


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _CONTROLS.get(match[3], match[3])


def paragraphs(text: str) -> str:
    """Text as HTML: markup, also escaped markup, is kept, plain text becomes paragraphs at its line ends."""
    if _TAG.search(text):
        return text
    plain = html.unescape(text)
    for _ in range(2):  # some pages escape their escaped markup
        if _TAG.search(plain):
            return plain
        plain = html.unescape(plain)
    return "".join(f"<p>{html.escape(line.strip())}</p>" for line in plain.splitlines() if line.strip())


def _decode(text: str, start: int) -> Any:
    try:
        return _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _collect(value: Any, places: dict[tuple[str, ...], _Place]) -> None:
    """Gather long strings by their path; a list's elements share one path."""
    stack: list[tuple[Any, tuple[str, ...], tuple[Mapping[str, Any], ...]]] = [(value, (), ())]
    for _ in range(_MOST_VALUES):
        if not stack:
            return
        node, path, around = stack.pop()
        if isinstance(node, dict):
            nearest = (node, *around)[:_AROUND]
            stack.extend(
                (child, (*path, str(key)), nearest) for key, child in reversed(node.items()) if len(path) < 12
            )
        elif isinstance(node, list):
            stack.extend((child, path, around) for child in reversed(node))
        elif isinstance(node, str) and _FLIGHT.match(node):
            stack.extend((_decode(node, one.end()), path, around) for one in _FLIGHT.finditer(node))
        elif isinstance(node, str) and len(node) >= 20:
            places.setdefault(path, _Place([], around)).strings.append(node)


def _prose_at(place: _Place) -> float:
    """Words of prose in strings: those without sentence marks, and addresses, count nothing."""
    total = 0.0
    for text in place.strings:
        plain = _TAG.sub(" ", text[:200_000])
        if len(plain) >= 10 and _PROSE.search(plain) and not plain.startswith(("http", "{", "[", "function")):
            total += words_in(" ".join(plain.split()))
    return total
