"""When an article was published, from what was found on its page: the value and the rule's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lake.extraction import dates, surroundings
from lake.extraction.evidence import Evidence
from lake.model import DateOrigin

__all__ = ["published"]


def published(evidence: Evidence, where: dt.tzinfo) -> tuple[dt.datetime, DateOrigin, str]:
    """The time of publication in the site's zone (a written offset is kept where no zone is known for sure)."""
    best, origin, rule = _written(evidence, where)
    if best is None:
        return evidence.captured_at.astimezone(where), "capture", "time of capture"
    known = evidence.profile is not None or where is not dt.UTC
    return (best.at.astimezone(where) if known else best.at), origin, rule


def _written(evidence: Evidence, where: dt.tzinfo) -> tuple[dates.Written | None, DateOrigin, str]:
    now = evidence.captured_at.astimezone(where)
    address = dates.from_url(evidence.address, where, now)
    stated, rule = _stated(evidence, where, now)
    if stated is None or not stated.has_time:
        marked, name = _first_date(evidence.lines.times, where, now)
        if marked is not None and _adds(marked, stated, address, where):
            stated, rule = marked, name
    if stated is not None and stated.has_time:
        exact, name = _to_the_second(evidence, stated, where, now)
        return (exact, "page", name) if exact is not None else (stated, "page", rule)
    seen, line = surroundings.published(evidence.lines, where, now)
    if stated is not None:
        clocked = seen is not None and seen.has_time and _days(stated, seen, where) == 0
        return (seen, "page", line) if clocked else (stated, "page", rule)
    if seen is None:
        seen, line = _first_date(evidence.lines.beside, where, now)
    if seen is not None and _are_near(seen, address, where):
        if not seen.has_time:
            marked, name = _first_date(evidence.lines.beside, where, now)
            if marked is not None and marked.has_time and not _days(seen, marked, where):
                return marked, "page", name
        return seen, "page", line
    if address is not None:
        return address, "url", "date in the address"
    changed, name = _first_date(evidence.head.modified, where, now)
    seen, line = surroundings.published_short(evidence.lines, where, changed.at if changed else now)
    if seen is not None:
        return seen, "page", line
    return (changed, "page", name) if changed is not None else (None, "capture", "")


def _to_the_second(
    evidence: Evidence, stated: dates.Written, where: dt.tzinfo, now: dt.datetime
) -> tuple[dates.Written | None, str]:
    """What the head says of the same minute with its seconds, where the visible time has none."""
    if stated.at.second:
        return None, ""
    for value, name in evidence.head.published:
        written = dates.machine(value, where, now)
        if written is not None and written.at.second and written.at.replace(second=0) == stated.at:
            return written, name
    return None, ""


_NEAR_DAYS = 3
"""A line's date that lies further from the date in the address is another page's (a related article, today)."""


def _adds(
    marked: dates.Written, stated: dates.Written | None, address: dates.Written | None, where: dt.tzinfo
) -> bool:
    """Whether a time element says more than what is stated: the date where none is, else the clock of that day."""
    if stated is None:
        return _are_near(marked, address, where)
    return marked.has_time and not _days(stated, marked, where)


def _are_near(one: dates.Written, address: dates.Written | None, where: dt.tzinfo) -> bool:
    return address is None or _days(one, address, where) <= _NEAR_DAYS


def _days(one: dates.Written, other: dates.Written, where: dt.tzinfo) -> int:
    return abs((one.at.astimezone(where).date() - other.at.astimezone(where).date()).days)


def _stated(evidence: Evidence, where: dt.tzinfo, now: dt.datetime) -> tuple[dates.Written | None, str]:
    """What the profile or the head states; the first value that reads as a date."""
    found = evidence.found
    if found is not None:
        rule = found.rules.get("published_at", "profile")
        if found.published_epoch is not None:
            written = dates.machine(str(int(found.published_epoch)), where, now)
            if written is not None:
                return written, rule
        if found.time_text:
            written = dates.machine(found.time_text, where, now) or dates.relative(found.time_text, now)
            if written is not None:
                return written, rule
    return _first_date(evidence.head.published, where, now)


def _first_date(
    values: Sequence[tuple[str, str]], where: dt.tzinfo, now: dt.datetime
) -> tuple[dates.Written | None, str]:
    """The first of (value, rule) that reads as a date, with its rule."""
    for value, name in values:
        written = dates.machine(value, where, now)
        if written is not None:
            return written, name
    return None, ""
