"""Articles as newslake wrote them elsewhere: a row of an export, taken over field by field.

A row is a JSON object with the columns of the view ``articles``. What tells of the lake that it came from
(``revision``, ``run_id``, ``capture_id``, ``capture_ids``, ``provenance``) stays in its bytes; ``content_hash``
is computed anew.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pyarrow as pa

from lake.errors import Reject
from lake.extraction.version import EXTRACTOR
from lake.model import Article, Chart, DateOrigin, GlossaryTerm, Image, Link, Mention
from lake.schema import ARTICLES, unnumbered

__all__ = ["NEEDED", "aware", "extract_row", "lacking", "values"]

NEEDED = (
    "article_id",
    "site",
    "title",
    "body_text",
    "body_markdown",
    "published_at",
    "published_date",
    "date_origin",
    "captured_at",
    "content_hash",
)
"""The columns without which a row is none of an export; what else is missing is empty."""

_NESTED = {"mentions": Mention, "charts": Chart, "images": Image, "glossary": GlossaryTerm, "links": Link}
_LISTS = ("authors", "tags")
_TEXTS = ("body_text", "body_markdown")
_TIMES = ("published_at", "first_seen_at")
_FIELDS = {each.name for each in dataclasses.fields(Article)} - {"rules"}
_TYPES = {each.name: unnumbered(each.type) for each in ARTICLES if each.name in _FIELDS}
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_ZONES = (_SHANGHAI, dt.UTC, *(dt.timezone(dt.timedelta(hours=hours)) for hours in range(-12, 15)))


def lacking(names: Collection[str]) -> list[str]:
    """Those of the needed columns that are not among ``names``."""
    return [name for name in NEEDED if name not in names]


def extract_row(body: bytes | str, *, captured_at: dt.datetime) -> Article:
    """The article that a row of an export holds.

    It ranks as a page captured when the article's leading capture was, so that a later capture beats it.

    Raises:
        Reject: stage ``extract``, reason ``bad_row``: a column is missing or holds what it cannot hold.
    """
    try:
        row = json.loads(body)
        if missing := lacking(row):
            raise ValueError(f"no column {', '.join(missing)}")
        read = values(row)
    except (ValueError, TypeError, RecursionError, OverflowError, pa.ArrowException) as error:
        raise Reject("extract", "bad_row", f"a row of an export: {error}"[:500]) from error
    read.setdefault("extractor", f"{EXTRACTOR}+row")
    repeats = bool(read["body_text"]) and read["body_text"] == read.get("digest")
    return Article(**read, as_of=captured_at, digest_only=repeats, rules=dict.fromkeys(read, "row"))


def values(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an article that a row has, as ``Article`` takes them.

    Raises:
        ValueError: a column holds what it cannot hold; TypeError and ArrowException likewise.
    """
    read = {name: _value(name, row[name]) for name in _TYPES if name in row}
    if "published_at" in read:
        read["published_at"] = _dated(read["published_at"], dt.date.fromisoformat(row["published_date"]))
    for name in ("article_id", "site"):
        if name in read and not read[name]:
            raise ValueError(f"{name} is empty")
    if read.get("date_origin", "page") not in get_args(DateOrigin):
        raise ValueError(f"date_origin is {read['date_origin']!r}")
    return {name: value for name, value in read.items() if name != "extractor" or value is not None}


def aware(text: str) -> dt.datetime:
    """A time of ISO 8601 that says its offset. Raises ValueError or TypeError."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} says no offset from UTC")
    return moment


def _value(name: str, value: Any) -> Any:
    """A column's value by its type in the table, which Arrow knows to check."""
    if name in _TIMES:
        return None if value is None else aware(value)
    if isinstance(value, str) and (name in _NESTED or name in _LISTS):
        raise ValueError(f"{name}: a text, no list")  # Arrow would take its characters
    try:
        read = pa.array([value], _TYPES[name]).to_pylist()[0]
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from error
    if name in _NESTED:
        return tuple(_NESTED[name](**item) for item in read or ())
    if name in _LISTS:
        return tuple(read or ())
    return read or "" if name in _TEXTS else read


def _dated(moment: dt.datetime, day: dt.date) -> dt.datetime:
    """The moment in a zone where it has this date: an export tells the time in UTC and the date in the site's zone."""
    for zone in _ZONES:
        if moment.astimezone(zone).date() == day:
            return moment.astimezone(zone)
    raise ValueError(f"published_at is {moment.isoformat()} and published_date {day}, more than a day apart")
