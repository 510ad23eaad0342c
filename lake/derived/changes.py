"""Rows of ``articles``: those that a range of versions added, or all that a version holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from lake import schema
from lake.locations import LakeRoot
from lake.storage import tablelog, tables
from lake.storage.files import Place, absent, readable

__all__ = ["added", "all_files", "batches", "count"]

_ROWS = 1_000
"""Rows in a batch, about; with texts and what is made of them they take some tens of MB."""
_THREADS = 4


def added(root: LakeRoot, first: int, last: int) -> list[Place] | None:
    """The files that these versions of ``articles`` added; None where the log or a file is gone.

    Maintenance moves rows and adds none; its commits say so.
    """
    folder = root.table("articles")
    try:
        paths: list[Place] = [folder / unquote(each["path"]) for each in _actions(root, first, last)]
    except FileNotFoundError:
        return None
    return None if absent(folder, map(str, paths)) else paths


def count(root: LakeRoot, first: int, last: int) -> int:
    """How many rows these versions added, or the last one has, where the log has forgotten."""
    try:
        return sum(json.loads(each["stats"])["numRecords"] for each in _actions(root, first, last))
    except FileNotFoundError:
        return sum(file.rows for file in tables.open_table(root, "articles", last).files())


def _actions(root: LakeRoot, first: int, last: int) -> Iterator[dict[str, Any]]:
    """What the log says of the files that these versions added. Raises FileNotFoundError where it has forgotten."""
    for version in range(first, last + 1):
        text = tablelog.log_entry(root, "articles", version).read_text("utf-8")
        for line in text.splitlines():
            if line.startswith('{"add"') and (action := json.loads(line)["add"])["dataChange"]:
                yield action


def all_files(root: LakeRoot, version: int) -> list[Place]:
    """Every data file of a version of ``articles``, by date."""
    table = tables.open_table(root, "articles", version)
    return [table.folder / file.path for file in table.files()]


def batches(
    paths: Sequence[Place], columns: Sequence[str], recent: Mapping[str, pa.Table] | None = None
) -> Iterator[pa.Table]:
    """The rows of some files, in their order, a bounded number at a time.

    A file from before a column existed has NULL there. ``recent``: rows of some of the files, by address.
    """
    wanted = pa.schema(schema.article_fields(*columns))
    held: list[pa.Table] = []
    for rows in _all(paths, wanted, recent or {}):
        held.append(rows)
        while sum(map(len, held)) > _ROWS:  # a file has as many as a day, or a month
            joined = pa.concat_tables(held)
            yield joined[:_ROWS]
            held = [joined[_ROWS:]]
    if held:
        yield pa.concat_tables(held)


def _all(paths: Sequence[Place], wanted: pa.Schema, recent: Mapping[str, pa.Table]) -> Iterator[pa.Table]:
    """File by file; from a bucket some at once, for most of it is waiting. On disk threads cost more than they save."""
    if all(isinstance(path, Path) for path in paths):
        yield from (_rows(path, wanted, recent) for path in paths)
        return
    with ThreadPoolExecutor(_THREADS) as pool:
        for begin in range(0, len(paths), _THREADS):  # read ahead no further: files may be large
            yield from pool.map(lambda path: _rows(path, wanted, recent), paths[begin : begin + _THREADS])


def _rows(path: Place, wanted: pa.Schema, recent: Mapping[str, pa.Table]) -> pa.Table:
    held = recent.get(str(path))
    if held is not None and set(wanted.names) <= set(held.column_names):
        return held.select(wanted.names).cast(wanted)
    with pq.ParquetFile(readable(path)) as opened:
        names = set(opened.schema_arrow.names)
        rows = opened.read([name for name in wanted.names if name in names], use_threads=False)
    return pa.table(
        [
            rows.column(field.name).cast(field.type)
            if field.name in names
            else pa.nulls(len(rows), field.type)
            for field in wanted
        ],
        schema=wanted,
    )
