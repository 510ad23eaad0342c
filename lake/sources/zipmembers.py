"""The bytes of one member of a zip archive, from its local header on.

Written after PKWARE's APPNOTE.TXT 6.3: local header 4.3.7, flags 4.4.4, methods 4.4.5, zip64 4.5.3.
"""

from __future__ import annotations

import bz2
import os
import stat
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from lake.errors import Reject
from lake.sources.members import Allowance, decoded, unsafe

__all__ = ["LOCAL", "UTF8", "Entry", "Unpacked", "body_of", "name_of", "refusal", "unpack", "zip64"]

LOCAL = struct.Struct("<4s5H3L2H")
UTF8 = 0x800
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_STORED, _DEFLATED, _BZIP2 = 0, 8, 12
_MAX32 = 0xFFFFFFFF
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of one member; ``packed`` in bytes, ``at`` is where its local header starts."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    at: int
    mode: int = 0


@dataclass(frozen=True, slots=True)
class Unpacked:
    """``body`` may be cut where it got too large; ``used`` counts packed bytes; ``whole``: the end was met."""

    body: bytes
    used: int
    whole: bool


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Copy:
    """Stored data: nothing to unpack."""

    eof = False
    unused_data = b""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return data[:max_length]


def name_of(raw: bytes, flags: int) -> str:
    """The member's name; bytes that break the promise of being UTF-8 become ``\\xNN``."""
    return raw.decode("utf-8", "backslashreplace") if flags & UTF8 else decoded(raw)


def zip64(extra: bytes, values: tuple[int, int, int]) -> tuple[int, int, int]:
    """Unpacked size, packed size and header offset, with those too large for 32 bits taken from ``extra``."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{min(length, len(extra) - place - 4) // 8}Q", extra, place + 4))
            size, packed, at = (next(wide, value) if value == _MAX32 else value for value in values)
            return size, packed, at
        place += 4 + length
    return values


def refusal(entry: Entry) -> Reject | None:
    """Why the entry is refused before it is looked into; None if it isn't."""
    if (why := unsafe(entry.name)) is not None:
        return Reject("capture", "path_traversal", f"{why}; it was not read: beware of this archive")
    if stat.S_ISLNK(entry.mode):
        return Reject("capture", "link_in_archive", "a link, which is never followed; add its target")
    return None


def body_of(file: BinaryIO, entry: Entry, most: int, allowance: Allowance) -> bytes | Reject:
    """The member's bytes, or why it is refused: encrypted, packed in an unknown way, damaged, too large."""
    try:
        return _read(file, entry, most, allowance)
    except Reject as reject:
        return reject


def _read(file: BinaryIO, entry: Entry, most: int, allowance: Allowance) -> bytes:
    if entry.flags & _ENCRYPTED:
        raise Reject("capture", "encrypted", "encrypted; unpack it with its password and read the folder")
    if entry.method not in (_STORED, _DEFLATED, _BZIP2):
        words = f"packed by method {entry.method}, which can't be read; pack it again with deflate"
        raise Reject("capture", "unsupported", words)
    file.seek(entry.at)
    head = file.read(LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise _damaged("truncated" if len(head) < LOCAL.size else "corrupt")
    *_, name_length, extra_length = LOCAL.unpack(head)
    file.seek(name_length + extra_length, os.SEEK_CUR)
    found = unpack(file, entry.method, entry.packed, most)
    allowance.spend(len(found.body), found.used)
    if (refused := allowance.judge(len(found.body), found.used)) is not None:
        raise refused
    if not found.whole or zlib.crc32(found.body) != entry.crc:
        raise _damaged("truncated" if found.used < entry.packed and not found.whole else "corrupt")
    return found.body


def unpack(file: BinaryIO, method: int, packed: int | None, most: int) -> Unpacked:
    """Unpack from where ``file`` stands, until the data's own end, ``packed`` bytes, or beyond ``most``.

    Raises:
        Reject: the data is damaged.
    """
    engine, parts, length, used = _engine(method), [], 0, 0
    try:
        while not engine.eof and length <= most and used != packed:
            chunk = file.read(_CHUNK if packed is None else min(_CHUNK, packed - used))
            if not chunk:
                break
            used += len(chunk)
            parts.append(engine.decompress(chunk, most + 1 - length))
            length += len(parts[-1])
    except (zlib.error, OSError, ValueError) as error:
        raise _damaged("corrupt") from error
    used -= len(engine.unused_data) + len(getattr(engine, "unconsumed_tail", b""))
    whole = used == packed if method == _STORED else engine.eof
    return Unpacked(b"".join(parts), used, whole)


def _engine(method: int) -> _Engine:
    if method == _DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS)
    return bz2.BZ2Decompressor() if method == _BZIP2 else _Copy()


def _damaged(reason: str) -> Reject:
    return Reject("capture", reason, "damaged; get the archive again")
