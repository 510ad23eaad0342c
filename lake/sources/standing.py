"""How live sources stand: what they remember, and what of it a person should know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lake.locations import LakeRoot
from lake.sources.state import Gap, ListState, SourceState
from lake.storage import snapshots

__all__ = ["Standing", "standing", "states"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One list of a source.

    ``newest`` is the newest time up to which it is known, ``gaps`` what was never seen of it, in words;
    ``trouble`` why it could not be read. ``waiting`` counts the source's articles that failed and are tried
    again. Times are in UTC.
    """

    source: str
    list: str
    newest: dt.datetime | None
    gaps: tuple[str, ...]
    trouble: str | None
    since: dt.datetime | None
    waiting: int


def states(root: LakeRoot) -> dict[str, SourceState]:
    """What every live source of the lake remembers, as of the newest snapshot."""
    snapshot = snapshots.latest(root)
    found = snapshot.sources if snapshot else {}
    return {name: SourceState.from_json(value) for name, value in found.items()}


def standing(of: Mapping[str, SourceState]) -> Iterator[Standing]:
    """Every list of every source, by name."""
    for name, state in sorted(of.items()):
        for key, each in sorted(state.lists.items()):
            yield _standing(name, key, each, len(state.failed))


def _standing(name: str, key: str, state: ListState, waiting: int) -> Standing:
    gaps = tuple(map(_in_words, state.gaps))
    return Standing(name, key, state.watermark, gaps, state.trouble, state.since, waiting)


def _in_words(gap: Gap) -> str:
    after, before = (f"{time:%Y-%m-%d %H:%M}" if time else "?" for time in (gap.after, gap.before))
    way = "a later run goes on there" if gap.place else "the list goes no further; an archive or sitemap may"
    return f"{after} to {before} UTC: {way}"
