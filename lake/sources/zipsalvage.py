"""What can be had of a zip archive whose end, and so its directory, is missing.

Members lie one after the other, each behind its own header (PKWARE APPNOTE.TXT 6.3, sections 4.3.7 and
4.3.9): they are read from the front until something is wrong.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from lake.errors import Reject
from lake.sources.members import Allowance, Member, is_skipped
from lake.sources.zipmembers import LOCAL, Entry, body_of, name_of, refusal, unpack, zip64

__all__ = ["salvaged"]

_SIZES_BEHIND = 0x8


def salvaged(file: BinaryIO, most: int, allowance: Allowance) -> Iterator[Member]:
    """The members at the front of a cut archive, a damaged last one as a reject.

    Raises:
        Reject: always, at the end: the archive is truncated, or no zip archive at all.
    """
    at, size = 0, file.seek(0, os.SEEK_END)
    while at < size and (found := _next(file, at, most)) is not None:
        allowance.enter()
        entry, at = found
        refused = refusal(entry)
        if refused is not None or not is_skipped(entry.name):
            yield Member(entry.name, refused or body_of(file, entry, most, allowance))
    if at == 0:
        raise Reject("capture", "corrupt", "no zip archive, whatever its name says; get it again")
    words = "its end is missing; the members up to there were read: get it again"
    raise Reject("capture", "truncated", words)


def _next(file: BinaryIO, at: int, most: int) -> tuple[Entry, int] | None:
    """The member whose local header is at ``at``, and where the next one starts; None if that can't be told."""
    file.seek(at)
    head = file.read(LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(b"PK\x03\x04"):
        return None
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = LOCAL.unpack(head)
    name = name_of(file.read(name_length), flags)
    _, packed, _ = zip64(file.read(extra_length), (size, packed, 0))
    start = file.tell()
    if not flags & _SIZES_BEHIND:
        return Entry(name, flags, method, crc, packed, at), start + packed
    measured = _measured(file, method, start, most)
    if measured is None:
        return None
    packed, crc, end = measured
    return Entry(name, flags, method, crc, packed, at), end


def _measured(file: BinaryIO, method: int, start: int, most: int) -> tuple[int, int, int] | None:
    """Packed size, checksum and end of a member whose sizes stand behind its data; None if damaged."""
    if method == 0:
        return None
    try:
        found = unpack(file, method, None, most)
    except Reject:
        return None
    end = start + found.used
    file.seek(end)
    tail = file.read(4 + 4 + 16 + 2)
    crc_at = 4 if tail.startswith(b"PK\x07\x08") else 0
    for sizes in (8, 16):
        behind = crc_at + 4 + sizes
        if found.whole and (tail[behind : behind + 2] == b"PK" or len(tail) == behind):
            return found.used, int(struct.unpack_from("<L", tail, crc_at)[0]), end + behind
    return None
