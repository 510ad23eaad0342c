"""The key columns of each table's data files, as statements for the key index; and how keys are made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lake.model import RejectRecord
from lake.storage.files import Place, readable

__all__ = [
    "KEYS",
    "body_hashes",
    "capture_key",
    "groups_with_bodies",
    "origin_key",
    "reject_key",
    "statements",
]

KEYS = {
    "captures": ("capture_id", "sha256", "origin", "captured_at"),
    "articles": ("article_id", "revision", "content_hash", "first_seen_at", "capture_ids"),
    "outcomes": ("capture_id", "outcome", "article_id", "extractor", "recorded_at"),
    "rejects": ("reject_id",),
}
"""The columns of each table that the index reads."""

_ID = 32  # hex digits of an id: 128 bits, so that 10^12 captures collide with a chance below 10^-14

Rows = list[tuple[Any, ...]]
Statement = tuple[str, Iterator[tuple[Any, ...]]]


def capture_key(sha256: str, origin: str) -> str:
    """The id of a capture: the same bytes from the same origin are the same capture."""
    return hashlib.sha256(f"{sha256}\n{origin}".encode("utf-8", "surrogateescape")).hexdigest()[:_ID]


def reject_key(record: RejectRecord) -> str:
    """The id of a reject: the same failure of the same input is the same reject."""
    parts = (record.origin.text, record.capture_id or "", record.stage, record.reason)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:_ID]


def origin_key(origin: str) -> bytes:
    """A short stand-in for an origin, for telling origins of one article apart."""
    return hashlib.sha256(origin.encode("utf-8", "surrogateescape")).digest()[:8]


def statements(name: str, path: Place, file: int, held: pa.Table | None = None) -> Iterator[Statement]:
    """What the index must take over from one data file (``file`` is its number in the index).

    ``held``: its key columns, perhaps with others, if they are at hand.
    """
    columns = _read(path, KEYS[name]) if held is None else held.select(list(KEYS[name]))
    rows = list(zip(*(_ticks(column).to_pylist() for column in columns.columns), strict=True))
    if name == "captures":
        yield from _captures(rows, path, file)
    else:
        yield from _READERS[name](rows)


def body_hashes(path: Place) -> Iterator[str]:
    """The sha256 of every body that lies in a file of captures; reads no body."""
    with pq.ParquetFile(readable(path)) as file:
        for group in groups_with_bodies(file):
            yield from file.read_row_group(group, columns=["sha256"]).column(0).to_pylist()


def groups_with_bodies(file: pq.ParquetFile) -> list[int]:
    """The row groups that hold bodies: rows without one lie in groups of their own."""
    body = next(n for n in range(file.metadata.num_columns) if file.schema.column(n).path == "body")
    groups = range(file.metadata.num_row_groups)
    statistics = [file.metadata.row_group(n).column(body).statistics for n in groups]
    return [n for n in groups if statistics[n] is None or statistics[n].null_count == 0]


def _captures(rows: Rows, path: Place, file: int) -> Iterator[Statement]:
    yield (
        "INSERT OR REPLACE INTO captures VALUES (?, ?, ?, ?, ?)",
        ((bytes.fromhex(a), bytes.fromhex(b), origin_key(c), d, file) for a, b, c, d in rows),
    )
    yield (
        "INSERT OR REPLACE INTO bodies VALUES (?, ?)",
        ((bytes.fromhex(sha256), file) for sha256 in body_hashes(path)),
    )


def _articles(rows: Rows) -> Iterator[Statement]:
    yield (
        "INSERT INTO articles VALUES (?, ?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET"
        " revision = excluded.revision, content_hash = excluded.content_hash,"
        " first_seen_at = excluded.first_seen_at WHERE excluded.revision > revision",
        ((a, b, bytes.fromhex(c), d) for a, b, c, d, _ in rows),
    )
    yield (
        "INSERT OR IGNORE INTO members VALUES (?, ?)",
        ((row[0], bytes.fromhex(capture_id)) for row in rows for capture_id in row[4]),
    )


def _outcomes(rows: Rows) -> Iterator[Statement]:
    yield (
        "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?) ON CONFLICT (capture_id) DO UPDATE SET"
        " outcome = excluded.outcome, article_id = excluded.article_id, extractor = excluded.extractor,"
        " recorded_at = excluded.recorded_at WHERE excluded.recorded_at > recorded_at",
        ((bytes.fromhex(row[0]), *row[1:]) for row in rows),
    )
    yield (
        "INSERT OR IGNORE INTO members VALUES (?, ?)",
        ((row[2], bytes.fromhex(row[0])) for row in rows if row[2] is not None),
    )


def _rejects(rows: Rows) -> Iterator[Statement]:
    yield "INSERT OR IGNORE INTO rejects VALUES (?)", ((bytes.fromhex(row[0]),) for row in rows)


def _read(path: Place, names: Sequence[str]) -> pa.Table:
    with pq.ParquetFile(readable(path)) as file:  # a fifth of the time of read_table for small files
        return file.read(columns=list(names), use_threads=False).select(list(names))


def _ticks(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Timestamps as microseconds since 1970, which SQLite can hold."""
    return column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column


_READERS = {"articles": _articles, "outcomes": _outcomes, "rejects": _rejects}
