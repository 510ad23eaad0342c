"""Tar archives, packed or not, read as a stream from front to end.

The standard library's ``tarfile`` is not used: it takes a damaged header for the end of the archive, reads
extended headers of any size into memory, and keeps every member's header.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lake.errors import Reject
from lake.settings import Limits
from lake.sources import kinds, tarheaders
from lake.sources.members import Allowance, Member, decoded, is_skipped, unsafe
from lake.sources.tarheaders import BLOCK, Header
from lake.sources.unpacking import READ_AHEAD, Unpacking

__all__ = ["read_tar"]

_STEP = 1024 * 1024
_ZEROS = bytes(BLOCK)
_LONGEST_HEADER = 1024 * 1024
"""Bytes of an extended header; a path has at most 4,096 on Linux, the rest is room for attributes."""


def read_tar(path: str, limits: Limits, allowance: Allowance) -> Iterator[Member]:
    """The pages in the tar file, and a reject for each member that is refused.

    Raises:
        Reject: the archive is damaged or unpacks to too much; the members before it were given.
        OSError: it can't be read.
    """
    with Path(path).open("rb") as file:
        yield from _Tar(Unpacking(file), limits, allowance).members()


class _Tar:
    """One pass over one archive."""

    def __init__(self, stream: Unpacking, limits: Limits, allowance: Allowance) -> None:
        self._stream = stream
        self._limits = limits
        self._allowance = allowance

    def members(self) -> Iterator[Member]:
        """The members up to the end of the file; zeros between joined archives are passed over."""
        begun = ended = False
        extended: dict[bytes, bytes] = {}
        while block := self._stream.read(BLOCK):
            if block == _ZEROS:
                self._spend(BLOCK)
                ended = True
                continue
            header = self._header(block, begun)
            begun, ended = True, False
            self._allowance.enter()
            if header.kind in tarheaders.EXTENDED:
                extended |= self._extended(header)
            elif header.kind in tarheaders.UNUSED:
                self._skip(header.size)
            else:
                member = self._member(header, extended, block)
                extended = {}
                if member is not None:
                    yield member
        if not ended:
            raise self._cut("its end mark is missing")

    def _header(self, block: bytes, begun: bool) -> Header:
        """The header in ``block``."""
        if len(block) < BLOCK and begun:
            raise self._cut("in a header")
        try:
            return tarheaders.parse(block)
        except ValueError as error:
            words = "a header is damaged; what came before was read" if begun else "no tar archive"
            raise Reject("capture", "corrupt", f"{words}: get it again") from error

    def _extended(self, header: Header) -> dict[bytes, bytes]:
        """What an extended header says of the next member, as pax keywords."""
        if header.size > _LONGEST_HEADER:
            words = (
                f"an extended header of {header.size} bytes; it is read no further: beware of this archive"
            )
            raise Reject("capture", "corrupt", words)
        payload = self._take(header.size)
        if header.kind == tarheaders.LONG_NAME:
            return {b"path": payload.partition(b"\0")[0]}
        try:
            return dict(tarheaders.records(payload))
        except ValueError as error:
            words = "an extended header is damaged; what came before was read: get it again"
            raise Reject("capture", "corrupt", words) from error

    def _member(self, header: Header, extended: dict[bytes, bytes], block: bytes) -> Member | None:
        """The member behind the header; None if it is ignored. Leaves the stream at the next header."""
        name = decoded(extended.get(b"path") or header.name)
        size = 0 if header.kind in tarheaders.EMPTY else _size(extended, header.size)
        sparse = header.kind == tarheaders.SPARSE or any(key.startswith(b"GNU.sparse") for key in extended)
        if header.kind == tarheaders.SPARSE:
            self._skip_map(block)
        refused = self._refused(name, header.kind, sparse)
        if refused is not None or _is_ignored(name, header.kind):
            self._skip(size)
            self._allowance.ignored += refused is None
            return Member(name, refused) if refused is not None else None
        packed = self._stream.packed - READ_AHEAD
        body = b""
        if size > self._limits.item_bytes:
            self._skip(size)
        else:
            body = self._take(size)
        refused = self._allowance.judge(size, self._stream.packed - packed)
        return Member(name, refused if refused is not None else body)

    def _refused(self, name: str, kind: bytes, sparse: bool) -> Reject | None:
        """Why a member of this name and kind is refused; None if it isn't."""
        if (why := unsafe(name)) is not None:
            return Reject("capture", "path_traversal", f"{why}; it was not read: beware of this archive")
        if kind in tarheaders.LINKS and not kinds.is_hidden(name):
            words = "a link, which is never followed; add its target to the archive"
            return Reject("capture", "link_in_archive", words)
        if kind in tarheaders.SPECIAL and not is_skipped(name):
            return Reject("capture", "not_a_file", "a pipe or device, which is never read; leave it out")
        if sparse and not is_skipped(name):
            return Reject("capture", "unsupported", "stored with holes; pack it without --sparse")
        return None

    def _take(self, size: int) -> bytes:
        """The next ``size`` bytes, without the rest of their last block."""
        padded = size + -size % BLOCK
        data = self._stream.read(padded)
        self._spend(padded)
        if len(data) < padded:
            raise self._cut("in a member")
        return data[:size]

    def _skip(self, size: int) -> None:
        """Pass over ``size`` bytes and the rest of their last block."""
        left = size + -size % BLOCK
        while left > 0:
            step = min(left, _STEP)
            self._spend(step)
            if len(self._stream.read(step)) < step:
                raise self._cut("in a member")
            left -= step

    def _skip_map(self, block: bytes) -> None:
        """Pass over the further blocks of an old GNU sparse member's map."""
        first = True
        while tarheaders.sparse_goes_on(block, first=first):
            block, first = self._take(BLOCK), False

    def _spend(self, size: int) -> None:
        self._allowance.spend(size)
        self._allowance.check()

    def _cut(self, where: str) -> Reject:
        return Reject("capture", "truncated", f"cut short: {where}; what came before was read: get it again")


def _is_ignored(name: str, kind: bytes) -> bool:
    return kind == tarheaders.FOLDER or kind in tarheaders.IGNORED or is_skipped(name)


def _size(extended: dict[bytes, bytes], size: int) -> int:
    """The member's size: that of the extended header where it has one (files above 8 GiB)."""
    text = extended.get(b"size", b"")
    return int(text) if text.isdigit() else size
