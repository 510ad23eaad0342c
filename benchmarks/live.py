"""How fast pages are fetched, against a bare asynchronous client on the same local server.

    python -m benchmarks.live                # prints Markdown
    python -m benchmarks.live --json figures.json

The server is the tests' news site in a process of its own; both clients ask it for the same pages with the
same number of requests at once, turn by turn. The bare client checks no address, reads no robots.txt, has no
limits, and keeps no facts.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.watching import machine
from lake.sources.fetch import Fetcher, FetchSettings, Pace

_ARTICLES = 400
_TIMES = 3  # each page is asked for so often in one round
_ROUNDS = 5
_AT_ONCE = 16

Client = Callable[[Sequence[str]], Awaitable[int]]
"""Fetches all addresses and gives the bytes of all pages."""


async def bare(urls: Sequence[str]) -> int:
    """httpx, and nothing around it."""
    limits = httpx.Limits(max_connections=_AT_ONCE)
    places = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(http2=True, limits=limits) as client:

        async def one(url: str) -> int:
            async with places:
                response = await client.get(url)
                return len(response.raise_for_status().content)

        return sum(await asyncio.gather(*map(one, urls)))


async def ours(urls: Sequence[str]) -> int:
    """The project's fetcher, with no delay between requests."""
    settings = FetchSettings(
        contact="benchmark@newslake.example",
        allow_hosts=frozenset({"127.0.0.1"}),
        pace=Pace(delay=0.0, concurrency=_AT_ONCE),
        concurrency=_AT_ONCE,
    )
    async with Fetcher(settings) as fetcher:

        async def one(url: str) -> int:
            return len((await fetcher.get(url)).body)

        return sum(await asyncio.gather(*map(one, urls)))


def throughput() -> dict[str, Any]:
    """Pages a second of both clients, and the ratio of each round's pair."""
    clients: dict[str, Client] = {"bare": bare, "ours": ours}
    rates: dict[str, list[float]] = {name: [] for name in clients}
    cpu: dict[str, list[float]] = {name: [] for name in clients}
    with _server() as base:
        urls = _pages(base) * _TIMES
        sizes = set()
        for name, client in list(clients.items()) * (_ROUNDS + 1):
            begun, used = time.perf_counter(), time.process_time()
            sizes.add(asyncio.run(_run(client, urls)))
            rates[name].append(len(urls) / (time.perf_counter() - begun))
            cpu[name].append(1000 * (time.process_time() - used) / len(urls))
    assert len(sizes) == 1, "the two clients did not get the same pages"
    ratios = [ours / bare for ours, bare in zip(rates["ours"][1:], rates["bare"][1:], strict=True)]
    return {
        "pages": len(urls),
        "bytes": sizes.pop(),
        "at_once": _AT_ONCE,
        "pages_per_second": {name: statistics.median(found[1:]) for name, found in rates.items()},
        "cpu_ms_per_page": {name: statistics.median(found[1:]) for name, found in cpu.items()},
        "ratio": statistics.median(ratios),
        "ratio_worst": min(ratios),
    }


async def _run(client: Client, urls: Sequence[str]) -> int:
    return await client(urls)


@contextmanager
def _server() -> Iterator[str]:
    """The news site in a process of its own, publishing nothing further; gives its address."""
    command = [sys.executable, "-m", "tests.site", "--articles", str(_ARTICLES), "--every", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def _pages(base: str) -> list[str]:
    """The addresses of all articles, from the site's sitemaps."""
    index = httpx.get(f"{base}/sitemap.xml").text
    maps = [gzip.decompress(httpx.get(url).content).decode() for url in re.findall("<loc>(.*?)</loc>", index)]
    return [url for text in maps for url in re.findall("<loc>(.*?)</loc>", text)]


def table(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = ["| client | pages/s | CPU ms a page |", "| --- | ---: | ---: |"]
    for name, rate in figures["pages_per_second"].items():
        lines.append(f"| {name} | {rate:,.0f} | {figures['cpu_ms_per_page'][name]:.2f} |")
    lines.append("")
    lines.append(
        f"Ratio of throughput, ours to bare: {figures['ratio']:.2f} (worst round {figures['ratio_worst']:.2f}); "
        f"{figures['pages']:,} pages, {figures['bytes'] / 1e6:.1f} MB unpacked, {figures['at_once']} at once."
    )
    return "\n".join(lines)


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.live",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    given = parser.parse_args(words)
    figures = throughput()
    print(f"{', '.join(f'{key} {value}' for key, value in machine().items())}\n\n{table(figures)}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
