"""What other ways of keeping the same articles cost; for benchmarks.storage."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake

from benchmarks.growing import Growing
from lake.schema import ARTICLES, unnumbered
from lake.storage import parquet, snapshots

__all__ = ["delta_merge", "iceberg", "plain"]


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


def iceberg(folder: Path, growing: Growing, times: int) -> dict[str, float] | None:
    """The peer that has PyIceberg upsert (its catalog in SQLite); None where it is not installed."""
    try:
        from pyiceberg.catalog.sql import SqlCatalog
    except ImportError:
        return None
    warehouse = folder / "iceberg"
    warehouse.mkdir()
    catalog = SqlCatalog("bench", uri=f"sqlite:///{warehouse}/catalog.db", warehouse=f"file://{warehouse}")
    catalog.create_namespace("news")
    table = catalog.create_table("news.articles", _unmarked(ARTICLES))
    with duckdb.connect(str(growing.root.database), read_only=True) as lake:  # it takes one row an article
        table.append(lake.sql("FROM articles").to_arrow_table().cast(_unmarked(ARTICLES)))

    def upsert(rows: pa.Table) -> int:
        before = _parquet_bytes(warehouse)
        table.upsert(rows.cast(_unmarked(ARTICLES)), join_cols=["article_id"])
        return _parquet_bytes(warehouse) - before

    return _peer(growing, upsert, times)


def _unmarked(schema: pa.Schema) -> pa.Schema:
    """The schema without our field ids: PyIceberg gives its own."""
    return pa.schema([pa.field(each.name, unnumbered(each.type)) for each in schema])


def _parquet_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def _peer(growing: Growing, upsert: Callable[[pa.Table], int], times: int) -> dict[str, float]:
    seconds, processor, written = [], [], []
    for _ in range(times):
        rows = growing.writer.staged(growing.increment()[0]).select(ARTICLES.names).cast(ARTICLES)
        begun, used = time.perf_counter(), time.process_time()
        written.append(upsert(rows))
        seconds.append(time.perf_counter() - begun)
        processor.append(time.process_time() - used)
    medians = map(statistics.median, (seconds, processor, written))
    return dict(zip(("total", "total cpu", "bytes"), medians, strict=True))
