"""Trying a source without storing anything: are its lists read, and does an article come out?"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lake.errors import Reject
from lake.extraction import extract
from lake.model import Article
from lake.sources import walk
from lake.sources.asking import Asking
from lake.sources.configuration import Source
from lake.sources.entries import Entry, Place
from lake.sources.fetch import Fetcher, FetchFailed, FetchSettings, Response

__all__ = ["Checked", "check"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What one list gave: its entries, the newest time, and its first article; or the ``problem``."""

    source: str
    list: str
    url: str
    entries: int = 0
    newest: dt.datetime | None = None
    article: str | None = None
    title: str | None = None
    published_at: dt.datetime | None = None
    characters: int = 0
    problem: str | None = None


def check(sources: Sequence[Source], settings: FetchSettings) -> list[Checked]:
    """Read the first page of every list of the sources, and one article of each."""
    return asyncio.run(_check(sources, settings))


async def _check(sources: Sequence[Source], settings: FetchSettings) -> list[Checked]:
    async with Fetcher(settings) as fetcher:
        asking, now = Asking(fetcher), dt.datetime.now(dt.UTC)
        lists = [(source.at(now), key) for source in sources for key in source.lists or ("",)]
        return list(await asyncio.gather(*(_one(source, key, asking) for source, key in lists)))


async def _one(source: Source, key: str, asking: Asking) -> Checked:
    place = walk.first_place(source, key)
    found = Checked(source.name, key, place.url)
    try:
        for _ in range(2):  # an index of sitemaps, then the newest of them
            response = await asking.page(source, place)
            kind = response.header("content-type")
            listing = walk.read_list(response.body, kind, source, key, place)
            if not listing.parts:
                break
            place = Place(walk.parts_to_read(listing.parts, None, 0.0)[0].url)
        newest = max(listing.times, default=None)
        found = Checked(source.name, key, found.url, len(listing.entries), newest)
        if not listing.entries:
            return _problem(found, "the list is empty")
        return await _article(found, listing.entries[0], source, asking)
    except (Reject, FetchFailed) as error:
        return _problem(found, f"{error.reason}: {error.detail}")


async def _article(found: Checked, entry: Entry, source: Source, asking: Asking) -> Checked:
    """Try the first entry's ways as a run does; the first that gives an article is shown."""
    problems = []
    for way in entry.ways:
        try:
            if entry.record is not None:
                article = extract(entry.record, url=way.url, name="record.json")
            else:
                article = _extracted(await asking.article(source, way))
        except (Reject, FetchFailed) as error:
            problems.append(f"{way.url}: {error.reason}: {error.detail}")
            continue
        return Checked(
            **{name: getattr(found, name) for name in ("source", "list", "url", "entries", "newest")},
            article=way.url,
            title=article.title,
            published_at=article.published_at,
            characters=len(article.body_text),
        )
    return _problem(found, "; ".join(problems))


def _extracted(response: Response) -> Article:
    return extract(
        response.body,
        url=response.url,
        content_type=response.header("content-type"),
        captured_at=response.fetched_at,
    )


def _problem(found: Checked, words: str) -> Checked:
    return Checked(found.source, found.list, found.url, found.entries, found.newest, problem=words)
