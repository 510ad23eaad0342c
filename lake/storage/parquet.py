"""Data files: written once under a name of their own, flushed to disk, never changed.

Figures behind the settings (measured on synthetic articles and pages): zstd level 3 is the knee of size
against time; a Bloom filter on ``article_id`` makes DuckDB's search for an absent id three times faster;
bodies compress 7.6 times in pages of megabytes and 3.2 times one by one.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.schema import PARTITION
from lake.storage.datafile import STATISTICS, DataFile, digest, statistics
from lake.storage.files import Place, flush, readable
from lake.storage.objects import ObjectPath

__all__ = ["read_rows", "salvage", "write_captures", "write_rows", "write_stream"]

log = logging.getLogger(__name__)

_FEW = 1000
"""Rows below which dictionaries of values cost more time than they save bytes (measured)."""

_HANDFUL = 8
"""Rows up to which only texts are compressed: beginning to compress fifty columns takes 1.3 of 3 ms and saves
nothing in so few rows (measured)."""
_TEXTS = ("body_text", "body_markdown")

_BODY_BYTES = 4 * 1024 * 1024
"""Bytes of bodies in one row group: what a point read must unpack (5-10 ms)."""
_UNREADABLE = (OSError, pa.ArrowException, ValueError)
_BLOOM = {"ndv": 20_000, "fpp": 0.01}


def write_rows(
    folder: Place,
    name: str,
    rows: pa.Table,
    *,
    row_group: int,
    partition: str | None = None,
    keep: Sequence[str] = (),
) -> DataFile:
    """Write a file of articles, outcomes or rejects. Articles go to the folder of their one date, or of ``partition``,
    which may be a month (``2022-03``). ``keep`` names the columns that the result holds as ``keys``."""
    if "published_date" in rows.column_names:
        partition = partition or rows.column("published_date")[0].as_py().isoformat()
        name = f"{PARTITION}={partition}/{name}"
    with _begun(folder / name) as path:
        pq.write_table(rows, path, row_group_size=row_group, **_options(rows, len(rows)))
    done = _finished(folder, name, path, rows, partition)
    return replace(done, keys=rows.select(list(keep))) if keep else done


def write_stream(
    folder: Place, name: str, parts: Iterable[pa.Table], *, row_group: int, partition: str
) -> DataFile | None:
    """Write a file of articles from sorted parts, holding about a row group of them; None if there is no row."""
    groups = _gathered(parts, row_group)
    first = next(groups, None)
    if first is None:
        return None
    name = f"{PARTITION}={partition}/{name}"
    bounds = []
    with (
        _begun(folder / name) as path,
        pq.ParquetWriter(path, first.schema, **_options(first, row_group)) as writer,
    ):
        for rows in itertools.chain([first], groups):
            writer.write_table(rows, row_group_size=row_group)
            bounds.append(rows.select(list(STATISTICS)))
    return _finished(folder, name, path, pa.concat_tables(bounds), partition)


def _gathered(parts: Iterable[pa.Table], length: int) -> Iterator[pa.Table]:
    """The parts' rows in tables of ``length`` or somewhat more, and a rest."""
    held: list[pa.Table] = []
    for part in parts:
        held += [part] if len(part) else []
        if sum(map(len, held)) >= length:
            yield pa.concat_tables(held)
            held = []
    if held:
        yield pa.concat_tables(held)


def _options(rows: pa.Table, distinct: int) -> dict[str, Any]:
    """How to write a file that begins with these rows; ``distinct``: articles in a row group at most."""
    bloom = {"article_id": _BLOOM | {"ndv": max(distinct, 1)}} if "article_id" in rows.column_names else None
    return _compression(rows) | {
        "bloom_filter_options": bloom,
        "write_statistics": [column for column in STATISTICS if column in rows.column_names],
        "use_dictionary": len(rows) >= _FEW,
        "store_schema": False,
        "write_page_checksum": True,
    }


def _compression(rows: pa.Table) -> dict[str, Any]:
    texts = [name for name in _TEXTS if name in rows.column_names]
    if texts and len(rows) <= _HANDFUL:
        return {"compression": dict.fromkeys(texts, "zstd"), "compression_level": dict.fromkeys(texts, 3)}
    return {"compression": "zstd", "compression_level": 3}


def write_captures(folder: Place, name: str, rows: pa.Table) -> DataFile:
    """Write a file of captures: rows with a body first, those without in row groups of their own.

    So a row group's null count tells which captures' bytes lie in this file, without reading any.
    """
    empty = pc.is_null(rows.column("body"))
    full = rows.filter(pc.invert(empty))
    bare = rows.filter(empty)
    length = pc.sum(full.column("length")).as_py() or 0
    per_group = max(1, len(full) * _BODY_BYTES // max(length, _BODY_BYTES))
    with (
        _begun(folder / name) as path,
        pq.ParquetWriter(
            path,
            rows.schema,
            compression="zstd",
            compression_level=3,
            use_dictionary=["source", "path", "detected_type", "charset", "content_type", "run_id"],
            data_page_size=_BODY_BYTES,
            write_statistics=["body"],
            store_schema=False,
            write_page_checksum=True,
        ) as writer,
    ):
        for part in (full, bare):
            if len(part):
                writer.write_table(part, row_group_size=per_group)
    return _finished(folder, name, path, rows, None)


def salvage(path: Place, schema: pa.Schema) -> pa.Table:
    """The row groups of a damaged file that are whole, by the checksums of their pages."""
    parts = [schema.empty_table()]
    try:
        opened = pq.ParquetFile(readable(path), page_checksum_verification=True)
    except _UNREADABLE:
        return parts[0]
    with opened:
        for group in range(opened.num_row_groups):
            try:
                parts.append(_in_schema(opened.read_row_group(group), schema))
            except _UNREADABLE as error:
                log.warning("row group %d of %s is lost: %s", group, path, error)
    return pa.concat_tables(parts)


def read_rows(path: Place, schema: pa.Schema, where: pc.Expression | None = None) -> pa.Table:
    """A data file's rows, all or those of which ``where`` is true, in today's schema: columns that it does not
    have are NULL."""
    return _in_schema(pq.read_table(readable(path), partitioning=None, filters=where), schema)


def _in_schema(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    held = set(rows.column_names)
    columns = [
        rows.column(field.name).cast(field.type) if field.name in held else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


@contextmanager
def _begun(path: Place) -> Iterator[Path]:
    """The path on disk to write to; what a failure such as a full disk leaves there is removed.

    A file for a bucket is written on this machine first: it is sent whole, under a name that holds its hash.
    """
    if isinstance(path, ObjectPath):
        handle, name = tempfile.mkstemp(prefix="newslake-", suffix=".parquet")
        os.close(handle)
        written = Path(name)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path
    try:
        yield written
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _finished(folder: Place, name: str, written: Path, rows: pa.Table, partition: str | None) -> DataFile:
    """Put a written file's hash into its name, so that `verify` can tell damage anywhere in it; make it last."""
    name = f"{name.removesuffix('.parquet')}.{digest(written)}.parquet"
    size = written.stat().st_size
    _kept(written, folder / name)
    stats = statistics(rows)
    revision = stats["maxValues"].get("revision")
    return DataFile(name, size, len(rows), partition, revision, json.dumps(stats))


def _kept(written: Path, target: Place) -> None:
    """Move a file to its place and have the disk hold it, or send it to the bucket."""
    if isinstance(target, ObjectPath):
        try:
            target.upload(written)
        finally:
            written.unlink()
        return
    written.rename(target)
    flush(target)
    flush(target.parent)
