"""WARC files (ISO 28500), plain or packed: every page that a web server answered with, and lists of such files.

An item is a ``response`` record with status 200 and text in it. Its origin is the address that was asked, as if
it had been fetched, and its time that of the record: so archived and fetched copies of an article are one story.
Records that `newslake export` wrote give the captures that they were made of, files too (lake.sources.own).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from lake.errors import Reject
from lake.model import Item, Origin, RejectRecord
from lake.settings import Limits
from lake.sources import kinds, own, refusals

__all__ = ["read_warc", "records"]

log = logging.getLogger(__name__)

_TEXTS = ("text/", "application/xhtml", "application/json", "application/xml")
_NOT_STORED = {"set-cookie", "set-cookie2"}


def read_warc(path: str, limits: Limits) -> Iterator[Item | RejectRecord]:
    """Every page in the WARC file at ``path``; damage ends it, after the pages before, with a reject."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the path may hold bytes that are no text
            yield from records(file, refusals.shown(path), limits)
    except OSError as error:
        yield refusals.record(refusals.of_os_error(error, "capture"), path)


def records(file: BinaryIO, name: str, limits: Limits) -> Iterator[Item | RejectRecord]:
    """The pages of an open WARC file; ``name`` is where it comes from, for rejects of the file itself."""
    found = ignored = 0
    try:
        for record in ArchiveIterator(file):
            if record.format != "warc":  # whatever is no WARC is taken for ARC, its forerunner
                raise ValueError("no WARC record")
            if not _is_page(record):
                ignored += 1
                continue
            found += 1
            yield _item(record, limits)
    except (ArchiveLoadFailed, EOFError, ValueError, OSError, UnicodeError, AttributeError) as error:
        # the last one is what warcio (1.8) says of a response without WARC-Target-URI
        if isinstance(error, OSError) and error.errno:
            raise
        what = f"{type(error).__name__}: {str(error)[:200]}"
        if isinstance(error, AttributeError):
            what = "a response without its address, or cut off"
        words = f"damaged after {found} pages: {what}"
        yield RejectRecord(Origin(path=name), "capture", "corrupt", words)
        return
    if not found and not ignored:
        yield RejectRecord(Origin(path=name), "capture", "corrupt", "no WARC record in it")
    log.debug("%s: %d pages, %d other records ignored", name, found, ignored)


def _is_page(record: Any) -> bool:
    if own.is_own(record):
        return bool(record.rec_type in ("response", "resource"))
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = (record.http_headers.get_header("Content-Type") or "").lower().strip()
    return bool(record.http_headers.get_statuscode() == "200") and (not kind or kind.startswith(_TEXTS))


def _item(record: Any, limits: Limits) -> Item | RejectRecord:
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    origin = Origin(url=url)
    try:
        if not url:
            raise Reject("capture", "bad_url", "a record without an address")
        body = _body(record, limits)
        time = _time(record.rec_headers.get_header("WARC-Date"))
        if own.is_own(record):
            return own.item(record, body, fetched_at=time)
    except Reject as reject:
        return RejectRecord(origin, reject.stage, reject.reason, reject.detail)
    headers = tuple((name.lower(), value) for name, value in record.http_headers.headers)
    return Item(
        origin=origin,
        body=body,
        content_type=record.http_headers.get_header("Content-Type"),
        fetched_at=time,
        http_status=200,
        http_headers=tuple((name, value) for name, value in headers if name not in _NOT_STORED),
    )


def _body(record: Any, limits: Limits) -> bytes:
    """The page without its transfer and content codings, read up to the limit."""
    try:
        stream = record.content_stream()
        body = bytearray()
        while len(body) <= limits.item_bytes and (piece := stream.read(1 << 16)):
            body += piece
        short = len(body) <= limits.item_bytes and _missing(record)
    except (ValueError, EOFError, OSError, ArchiveLoadFailed) as error:
        raise Reject("capture", "corrupt", f"a damaged record: {error}") from error
    if len(body) > limits.item_bytes:
        raise Reject("capture", "too_large", f"larger than {limits.item_bytes} bytes, which no news page is")
    if short:
        raise Reject("capture", "truncated", f"a record that lacks its last {short:,} bytes")
    if not body and (record.rec_headers.get_header("WARC-Truncated") or not kinds.is_text(bytes(body))):
        raise Reject("capture", "truncated", "a record that was cut off")
    return bytes(body)


def _missing(record: Any) -> int:
    """How many bytes of the record's declared length are not there, once its page was read."""
    while record.raw_stream.read(1 << 16):
        pass
    return max(0, getattr(record.raw_stream, "limit", 0))


def _time(text: str | None) -> dt.datetime | None:
    try:
        time = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
