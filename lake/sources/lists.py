"""Rolling lists in JSON, plain or wrapped in a script: the generic kind ``list``.

What differs between sites is configuration: the list's address, where its rows lie, which keys hold time and
address, how it goes on. Wrappers seen in public programs of 2021-26: ``cb({…})``, ``try{cb({…});}catch(e){};``,
``var newest = […];``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lake.errors import Reject
from lake.sources.configuration import Source
from lake.sources.entries import Entry, Listing, Place, Way, address, moment

__all__ = ["first_place", "parse", "pick", "unwrapped"]

_WRAPPER = re.compile(
    r"\s*(?:try\s*\{)?\s*(?:[\w$.]{1,80}\s*\(|(?:(?:var|let|const)\s+)?[\w$.]{1,80}\s*=)?\s*(?=[\[{])"
)
_FIELD = re.compile(r"\{([\w.]+)\}")
_HEADLINE = re.compile(r"\s*【([^【】]{1,200})】")
LISTED = "#listed"
"""Marks the origin of an article that a list holds whole: the page at the address itself is another capture."""


def first_place(source: Source, key: str) -> Place:
    """The first page of the source's list ``key``."""
    return _place(source, key, 1, "")


def parse(text: str, source: Source, key: str, place: Place) -> Listing:
    """Read one page of a list.

    Raises:
        Reject: stage ``discover``, reason ``not_a_list``: no JSON, an error message, or no rows where they
            should be.
    """
    answer = unwrapped(_behind(text, source.after))
    for path, wanted in source.ok.items():
        if str(pick(answer, path)) not in wanted:
            said = f"{path} is {pick(answer, path)!r}, not {' or '.join(wanted)}"
            raise Reject("discover", "not_a_list", f"the list answers with an error: {said}: {text[:200]}")
    rows = pick(answer, source.rows)
    if not isinstance(rows, list):
        raise Reject("discover", "not_a_list", f"no rows at {source.rows!r}: {text[:200]}")
    entries = (_entry(row, source, place.url) for row in rows if not _skipped(row, source))
    return Listing(tuple(filter(None, entries)), _next(answer, source, key, place) if rows else None)


def pick(value: Any, path: str) -> Any:
    """What lies at a dotted path (``data.list``, ``0.title``); the value itself for an empty path, else None."""
    for part in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _behind(text: str, mark: str) -> str:
    """What stands behind the mark in the text; all of it without a mark. Raises Reject where there is none."""
    _, found, rest = text.partition(mark) if mark else ("", "yes", text)
    if not found:
        raise Reject("discover", "not_a_list", f"there is no {mark!r} in the answer: {text.strip()[:200]}")
    return rest


def unwrapped(text: str) -> Any:
    """The JSON value of an answer, plain or in a script. Raises Reject, stage ``discover``: ``not_a_list``."""
    found = _WRAPPER.match(text.removeprefix("\ufeff"))
    if found is None:
        what = "empty" if not text.strip() else f"no JSON: {text.strip()[:200]}"
        raise Reject("discover", "not_a_list", f"the answer is {what}")
    try:
        return json.JSONDecoder().raw_decode(text.removeprefix("\ufeff"), found.end())[0]
    except (ValueError, RecursionError) as error:
        raise Reject("discover", "not_a_list", f"broken JSON ({error}): {text[:200]}") from error


def _skipped(row: Any, source: Source) -> bool:
    return any(str(pick(row, path)) in values for path, values in source.skip.items())


def _entry(row: Any, source: Source, base: str) -> Entry | None:
    ways = tuple(
        replace(way, url=url)
        for way in source.articles
        if (filled := _of_row(way.url, row)) and (url := address(filled, base)) and source.matches(url)
    )
    if not ways:
        return None
    at, modified = (
        moment(_value(row, path), source.zone) if path else None for path in (source.time, source.modified)
    )
    if not source.record:
        return Entry(ways, at, modified)
    return Entry((Way(ways[0].url + LISTED),), at, modified, _record(row, source, ways[0].url))


def _record(row: Any, source: Source, url: str) -> bytes:
    """A record that the extractor understands: the named fields, the address, and the row itself."""
    fields = {name: value for name, path in source.record.items() if (value := _of_row(path, row, text=True))}
    text = fields.get("content") or fields.get("digest") or ""
    if not fields.get("title") and (headline := _HEADLINE.match(text)):
        fields["title"] = headline[1]
    when = moment(_value(row, source.time), source.zone)
    if when is not None:
        fields["showtime"] = when.astimezone(source.zone).isoformat(" ", "seconds")
    kept = {name: value for name, value in row.items() if name not in source.ignore}
    return json.dumps({"url": url, **fields, "row": kept}, ensure_ascii=False).encode("utf-8", "replace")


def _value(row: Any, path: str) -> Any:
    """A row's value by its path, or several of them in a template."""
    return _of_row(path, row) if "{" in path else pick(row, path)


def _of_row(template: str, row: Any, *, text: bool = False) -> str | None:
    """The template with the row's values; None where one is missing or empty (as text: left out)."""
    values = {name: pick(row, name) for name in _FIELD.findall(template)}
    shown = {n: str(v) for n, v in values.items() if isinstance(v, (str, int, float)) and str(v).strip()}
    if len(shown) < len(values) and not text:
        return None
    return _FIELD.sub(lambda found: shown.get(found[1], ""), template).strip() or None


def _next(answer: Any, source: Source, key: str, place: Place) -> Place | None:
    further = (source.more or source.url) + source.post
    if "{page" in further:
        return _place(source, key, place.number + 1, "")
    cursor = pick(answer, source.next) if source.next else None
    if "{cursor}" not in further or cursor in (None, "", 0):
        return None
    following = _place(source, key, place.number + 1, str(cursor))
    return following if (following.url, following.post) != (place.url, place.post) else None


def _place(source: Source, key: str, number: int, cursor: str) -> Place:
    url = source.more if source.more and number > 1 else source.url
    values = {"list": key, "page": str(number), "cursor": cursor}
    return Place(_filled(url, values), number, _filled(source.post, values))


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with the values; ``{page:02}`` is the page's number in two digits."""
    padded = template.replace("{page:02}", values["page"].zfill(2))
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), padded)
