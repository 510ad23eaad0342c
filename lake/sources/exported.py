"""Exports of newslake as sources: Parquet, CSV and JSON lines, each row a capture.

A row's bytes are its JSON object: of JSON lines the line as it stands, of the others the line that the same
article has there, so the formats give the same bytes. Its origin is the file and the article's id, its time
that of the article's leading capture. Files of other makers lack our columns and are refused.
"""

# A path may hold bytes that are no text, which Path objects are not made for.
# ruff: noqa: PTH123, PTH116

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lake.errors import Reject
from lake.extraction.exported import NEEDED, aware, lacking
from lake.model import ROW_TYPE, Item, Origin, RejectRecord
from lake.schema import ARTICLES
from lake.settings import Limits
from lake.sources import refusals
from lake.table import as_objects

__all__ = ["read_exported"]

_AT_ONCE = 100
"""Rows of Parquet that are values at one time."""
_AS_JSON = {each.name for each in ARTICLES if not pa.types.is_string(each.type)} - {
    each.name for each in ARTICLES if pa.types.is_temporal(each.type)
}
"""Columns whose cells in CSV are JSON: lists, structs, numbers."""

Line = bytes | Reject


def read_exported(path: str, limits: Limits) -> Iterator[Item | RejectRecord]:
    """Every row of the export at ``path``, whose name ends in .parquet, .csv or .jsonl, one at a time.

    A row that is damaged is a reject, and the rest goes on. Damage to the file ends it, after the rows before.
    """
    read = _READERS[path.rsplit(".", 1)[-1].lower()]
    try:
        before = os.stat(path)
        for number, line in enumerate(read(path, limits), start=1):
            yield _item(path, number, line)
        if (after := os.stat(path)).st_mtime_ns != before.st_mtime_ns or after.st_size != before.st_size:
            raise Reject("capture", "changed", "changed while it was read; run again later")
    except OSError as error:
        yield refusals.record(refusals.of_os_error(error, "capture"), path)
    except Reject as reject:
        yield refusals.record(reject, path)


def _item(path: str, number: int, line: Line) -> Item | RejectRecord:
    try:
        if isinstance(line, Reject):
            raise line
        row = _object(line)
        _check(row)
        facts = {name: row.get(name) for name in ("article_id", "source")}
        if not facts["article_id"] or any(not isinstance(each, str | None) for each in facts.values()):
            raise Reject("capture", "corrupt", "article_id or source is no text")
        json.dumps(facts, ensure_ascii=False).encode()  # a lone surrogate can't be stored
        return Item(
            Origin(path=refusals.shown(path), member=facts["article_id"]),
            line,
            content_type=ROW_TYPE,
            fetched_at=aware(row["captured_at"]),
            source=facts["source"],
        )
    except (ValueError, TypeError) as error:
        return refusals.record(Reject("capture", "corrupt", str(error)), path, f"row {number}")
    except Reject as reject:
        return refusals.record(reject, path, f"row {number}")


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Reject("capture", "corrupt", f"no JSON: {error}") from error
    if not isinstance(row, dict):
        raise Reject("capture", "corrupt", "no JSON object")
    return row


def _check(names: Collection[str]) -> None:
    if missing := lacking(names):
        lacks = "all of its columns" if len(missing) == len(NEEDED) else ", ".join(missing)
        raise _foreign(f"it lacks {lacks}")


def _check_first(line: bytes) -> None:
    try:
        names = _object(line)
    except Reject as reject:
        raise _foreign(f"its first line is {reject.detail}") from reject
    _check(names)


def _foreign(why: str) -> Reject:
    words = f"no export of newslake: {why}; the columns {', '.join(NEEDED)} are needed (docs/export.md)"
    return Reject("capture", "foreign_table", words)


def _json_lines(path: str, limits: Limits) -> Iterator[Line]:
    with open(path, "rb") as file:
        first = True
        while line := file.readline(limits.item_bytes + 1):
            if len(line) > limits.item_bytes:
                raise _too_long(limits)
            line = line.removeprefix(b"\xef\xbb\xbf") if first else line
            if line.strip():
                if first:
                    _check_first(line)
                first = False
                yield line.rstrip(b"\r\n")


def _csv(path: str, limits: Limits) -> Iterator[Line]:
    csv.field_size_limit(max(csv.field_size_limit(), limits.item_bytes))
    rows = csv.reader(_text_lines(path, limits), strict=True)
    try:
        names = next(rows, [])
        _check(names)
        for cells in rows:
            if len(cells) == len(names):
                yield _line(names, [_cell(*each) for each in zip(names, cells, strict=True)])
            else:
                yield Reject("capture", "corrupt", f"{len(cells)} cells of {len(names)}")
    except (csv.Error, UnicodeDecodeError) as error:
        raise Reject("capture", "corrupt", f"damaged: {error}") from error


def _text_lines(path: str, limits: Limits) -> Iterator[str]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        while line := file.readline(limits.item_bytes):
            if len(line) == limits.item_bytes:
                raise _too_long(limits)
            yield line


def _cell(name: str, text: str) -> Any:
    """A cell's value; what should be JSON and is none is left to extraction, which names the column."""
    if not text:
        return None
    if name in _AS_JSON:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _parquet(path: str, _limits: Limits) -> Iterator[Line]:
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            _check(names)
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(_AT_ONCE, row_groups=[group]):
                    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                        yield _line(names, row)
    except (pa.ArrowException, UnicodeDecodeError, ValueError) as error:
        raise Reject("capture", "corrupt", f"damaged: {error}"[:500]) from error


def _line(names: Collection[str], values: Collection[Any]) -> bytes:
    (row,) = as_objects(list(names), [list(values)])
    return json.dumps(row, ensure_ascii=False, allow_nan=False).encode()


def _too_long(limits: Limits) -> Reject:
    return Reject(
        "capture", "too_large", f"a line of more than {limits.item_bytes} bytes, which no article has"
    )


_READERS: Mapping[str, Callable[[str, Limits], Iterator[Line]]] = {
    "jsonl": _json_lines,
    "csv": _csv,
    "parquet": _parquet,
}
