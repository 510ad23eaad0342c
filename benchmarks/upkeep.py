"""Measures what derived tables cost an increment: ``python -m benchmarks.upkeep LAKE [--tables NAME …]``.

LAKE is one that ``benchmarks.views --lake`` made; it is added to. Every run commits articles over 55 dates of the
last two months, as an hourly fetch and some late ones do, with a twentieth of them revisions, then publishes.
CPU seconds of this process are told for the commit, the derived tables and the rest of publishing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lake import schema
from lake.derived import upkeep
from lake.derived.table import Derived
from lake.derived.tables import DERIVED
from lake.locations import LakeRoot
from lake.storage import parquet, snapshots, tables
from lake.storage.datafile import file_name
from lake.views.publish import publish

__all__ = ["main"]

_DATES = 55


def main() -> None:
    """Run the increments and print the medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.upkeep", description=__doc__)
    parser.add_argument("lake", type=Path)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--tables", nargs="+", default=[table.name for table in DERIVED])
    arguments = parser.parse_args()
    root = LakeRoot(arguments.lake.absolute())
    of = tuple(table for table in DERIVED if table.name in arguments.tables)
    with _only(of):
        publish(root)
    found: dict[str, list[float]] = {}
    for number in range(arguments.runs):
        for name, seconds in _run(root, of, number, arguments.articles):
            found.setdefault(name, []).append(seconds)
            sys.stdout.write(f"run {number}: {name:<24} {seconds:.3f} s of CPU\n")
    for name, every in found.items():
        sys.stdout.write(
            f"median: {name:<24} {statistics.median(every):.3f}, most {max(every):.3f} s of CPU\n"
        )


def _run(root: LakeRoot, of: tuple[Derived, ...], number: int, articles: int) -> Iterator[tuple[str, float]]:
    """Tables are brought up together in even runs, one by one in odd ones."""
    rows = _rows(root, number, articles)
    yield "commit", _seconds(lambda: _commit(root, rows))
    newest = snapshots.latest(root)
    assert newest is not None
    version = newest.versions["articles"]
    with _only(()):
        yield "publish without tables", _seconds(lambda: publish(root))
    with duckdb.connect(config={"threads": 1}) as connection:
        for count in range(1, len(of) + 1) if number % 2 else [len(of)]:
            name = of[count - 1].name if number % 2 else "tables together"
            with _only(of[:count]):
                yield name, _seconds(lambda: upkeep.keep_up(root, version, connection))


def _rows(root: LakeRoot, number: int, articles: int) -> list[pa.Table]:
    """Rows of each date, made of those that are there."""
    folders = sorted(root.table("articles").glob("date=*"))[-_DATES:]
    parts = []
    for count, folder in enumerate(folders):
        rows = pq.ParquetFile(min(folder.glob("*.parquet"))).read()
        some = [(7 * number + k) % len(rows) for k in range(-(-articles // _DATES))]
        rows = rows.take(some).slice(0, max(0, articles - count * len(some)))
        if not len(rows):
            break
        fresh = [k % 20 > 0 for k in range(len(rows))]
        ids = rows.column("article_id").to_pylist()
        given = {
            "article_id": [f"{each}-{number}" if new else each for each, new in zip(ids, fresh, strict=True)],
            "revision": [1 if new else number + 2 for new in fresh],
        }
        columns = [
            pa.array(given[field.name], field.type) if field.name in given else rows.column(field.name)
            for field in schema.ARTICLES
        ]
        parts.append(pa.table(columns, schema=schema.ARTICLES))
    return parts


def _commit(root: LakeRoot, parts: list[pa.Table]) -> None:
    table = tables.open_table(root, "articles")
    files = [
        parquet.write_rows(table.folder, file_name("bench", n), rows, row_group=10_000)
        for n, rows in enumerate(parts)
    ]
    versions = {name: tables.open_table(root, name).version for name in ("captures", "rejects")}
    versions["articles"] = table.commit(files, {"run_id": "bench"})
    note = {"operation": "ingest", "run_id": "bench", "versions": versions, "counts": {}}
    tables.open_table(root, "outcomes").commit([], note)


@contextmanager
def _only(of: tuple[object, ...]) -> Iterator[None]:
    """Have upkeep know these tables alone."""
    every = upkeep.DERIVED
    upkeep.DERIVED = of
    try:
        yield
    finally:
        upkeep.DERIVED = every


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
