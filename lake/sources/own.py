"""What newslake says of its own captures in WARC records, so that an export comes back as it was.

A capture over HTTP is a ``response``, one of a file a ``resource``; ISO 28500 allows named fields of one's own.
Ours are percent-encoded, since a header holds ASCII. Bodies are written without codings: what the server said
of coding and length goes by the names ``X-Crawler-…`` there, as crawlers have it (Common Crawl's do), and all
headers stand in a field as they came.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from lake.errors import Reject
from lake.model import Item, Origin

__all__ = ["fields", "is_own", "item", "origin_of", "sent"]

_FIELDS = {
    "path": "Newslake-Path",
    "member": "Newslake-Member",
    "url": "Newslake-Url",
    "source": "Newslake-Source",
    "content_type": "Newslake-Content-Type",
}
_CAPTURE, _HEADERS = "Newslake-Capture", "Newslake-Headers"
_CODINGS = ("content-encoding", "transfer-encoding", "content-length")


def fields(row: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a capture's record, from its row."""
    found = {field: quote(row[name]) for name, field in _FIELDS.items() if row[name] is not None}
    if row["http_headers"] is not None:
        pairs = [(header["name"], header["value"]) for header in row["http_headers"]]
        found[_HEADERS] = quote(json.dumps(pairs))
    return {_CAPTURE: row["capture_id"], **found}


def sent(headers: Iterable[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    """A response's headers for a body that is written without codings."""
    renamed = [(f"X-Crawler-{name}" if name in _CODINGS else name, value) for name, value in headers]
    return [*renamed, ("Content-Length", str(length))]


def is_own(record: Any) -> bool:
    """Whether newslake wrote the record."""
    return record.rec_headers.get_header(_CAPTURE) is not None


def origin_of(record: Any) -> Origin:
    """Where the capture of a record of ours came from. Raises Reject where it does not say."""
    origin = Origin(**{name: _value(record, _FIELDS[name]) for name in ("path", "member", "url")})
    if origin.path is None and origin.url is None:
        raise Reject("capture", "bad_url", "a record of a capture without path and address")
    return origin


def item(record: Any, body: bytes, **facts: Any) -> Item:
    """The item of a record of ours; ``facts`` are what its own headers do not say. Raises Reject."""
    text = _value(record, _HEADERS)
    try:
        headers = tuple((str(name), str(value)) for name, value in json.loads(text)) if text else ()
    except (ValueError, TypeError) as error:
        raise Reject("capture", "corrupt", f"a record of a capture with damaged headers: {error}") from error
    return Item(
        origin_of(record),
        body,
        content_type=_value(record, _FIELDS["content_type"]),
        http_status=_status(record),
        http_headers=headers,
        source=_value(record, _FIELDS["source"]),
        **facts,
    )


def _status(record: Any) -> int | None:
    text = record.http_headers.get_statuscode() if record.http_headers is not None else ""
    return int(text) if text.isdecimal() else None


def _value(record: Any, field: str) -> str | None:
    value = record.rec_headers.get_header(field)
    return None if value is None else unquote(value)
