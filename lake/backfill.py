"""Backfill: a range of dates in chunks, each a restructuring of its own, so that a killed one goes on.

What is done is noted in ``cache/backfill/``, a file for each range, removed when the range is through. The
note saves work and is never trusted with more: lost, the chunks run again and change nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lake.errors import Usage
from lake.extraction import EXTRACTOR
from lake.locations import LakeRoot

__all__ = ["Backfill", "Chunk"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A range of publication dates, both inclusive."""

    since: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class Backfill:
    """``since`` to ``until`` (both inclusive) in chunks of ``days`` days; ``site`` None means all sites."""

    root: LakeRoot
    since: dt.date
    until: dt.date
    days: int
    site: str | None = None

    def chunks(self) -> Iterator[Chunk]:
        """All chunks, oldest first. Raises Usage for an empty range."""
        if self.since > self.until:
            raise Usage(f"since {self.since} is after until {self.until}")
        start = self.since
        while start <= self.until:
            end = min(start + dt.timedelta(days=self.days - 1), self.until)
            yield Chunk(start, end)
            start = end + dt.timedelta(days=1)

    def waiting(self) -> list[Chunk]:
        """The chunks that no earlier run with the same range and extractor has done."""
        done = self._done()
        return [chunk for chunk in self.chunks() if chunk.since.isoformat() not in done]

    def note(self, chunk: Chunk) -> None:
        """Note that a chunk is done; the note of the last one closes the range, which can then run anew."""
        done = self._done() | {chunk.since.isoformat()}
        if done >= {each.since.isoformat() for each in self.chunks()}:
            self._path.unlink(missing_ok=True)
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(json.dumps(sorted(done)), encoding="ascii")
        fresh.replace(self._path)

    def _done(self) -> set[str]:
        try:
            return set(json.loads(self._path.read_text("ascii")))
        except (FileNotFoundError, ValueError):
            return set()

    @property
    def _path(self) -> Path:
        key = f"{self.since} {self.until} {self.days} {self.site} {EXTRACTOR}"
        name = hashlib.sha256(key.encode()).hexdigest()[:16]
        return self.root.index.parent / "backfill" / f"{name}.json"
