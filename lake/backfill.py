"""Backfill: a range of dates in chunks, each a restructuring of its own, so that a killed one goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from lake.errors import Usage
from lake.resumption import Done

__all__ = ["Chunk", "chunks"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A range of publication dates, both inclusive."""

    since: dt.date
    until: dt.date

    @property
    def place(self) -> Done:
        """Its place in the order of chunks, for `lake.resumption`."""
        return dt.datetime.combine(self.since, dt.time(), dt.UTC), ""


def chunks(since: dt.date, until: dt.date, days: int) -> Iterator[Chunk]:
    """``since`` to ``until`` (both inclusive) in chunks of ``days`` days, oldest first.

    Raises Usage for an empty range.
    """
    if since > until:
        raise Usage(f"since {since} is after until {until}")
    start = since
    while start <= until:
        end = min(start + dt.timedelta(days=days - 1), until)
        yield Chunk(start, end)
        start = end + dt.timedelta(days=1)
