"""What the lake already holds of live sources' articles: look-ups by address, while a run fetches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from lake.locations import LakeRoot
from lake.model import Item, Origin
from lake.storage import raw
from lake.storage.index import Index
from lake.storage.known_keys import KnownOrigin
from lake.storage.tables import create, open_lake

__all__ = ["Known"]


class Known:
    """The lake as it was when the run began. Used from one thread."""

    def __init__(self, root: LakeRoot) -> None:
        self._root = root
        self._index = Index(root)
        if not self._index.is_current():
            create(root)
            self._index.catch_up(open_lake(root))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._index.__exit__(kind, error, trace)

    def origins(self, urls: Iterable[str]) -> dict[str, KnownOrigin]:
        """The newest capture of each address that was captured."""
        return self._index.origins(urls)

    def conditions(self, capture_id: str) -> tuple[str | None, str | None]:
        """``ETag`` and ``Last-Modified`` of a capture."""
        for row in raw.locate(self._root, [capture_id], self._index).to_pylist():
            headers = {each["name"]: each["value"] for each in row["http_headers"] or ()}
            return headers.get("etag"), headers.get("last-modified")
        return None, None

    def unfinished(self, source: str | None, since: dt.datetime, until: dt.datetime) -> Iterator[Item]:
        """Captures of the source (None: of any) that an interrupted run stored and did not structure: as they came."""
        ids = self._index.captured_between(since, until, unfinished=True)
        rows = self._newest(source, ids)
        for row, body in raw.read_many(self._root, list(rows), self._index) if rows else ():
            yield _item(row, body)

    def due(self, source: str, after: dt.datetime, until: dt.datetime) -> list[str]:
        """The addresses whose newest capture the source brought in that time."""
        ids = self._index.captured_between(after, until)
        return [row["origin"] for row in self._newest(source, ids).values() if row["http_status"]]

    def _newest(self, source: str | None, capture_ids: list[str]) -> dict[str, Mapping[str, Any]]:
        """Those captures that the source brought and that are the newest of their origins."""
        if not capture_ids:
            return {}
        rows = raw.locate(self._root, capture_ids, self._index).to_pylist()
        mine = {row["capture_id"]: row for row in rows if source in (None, row["source"]) and row["url"]}
        newest = {each.capture_id for each in self.origins(row["origin"] for row in mine.values()).values()}
        return {capture_id: row for capture_id, row in mine.items() if capture_id in newest}


def _item(row: Mapping[str, Any], body: bytes) -> Item:
    return Item(
        origin=Origin(row["path"], row["member"], row["url"]),
        body=body,
        content_type=row["content_type"],
        fetched_at=row["captured_at"],
        http_status=row["http_status"],
        http_headers=tuple((each["name"], each["value"]) for each in row["http_headers"] or ()),
        source=row["source"],
    )
