"""A lake of invented articles that grows by increments, and what each increment costs; for benchmarks.storage."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from benchmarks.generate import generate
from lake.extraction import extract
from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.rows import staged_row
from lake.schema import ARTICLES, STAGED
from lake.storage import parquet, staging
from lake.storage.captures import store
from lake.storage.commit import commit
from lake.storage.keys import capture_key
from lake.views.publish import publish

__all__ = ["DAYS", "PARTS", "Growing", "Writer", "article_bytes", "own_bytes"]

DAYS = 730
_CHUNK = 50_000
_TEXTS = 4000  # different texts: more than a compressor or a dictionary of values can look back on
_NEW, _KNOWN, _REVISED, _LATE = 300, 100, 75, 25
_UTC = dt.UTC
_ZONE = dt.timezone(dt.timedelta(hours=8))


class Writer:
    """Invented articles by number: their captures and their staged rows."""

    def __init__(self) -> None:
        self._today = dt.datetime.now(_ZONE).replace(hour=8, minute=0, second=0, microsecond=0)
        self._rows: list[dict[str, Any]] = []
        for name, body in generate(_TEXTS, seed=5):
            article = extract(body, name=name)
            moment = dt.datetime.now(_UTC)
            self._rows.append(staged_row(article, capture_id="", origin="", source=None, captured_at=moment))

    def time(self, day: int, n: int) -> dt.datetime:
        """The n-th moment of a day; day 730 is today."""
        return self._today + dt.timedelta(days=day - DAYS, seconds=n * 37 % 50_000)

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
            row |= {name: f"{row[name]} {n} {version}" for name in ("title", "body_text", "body_markdown")}
            row |= {"capture_id": key, "capture_ids": [key]}
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
            self.days += [(first + k) * DAYS // articles for k in range(count)]
            self._run([(n, self.days[n], 1) for n in range(first, first + count)], [])
        publish(self.root)

    def increment(self, day: int = DAYS) -> tuple[list[tuple[int, int, int]], list[int]]:
        """(article, day, version) of what is new or revised, and known articles that come again."""
        total, built = len(self.days), self.built
        recent = range(built - max(built // 10, 200), built)
        revised = [(n, self.days[n], 2 + self._runs) for n in self.rng.sample(recent, _REVISED)]
        known = self.rng.sample(range(total // 2), _KNOWN)
        days = [day] * _NEW + [self.rng.randrange(DAYS) for _ in range(_LATE)]
        self.days += days
        return [*revised, *((total + k, each, 1) for k, each in enumerate(days))], known

    def run(self, day: int = DAYS) -> dict[str, float]:
        """One increment; seconds of its parts and bytes written."""
        changed, known = self.increment(day)
        before = article_bytes(self.root)
        seconds = self._run(changed, known)
        begun = _clocks()
        publish(self.root)
        seconds |= _passed("publish", begun)
        total = {f"total{kind}": sum(seconds[f"{part}{kind}"] for part in PARTS) for kind in ("", " cpu")}
        return seconds | total | {"bytes": article_bytes(self.root) - before}

    def _run(self, changed: Sequence[tuple[int, int, int]], known: Sequence[int]) -> dict[str, float]:
        self._runs += 1
        run_id = f"{self.writer.time(DAYS, 0):%Y%m%d}T{self._runs:06d}-{self._runs:06x}"  # as runs have
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


PARTS = ("store", "commit", "publish")


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _passed(name: str, begun: tuple[float, float]) -> dict[str, float]:
    """Seconds by the clock, and of processor time of all threads."""
    now = _clocks()
    return {name: now[0] - begun[0], f"{name} cpu": now[1] - begun[1]}


def article_bytes(root: LakeRoot) -> int:
    """Bytes of all files of articles, merged away ones too."""
    return sum(path.stat().st_size for path in root.table("articles").rglob("*.parquet"))


def own_bytes(writer: Writer, changed: Sequence[tuple[int, int, int]], folder: Path) -> int:
    """What the articles of an increment take in one file of their own."""
    rows = writer.staged(changed).select(ARTICLES.names).cast(ARTICLES)
    return parquet.write_rows(folder, "own.parquet", rows, row_group=10_000).size
