"""Numbers, times and texts as the report writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import islice

__all__ = ["clip", "clock", "compared", "counted", "duration", "edits", "few", "number", "percent"]

_LONGEST = 160  # characters of a text that may be of any length
_UNSEEN = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Signs that turn the direction of what follows (Unicode Standard Annex 9): a title must not turn the page."""
_UNITS = ((60 * 24 * 365.25, "years"), (60 * 24, "days"), (60, "h"), (1, "min"))


def number(value: float | None, digits: int = 0) -> str:
    """1234.5 as ``1,234`` or with so many digits; a dash for nothing."""
    return "–" if value is None else f"{value:,.{digits}f}"


def few(value: float | None) -> str:
    """A mean of small counts: 1.2, and 0.02 rather than 0.0."""
    return number(value, 2 if value is not None and value < 0.1 else 1)


def counted(count: int, noun: str = "article") -> str:
    """``1 article``, ``1,200 articles``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def percent(part: float | None) -> str:
    """A part of 1 in percent, where only what is whole is written as 100."""
    if part is None:
        return "–"
    return "100" if part == 1 else f"{min(100 * part, 99):.0f}"


def duration(minutes: float | None) -> str:
    """Minutes in the largest unit of which they make two, or less than a minute in seconds."""
    if minutes is None:
        return "–"
    for size, unit in _UNITS:
        if abs(minutes) >= 2 * size:
            value = minutes / size
            return f"{value:,.0f} {unit}" if abs(value) >= 10 else f"{value:,.1f} {unit}"
    return f"{60 * minutes:.0f} s"


def clock(time: dt.datetime) -> str:
    """The time of day; nothing at midnight, which is a date without a time."""
    return "" if (time.hour, time.minute, time.second) == (0, 0, 0) else f"{time:%H:%M}"


def compared(value: float, usual: float | None) -> str:
    """``12 % more than usual``, ``3 times the usual``, and nothing where the usual is not known."""
    if not usual:
        return ""
    if value >= 2 * usual:
        return f"{value / usual:.1f} times the usual".replace(".0 ", " ")
    change = round(100 * (value / usual - 1))
    if abs(change) < 5:  # what one day differs from another by chance is no news
        return "as usual"
    return f"{abs(change):,} % {'more' if change > 0 else 'fewer'} than usual"


def clip(text: str | None, longest: int = _LONGEST) -> str:
    """The text in one line, cut at ``longest`` characters, without signs that turn the direction of writing."""
    line = " ".join((text or "").translate(_UNSEEN).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def edits(after: str | None, before: str | None) -> list[tuple[str, str]]:
    """What was edited, as pieces in order: (``same`` | ``gone`` | ``new``, text). Long texts are cut first."""
    return list(_pieces(clip(before), clip(after)))


def _pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for kind, i1, i2, j1, j2 in islice(changes, _LONGEST):
        if kind == "equal":
            yield "same", before[i1:i2]
            continue
        if i2 > i1:
            yield "gone", before[i1:i2]
        if j2 > j1:
            yield "new", after[j1:j2]
