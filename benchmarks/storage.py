"""What the lake's storage costs: increments, bytes, queries, beside plain Parquet files, Delta's MERGE and Iceberg.

    python -m benchmarks.storage                     # 10 k and 1 M articles
    python -m benchmarks.storage 10000 --increments 5 --json figures.json

An increment is 500 captures: 300 new articles of today, 100 known ones, 75 revised ones of the last tenth of the
lake's dates, 25 late ones of any date. Its time is storing, committing and publishing; structuring is left out (see
benchmarks.structure), its results are made before. Rows of the lakes are invented: texts of generated posts,
730 days. Increments come without maintenance in between, as within a day; then what they wrote is merged, sealed and
put into months. Times are by the clock and of processor time, which other work on the machine disturbs less. Prints
Markdown for docs/benchmarks.md. Iceberg is measured where `pip install "pyiceberg[sql-sqlite]"` was run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import io
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
from warcio.warcwriter import WARCWriter

from benchmarks.generate import generate
from benchmarks.growing import DAYS, Growing, article_bytes, own_bytes
from benchmarks.keeping import delta_merge, iceberg, plain
from benchmarks.watching import machine
from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.storage.captures import store
from lake.storage.maintain import maintain
from lake.storage.tables import open_table
from lake.views.publish import publish

QUERIES = {
    "count(*)": "SELECT count(*) FROM {articles}",
    "one day": "SELECT count(*), max(length(body_text)) FROM {articles} WHERE published_date = DATE '{day}'",
    "30 days by site": "SELECT site, count(*) FROM {articles} WHERE published_date > DATE '{day}' - 30"
    " AND published_date <= DATE '{day}' GROUP BY ALL",
    "mentions of 90 days": "SELECT m.code, count(*) FROM {articles}, unnest(mentions) AS t(m)"
    " WHERE published_date > DATE '{day}' - 90 AND published_date <= DATE '{day}' GROUP BY ALL ORDER BY ALL LIMIT 5",
    "LIKE over a month": "SELECT count(*) FROM {articles} WHERE published_date > DATE '{day}' - 30"
    " AND published_date <= DATE '{day}' AND body_text LIKE '%钢铁%'",
    "by id": "SELECT title FROM {articles} WHERE article_id = 'bench:4711'",
}

_ROUNDS = 7


def measured(folder: Path, articles: int, times: int, *, peers: bool) -> dict[str, Any]:
    """Build a lake and measure all of it."""
    begun = time.perf_counter()
    growing = Growing(folder, articles)
    _say(f"{articles:,} articles built in {time.perf_counter() - begun:.0f} s")
    begun = time.perf_counter()
    maintain(growing.root)
    publish(growing.root)
    _say(f"maintained in {time.perf_counter() - begun:.0f} s")
    ideal = folder / "ideal.parquet"
    with duckdb.connect(str(growing.root.database), read_only=True) as lake:
        copy = f"COPY (FROM articles ORDER BY published_at) TO '{ideal}' (COMPRESSION zstd, ROW_GROUP_SIZE 10000)"
        lake.execute(copy)
    views = {"sealed": asked(growing, ideal)}
    growing.run()  # warm
    base = {file.path: file.size for file in open_table(growing.root, "articles").files()}
    before = article_bytes(growing.root)
    figures = [growing.run() for _ in range(times)]
    _say("increments done")
    views["within"] = asked(growing, ideal)
    found = {key: statistics.median(each[key] for each in figures) for key in figures[0]}
    found |= {"articles": articles, "best": min(each["total"] for each in figures), "queries": views}
    own = sum(own_bytes(growing.writer, growing.increment()[0], folder / "own") for _ in range(3)) / 3
    found |= {"own": own, "unmerged": (article_bytes(growing.root) - before) / (own * times)}
    found |= merging(growing, base, before, own * times)
    if peers:
        found["plain Parquet"] = plain(folder, growing, 3)
        _say("plain Parquet done")
        found["Delta MERGE"] = delta_merge(folder, growing, 3)
        _say("Delta MERGE done")
        if figures_of_iceberg := iceberg(folder, growing, 3):
            found["Iceberg upsert"] = figures_of_iceberg
    return found


def merging(growing: Growing, base: dict[str, int], before: int, own: float) -> dict[str, float]:
    """Merge, seal and put into months what the increments wrote.

    What was there before and is written again counts as written once less: its own writing was before.
    """
    begun = time.perf_counter()
    now = dt.datetime.now(dt.UTC)
    found = {}
    for name, later in (("merged", 0), ("sealed", 3), ("months", 75)):
        maintain(growing.root, now=now + dt.timedelta(days=later))
        held = open_table(growing.root, "articles").files()
        again = sum(base.values()) - sum(base.get(file.path, 0) for file in held)
        found[name] = (article_bytes(growing.root) - before - again) / own
        if name == "sealed":
            parts = Counter(str(file.partition) for file in held if not file.superseded)
            days = {f"{growing.writer.time(day, 0):%Y-%m-%d}" for day in range(DAYS + 1)}
            of_day = [sum(parts[name] for name in (day, day[:7], day[:4])) for day in days]
            found["files of a sealed day"] = max(of_day)
    return found | {"merging s": time.perf_counter() - begun}


def asked(growing: Growing, ideal: Path) -> dict[str, dict[str, float]]:
    """Warm medians in ms, by the clock and of processor time: the views and one ideal sorted file, in turn."""
    day = f"{growing.writer.time(DAYS - 100, 0):%Y-%m-%d}"
    found = {}
    with duckdb.connect(str(growing.root.database), read_only=True) as lake, duckdb.connect() as alone:
        for name, query in QUERIES.items():
            pairs = (
                (lake, query.format(articles="articles", day=day)),
                (alone, query.format(articles=f"'{ideal}'", day=day)),
            )
            times: list[list[tuple[float, float]]] = [[], []]
            for _ in range(_ROUNDS + 1):
                for (connection, text), took in zip(pairs, times, strict=True):
                    took.append(_timed(connection, text))
            views, best = (
                [statistics.median(each) for each in zip(*took[1:], strict=True)] for took in times
            )
            found[name] = {"ms": views[0], "cpu": views[1], "ideal ms": best[0], "ideal cpu": best[1]}
    return found


def _timed(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, float]:
    begun, used = time.perf_counter(), time.process_time()
    connection.execute(query).fetchall()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000


def raw_zone(folder: Path, posts: int) -> dict[str, float]:
    """Bytes of generated posts: plain, as .warc.gz (a member a record, as the format wants), in the raw zone."""
    root = LakeRoot(folder / "raw")
    bodies = list(generate(posts, seed=9))
    items = [Item(Origin(path=f"/bench/{name}"), body) for name, body in bodies]
    begun = time.perf_counter()
    store(root, items, run_id="raw", source="bench")
    seconds = time.perf_counter() - begun
    out = io.BytesIO()
    warc = WARCWriter(out, gzip=True)
    for name, body in bodies:
        record = warc.create_warc_record(f"http://bench.example/{name}", "resource", payload=io.BytesIO(body))
        warc.write_record(record)
    return {
        "posts": posts,
        "plain": sum(len(body) for _, body in bodies),
        "gzip": sum(len(gzip.compress(body)) for _, body in bodies),
        "warc": out.tell(),
        "raw": sum(path.stat().st_size for path in root.table("captures").glob("*.parquet")),
        "seconds": seconds,
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr)


def _report(found: dict[str, Any]) -> Iterator[str]:
    yield f"{machine()}\n"
    yield "Seconds of an increment by the clock / of processor time, medians.\n"
    yield "| articles | design | total s | store | commit | publish | KB written |"
    yield "| ---: | --- | ---: | ---: | ---: | ---: | ---: |"
    for each in found["increments"]:
        cells = [f"{each[p]:.2f} / {each[f'{p} cpu']:.2f}" for p in ("total", "store", "commit", "publish")]
        yield f"| {each['articles']:,} | newslake | {' | '.join(cells)} | {each['bytes'] / 1000:,.0f} |"
        for peer in ("plain Parquet", "Delta MERGE", "Iceberg upsert"):
            if peer in each:
                its = each[peer]
                total = f"{its['total']:.2f} / {its['total cpu']:.2f}"
                yield f"| {each['articles']:,} | {peer} | {total} | | | | {its['bytes'] / 1000:,.0f} |"
    yield "\n| articles | KB of an increment's own | written, times own | merged | sealed | in months | most files of a sealed day |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for each in found["increments"]:
        times = " | ".join(f"{each[name]:.1f}" for name in ("unmerged", "merged", "sealed", "months"))
        yield f"| {each['articles']:,} | {each['own'] / 1000:,.0f} | {times} | {each['files of a sealed day']} |"
    yield "\n| articles | query | one sorted file ms | sealed ms (times) | times, processor | within the day ms (times) | times, processor |"
    yield "| ---: | --- | ---: | ---: | ---: | ---: | ---: |"
    for each in found["increments"]:
        views = each["queries"]
        for state in views.values():
            state["all of them"] = {
                key: sum(ms[key] for ms in state.values()) for key in ("ms", "cpu", "ideal ms", "ideal cpu")
            }
        for name in views["sealed"]:
            states = [views["sealed"][name], views["within"][name]]
            cells = [
                f"{its['ms']:.0f} ({its['ms'] / its['ideal ms']:.1f}) | {its['cpu'] / its['ideal cpu']:.1f}"
                for its in states
            ]
            yield f"| {each['articles']:,} | {name} | {states[0]['ideal ms']:.0f} | {' | '.join(cells)} |"
    if raw := found.get("raw"):
        yield (
            f"\nRaw zone, {raw['posts']:,} posts of {raw['plain'] / 1e6:.1f} MB: {raw['raw'] / 1e6:.2f} MB;"
            f" .warc.gz {raw['warc'] / 1e6:.2f} MB, {raw['warc'] / raw['raw']:.1f} times as much;"
            f" stored in {raw['seconds']:.1f} s."
        )


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("articles", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--increments", type=int, default=24)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(words)
    found: dict[str, Any] = {"increments": []}
    for articles in given.articles:
        with tempfile.TemporaryDirectory(prefix="newslake-bench-") as name:
            found["increments"].append(
                measured(Path(name), articles, given.increments, peers=not given.no_peers)
            )
    with tempfile.TemporaryDirectory(prefix="newslake-bench-") as name:
        found["raw"] = raw_zone(Path(name), 10_000)
    print("\n".join(_report(found)))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
