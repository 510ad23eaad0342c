"""Tar archives, packed or not, read as a stream from front to end.

``tarfile`` parses each header, but its loop is not used: it takes a damaged header for the end of the
archive, reads extended headers of any size into memory, and keeps every member's header. Formats: POSIX.1
pax interchange, ustar, GNU tar (its manual, "Basic Tar Format").
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from lake.errors import Reject
from lake.settings import Limits
from lake.sources import kinds, refusals
from lake.sources.members import Allowance, Member, decoded, is_skipped, unsafe
from lake.sources.unpacking import READ_AHEAD, Unpacking

__all__ = ["read_tar"]

_BLOCK = 512
_LONGEST_HEADER = 1024 * 1024
"""Bytes of an extended header; a path has at most 4,096 on Linux, the rest is room for attributes."""
_STEP = 1024 * 1024
_ZEROS = bytes(_BLOCK)
_OTHER_HEADERS = (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK)
_EXTENDED = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, *_OTHER_HEADERS)
_LINKS = (tarfile.LNKTYPE, tarfile.SYMTYPE)
_SPECIAL = (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
_EMPTY = (*_LINKS, *_SPECIAL, tarfile.DIRTYPE)
"""Kinds of members behind which there is no data, whatever size is declared."""


def read_tar(path: str, limits: Limits) -> Iterator[Member]:
    """The pages in the tar file, and a reject for each member that is refused.

    Raises:
        Reject: the archive is damaged or unpacks to too much; the members before it were given.
        OSError: it can't be read.
    """
    shown = refusals.shown(path)
    with Path(path).open("rb") as file:
        allowance = Allowance(shown, os.fstat(file.fileno()).st_size, limits)
        yield from _Tar(shown, Unpacking(shown, file), limits, allowance).members()


class _Tar:
    """One pass over one archive."""

    def __init__(self, shown: str, stream: Unpacking, limits: Limits, allowance: Allowance) -> None:
        self._shown = shown
        self._stream = stream
        self._limits = limits
        self._allowance = allowance

    def members(self) -> Iterator[Member]:
        """The members up to the end of the file; zeros between joined archives are passed over."""
        begun = ended = False
        extended: dict[bytes, bytes] = {}
        while block := self._stream.read(_BLOCK):
            if block == _ZEROS:
                ended = True
                continue
            header = self._header(block, begun)
            begun, ended = True, False
            self._allowance.enter()
            if header.type in _EXTENDED:
                extended |= self._extended(header)
                continue
            member = self._member(header, extended, block)
            extended = {}
            if member is not None:
                yield member
        if not ended:
            raise self._cut("the end mark is missing")

    def _header(self, block: bytes, begun: bool) -> tarfile.TarInfo:
        """The header in ``block``."""
        if len(block) < _BLOCK and begun:
            raise self._cut("in a header")
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            if header.size >= 0:
                return header
        except (tarfile.HeaderError, ValueError):
            pass
        words = "a header is damaged; the members before it were read" if begun else "no tar archive"
        raise Reject("capture", "corrupt", f"{self._shown}: {words}: get it again")

    def _extended(self, header: tarfile.TarInfo) -> dict[bytes, bytes]:
        """What an extended header says of the next member, as pax keywords."""
        if header.type in _OTHER_HEADERS:
            self._skip(header.size)
            return {}
        if header.size > _LONGEST_HEADER:
            words = (
                f"an extended header of {header.size} bytes; it is read no further: beware of this archive"
            )
            raise Reject("capture", "corrupt", f"{self._shown}: {words}")
        payload = self._take(header.size)
        if header.type == tarfile.GNUTYPE_LONGNAME:
            return {b"path": payload.partition(b"\0")[0]}
        try:
            return dict(_records(payload))
        except ValueError as error:
            words = "an extended header is damaged; the members before it were read: get it again"
            raise Reject("capture", "corrupt", f"{self._shown}: {words}") from error

    def _member(self, header: tarfile.TarInfo, extended: dict[bytes, bytes], block: bytes) -> Member | None:
        """The member behind the header; None if it is ignored. Leaves the stream at the next header."""
        name = decoded(extended.get(b"path") or os.fsencode(header.name))
        size = 0 if header.type in _EMPTY else _size(extended, header.size)
        sparse = header.type == tarfile.GNUTYPE_SPARSE or any(
            key.startswith(b"GNU.sparse") for key in extended
        )
        if header.type == tarfile.GNUTYPE_SPARSE:
            self._skip_maps(block)
        refused = self._refused(name, header.type, sparse)
        if refused is not None or header.isdir() or is_skipped(name):
            self._skip(size)
            return Member(name, refused) if refused is not None else None
        packed = self._stream.packed - READ_AHEAD
        body = b""
        if size > self._limits.item_bytes:
            self._skip(size)
        else:
            body = self._take(size)
        refused = self._allowance.judge(name, size, self._stream.packed - packed)
        return Member(name, refused if refused is not None else body)

    def _refused(self, name: str, kind: bytes, sparse: bool) -> Reject | None:
        """Why a member of this name and kind is refused; None if it isn't."""
        where = f"{name} in {self._shown}"
        if (why := unsafe(name)) is not None:
            return Reject(
                "capture", "path_traversal", f"{where}: {why}; it was not read: beware of this archive"
            )
        if kinds.is_hidden(name):
            return None
        if kind in _LINKS:
            words = "a link, which is never followed; add its target to the archive"
            return Reject("capture", "link_in_archive", f"{where}: {words}")
        if not kinds.is_page(name):
            return None
        if kind in _SPECIAL:
            return Reject("capture", "not_a_file", f"{where}: a pipe or device; leave it out")
        if sparse:
            return Reject("capture", "unsupported", f"{where}: stored with holes; pack it without --sparse")
        return None

    def _take(self, size: int) -> bytes:
        """The next ``size`` bytes, then the rest of their last block."""
        data = self._stream.read(size)
        self._allowance.spend(size)
        if len(data) < size or len(self._stream.read(-size % _BLOCK)) < -size % _BLOCK:
            raise self._cut("in a member")
        return data

    def _skip(self, size: int) -> None:
        """Pass over ``size`` bytes and the rest of their last block, whatever the file then holds."""
        left = size + -size % _BLOCK
        while left > 0:
            step = min(left, _STEP)
            self._allowance.spend(step)
            self._allowance.check()
            if len(self._stream.read(step)) < step:
                raise self._cut("in a member")
            left -= step

    def _skip_maps(self, block: bytes) -> None:
        """Pass over the further maps of an old GNU sparse member (GNU tar manual, "Old GNU Format")."""
        more = block[482]
        while more:
            self._allowance.enter()
            more = self._take(_BLOCK)[504]

    def _cut(self, where: str) -> Reject:
        words = f"cut short: {where}; what came before was read: get it again"
        return Reject("capture", "truncated", f"{self._shown}: {words}")


def _records(payload: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The ``length key=value`` records of a pax header; raises ValueError if they are damaged."""
    at = 0
    while at < len(payload) and payload[at]:
        space = payload.index(b" ", at, at + 20)
        end = at + int(payload[at:space])
        if not space < end <= len(payload):
            raise ValueError("a record's length is wrong")
        key, _, value = payload[space + 1 : end - 1].partition(b"=")
        yield key, value
        at = end


def _size(extended: dict[bytes, bytes], size: int) -> int:
    """The member's size: that of the extended header where it has one (files above 8 GiB)."""
    text = extended.get(b"size", b"")
    return int(text) if text.isdigit() else size
