"""Where an ingest of a list of WARC files goes on that was killed: which files of the list are in the raw zone.

A list such as CC-NEWS' names hundreds of files of a gigabyte. After each commit of captures a run notes the
files whose pages are all committed, in ``cache/paths/``, one note for each list; the next run does not load
them again, and takes what they gave and nobody structured from the raw zone. The note goes when a run is
through, and only saves work: without it, all files are loaded again and give nothing new.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lake.locations import LakeRoot
from lake.model import Origin, RejectRecord

__all__ = ["Passed"]


@dataclass(slots=True)
class Passed:
    """The note of one list; ``path`` need not exist.

    ``done`` are the lines whose files are committed, and ``rejects`` the records in these that gave no capture:
    a run that is killed commits none of its rejects.
    """

    path: Path
    done: frozenset[str] = frozenset()
    rejects: tuple[RejectRecord, ...] = ()
    _now: dict[str, list[RejectRecord]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: LakeRoot, source: str, text: str) -> Passed:
        """The note for a list of that name and content."""
        key = hashlib.sha256(f"{source}\n{text}".encode()).hexdigest()[:16]
        path = root.local / "cache" / "paths" / f"{key}.json"
        try:
            found = json.loads(path.read_text("utf-8"))
            rejects = tuple(RejectRecord(Origin(url=url), *rest) for url, *rest in found["rejects"])
            return cls(path, frozenset(found["done"]), rejects)
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return cls(path)

    def add(self, line: str, rejects: Sequence[RejectRecord]) -> None:
        """All pages of this line's file were handed on, and these rejects of single records."""
        self._now[line] = list(rejects)

    def keep(self) -> None:
        """All that was handed on so far is committed."""
        if not self._now:
            return
        self.done |= self._now.keys()
        self.rejects += tuple(each for rejects in self._now.values() for each in rejects)
        self._now.clear()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}.new")
        rejects = [[each.origin.url, each.stage, each.reason, each.detail] for each in self.rejects]
        fresh.write_text(json.dumps({"done": sorted(self.done), "rejects": rejects}), "utf-8")
        fresh.replace(self.path)

    def close(self) -> None:
        """The run is through: the same list begins anew."""
        self.path.unlink(missing_ok=True)
