"""Where a restructuring that was killed goes on.

After each commit a run notes the last capture that it has done, in ``cache/restructure/``, a file for each
request; the file goes when the run is through. The note only saves work: without it, all captures are read
again and those that are done come out unchanged. It holds for one extractor and one table of names.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lake.locations import LakeRoot

__all__ = ["Done", "Resumption"]

log = logging.getLogger(__name__)

Done = tuple[dt.datetime, str]
"""A capture's place in the order of restructuring: the time of capture, and its id."""

_OLD = dt.timedelta(days=7)
"""Age from which a note is not believed: whoever starts the same after a week means all of it."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """The note of one request. ``path`` need not exist."""

    path: Path

    @classmethod
    def of(cls, root: LakeRoot, selection: Mapping[str, object], extraction: Mapping[str, str]) -> Resumption:
        """The note for a selection of captures that is read in this way."""
        key = json.dumps([selection, extraction], sort_keys=True, default=str)
        name = hashlib.sha256(key.encode()).hexdigest()[:16]
        return cls(root.index.parent / "restructure" / f"{name}.json")

    def waiting(self, chosen: Sequence[Done]) -> list[Done]:
        """Those of the chosen captures, which are in order, that come after the last one done."""
        last = self._last()
        if last is None:
            return list(chosen)
        rest = [each for each in chosen if each > last]
        if skipped := len(chosen) - len(rest):
            log.info(
                "a run that ended early had done %d of %d captures: going on after them; remove %s to read all",
                skipped,
                len(chosen),
                self.path,
            )
        return rest

    def note(self, last: Done | None) -> None:
        """Note that all captures up to this one are done."""
        if last is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(json.dumps([last[0].isoformat(), last[1]]), encoding="ascii")
        fresh.replace(self.path)

    def close(self) -> None:
        """Note that the request is done, so that the same one begins anew."""
        self.path.unlink(missing_ok=True)

    def _last(self) -> Done | None:
        try:
            if time.time() - self.path.stat().st_mtime > _OLD.total_seconds():
                return None
            moment, capture_id = json.loads(self.path.read_text("ascii"))
            return dt.datetime.fromisoformat(moment), str(capture_id)
        except (FileNotFoundError, ValueError, TypeError):
            return None
