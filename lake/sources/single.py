"""One address, fetched at once and stored nowhere: for a look at what a page gives."""

from __future__ import annotations

import asyncio

from lake.model import Item
from lake.sources.fetch import Fetcher, FetchSettings, item

__all__ = ["fetch_one"]


def fetch_one(url: str, settings: FetchSettings) -> Item:
    """Fetch one address as a run does: robots.txt, limits and refused private addresses included.

    Raises:
        Reject: stage ``capture``: the address gives no page, or may not be asked.
        FetchFailed: no answer, after as many attempts as the settings allow.
    """
    return asyncio.run(_fetch(url, settings))


async def _fetch(url: str, settings: FetchSettings) -> Item:
    async with Fetcher(settings) as fetcher:
        return item(await fetcher.get(url))
