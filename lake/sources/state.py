"""What a live source remembers between runs; it lies in the lake and moves only with the commit.

Which articles are known is no part of it: that is what the lake's captures tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lake.sources.entries import Place, Way

__all__ = ["Failure", "Gap", "ListState", "SourceState"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a list that was never seen: entries after ``after`` and before ``before``.

    ``place`` is where the list goes on into it; None if it goes no further, so that only an archive can fill it.
    """

    after: dt.datetime | None
    before: dt.datetime | None
    place: Place | None
    noted: dt.datetime


@dataclass(frozen=True, slots=True)
class ListState:
    """One list of a source.

    ``watermark`` is the newest entry's time up to which, but for the gaps, the list is known; ``etag`` and
    ``modified`` are those of its first page; ``trouble`` says why it could not be read, since ``since``.
    """

    watermark: dt.datetime | None = None
    gaps: tuple[Gap, ...] = ()
    etag: str | None = None
    modified: str | None = None
    trouble: str | None = None
    since: dt.datetime | None = None
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """An article that could not be had: its ways, how often it was tried, and when it is tried again."""

    ways: tuple[Way, ...]
    attempts: int
    due: dt.datetime
    first: dt.datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """Everything that one source remembers.

    ``lists`` by their key, ``failed`` by the article's address; ``checked`` has the change that a list told
    of an article (ISO time) and that turned out to be none; ``revisited`` is when articles were last asked
    for again.
    """

    lists: Mapping[str, ListState] = field(default_factory=dict)
    failed: Mapping[str, Failure] = field(default_factory=dict)
    checked: Mapping[str, str] = field(default_factory=dict)
    revisited: dt.datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """The state as JSON values; what is empty is left out."""
        return {
            "lists": {key: _list_to_json(each) for key, each in sorted(self.lists.items())},
            "failed": {url: _failure_to_json(each) for url, each in sorted(self.failed.items())},
            "checked": dict(sorted(self.checked.items())),
            "revisited": _text(self.revisited),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SourceState:
        """The inverse of to_json; an empty mapping is the state before the first run."""
        return cls(
            {key: _list_from_json(each) for key, each in value.get("lists", {}).items()},
            {url: _failure_from_json(each) for url, each in value.get("failed", {}).items()},
            dict(value.get("checked", {})),
            _time(value.get("revisited")),
        )


def _list_to_json(state: ListState) -> dict[str, Any]:
    gaps = [
        {
            "after": _text(gap.after),
            "before": _text(gap.before),
            "place": _without_end(gap.place.url, gap.place.number, gap.place.post) if gap.place else None,
            "noted": _text(gap.noted),
        }
        for gap in state.gaps
    ]
    values = {
        "watermark": _text(state.watermark),
        "gaps": gaps,
        "etag": state.etag,
        "modified": state.modified,
        "trouble": state.trouble,
        "since": _text(state.since),
        "seen": state.seen,
    }
    return {name: value for name, value in values.items() if value}


def _list_from_json(value: Mapping[str, Any]) -> ListState:
    gaps = (
        Gap(
            _time(gap["after"]),
            _time(gap["before"]),
            Place(*gap["place"]) if gap["place"] else None,
            dt.datetime.fromisoformat(gap["noted"]),
        )
        for gap in value.get("gaps", ())
    )
    return ListState(
        watermark=_time(value.get("watermark")),
        gaps=tuple(gaps),
        etag=value.get("etag"),
        modified=value.get("modified"),
        trouble=value.get("trouble"),
        since=_time(value.get("since")),
        seen=bool(value.get("seen")),
    )


def _failure_to_json(failure: Failure) -> dict[str, Any]:
    return {
        "ways": [_without_end(way.url, way.has, way.parts, way.part, way.text) for way in failure.ways],
        "attempts": failure.attempts,
        "due": _text(failure.due),
        "first": _text(failure.first),
    }


def _failure_from_json(value: Mapping[str, Any]) -> Failure:
    due, first = (dt.datetime.fromisoformat(value[name]) for name in ("due", "first"))
    return Failure(tuple(Way(*way) for way in value["ways"]), value["attempts"], due, first)


def _without_end(*values: str | int | None) -> list[str | int | None]:
    """The values without the empty texts at their end, which are the defaults."""
    kept = list(values)
    while kept and kept[-1] == "":
        kept.pop()
    return kept


def _text(time: dt.datetime | None) -> str | None:
    return time.astimezone(dt.UTC).isoformat() if time else None


def _time(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
