"""Reading lists: from an answer to its entries, and how far back to go. Decisions only, no I/O."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lake.errors import Reject
from lake.extraction.decode import decode
from lake.sources import feeds, lists, pages, sitemaps
from lake.sources.configuration import Source
from lake.sources.entries import Entry, Listing, Part, Place
from lake.sources.state import Gap, ListState
from lake.storage.known_keys import KnownOrigin

__all__ = [
    "Descent",
    "first_place",
    "followed",
    "hint",
    "is_changed",
    "on_ground",
    "parts_to_read",
    "read_list",
]

_SLACK = dt.timedelta(minutes=5)
"""How far clocks may differ before a list's time counts as a change."""


@dataclass(frozen=True, slots=True)
class Descent:
    """One way down a list: the newest and the oldest time met, and where it ended.

    ``reached``: known ground was met. Else ``place`` is where the list goes on, None at its end; an index of
    sitemaps has ``rest`` instead, those of them that were not read.
    """

    newest: dt.datetime | None
    oldest: dt.datetime | None
    reached: bool
    place: Place | None = None
    rest: tuple[Place, ...] = ()


def first_place(source: Source, key: str) -> Place:
    """The first page of the source's list ``key``."""
    return lists.first_place(source, key)


def read_list(body: bytes, content_type: str | None, source: Source, key: str, place: Place) -> Listing:
    """Read one page of a list, as the source's kind says. Raises Reject of stage ``discover``."""
    if source.kind == "feed":
        return feeds.parse(body, source, place)
    if source.kind == "sitemap":
        return sitemaps.parse(body, source, place)
    try:
        text = decode(sitemaps.unpacked(body), content_type)[0]
    except Reject as reject:
        raise Reject("discover", "not_a_list", reject.detail) from reject
    if source.kind == "list":
        return lists.parse(text, source, key, place)
    return (
        pages.parse(text, source, place) if source.kind == "page" else pages.parse_urls(text, source, place)
    )


def on_ground(listing: Listing, known: int, fresh: int, ground: dt.datetime | None, overlap: float) -> bool:
    """Whether a page of a list reaches what is known, so that nothing further down can be missing.

    Args:
        listing: the page.
        known, fresh: how many of its entries the lake held before this run, and how many it did not.
        ground: the time up to which the list is known; None if its entries have no times.
        overlap: seconds behind ``ground`` in which entries may still turn up.
    """
    times = listing.times
    if ground is None or not times:
        return known > 0
    last = times[-1]
    if listing.next is None:
        return known > 0 or last <= ground
    return last <= ground and not (fresh and last > ground - dt.timedelta(seconds=overlap))


def parts_to_read(parts: Sequence[Part], ground: dt.datetime | None, overlap: float) -> list[Part]:
    """The sitemaps of an index that may hold something new, the newest first."""
    since = ground - dt.timedelta(seconds=overlap) if ground else None
    wanted = [part for part in parts if since is None or part.modified is None or part.modified >= since]
    wanted.reverse()  # where no times are given, indexes mostly grow at their end
    oldest = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(wanted, key=lambda part: part.modified or oldest, reverse=True)


def followed(before: ListState, descent: Descent, now: dt.datetime, *, first: bool) -> ListState:
    """The list's state after a way down from its first page."""
    gaps = before.gaps
    if not descent.reached and not first:
        places = descent.rest or (descent.place,)
        gaps = (*gaps, *(Gap(before.watermark, descent.oldest, place, now) for place in places))
    newest = min(descent.newest, now) if descent.newest else None
    watermark = max(filter(None, (before.watermark, newest)), default=None)
    return replace(before, watermark=watermark, gaps=gaps, trouble=None, since=None, seen=True)


def is_changed(entry: Entry, known: KnownOrigin, checked: str | None, now: dt.datetime) -> bool:
    """Whether the list tells of a change since the newest capture that was not looked at yet.

    A list that has no time of change may move an article up; clocks that differ are no change.
    """
    changed = entry.modified or entry.at
    slack = dt.timedelta() if entry.modified else _SLACK
    if changed is None or changed > now or hint(entry) == checked:
        return False
    return changed > known.captured_at + slack


def hint(entry: Entry) -> str:
    """What the list tells of the entry's last change, to be compared with later."""
    changed = entry.modified or entry.at
    return changed.astimezone(dt.UTC).isoformat() if changed else ""
