"""Live sources: what a run fetches from them, so that nothing is fetched twice and nothing is missed.

What is known is asked of the lake's captures, by origin. What else a source remembers (`SourceState`) is handed
back to the caller, which commits it together with the articles: a run that is killed has remembered nothing.
docs/sources.md tells the rules.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lake.locations import LakeRoot
from lake.model import Item, RejectRecord
from lake.sources.articles import Desk
from lake.sources.asking import Asking
from lake.sources.configuration import Source
from lake.sources.fetch import Fetcher, FetchSettings
from lake.sources.known import Known
from lake.sources.standing import states
from lake.sources.state import SourceState
from lake.sources.threads import Emit, stream
from lake.sources.tick import Tick

__all__ = ["Live"]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class Live:
    """One run over configured sources. Go through ``items`` once, to the end; then the rest is known.

    Attributes:
        changed: the states that this run has changed, as JSON values by the sources' names.
        lists: how many lists could be read.
    """

    root: LakeRoot
    sources: Sequence[Source]
    settings: FetchSettings
    clock: Callable[[], dt.datetime] = _now
    changed: dict[str, Any] = field(default_factory=dict)
    lists: int = 0

    def items(self) -> Iterator[Item | RejectRecord]:
        """What the sources have that the lake does not hold, as it comes; requests run side by side."""
        yield from stream(self._run)

    async def _run(self, emit: Emit[Item | RejectRecord]) -> None:
        before = states(self.root)
        with Known(self.root) as known:
            async with Fetcher(self.settings) as fetcher:
                desk = Desk(Asking(fetcher), known, emit, self.clock)
                ticks = [
                    Tick(source, before.get(source.name, SourceState()), desk) for source in self.sources
                ]
                after = await asyncio.gather(*(tick.run() for tick in ticks))
        for source, state in zip(self.sources, after, strict=True):
            if state != before.get(source.name, SourceState()):
                self.changed[source.name] = state.to_json()
        self.lists = sum(tick.lists for tick in ticks)
