"""What bytes are, cheaply: enough for the raw zone's columns; extraction looks more closely."""

from __future__ import annotations

import re

from lake.errors import Reject
from lake.extraction.decode import decode
from lake.extraction.detect import detect

__all__ = ["charset_of", "type_of"]

_SAMPLE = 4096  # bytes around the first that is not ASCII; weighing a whole legacy page takes 5 ms
_HIGH = re.compile(rb"[\x80-\xff]")


def type_of(body: bytes, name: str | None) -> str:
    """One of post, json, html, fragment, text, binary, empty."""
    return detect(body, name)


def charset_of(body: bytes, content_type: str | None) -> str | None:
    """The charset that the bytes are in, whatever they declare; None where they are no text."""
    try:
        body.decode("utf-8")
        if body and b"\x00" not in body:
            return "utf-8"
    except UnicodeDecodeError:
        first = _HIGH.search(body)
        start = max(0, first.start() - _SAMPLE // 2) if first else 0
        body = body[start : start + _SAMPLE]
    try:
        return decode(body[:_SAMPLE], content_type)[1]
    except Reject:
        return None
