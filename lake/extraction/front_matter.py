"""The seed archive's front matter, read line by line: a key, a colon, the rest.

It looks like YAML but is none: titles are pasted between double quotes and may hold quotes, colons and
``#``. A blank line or a BOM may stand before it, its end line or its first line may be missing (all seen in
the seed archive's posts, or in files cut short).
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

__all__ = ["FrontMatter", "has_front_matter", "parse_date", "read"]

KEYS = ("layout", "title", "date", "categories", "category", "tags", "tag")
MAX_LINES = 100
"""Lines read before the end line is given up; the archive's front matter has five."""
_START = re.compile(
    r"\ufeff?\s*(?:---[ \t]*\r?\n(?=(?:[^\n]*\n){0,5}?\s*(?:layout|title|date|categories|tags)[ \t]*:)"
    r"|(?=(?:layout|title|date|categories|tags)[ \t]*:))"
)
"""``---`` with a known key in the first lines after it, or a known key alone where ``---`` is missing."""
_FENCED = re.compile(r"\ufeff?\s*---[ \t]*\r?\n")
_LINE = re.compile(r"([A-Za-z_]{1,20})[ \t]*:(.*)")
_DATE = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,31});")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a front matter, and where in the text the content begins."""

    fields: Mapping[str, str]
    end: int

    def text(self, *keys: str) -> str | None:
        """The first of ``keys`` that holds anything: quotes around it removed, entities resolved."""
        for key in keys:
            if value := _unquoted(self.fields.get(key, "")):
                return value
        return None

    def words(self, *keys: str) -> tuple[str, ...]:
        """A list: ``[a, b]`` or one value."""
        value = self.text(*keys)
        if value is None:
            return ()
        if value.startswith("[") and value.endswith("]"):
            return tuple(word for part in value[1:-1].split(",") if (word := _unquoted(part)))
        return (value,)


def has_front_matter(text: str) -> bool:
    """Whether a text begins with front matter."""
    return _START.match(text) is not None


def read(text: str) -> FrontMatter | None:
    """Read the front matter at the start of ``text``; None where there is none."""
    start = _START.match(text)
    if start is None:
        return None
    fenced = _FENCED.match(text) is not None
    fields: dict[str, str] = {}
    key, at = "", start.end()
    for _ in range(MAX_LINES):
        if at >= len(text):
            break
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].strip()
        if line == "---":
            return FrontMatter(fields, min(end + 1, len(text)))
        found = _LINE.match(line)
        if found and (found[1].lower() in KEYS or fenced):
            key = found[1].lower()
            fields.setdefault(key, found[2].strip())
        elif not line or line[0] in "<>[":  # the end line is missing
            return FrontMatter(fields, at)
        elif key and _is_open(fields[key]):
            fields[key] = f"{fields[key]} {line}"
        at = end + 1
    return FrontMatter(fields, min(at, len(text)))


def parse_date(value: str | None, zone: ZoneInfo) -> dt.datetime | None:
    """A front matter's date, aware in ``zone``; without an offset it is the zone's own time.

    None where there is no real date (the stub's ``date:  +0800``).
    """
    found = _DATE.search(value) if value else None
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        local = dt.datetime(year, month, day, hour, minute, second, tzinfo=_offset(found[7]) or zone)
        return local.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _offset(text: str | None) -> dt.timezone | None:
    if not text:
        return None
    if text == "Z":
        return dt.UTC
    digits = text[1:].replace(":", "")
    delta = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(delta if text[0] == "+" else -delta)


def _is_open(value: str) -> bool:
    """Whether a value's quote waits for its end on the next line."""
    return value.startswith('"') and (len(value) == 1 or not value.endswith('"'))


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].strip()
    return " ".join(resolved(value).split())


def resolved(value: str) -> str:
    """Character references (``&amp;``) resolved, only where they end in a semicolon."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), value) if "&" in value else value
