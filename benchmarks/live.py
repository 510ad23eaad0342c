"""What a live source costs: requests for each new article, CPU of a quiet tick, throughput of fetching.

    python -m benchmarks.live                # prints Markdown for docs/benchmarks.md
    python -m benchmarks.live --json figures.json

The server is the tests' news site. For the ticks, `newslake ingest` runs as a process of its own against a fresh
lake: once for what is there, then a few times with new articles, then with none. For throughput, the project's
fetcher and a bare asynchronous client ask for the same pages with the same number of requests at once, turn by
turn; the bare one checks no address, reads no robots.txt, has no limits, and keeps no facts.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import gzip
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.watching import machine
from lake.sources.fetch import Fetcher, FetchSettings, Pace
from tests.site import SHANGHAI, Site

_ARTICLES = 400
_TIMES = 3  # each page is asked for so often in one round
_ROUNDS = 5
_AT_ONCE = 16
_KNOWN, _NEW = 40, 10  # articles at the start, and new ones in a busy tick
_BUSY, _QUIET = 5, 5  # ticks
_SOURCE = """
[fetch]
contact = "benchmark@newslake.example"
allow_hosts = ["127.0.0.1"]
delay = 0

[local]
kind = "list"
url = "{base}/comm/web/getNewsByColumns?client=web&column={{list}}&page_index={{page}}&page_size=50&req_trace=1"
lists = [350, 351]
ok = {{ code = "1" }}
rows = "data.list"
time = "showTime"
articles = ["{base}/kuaixun/v2/api/article/{{code}}", "{base}/a/{{code}}.html"]
revisit = [3600, 86400]
"""

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


def ticks() -> dict[str, Any]:
    """Requests of ticks that bring articles, and the CPU seconds of ticks that bring none."""
    with Site() as site, tempfile.TemporaryDirectory() as folder:
        site.news.now = dt.datetime.now(SHANGHAI)
        site.news.publish(_KNOWN, apart=30)
        (Path(folder) / "sources.toml").write_text(_SOURCE.format(base=site.base), "utf-8")
        first = _tick(folder)
        begun = len(site.log), len(site.article_requests())
        new = [_tick(folder, site) for _ in range(_BUSY)]
        articles = len(site.article_requests()) - begun[1]
        requests = len(site.log) - begun[0]
        begun = len(site.log), len(site.article_requests())
        quiet = [_tick(folder) for _ in range(_QUIET)]
        brought = sum(tick["new"] for tick in new)
        assert (first["new"], brought) == (_KNOWN, _BUSY * _NEW), "a tick brought another number of articles"
        return {
            "new": brought,
            "article_requests_per_new": articles / brought,
            "requests_per_new": requests / brought,
            "busy_cpu": statistics.median(tick["cpu"] for tick in new),
            "quiet_cpu": statistics.median(tick["cpu"] for tick in quiet),
            "quiet_seconds": statistics.median(tick["wall"] for tick in quiet),
            "quiet_requests": (len(site.log) - begun[0]) / _QUIET,
            "quiet_article_requests": len(site.article_requests()) - begun[1],
            "quiet_commits": quiet[-1]["snapshot"] - new[-1]["snapshot"],
        }


def _tick(lake: str, site: Site | None = None) -> dict[str, Any]:
    """One run of the source, after the site has published; its report with the CPU and wall seconds it took."""
    if site is not None:
        site.news.now = dt.datetime.now(SHANGHAI)
        site.news.publish(_NEW // 2, apart=0.1)
        site.news.publish(_NEW - _NEW // 2, apart=0.1, columns=("350", "351"))
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "flows.cli", "ingest", "local", "--lake", lake, "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout) | {"cpu": cpu, "wall": time.perf_counter() - begun}


def table(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    return f"{_tick_lines(figures['ticks'])}\n\n{_throughput_table(figures['throughput'])}"


def _tick_lines(figures: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"- Article requests for each new article: {figures['article_requests_per_new']:.2f}, with lists and "
            f"robots.txt {figures['requests_per_new']:.2f} ({figures['new']} articles in {_BUSY} ticks, two lists).",
            f"- A quiet tick: {figures['quiet_cpu']:.2f} s of CPU, {figures['quiet_seconds']:.2f} s, "
            f"{figures['quiet_requests']:.1f} requests, {figures['quiet_article_requests']} of them for articles, "
            f"{figures['quiet_commits']} commits. A tick with {_NEW} new articles: {figures['busy_cpu']:.2f} s of CPU.",
        ]
    )


def _throughput_table(figures: dict[str, Any]) -> str:
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
    figures = {"ticks": ticks(), "throughput": throughput()}
    print(f"{', '.join(f'{key} {value}' for key, value in machine().items())}\n\n{table(figures)}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
