"""One source's part in one run: down its lists to known ground, into gaps, then what waits from earlier."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from dataclasses import replace

from lake.errors import Reject
from lake.model import Origin, RejectRecord
from lake.sources import walk
from lake.sources.articles import Articles, Desk
from lake.sources.configuration import Source
from lake.sources.entries import Listing, Place
from lake.sources.fetch import FetchFailed, Response
from lake.sources.state import Gap, ListState, SourceState

__all__ = ["Tick"]

log = logging.getLogger(__name__)

_SHOWN = dt.timedelta(days=30)
"""How long a gap that its list can't fill is told."""
_OVER = {"http_404", "http_410"}
"""Some lists are files, one a page: behind the last one there is none."""


class Tick:
    """Fetches what is new at one source; ``lists`` counts the lists that could be read."""

    def __init__(self, source: Source, state: SourceState, desk: Desk) -> None:
        self.lists = 0
        self._now = desk.clock()
        self._source = source.at(self._now)
        self._state = state
        self._desk = desk
        self._articles = Articles(source, state, desk, self._now)

    async def run(self) -> SourceState:
        """Do everything that is due; returns what the source remembers from now on."""
        await self._articles.finish()
        keys = self._source.lists or ("",)
        found = await asyncio.gather(*(self._list(key) for key in keys))
        await self._articles.retry()
        revisited = await self._articles.revisit()
        lists = dict(zip(keys, found, strict=True))
        if self._articles.overrun:  # what was not had is found again from where the lists stood
            lists = {key: replace(self._before(key), trouble=each.trouble) for key, each in lists.items()}
        return SourceState(lists, self._articles.failed, self._articles.checked, revisited)

    def _before(self, key: str) -> ListState:
        return self._state.lists.get(key, ListState())

    async def _list(self, key: str) -> ListState:
        """Read a list from its top to known ground, then on into its gaps."""
        before = self._before(key)
        try:
            state = await self._top(key, before)
            self.lists += 1
        except (Reject, FetchFailed) as error:
            await self._list_failed(walk.first_place(self._source, key), before, error)
            return self._troubled(before, error)
        for gap in before.gaps:
            if gap.place is not None:
                state = await self._into(key, state, gap)
        shown = (gap for gap in state.gaps if gap.place is not None or self._now - gap.noted < _SHOWN)
        return replace(state, gaps=tuple(shown))

    def _troubled(self, before: ListState, error: Reject | FetchFailed) -> ListState:
        """The first words for a cause stay, so that a lasting one is told, and committed, once."""
        words = before.trouble or ""
        if not words.startswith(f"{error.reason}: "):
            words = f"{error.reason}: {error.detail}"[:300]
        return replace(before, trouble=words, since=before.since or self._now)

    async def _list_failed(self, place: Place, before: ListState, error: Reject | FetchFailed) -> None:
        if not before.trouble:
            log.warning("%s: its list can't be read: %s", self._source.name, error)
        await self._desk.emit(
            RejectRecord(
                Origin(url=place.url), "discover", error.reason, error.detail, source=self._source.name
            )
        )

    async def _top(self, key: str, before: ListState) -> ListState:
        place, first = walk.first_place(self._source, key), not before.seen
        conditions = (
            {}
            if first or any(gap.place for gap in before.gaps)
            else {"etag": before.etag, "modified": before.modified}
        )
        response = await self._page(place, **conditions)
        if response.not_modified:
            return replace(before, trouble=None, since=None)
        listing = self._read(response, key, place)
        if not listing.entries and not listing.parts and before.watermark is not None:
            raise Reject("discover", "empty_list", "the list answers without any row")
        budget = self._source.start_pages if first else self._source.pages
        ground = before.watermark
        if listing.parts:
            descent = await self._through_parts(key, listing, ground, budget)
        else:
            descent = await self._down(key, place, listing, ground, budget)
        state = walk.followed(before, descent, self._now, first=first)
        if state == replace(before, trouble=None, since=None):
            return state  # new conditions alone are not worth a commit
        return replace(state, etag=response.etag, modified=response.modified)

    async def _page(self, place: Place, etag: str | None = None, modified: str | None = None) -> Response:
        return await self._desk.asking.page(self._source, place, etag, modified)

    def _read(self, response: Response, key: str, place: Place) -> Listing:
        return walk.read_list(response.body, response.header("content-type"), self._source, key, place)

    async def _down(
        self,
        key: str,
        place: Place,
        listing: Listing | None,
        ground: dt.datetime | None,
        budget: int,
    ) -> walk.Descent:
        """Down the list from ``place``, whose page may be at hand, for at most ``budget`` pages."""
        newest = oldest = None
        met = False
        while budget > 0:
            if listing is None:
                try:
                    listing = self._read(await self._page(place), key, place)
                except (Reject, FetchFailed) as error:
                    return self._broken_off(walk.Descent(newest, oldest, met, place), place, error)
            known, fresh = await self._articles.take(listing.entries)
            times = listing.times
            newest = max([*times, *([newest] if newest else [])], default=None)
            oldest = min([*times, *([oldest] if oldest else [])], default=None)
            if walk.on_ground(listing, known, fresh, ground, self._source.overlap):
                return walk.Descent(newest, oldest, True)
            met = met or (oldest <= ground if ground and oldest else known > 0)
            if listing.next is None:
                whole = ground is None and bool(times or not listing.entries)
                return walk.Descent(newest, oldest, met or whole)
            place, listing, budget = listing.next, None, budget - 1
        return walk.Descent(newest, oldest, False, place)

    def _broken_off(self, descent: walk.Descent, place: Place, error: Reject | FetchFailed) -> walk.Descent:
        """A way down that ended at a page which can't be read; where there is none, the list is over."""
        if isinstance(error, Reject) and error.reason in _OVER:
            return replace(descent, place=None)
        log.warning("%s: page %d of its list can't be read: %s", self._source.name, place.number, error)
        return replace(descent, reached=False)

    async def _through_parts(
        self, key: str, index: Listing, ground: dt.datetime | None, budget: int
    ) -> walk.Descent:
        """Read the sitemaps of an index that have changed, the newest first."""
        parts = walk.parts_to_read(index.parts, ground, self._source.overlap)
        newest, rest = None, [Place(part.url) for part in parts[budget:]]
        for part in parts[:budget]:
            times = await self._part(key, Place(part.url))
            if times is None:
                rest.append(Place(part.url))
            else:
                newest = max([*times, *filter(None, (newest, part.modified))], default=None)
        return walk.Descent(newest, None, not rest, None, tuple(rest))

    async def _part(self, key: str, place: Place) -> list[dt.datetime] | None:
        """Read one sitemap of an index, which is whole by itself; None if it can't be read now."""
        try:
            listing = self._read(await self._page(place), key, place)
        except (Reject, FetchFailed) as error:
            log.warning("%s: %s can't be read: %s", self._source.name, place.url, error)
            return None
        await self._articles.take(listing.entries)
        return listing.times

    async def _into(self, key: str, state: ListState, gap: Gap) -> ListState:
        """Go on where the list was left off earlier, towards the ground behind the gap."""
        assert gap.place is not None
        rest = tuple(each for each in state.gaps if each != gap)
        if self._source.kind == "sitemap":
            return state if await self._part(key, gap.place) is None else replace(state, gaps=rest)
        descent = await self._down(key, gap.place, None, gap.after, self._source.pages)
        if descent.reached:
            log.info("%s: a gap is closed: %s to %s", self._source.name, gap.after, gap.before)
            return replace(state, gaps=rest)
        before = min(filter(None, (gap.before, descent.oldest)), default=None)
        return replace(state, gaps=(*rest, replace(gap, before=before, place=descent.place)))
