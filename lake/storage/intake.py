"""Items as they come from a source: cut into batches, and made rows of captures."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from lake.model import Item, RejectRecord
from lake.settings import Sizes
from lake.storage.keys import capture_key
from lake.storage.sniff import charset_of, type_of
from lake.storage.staging import storable

__all__ = ["batches", "capture_row"]


def capture_row(item: Item, source: str | None, run_id: str) -> dict[str, Any]:
    """The CAPTURES row of an item. Files, which come without a time, are captured now."""
    sha256 = hashlib.sha256(item.body).hexdigest()
    return {
        "capture_id": capture_key(sha256, item.origin.text),
        "sha256": sha256,
        "source": item.source or source,
        "origin": storable(item.origin.text),
        "path": storable(item.origin.path),
        "member": storable(item.origin.member),
        "url": item.origin.url,
        "length": len(item.body),
        "detected_type": type_of(item.body, item.origin.name),
        "charset": charset_of(item.body, item.content_type),
        "content_type": item.content_type,
        "captured_at": item.fetched_at or dt.datetime.now(dt.UTC),
        "run_id": run_id,
        "http_status": item.http_status,
        "http_headers": [{"name": name, "value": value} for name, value in item.http_headers] or None,
        "body": item.body,
    }


def batches(items: Iterable[Item | RejectRecord], sizes: Sizes) -> Iterator[list[Item | RejectRecord]]:
    """Lists of at most ``batch_items`` items that end with the one that brings them to ``batch_bytes``."""
    batch: list[Item | RejectRecord] = []
    length = 0
    for item in items:
        batch.append(item)
        length += len(item.body) if isinstance(item, Item) else 0
        if len(batch) >= sizes.batch_items or length >= sizes.batch_bytes:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch
