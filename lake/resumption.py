"""Where work on stored captures goes on after it was killed: a restructuring, or a backfill of many.

After each commit (a restructuring) or chunk (a backfill) the run notes its place, in ``cache/resumption/``, a file
for each request; the file goes when the run is through. The note only saves work: without it, everything is done
again and what is done already comes out unchanged. It holds for one way of reading (extractor and table of names),
and no longer than until the lake is read in another way: what was done before that may have been undone by it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lake.locations import LakeRoot
from lake.storage import snapshots

__all__ = ["Done", "Resumption"]

log = logging.getLogger(__name__)

T = TypeVar("T")

Done = tuple[dt.datetime, str]
"""A place in the order of work: for a capture the time of capture, and its id."""

_OLD = dt.timedelta(days=7)
"""Age from which a note is not believed: whoever starts the same after a week means all of it."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """The note of one request, in ``path``, which need not exist.

    ``last`` is the place up to which an earlier run has done it, if that still holds. ``since`` is the snapshot from
    which on nobody else may have read captures in another way than ``extraction``.
    """

    path: Path
    extraction: Mapping[str, str]
    since: int
    last: Done | None

    @classmethod
    def of(cls, root: LakeRoot, selection: Mapping[str, object], extraction: Mapping[str, str]) -> Resumption:
        """The note for a selection of captures that is read in this way."""
        key = json.dumps(selection, sort_keys=True, default=str)
        name = hashlib.sha256(key.encode()).hexdigest()[:16]
        path = root.index.parent / "resumption" / f"{name}.json"
        since, last = _read(path, extraction)
        if last is not None and _only(root, since, extraction):
            return cls(path, extraction, since, last)
        newest = snapshots.latest(root)
        return cls(path, extraction, newest.id if newest else 0, None)

    def waiting(self, chosen: Sequence[T], place: Callable[[T], Done]) -> list[T]:
        """Those of the chosen, which are in order of their places, that come after the last one done."""
        if self.last is None:
            return list(chosen)
        rest = [each for each in chosen if place(each) > self.last]
        if skipped := len(chosen) - len(rest):
            log.info(
                "a run that ended early had done %d of %d: going on after them; remove %s to do all",
                skipped,
                len(chosen),
                self.path,
            )
        return rest

    def note(self, last: Done | None) -> None:
        """Note that all up to this place is done."""
        if last is None:
            return
        note = {"extraction": self.extraction, "since": self.since, "last": [last[0].isoformat(), last[1]]}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(json.dumps(note), encoding="ascii")
        fresh.replace(self.path)

    def close(self) -> None:
        """Note that the request is done, so that the same one begins anew."""
        self.path.unlink(missing_ok=True)


def _read(path: Path, extraction: Mapping[str, str]) -> tuple[int, Done | None]:
    """What the note says; no place, if it is damaged, old, or of another way of reading."""
    try:
        if time.time() - path.stat().st_mtime > _OLD.total_seconds():
            return 0, None
        note = json.loads(path.read_text("ascii"))
        moment, capture_id = note["last"]
        place = dt.datetime.fromisoformat(moment), str(capture_id)
        return int(note["since"]), place if note["extraction"] == extraction else None
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return 0, None


def _only(root: LakeRoot, since: int, extraction: Mapping[str, str]) -> bool:
    """Whether all snapshots after ``since`` were read in this way, as far as they read anything."""
    for snapshot in snapshots.history(root):
        if snapshot.id <= since:
            return True
        if "extractor" in snapshot.extra:
            used = {key: snapshot.extra[key] for key in ("extractor", "names") if key in snapshot.extra}
            if used != extraction:
                return False
    return False  # the log does not reach back so far
