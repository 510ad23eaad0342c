"""What bytes are, cheaply: enough for the raw zone's columns; extraction looks more closely."""

from __future__ import annotations

import re

from lake.errors import Reject
from lake.extraction.decode import decode

__all__ = ["charset_of", "type_of"]

_SAMPLE = 4096  # bytes around the first that is not ASCII; weighing a whole legacy page takes 5 ms
_HIGH = re.compile(rb"[\x80-\xff]")


def type_of(body: bytes, name: str | None) -> str:
    """One of post, html, json, text, binary, empty."""
    head = body[:1024].lstrip()
    if not head:
        return "empty"
    if b"\x00" in head:
        return "binary"
    return "html" if head[:1] == b"<" else "json" if head[:1] in (b"{", b"[") else "text"


def charset_of(body: bytes, content_type: str | None) -> str | None:
    """The charset that the bytes are in, whatever they declare; None where they are no text."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        first = _HIGH.search(body, _SAMPLE // 2)
        start = first.start() - _SAMPLE // 2 if first and not _HIGH.search(body[: _SAMPLE // 2]) else 0
        body = body[start : start + _SAMPLE]
    try:
        return decode(body, content_type)[1]
    except Reject:
        return None
