"""Content codings undone: gzip, deflate, br, zstd, with a bound on what comes out."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli
import zstandard

from lake.errors import Reject
from lake.settings import Limits
from lake.sources.http.failures import FetchFailed

__all__ = ["ACCEPTED", "decoded"]

ACCEPTED = "gzip, br, zstd"
_MOST_CODINGS = 2  # one after the other; more is an attack, not a page
_ZSTD_WINDOW = 8 * 1024 * 1024
"""Bytes; RFC 9659: a Content-Encoding may ask for no more."""
_ZSTD_STEP = 512
"""Packed bytes unpacked at once: the engine knows no bound, and 4 of them can become 128 KiB."""


def decoded(body: bytes, codings: str, limits: Limits) -> bytes:
    """The body without its content codings.

    Args:
        body: as it came over the wire.
        codings: the ``Content-Encoding`` header; empty for none.
        limits: ``item_bytes``, and the ratio beyond which it is a bomb.

    Raises:
        Reject: ``bomb``, ``too_large``, or ``unknown_coding``.
        FetchFailed: ``corrupt``: the data is damaged or cut.
    """
    names = [name for part in codings.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > _MOST_CODINGS:
        raise Reject("capture", "unknown_coding", f"packed {len(names)} times over: {codings[:80]}")
    for name in reversed(names):
        if name not in _CODINGS:
            raise Reject("capture", "unknown_coding", f"packed as {name[:40]!r}, which was not asked for")
        if body:
            body = _unpack(_CODINGS[name], name, body, limits)
    return body


def _unpack(unpack: Callable[[bytes, int], bytes], name: str, body: bytes, limits: Limits) -> bytes:
    most = min(limits.item_bytes, max(limits.ratio_floor, limits.ratio * len(body)))
    try:
        found = unpack(body, most + 1)
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        words = f"its {name} data is damaged or cut ({str(error) or 'ends too early'})"
        raise FetchFailed("corrupt", words) from error
    if len(found) <= most:
        return found
    if most == limits.item_bytes:
        raise Reject("capture", "too_large", f"more than {most:,} bytes when unpacked")
    raise Reject("capture", "bomb", f"{len(body):,} bytes of {name} unpack to more than {most:,}")


def _gzip(body: bytes, most: int) -> bytes:
    """Members one behind the other (RFC 1952, section 2.2); what else follows is ignored, as browsers do."""
    out = bytearray()
    while body[:2] == b"\x1f\x8b" or not out:
        engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        out += engine.decompress(body, most - len(out))
        if len(out) >= most:
            break
        if not engine.eof:
            raise EOFError
        body = engine.unused_data
        if not body:
            break
    return bytes(out)


def _deflate(body: bytes, most: int) -> bytes:
    """zlib's format, or bare deflate, which servers send too (RFC 9110, section 8.4.1.2)."""
    try:
        engine = zlib.decompressobj()
        out = engine.decompress(body, most)
    except zlib.error:
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        out = engine.decompress(body, most)
    if len(out) < most and not engine.eof:
        raise EOFError
    return out


def _brotli(body: bytes, most: int) -> bytes:
    engine = brotli.Decompressor()
    out = bytearray(engine.process(body, output_buffer_limit=most))
    while len(out) < most and not engine.is_finished():
        more = engine.process(b"", output_buffer_limit=most - len(out))
        if not more:
            raise EOFError
        out += more
    return bytes(out)


def _zstd(body: bytes, most: int) -> bytes:
    """Frames one behind the other (RFC 8878, section 3.1). May exceed ``most`` by 16 MiB."""
    out = bytearray()
    while body and len(out) < most:
        engine, at = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj(), 0
        while at < len(body) and len(out) < most and not engine.eof:
            out += engine.decompress(body[at : at + _ZSTD_STEP])
            at += _ZSTD_STEP
        if len(out) < most and not engine.eof:
            raise EOFError
        body = engine.unused_data + body[at:]
    return bytes(out)


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
