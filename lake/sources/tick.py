"""One source's part in one run: its lists, what failed before, and what may have been corrected since."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from lake.errors import Reject
from lake.locations import LakeRoot
from lake.model import Item, Origin, RejectRecord
from lake.sources import fetch, walk
from lake.sources.configuration import Source
from lake.sources.entries import Entry, Listing, Place, Way
from lake.sources.fetch import Fetcher, FetchFailed, Response
from lake.sources.known import Known
from lake.sources.state import Failure, Gap, ListState, SourceState
from lake.sources.threads import Emit
from lake.storage.index import KnownOrigin

__all__ = ["Desk", "Tick"]

log = logging.getLogger(__name__)

_MOST_FAILED = 200
"""Failed articles that a source remembers one by one; more is an outage, after which its lists are read again."""
_FORGET = dt.timedelta(days=7)
"""After this a failed article is given up for good, and an interrupted run's captures are left to `restructure`."""
_SECOND_LOOKS = 2
"""How often a page that held no article is asked for again: sites show checks and error pages as pages."""
_NO_ATTEMPT = {"host_waits", "robots_unreachable"}
"""Failures of the host, not of the article, which was not even asked for."""
_LONGEST_WAIT = dt.timedelta(hours=6)
_AT_ONCE = 32  # articles of all sources that are being fetched or wait to be stored


@dataclass(slots=True)
class Desk:
    """What all sources of a run share."""

    root: LakeRoot
    fetcher: Fetcher
    known: Known
    emit: Emit[Item | RejectRecord]
    clock: Callable[[], dt.datetime]
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))


