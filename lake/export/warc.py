"""Captures as a WARC file (ISO 28500, version 1.1), each with its bytes and where and when they came from."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from lake.export.selection import Selection
from lake.locations import LakeRoot
from lake.query import ask
from lake.restructure import RestructureRequest, select
from lake.sources import own
from lake.storage.index import Index
from lake.storage.raw import read_many
from lake.storage.tables import open_lake

__all__ = ["write_warc"]

_AT_ONCE = 1000
_TYPES = {"post": "text/markdown", "html": "text/html", "json": "application/json", "text": "text/plain"}
_SOFTWARE = {"software": "newslake", "format": "WARC File Format 1.1"}


def write_warc(selection: Selection, target: Path) -> Mapping[str, int]:
    """Write the chosen captures; packed, one record a gzip member, unless the name ends in ``.warc``.

    Without a choice that is every capture, also those that gave no article.
    """
    root = selection.root
    request = RestructureRequest(root, selection.since, selection.until, selection.site)
    repeated = _repeated(root)
    ids = [capture_id for _, capture_id in select(request) if capture_id not in repeated]
    packed = not target.name.removesuffix(".new").endswith(".warc")
    with Index(root) as index, target.open("wb") as file:
        index.catch_up(open_lake(root))
        writer = WARCWriter(file, gzip=packed, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record(target.name, _SOFTWARE))
        for begin in range(0, len(ids), _AT_ONCE):
            for row, body in read_many(root, ids[begin : begin + _AT_ONCE], index):
                writer.write_record(_record(writer, row, body))
    return {"captures": len(ids)}


def _repeated(root: LakeRoot) -> set[str]:
    """Captures whose origin gave other bytes afterwards and then the same again: the later one stands for both.

    In a WARC file they are one capture, bytes and origin, and its time decides which of the origin's counts.
    """
    query = """
        SELECT capture_id FROM stored.captures
        QUALIFY row_number() OVER (PARTITION BY sha256, origin ORDER BY captured_at DESC, capture_id DESC) > 1
    """
    with ask(root, query) as answer:
        return {capture_id for (capture_id,) in answer.rows}


def _record(writer: WARCWriter, row: Mapping[str, Any], body: bytes) -> Any:
    facts = {"WARC-Date": _date(row["captured_at"]), **own.fields(row)}
    if row["http_status"] is None:
        kind = row["content_type"] or _TYPES.get(row["detected_type"], "application/octet-stream")
        return writer.create_warc_record(
            _address(row),
            "resource",
            payload=io.BytesIO(body),
            length=len(body),
            warc_content_type=kind,
            warc_headers_dict=facts,
        )
    headers = [(item["name"], item["value"]) for item in row["http_headers"] or ()]
    answer = StatusAndHeaders(f"{row['http_status']} OK", own.sent(headers, len(body)), protocol="HTTP/1.1")
    return writer.create_warc_record(
        _address(row),
        "response",
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=answer,
        warc_headers_dict=facts,
    )


def _address(row: Mapping[str, Any]) -> str:
    """The URL asked for, or a file's as ``file:///path`` with an archive's member as fragment."""
    if row["url"] is not None:
        return str(row["url"])
    member = f"#{quote(row['member'])}" if row["member"] is not None else ""
    return f"file://{quote(row['path'])}{member}"


def _date(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
