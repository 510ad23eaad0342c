"""One source's articles in one run: which to ask for, which to ask for again, and what becomes of failures."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lake.errors import Reject
from lake.model import Item, Origin, RejectRecord
from lake.sources import fetch, walk
from lake.sources.asking import Asking
from lake.sources.configuration import Source
from lake.sources.entries import Entry, Way
from lake.sources.fetch import FetchFailed, Response
from lake.sources.known import Known
from lake.sources.state import Failure, SourceState
from lake.sources.threads import Emit
from lake.storage.known_keys import KnownOrigin

__all__ = ["FORGET", "Articles", "Desk"]

log = logging.getLogger(__name__)

FORGET = dt.timedelta(days=7)
"""After this a failed article is given up for good."""
_MOST_FAILED = 200
"""Failed articles that a source remembers one by one; more is an outage, after which its lists are read again."""
_SECOND_LOOKS = 2
"""How often a page that held no article is asked for again: sites show checks and error pages as pages."""
_NO_ATTEMPT = {"host_waits", "robots_unreachable"}
"""Failures of the host, not of the article, which was not even asked for."""
_LONGEST_WAIT = dt.timedelta(hours=6)
_AT_ONCE = 32  # articles of all sources that are being fetched or wait to be stored

_Found = tuple[Way, KnownOrigin]


@dataclass(slots=True)
class Desk:
    """What all sources of a run share.

    ``taken`` are the addresses that the run has dealt with, ``fresh`` those that the lake did not hold before.
    """

    asking: Asking
    known: Known
    emit: Emit[Item | RejectRecord]
    clock: Callable[[], dt.datetime]
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    taken: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)


class Articles:
    """What is brought, and what the source has to remember of it.

    ``failed`` and ``checked`` are those of `SourceState`; ``overrun`` says that more has failed than is
    remembered, so that the lists must be read again from where they stood.
    """

    def __init__(self, source: Source, state: SourceState, desk: Desk, now: dt.datetime) -> None:
        recent = (now - FORGET).isoformat()
        self.failed = {url: each for url, each in state.failed.items() if now - each.first < FORGET}
        self.checked = {url: told for url, told in state.checked.items() if told > recent}
        self.overrun = False
        self._source, self._state, self._desk, self._now = source, state, desk, now
        self._asked: set[str] = set()

    async def finish(self) -> None:
        """Bring what an interrupted run fetched and did not structure; nothing is fetched again."""
        for item in self._desk.known.unfinished(self._source.name, self._now - FORGET, self._now):
            self._desk.taken.add(item.origin.text)
            await self._desk.emit(item)

    async def take(self, entries: Sequence[Entry]) -> tuple[int, int]:
        """Bring what the lake does not hold; returns how many entries it held before, and how many not."""
        mine = [entry for entry in entries if entry.url not in self._desk.taken]
        self._desk.taken.update(entry.url for entry in mine)
        held = self._desk.known.origins(way.url for entry in mine for way in entry.ways)
        latest = {entry.url: _latest(entry.ways, held) for entry in mine}
        self._desk.fresh.update(url for url, each in latest.items() if each is None)
        fresh = sum(entry.url in self._desk.fresh for entry in entries)
        wanted = [(entry, latest[entry.url]) for entry in mine if self._wants(entry, latest[entry.url])]
        await asyncio.gather(*(self._bring(entry, found) for entry, found in wanted))
        return len(entries) - fresh, fresh

    async def retry(self) -> None:
        """Ask again for what failed before, when it is due, until it was tried often enough."""
        before = [(url, each) for url, each in self._state.failed.items() if url in self.failed]
        held = self._desk.known.origins(way.url for _, each in before for way in each.ways)
        due = []
        for url, each in before:
            found = _latest(each.ways, held)
            if found and found[1].captured_at > each.first and found[1].outcome not in (None, "rejected"):
                del self.failed[url]  # it came another way, or a page of errors has become the article
            elif each.due <= self._now and each.attempts < self._source.attempts:
                due.append(self._once_more(url, each, found))
        await asyncio.gather(*due)

    async def revisit(self) -> dt.datetime | None:
        """Ask again for articles that have just reached one of the ages at which that is done.

        Returns when that was last done, for the next run.
        """
        ages, last = self._source.revisit, self._state.revisited
        if not ages:
            return None
        if last is None:
            return self._now
        if (self._now - last).total_seconds() < self._source.revisit_every:
            return last
        spans = [dt.timedelta(seconds=age) for age in ages]
        held = self._desk.known.origins(
            {url for age in spans for url in self._due(last - age, self._now - age)}
        )
        again = [(Way(url), known) for url, known in held.items() if known.outcome not in (None, "rejected")]
        await asyncio.gather(*(self._look_again(way, known) for way, known in again))
        return self._now if again else last

    # ---- deciding

    def _wants(self, entry: Entry, found: _Found | None) -> bool:
        if entry.record is not None:
            return found is None or found[1].sha256 != hashlib.sha256(entry.record).hexdigest()
        if entry.url in self.failed:
            return False  # its turn comes with all that failed
        if found is None:
            return True
        known = found[1]
        if known.outcome != "rejected":
            return walk.is_changed(entry, known, self.checked.get(entry.url), self._now)
        if self._now - known.captured_at < FORGET:
            tried = max(0, self._source.attempts - _SECOND_LOOKS)
            self._note_failure(entry.ways, tried, counted=False)
        return False

    def _due(self, after: dt.datetime, until: dt.datetime) -> list[str]:
        urls = self._desk.known.due(self._source.name, after, until)
        return [url for url in urls if url not in self.failed and url not in self._asked]

    def _note_failure(self, ways: Sequence[Way], attempts: int, *, counted: bool) -> None:
        url, now = ways[0].url, self._now
        if url not in self.failed and len(self.failed) >= _MOST_FAILED:
            self.overrun = True
            return
        attempts += counted
        seconds = self._source.retry * (2 ** min(max(0, attempts - 1), 20) if counted else 1)
        wait = min(_LONGEST_WAIT, dt.timedelta(seconds=seconds))
        first = self.failed[url].first if url in self.failed else now
        self.failed[url] = Failure(tuple(ways), attempts, now + wait, first)

    # ---- asking

    async def _bring(self, entry: Entry, found: _Found | None) -> None:
        """Emit an entry's article, or the reject that says why it could not be had."""
        if entry.record is not None:
            kind = "application/json; charset=utf-8"
            origin = Origin(url=entry.url)
            item = Item(origin, entry.record, kind, self._now, 200, source=self._source.name)
            await self._desk.emit(item)
        elif found is None:
            await self._first_time(entry.ways)
        elif await self._look_again(*found) is False:
            self.checked[entry.url] = walk.hint(entry)

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
        origin = Origin(url=ways[0].url)
        await self._desk.emit(RejectRecord(origin, "capture", first.reason, detail, source=self._source.name))
        before = self.failed.get(ways[0].url)
        counted = not all(error.reason in _NO_ATTEMPT for error in errors)
        self._note_failure(ways, before.attempts if before else 0, counted=counted)

    async def _once_more(self, url: str, failure: Failure, found: _Found | None) -> None:
        if found is None:
            if await self._first_time(failure.ways):
                del self.failed[url]
        elif await self._again(*found) is None or found[1].outcome == "rejected":
            self._note_failure(failure.ways, failure.attempts, counted=True)
        else:
            del self.failed[url]

    async def _look_again(self, way: Way, known: KnownOrigin) -> bool | None:
        """As `_again`; what fails is tried again later."""
        changed = await self._again(way, known)
        if changed is None:
            self._note_failure([way], 0, counted=True)
        return changed

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

    async def _get(self, way: Way, etag: str | None = None, modified: str | None = None) -> Response:
        self._asked.add(way.url)
        return await self._desk.asking.article(self._source, way, etag, modified)

    async def _emit(self, response: Response) -> None:
        await self._desk.emit(replace(fetch.item(response), source=self._source.name))


def _latest(ways: Sequence[Way], held: Mapping[str, KnownOrigin]) -> _Found | None:
    """The way by which the article was captured last."""
    found = [(way, held[way.url]) for way in ways if way.url in held]
    return max(found, key=lambda each: each[1].captured_at, default=None)