class Tick:
    """Fetches what is new at one source; ``lists`` counts the lists that could be read."""

    def __init__(self, source: Source, state: SourceState, desk: Desk) -> None:
        self.lists = 0
        self._source = source
        self._state = state
        self._desk = desk
        self._now = desk.clock()
        self._taken: set[str] = set()  # addresses that this run has dealt with
        self._fresh: set[str] = set()  # those of them that the lake did not hold before
        self._asked: set[str] = set()
        self._failed = {url: each for url, each in state.failed.items() if self._now - each.first < _FORGET}
        self._checked = dict(state.checked)
        self._unrecorded = False

    async def run(self) -> SourceState:
        """Do everything that is due; returns what the source remembers from now on."""
        await self._finish()
        keys = self._source.lists or ("",)
        found = await asyncio.gather(*(self._list(key) for key in keys))
        await self._retry()
        revisited = await self._revisit()
        lists = dict(zip(keys, found, strict=True))
        if self._unrecorded:  # too much failed: what was not had is found again where the lists stood
            lists = {key: replace(self._before(key), trouble=each.trouble) for key, each in lists.items()}
        recent = (self._now - _FORGET).isoformat()
        checked = {url: told for url, told in self._checked.items() if told > recent}
        return SourceState(lists, self._failed, checked, revisited)

    async def _finish(self) -> None:
        for item in self._desk.known.unfinished(self._source.name, self._now - _FORGET, self._now):
            self._taken.add(item.origin.text)
            await self._desk.emit(item)

    # ---- lists

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
            words = f"{error.reason}: {error.detail}"
            return replace(before, trouble=words[:300], since=before.since or self._now)
        for gap in before.gaps:
            if gap.place is not None:
                state = await self._into(key, state, gap)
        return state

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
        conditions = {} if before.gaps or first else {"etag": before.etag, "modified": before.modified}
        response = await self._page(place, **conditions)
        if response.not_modified:
            return replace(before, trouble=None, since=None)
        listing = self._read(response, key, place)
        if not listing.entries and not listing.parts and not first and self._source.kind == "list":
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
        return await self._desk.fetcher.get(
            place.url, etag=etag, modified=modified, headers=self._source.headers
        )

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
        while budget > 0:
            if listing is None:
                try:
                    listing = self._read(await self._page(place), key, place)
                except (Reject, FetchFailed) as error:
                    log.warning(
                        "%s: page %d of its list can't be read: %s", self._source.name, place.number, error
                    )
                    return walk.Descent(newest, oldest, False, place)
            known, fresh = await self._take(listing.entries)
            times = listing.times
            newest = max([*times, *([newest] if newest else [])], default=None)
            oldest = min([*times, *([oldest] if oldest else [])], default=None)
            if walk.on_ground(listing, known, fresh, ground, self._source.overlap):
                return walk.Descent(newest, oldest, True)
            if listing.next is None:
                return walk.Descent(newest, oldest, not listing.entries and ground is None)
            place, listing, budget = listing.next, None, budget - 1
        return walk.Descent(newest, oldest, False, place)

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
        await self._take(listing.entries)
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

    # ---- articles

    async def _take(self, entries: Sequence[Entry]) -> tuple[int, int]:
        """Fetch what the lake does not hold; returns how many entries it held before, and how many not."""
        mine = [entry for entry in entries if entry.url not in self._taken]
        self._taken.update(entry.url for entry in mine)
        held = self._desk.known.origins(way.url for entry in mine for way in entry.ways)
        latest = {entry.url: _latest(entry.ways, held) for entry in mine}
        self._fresh.update(url for url, each in latest.items() if each is None)
        fresh = sum(entry.url in self._fresh for entry in entries)
        wanted = [(entry, latest[entry.url]) for entry in mine if self._wants(entry, latest[entry.url])]
        await asyncio.gather(*(self._bring(entry, found) for entry, found in wanted))
        return len(entries) - fresh, fresh

    def _wants(self, entry: Entry, found: tuple[Way, KnownOrigin] | None) -> bool:
        if entry.record is not None:
            return found is None or found[1].sha256 != hashlib.sha256(entry.record).hexdigest()
        if entry.url in self._failed:
            return False  # its turn comes with all that failed
        if found is None:
            return True
        known = found[1]
        if known.outcome == "rejected":
            if self._now - known.captured_at < _FORGET:
                tried = max(0, self._source.attempts - _SECOND_LOOKS)
                self._note_failure(entry.ways, tried, counted=False)
            return False
        return walk.is_changed(entry, known, self._checked.get(entry.url), self._now)

    async def _bring(self, entry: Entry, found: tuple[Way, KnownOrigin] | None) -> None:
        """Emit an entry's article, or the reject that says why it could not be had."""
        if entry.record is not None:
            origin = Origin(url=entry.url)
            headers = (("content-type", "application/json; charset=utf-8"),)
            await self._desk.emit(
                Item(origin, entry.record, headers[0][1], self._now, 200, headers, self._source.name)
            )
            return
        if found is not None:
            changed = await self._look_again(*found)
            if changed is False:
                self._checked[entry.url] = walk.hint(entry)
            return
        await self._first_time(entry.ways)

    async def _first_time(self, ways: Sequence[Way]) -> bool:
        """Try the ways in order; says whether one led to the article."""
        errors: list[Reject | FetchFailed] = []
        async with self._desk.places:
            for way in ways:
                try:
                    await self._emit(await self._get(way))
                except (Reject, FetchFailed) as error:
                    errors.append(error)
                else:
                    return True
            await self._refuse(ways, errors)
        return False

    async def _refuse(self, ways: Sequence[Way], errors: Sequence[Reject | FetchFailed]) -> None:
        first = errors[0]
        detail = "; then ".join(dict.fromkeys(error.detail for error in errors))
        await self._desk.emit(
            RejectRecord(Origin(url=ways[0].url), "capture", first.reason, detail, source=self._source.name)
        )
        before = self._failed.get(ways[0].url)
        counted = not all(error.reason in _NO_ATTEMPT for error in errors)
        self._note_failure(ways, before.attempts if before else 0, counted=counted)

    async def _again(self, way: Way, known: KnownOrigin) -> bool | None:
        """Ask for a known article again; says whether it has changed, None if that could not be learnt."""
        etag, modified = self._desk.known.conditions(known.capture_id)
        async with self._desk.places:
            try:
                response = await self._get(way, etag, modified)
            except (Reject, FetchFailed) as error:
                log.info("%s: asked again in vain: %s", way.url, error)
                return None
            if response.not_modified or hashlib.sha256(response.body).hexdigest() == known.sha256:
                return False
            await self._emit(response)
        return True

    async def _look_again(self, way: Way, known: KnownOrigin) -> bool | None:
        """As `_again`; what fails is tried again later."""
        changed = await self._again(way, known)
        if changed is None:
            self._note_failure([way], 0, counted=True)
        return changed

    async def _get(self, way: Way, etag: str | None = None, modified: str | None = None) -> Response:
        self._asked.add(way.url)
        response = await self._desk.fetcher.get(
            way.url, etag=etag, modified=modified, headers=self._source.headers
        )
        if way.has and not response.not_modified and way.has.encode() not in response.body:
            words = f"the answer is not the article: {way.has!r} is not in its {len(response.body)} bytes"
            raise Reject("capture", "not_the_article", words)
        return response

    async def _emit(self, response: Response) -> None:
        await self._desk.emit(replace(fetch.item(response), source=self._source.name))

    # ---- later

    def _note_failure(self, ways: Sequence[Way], attempts: int, *, counted: bool) -> None:
        url, now = ways[0].url, self._now
        if url not in self._failed and len(self._failed) >= _MOST_FAILED:
            self._unrecorded = True
            return
        attempts += counted
        wait = min(
            _LONGEST_WAIT, dt.timedelta(seconds=self._source.retry * 2 ** min(max(0, attempts - 1), 20))
        )
        first = self._failed[url].first if url in self._failed else now
        self._failed[url] = Failure(tuple(ways), attempts, now + wait, first)

    async def _retry(self) -> None:
        """Ask again for what failed before, when it is due, until it was tried often enough."""
        before = [(url, each) for url, each in self._state.failed.items() if url in self._failed]
        held = self._desk.known.origins(way.url for _, each in before for way in each.ways)
        due = []
        for url, each in before:
            found = _latest(each.ways, held)
            if found and found[1].captured_at > each.first and found[1].outcome not in (None, "rejected"):
                del self._failed[url]  # it came another way, or a page of errors has become the article
            elif each.due <= self._now and each.attempts < self._source.attempts:
                due.append((url, each))
        await asyncio.gather(*(self._once_more(url, each, _latest(each.ways, held)) for url, each in due))

    async def _once_more(self, url: str, failure: Failure, found: tuple[Way, KnownOrigin] | None) -> None:
        if found is None:
            if await self._first_time(failure.ways):
                del self._failed[url]
        elif await self._again(*found) is None or found[1].outcome == "rejected":
            self._note_failure(failure.ways, failure.attempts, counted=True)
        else:
            del self._failed[url]

    async def _revisit(self) -> dt.datetime | None:
        """Ask again for articles that have just reached one of the ages at which that is done."""
        ages, last = self._source.revisit, self._state.revisited
        if not ages:
            return None
        if last is None:
            return self._now
        if (self._now - last).total_seconds() < self._source.revisit_every:
            return last
        spans = [dt.timedelta(seconds=age) for age in ages]
        urls = [url for age in spans for url in self._due(last - age, self._now - age)]
        held = self._desk.known.origins(dict.fromkeys(urls))
        again = [(Way(url), known) for url, known in held.items() if known.outcome not in (None, "rejected")]
        await asyncio.gather(*(self._look_again(way, known) for way, known in again))
        return self._now if again else last

    def _due(self, after: dt.datetime, until: dt.datetime) -> list[str]:
        urls = self._desk.known.due(self._source.name, after, until)
        return [url for url in urls if url not in self._failed and url not in self._asked]


def _latest(ways: Sequence[Way], held: dict[str, KnownOrigin]) -> tuple[Way, KnownOrigin] | None:
    """The way by which the article was captured last."""
    found = [(way, held[way.url]) for way in ways if way.url in held]
    return max(found, key=lambda each: each[1].captured_at, default=None)
