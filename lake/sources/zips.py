"""Zip archives, read by their central directory, one entry at a time.

The standard library's ``zipfile`` is not used: it holds the whole directory in memory, believes declared
sizes, and gives nothing of an archive whose end is missing. Written after PKWARE's APPNOTE.TXT 6.3:
directory 4.3.12, its end 4.3.14 to 4.3.16; Unix modes in the external attributes 4.4.2.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lake.errors import Reject
from lake.settings import Limits
from lake.sources.members import Allowance, Member, is_skipped
from lake.sources.zipmembers import Entry, body_of, name_of, refusal, zip64
from lake.sources.zipsalvage import salvaged

__all__ = ["read_zip"]

_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LONGEST_COMMENT = 0xFFFF
_UNIX = 3


def read_zip(path: str, limits: Limits, allowance: Allowance) -> Iterator[Member]:
    """The pages in the zip file, and a reject for each member that is refused.

    Raises:
        Reject: the archive is damaged or unpacks to too much; the members before it were given.
        OSError: it can't be read.
    """
    with Path(path).open("rb") as file, Path(path).open("rb") as directory:
        found = _directory(directory)
        if found is None:
            yield from salvaged(file, limits.item_bytes, allowance)
            return
        for entry in _entries(directory, *found):
            allowance.enter()
            refused = refusal(entry)
            if refused is None and is_skipped(entry.name):
                allowance.ignored += 1
                continue
            yield Member(entry.name, refused or body_of(file, entry, limits.item_bytes, allowance))


def _directory(file: BinaryIO) -> tuple[int, int, int, int] | None:
    """Where the central directory starts, its length, its entries, and by how much offsets are shifted.

    They are when a program stands in front of a self-extracting archive. The directory lies right before
    its end record. None if there is no such record.
    """
    start = max(0, file.seek(0, os.SEEK_END) - _LONGEST_COMMENT - _END.size)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or place + _END.size > len(tail):
        return None
    *_, count, length, offset, _ = _END.unpack_from(tail, place)
    end = start + place
    if place >= _END64_PLACE.size and tail.startswith(b"PK\x06\x07", place - _END64_PLACE.size):
        file.seek(max(0, end - _END64_PLACE.size - _END64.size))
        record = file.read(_END64.size)
        if record.startswith(b"PK\x06\x06"):
            *_, count, length, offset = _END64.unpack(record)
            end -= _END64_PLACE.size + _END64.size
    shift = end - length - offset
    return (end - length, length, count, shift) if shift >= 0 else None


def _entries(file: BinaryIO, start: int, length: int, count: int, shift: int) -> Iterator[Entry]:
    """The directory's entries in their order. Old programs count them modulo 65,536.

    Raises:
        Reject: the directory is damaged; the entries before the damage were given.
    """
    file.seek(start)
    while length > 0:
        head = file.read(_ENTRY.size)
        if len(head) < _ENTRY.size or not head.startswith(b"PK\x01\x02"):
            raise _damaged()
        (_, made, _, flags, method, _, _, crc, packed, size, n, extra, comment, _, _, mode, at) = (
            _ENTRY.unpack(head)
        )
        raw = file.read(n)
        _, packed, at = zip64(file.read(extra), (size, packed, at))
        file.seek(comment, os.SEEK_CUR)
        length -= _ENTRY.size + n + extra + comment
        mode = mode >> 16 if made >> 8 == _UNIX else 0
        count -= 1
        yield Entry(name_of(raw, flags), flags, method, crc, packed, min(at + shift, start), mode)
    if count % 0x10000:
        raise _damaged()


def _damaged() -> Reject:
    words = "its directory is damaged; what could be found by it was read: get it again"
    return Reject("capture", "corrupt", words)
