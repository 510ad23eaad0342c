"""What the lake's storage costs: increments, bytes, queries, beside plain Parquet files and Delta's MERGE.

    python -m benchmarks.storage                     # 10 k and 1 M articles
    python -m benchmarks.storage 10000 --increments 5 --json figures.json

An increment is 500 captures: 300 new articles of today, 100 known ones, 75 revised ones of the last tenth of the
lake's dates, 25 late ones. Its time is storing, committing and publishing; structuring is left out (see
benchmarks.structure), its results are made before. Rows of the lakes are invented: texts of generated posts,
730 days. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import io
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from warcio.warcwriter import WARCWriter

from benchmarks.generate import generate
from benchmarks.watching import machine
from lake.extraction import extract
from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.rows import staged_row
from lake.schema import ARTICLES, STAGED
from lake.storage import parquet, snapshots, staging
from lake.storage.captures import store
from lake.storage.commit import commit
from lake.storage.keys import capture_key
from lake.storage.maintain import maintain
from lake.views.publish import publish

_DAYS = 730
_CHUNK = 50_000
_NEW, _KNOWN, _REVISED, _LATE = 300, 100, 75, 25
_UTC = dt.UTC
_ZONE = dt.timezone(dt.timedelta(hours=8))


class Writer:
    """Invented articles by number: their captures and their staged rows."""

    def __init__(self) -> None:
        self._today = dt.datetime.now(_ZONE).replace(hour=8, minute=0, second=0, microsecond=0)
        self._rows: list[dict[str, Any]] = []
        for name, body in generate(400, seed=5):
            article = extract(body, name=name)
            moment = dt.datetime.now(_UTC)
            self._rows.append(staged_row(article, capture_id="", origin="", source=None, captured_at=moment))

    def time(self, day: int, n: int) -> dt.datetime:
        """The n-th moment of a day; day 730 is today."""
        return self._today + dt.timedelta(days=day - _DAYS, seconds=n * 37 % 50_000)

    def item(self, n: int, version: int = 1) -> Item:
        """The capture of the n-th article: bytes that are its own, of some 300 bytes."""
        return Item(Origin(path=f"/bench/{n}.md"), (f"{n} {version} " + "0123456789" * 30).encode())

    def staged(self, numbers: Sequence[tuple[int, int, int]]) -> pa.Table:
        """Staged rows of (article, day, version)."""
        rows = []
        for n, day, version in numbers:
            item = self.item(n, version)
            key = capture_key(hashlib.sha256(item.body).hexdigest(), item.origin.text)
            row = dict(self._rows[n % len(self._rows)])
            moment = self.time(day, n)
            row |= {"article_id": f"bench:{n}", "published_at": moment, "published_date": moment.date()}
            row |= {"title": f"{row['title']} {n} {version}", "capture_id": key, "capture_ids": [key]}
            row |= {"origin": item.origin.text, "captured_at": dt.datetime.now(_UTC), "zone": "+08:00"}
            row["content_hash"] = hashlib.sha256(f"{n} {version}".encode()).hexdigest()
            rows.append(row)
        return pa.Table.from_pylist(rows, STAGED)


class Growing:
    """A lake that grows by increments."""

    def __init__(self, folder: Path, articles: int) -> None:
        self.root = LakeRoot(folder / "lake")
        self.writer = Writer()
        self.rng = Random(articles)
        self.days: list[int] = []
        self.built = articles
        self._runs = 0
        while len(self.days) < articles:
            count = min(_CHUNK, articles - len(self.days))
            first = len(self.days)
            self.days += [(first + k) * _DAYS // articles for k in range(count)]
            self._run([(n, self.days[n], 1) for n in range(first, first + count)], [])
        publish(self.root)

    def increment(self, day: int = _DAYS) -> tuple[list[tuple[int, int, int]], list[int]]:
        """(article, day, version) of what is new or revised, and known articles that come again."""
        total, built = len(self.days), self.built
        recent = range(built - max(built // 10, 200), built)
        revised = [(n, self.days[n], 2 + self._runs) for n in self.rng.sample(recent, _REVISED)]
        known = self.rng.sample(range(total // 2), _KNOWN)
        days = [day] * _NEW + [self.rng.randrange(_DAYS) for _ in range(_LATE)]
        self.days += days
        return [*revised, *((total + k, each, 1) for k, each in enumerate(days))], known

    def run(self, day: int = _DAYS) -> dict[str, float]:
        """One increment; seconds of its parts and bytes written."""
        changed, known = self.increment(day)
        before = _bytes(self.root)
        seconds = self._run(changed, known)
        begun = _clocks()
        publish(self.root)
        seconds |= _passed("publish", begun)
        total = {f"total{kind}": sum(seconds[f"{part}{kind}"] for part in _PARTS) for kind in ("", " cpu")}
        return seconds | total | {"bytes": _bytes(self.root) - before}

    def _run(self, changed: Sequence[tuple[int, int, int]], known: Sequence[int]) -> dict[str, float]:
        self._runs += 1
        run_id = f"bench-{self._runs:05d}"
        rows = self.writer.staged(changed)
        staged = staging.write(self.root.staging(run_id) / "staged.arrow", rows)
        items = [self.writer.item(n, version) for n, _, version in changed] + [
            self.writer.item(n) for n in known
        ]
        begun = _clocks()
        store(self.root, items, run_id=run_id, source="bench")
        seconds = _passed("store", begun)
        begun = _clocks()
        commit(self.root, [staged], [], run_id=run_id, operation="ingest")
        seconds |= _passed("commit", begun)
        shutil.rmtree(self.root.staging(run_id))
        return seconds


_PARTS = ("store", "commit", "publish")


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _passed(name: str, begun: tuple[float, float]) -> dict[str, float]:
    """Seconds by the clock, and of processor time of all threads."""
    now = _clocks()
    return {name: now[0] - begun[0], f"{name} cpu": now[1] - begun[1]}


def _bytes(root: LakeRoot) -> int:
    return sum(path.stat().st_size for path in root.table("articles").rglob("*.parquet"))


def own_bytes(writer: Writer, changed: Sequence[tuple[int, int, int]], folder: Path) -> int:
    """What the articles of an increment take in one file of their own."""
    rows = writer.staged(changed).select(ARTICLES.names).cast(ARTICLES)
    return parquet.write_rows(folder, "own.parquet", rows, row_group=10_000).size


def increments(folder: Path, articles: int, times: int) -> tuple[Growing, dict[str, Any]]:
    """Build a lake, then measure increments."""
    begun = time.perf_counter()
    growing = Growing(folder, articles)
    built = time.perf_counter() - begun
    print(f"{articles} articles built in {built:.0f} s", file=sys.stderr)
    growing.run()  # warm
    before = _bytes(growing.root)
    figures = [growing.run() for _ in range(times)]
    own = sum(own_bytes(growing.writer, growing.increment()[0], folder / "own") for _ in range(3)) / 3
    begun = time.perf_counter()
    maintain(growing.root)
    merged = time.perf_counter() - begun
    publish(growing.root)
    written = _bytes(growing.root) - before
    medians = {key: statistics.median(each[key] for each in figures) for key in figures[0]}
    return growing, medians | {
        "articles": articles,
        "best": min(each["total"] for each in figures),
        "own": own,
        "amplification": written / (own * times),
        "maintain": merged,
    }


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


def queries(growing: Growing, folder: Path) -> dict[str, dict[str, float]]:
    """Warm medians in ms: the views sealed, within the day, and one ideal sorted file."""
    day = f"{growing.writer.time(_DAYS - 100, 0):%Y-%m-%d}"
    ideal = folder / "ideal.parquet"
    with duckdb.connect(str(growing.root.database), read_only=True) as lake:
        lake.execute(
            f"COPY (FROM articles ORDER BY published_at) TO '{ideal}' (COMPRESSION zstd, ROW_GROUP_SIZE 10000)"
        )
        sealed = {
            name: _timed(lake, query.format(articles="articles", day=day)) for name, query in QUERIES.items()
        }
    for _ in range(20):
        growing.run()
    with duckdb.connect(str(growing.root.database), read_only=True) as lake:
        within = {
            name: _timed(lake, query.format(articles="articles", day=day)) for name, query in QUERIES.items()
        }
    with duckdb.connect() as alone:
        best = {
            name: _timed(alone, query.format(articles=f"'{ideal}'", day=day))
            for name, query in QUERIES.items()
        }
    return {name: {"ideal": best[name], "sealed": sealed[name], "within": within[name]} for name in QUERIES}


def _timed(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    def once() -> float:
        begun = time.perf_counter()
        connection.execute(query).fetchall()
        return (time.perf_counter() - begun) * 1000

    once()
    return statistics.median(once() for _ in range(7))


def plain(folder: Path, growing: Growing, times: int) -> dict[str, float]:
    """The peer without a log: one file a date, each rewritten where an increment touches it."""
    table = folder / "plain"
    files = snapshots.files(growing.root, snapshots.latest(growing.root)).paths["articles"]
    for path in files:
        rows = parquet.read_rows(Path(path), ARTICLES)
        for day in pc.unique(rows.column("published_date")).to_pylist():
            part = rows.filter(pc.equal(rows.column("published_date"), day))
            target = table / f"{day}.parquet"
            if target.exists():
                part = pa.concat_tables([parquet.read_rows(target, ARTICLES), part])
            table.mkdir(exist_ok=True)
            pq.write_table(part, target, compression="zstd")

    def upsert(rows: pa.Table) -> int:
        written = 0
        for day in pc.unique(rows.column("published_date")).to_pylist():
            part = rows.filter(pc.equal(rows.column("published_date"), day))
            target, fresh = table / f"{day}.parquet", table / f"{day}.new"
            if target.exists():
                held = parquet.read_rows(target, ARTICLES)
                stays = pc.invert(pc.is_in(held.column("article_id"), value_set=part.column("article_id")))
                part = pa.concat_tables([held.filter(stays), part])
            pq.write_table(part.sort_by("published_at"), fresh, compression="zstd")
            parquet.flush(fresh)
            fresh.replace(target)
            written += target.stat().st_size
        return written

    return _peer(growing, upsert, times)


def delta_merge(folder: Path, growing: Growing, times: int) -> dict[str, float]:
    """The peer that lets delta-rs update and insert."""
    table = str(folder / "merged")
    for path in snapshots.files(growing.root, snapshots.latest(growing.root)).paths["articles"]:
        write_deltalake(table, parquet.read_rows(Path(path), ARTICLES), mode="append")

    def upsert(rows: pa.Table) -> int:
        delta = DeltaTable(table)
        before = set(delta.file_uris())
        merging = delta.merge(
            rows, "t.article_id = s.article_id", source_alias="s", target_alias="t", streamed_exec=False
        )
        merging.when_matched_update_all().when_not_matched_insert_all().execute()
        after = set(DeltaTable(table).file_uris())
        return sum(Path(path.removeprefix("file://")).stat().st_size for path in after - before)

    return _peer(growing, upsert, times)


def _peer(growing: Growing, upsert: Callable[[pa.Table], int], times: int) -> dict[str, float]:
    seconds, written = [], []
    for _ in range(times):
        rows = growing.writer.staged(growing.increment()[0]).select(ARTICLES.names).cast(ARTICLES)
        begun = time.perf_counter()
        written.append(upsert(rows))
        seconds.append(time.perf_counter() - begun)
    return {"total": statistics.median(seconds), "bytes": statistics.median(written)}


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


def _report(found: dict[str, Any]) -> Iterator[str]:
    yield f"{machine()}\n"
    yield "| articles | design | s (median) | store | commit | publish | KB written | own KB | times own, merges included |"
    yield "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for each in found["increments"]:
        yield (
            f"| {each['articles']:,} | newslake | {each['total']:.2f} | {each['store']:.2f} | {each['commit']:.2f} |"
            f" {each['publish']:.2f} | {each['bytes'] / 1000:.0f} | {each['own'] / 1000:.0f} |"
            f" {each['amplification']:.1f} |"
        )
        for peer in ("plain Parquet", "Delta MERGE"):
            if peer in each:
                yield (
                    f"| {each['articles']:,} | {peer} | {each[peer]['total']:.2f} | | | |"
                    f" {each[peer]['bytes'] / 1000:.0f} | | |"
                )
    yield "\n| articles | query | one sorted file ms | sealed ms (times) | within the day ms (times) |"
    yield "| ---: | --- | ---: | ---: | ---: |"
    for each in found["increments"]:
        for name, ms in each["queries"].items():
            ratios = [f"{ms[key]:.0f} ({ms[key] / ms['ideal']:.1f})" for key in ("sealed", "within")]
            yield f"| {each['articles']:,} | {name} | {ms['ideal']:.0f} | {ratios[0]} | {ratios[1]} |"
    raw = found["raw"]
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
    parser.add_argument("--increments", type=int, default=9)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(words)
    found: dict[str, Any] = {"increments": []}
    for articles in given.articles:
        with tempfile.TemporaryDirectory(prefix="newslake-bench-") as name:
            folder = Path(name)
            growing, figures = increments(folder, articles, given.increments)
            figures["queries"] = queries(growing, folder)
            if not given.no_peers:
                figures["plain Parquet"] = plain(folder, growing, min(given.increments, 3))
                figures["Delta MERGE"] = delta_merge(folder, growing, min(given.increments, 3))
            found["increments"].append(figures)
    with tempfile.TemporaryDirectory(prefix="newslake-bench-") as name:
        found["raw"] = raw_zone(Path(name), 10_000)
    print("\n".join(_report(found)))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
