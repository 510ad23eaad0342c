"""What a list of articles says: entries, and where the list goes on. Shared by all kinds of live sources."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

__all__ = ["Entry", "Listing", "Part", "Place", "Way", "address", "moment"]

_MILLISECONDS = 10**11
"""Numbers above are milliseconds: as seconds they would lie after the year 5138, and lists use both."""
_CLOCK = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?= |$)")
"""Month, day, year, as the lists of money.163.com have them."""
_TAIL = re.compile(r":\d\d:\d\d:\d+$")
"""Milliseconds behind a colon, as EastMoney's announcements have them; Python reads them as it likes."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to an article: its address, and a text that the answer holds if it is the article.

    A text that comes in several answers has ``parts``, the path of their number in the JSON of the first,
    ``part``, the parameter of the address that counts them from 1, and ``text``, the path of what is joined.
    """

    url: str
    has: str | None = None
    parts: str = ""
    part: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a list names it.

    ``ways`` are tried in order; the first one identifies the article. ``at`` is the time by which the list
    is ordered, ``modified`` when the article last changed; both aware. ``record`` is the article itself,
    where the list holds it whole: nothing is fetched then.
    """

    ways: tuple[Way, ...]
    at: dt.datetime | None = None
    modified: dt.datetime | None = None
    record: bytes | None = None

    @property
    def url(self) -> str:
        """The address that identifies the article."""
        return self.ways[0].url


@dataclass(frozen=True, slots=True)
class Place:
    """One page of a list; ``number`` counts from 1, ``post`` is sent to the address, if it is asked by POST."""

    url: str
    number: int = 1
    post: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A further list that a list names (a sitemap of a sitemap index), and when it last changed."""

    url: str
    modified: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, newest entries first if it is ordered; ``next`` is None at its end."""

    entries: tuple[Entry, ...]
    next: Place | None = None
    parts: tuple[Part, ...] = ()

    @property
    def times(self) -> list[dt.datetime]:
        """The entries' times, in the order of the list."""
        return [entry.at for entry in self.entries if entry.at is not None]


def address(link: str, base: str) -> str | None:
    """The absolute http(s) address of a link on the page ``base``, without its fragment; None if it is none."""
    if not link.strip():
        return None
    try:
        url = urldefrag(urljoin(base, link.strip())).url
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def moment(value: Any, zone: dt.tzinfo) -> dt.datetime | None:
    """A time as lists give it: epoch seconds or milliseconds, a date with dashes or slashes, ISO, RFC 822.

    Without an offset it is ``zone``'s own time. None for anything else, and for dates that do not exist.
    """
    text = str(value).strip() if value is not None and not isinstance(value, bool) else ""
    try:
        if re.fullmatch(r"\d{9,16}(?:\.\d+)?", text):
            number = float(text)
            while number > _MILLISECONDS:
                number /= 1000
            return dt.datetime.fromtimestamp(number, dt.UTC)
        if re.match(r"[A-Za-z]{3},|\d{1,2} [A-Za-z]{3}", text):
            return _aware(parsedate_to_datetime(text), zone)
        if _TAIL.search(text):
            return _clock(text, zone)
        text = _AMERICAN.sub(r"\3-\1-\2", text)
        return _aware(dt.datetime.fromisoformat(text.replace("/", "-")), zone)
    except (ValueError, OverflowError, OSError):
        return _clock(text, zone)


def _clock(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    """The first date and time in the text: some lists write more behind the seconds."""
    found = _CLOCK.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _aware(time: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    return time if time.tzinfo else time.replace(tzinfo=zone)
