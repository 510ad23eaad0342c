"""What tests of fetching share: settings for the local site, and one call that fetches many addresses."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, BinaryIO

from lake.errors import NewslakeError
from lake.sources.fetch import Fetcher, FetchSettings, Pace, Response

__all__ = ["QUICK", "download", "fetch", "fetch_all", "quick"]

QUICK = FetchSettings(
    contact="tests@newslake.example",
    allow_hosts=frozenset({"127.0.0.1"}),
    pace=Pace(delay=0.0, concurrency=4),
    backoff=0.001,
    patience=5.0,
    connect=5.0,
    read=5.0,
    total=20.0,
)
"""Settings that allow the local site and wait for nothing."""


def quick(**changes: Any) -> FetchSettings:
    """QUICK with changes."""
    return replace(QUICK, **changes)


def fetch(url: str, settings: FetchSettings = QUICK, **how: Any) -> Response:
    """Fetch one address with a fetcher of its own; raises what the fetcher raises."""
    result = fetch_all([url], settings, **how)[0]
    if isinstance(result, NewslakeError):
        raise result
    return result


def fetch_all(
    urls: list[str], settings: FetchSettings = QUICK, *, at_once: bool = False, **how: Any
) -> list[Response | NewslakeError]:
    """Fetch all addresses with one fetcher, in turn or at once; an error stands in the place of its answer."""

    async def one(fetcher: Fetcher, url: str) -> Response | NewslakeError:
        try:
            return await fetcher.get(url, **how)
        except NewslakeError as error:
            return error

    async def run() -> list[Response | NewslakeError]:
        async with Fetcher(settings) as fetcher:
            if at_once:
                return list(await asyncio.gather(*(one(fetcher, url) for url in urls)))
            return [await one(fetcher, url) for url in urls]

    return asyncio.run(run())


def download(url: str, file: BinaryIO, most: int, settings: FetchSettings = QUICK) -> Response:
    """Download into the file with a fetcher of its own."""

    async def run() -> Response:
        async with Fetcher(settings) as fetcher:
            return await fetcher.download(url, file, most)

    return asyncio.run(run())
