"""Arrow schemas of the four Delta tables, with Parquet field ids.

Field ids make schema evolution cheap: a new column is one more line with a new id, old files read as
NULL, nothing is rewritten (``read_parquet(…, schema = MAP {id: …})``). An id is never reused.
All timestamps are UTC microseconds. ``date`` is the partition column of ``articles``: it names a folder
(``date=2022-05-26``, a month or a year where its files have rows of several dates) and lies in no file; ``published_date`` is the real column.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

__all__ = [
    "ARTICLES",
    "CAPTURES",
    "CAPTURE_COLUMNS",
    "OUTCOMES",
    "PARTITION",
    "REJECTS",
    "STAGED",
    "article_fields",
    "unnumbered",
]

PARTITION = "date"
_TIME = pa.timestamp("us", "UTC")


def _field(number: int, name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, _numbered(kind, number), metadata={"PARQUET:field_id": str(number)})


def _numbered(kind: pa.DataType, parent: int) -> pa.DataType:
    """Number nested fields after their column: element = 100 n + 0, members = 100 n + 1, 2, …"""
    if not pa.types.is_list(kind):
        return kind
    inner = kind.value_type
    if pa.types.is_struct(inner):
        members = [
            pa.field(f.name, f.type, metadata={"PARQUET:field_id": str(parent * 100 + k)})
            for k, f in enumerate(inner, start=1)
        ]
        inner = pa.struct(members)
    return pa.list_(pa.field("element", inner, metadata={"PARQUET:field_id": str(parent * 100)}))


def unnumbered(kind: pa.DataType) -> pa.DataType:
    """A type without Parquet field ids, which mean something else in a Delta schema (column mapping)."""
    if pa.types.is_list(kind):
        return pa.list_(unnumbered(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(member.name, unnumbered(member.type)) for member in kind])
    return kind


def _structs(**members: Any) -> pa.DataType:
    return pa.list_(pa.struct([pa.field(name, kind) for name, kind in members.items()]))


CAPTURES = pa.schema(
    [
        _field(1, "capture_id", pa.string()),  # first 32 hex digits of sha256(sha256 of the body, origin)
        _field(2, "sha256", pa.string()),  # of the body, hex
        _field(3, "source", pa.string()),
        _field(4, "origin", pa.string()),  # URL, path or path!member
        _field(5, "path", pa.string()),
        _field(6, "member", pa.string()),
        _field(7, "url", pa.string()),
        _field(8, "length", pa.int64()),  # bytes
        _field(9, "detected_type", pa.string()),  # post | html | json | text | binary | empty
        _field(10, "charset", pa.string()),  # what the bytes are, not what they declare
        _field(11, "content_type", pa.string()),  # as declared by HTTP
        _field(12, "captured_at", _TIME),
        _field(13, "run_id", pa.string()),
        _field(14, "http_status", pa.int32()),
        _field(15, "http_headers", _structs(name=pa.string(), value=pa.string())),
        _field(16, "body", pa.large_binary()),  # NULL where an earlier capture stores the same bytes
    ]
)
CAPTURE_COLUMNS = [name for name in CAPTURES.names if name != "body"]

ARTICLES = pa.schema(
    [
        _field(1, "article_id", pa.string()),
        _field(2, "url", pa.string()),
        _field(3, "site", pa.string()),
        _field(4, "source", pa.string()),
        _field(5, "title", pa.string()),
        _field(6, "digest", pa.string()),
        _field(7, "body_text", pa.string()),
        _field(8, "body_markdown", pa.string()),
        _field(9, "media", pa.string()),
        _field(10, "authors", pa.list_(pa.string())),
        _field(11, "category", pa.string()),
        _field(12, "tags", pa.list_(pa.string())),
        _field(13, "language", pa.string()),
        _field(14, "published_at", _TIME),
        _field(15, "published_date", pa.date32()),
        _field(16, "date_origin", pa.string()),
        _field(17, "captured_at", _TIME),
        _field(18, "first_seen_at", _TIME),
        _field(19, "revision", pa.int32()),
        _field(20, "content_hash", pa.string()),
        _field(21, "capture_id", pa.string()),
        _field(22, "extractor", pa.string()),
        _field(
            23,
            "mentions",
            _structs(
                kind=pa.string(),
                market=pa.int32(),
                code=pa.string(),
                symbol=pa.string(),
                mic=pa.string(),
                name=pa.string(),
                count=pa.int32(),
                first_offset=pa.int32(),
                marked_by=pa.string(),
            ),
        ),
        _field(
            24, "charts", _structs(kind=pa.string(), market=pa.int32(), code=pa.string(), url=pa.string())
        ),
        _field(
            25,
            "images",
            _structs(
                url=pa.string(),
                original_url=pa.string(),
                caption=pa.string(),
                alt=pa.string(),
                width=pa.int32(),
                height=pa.int32(),
            ),
        ),
        _field(26, "glossary", _structs(term_id=pa.string(), term=pa.string())),
        _field(27, "links", _structs(url=pa.string(), text=pa.string())),
        _field(28, "editor", pa.string()),
        _field(29, "capture_ids", pa.list_(pa.string())),  # every capture merged into this revision
        _field(30, "provenance", _structs(field=pa.string(), capture_id=pa.string())),  # where > 1 capture
        _field(31, "run_id", pa.string()),
    ]
)


def article_fields(*names: str) -> list[pa.Field]:
    """Columns of articles for other schemas: without field ids."""
    return [pa.field(name, unnumbered(ARTICLES.field(name).type)) for name in names]


OUTCOMES = pa.schema(
    [
        _field(1, "capture_id", pa.string()),
        _field(2, "run_id", pa.string()),
        _field(3, "outcome", pa.string()),  # new | revised | merged | unchanged | rejected
        _field(4, "article_id", pa.string()),
        _field(5, "extractor", pa.string()),
        _field(6, "recorded_at", _TIME),
    ]
)

REJECTS = pa.schema(
    [
        _field(
            1, "reject_id", pa.string()
        ),  # first 32 hex digits of sha256(origin, capture_id, stage, reason)
        _field(2, "run_id", pa.string()),
        _field(3, "rejected_at", _TIME),
        _field(4, "source", pa.string()),
        _field(5, "origin", pa.string()),
        _field(6, "path", pa.string()),
        _field(7, "member", pa.string()),
        _field(8, "url", pa.string()),
        _field(9, "capture_id", pa.string()),  # NULL: the bytes could not be had
        _field(10, "stage", pa.string()),
        _field(11, "reason", pa.string()),
        _field(12, "detail", pa.string()),
        _field(13, "extractor", pa.string()),
    ]
)

STAGED = pa.schema(
    [
        *ARTICLES,
        pa.field("origin", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("as_of", _TIME),
        pa.field("vintage", pa.int32()),
        pa.field("digest_only", pa.bool_()),
        pa.field("part", pa.int32()),
        pa.field("zone", pa.string()),  # IANA name of published_at's zone
    ]
)
"""One extract of one capture between structuring and commit: an article row (``revision``,
``first_seen_at`` and ``run_id`` still NULL) and what merging needs."""
