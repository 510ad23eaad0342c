"""A packed file as a stream of its content, with a count of the bytes that went in."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Protocol

import zstandard

from lake.errors import Reject

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["READ_AHEAD", "Unpacking"]

_STEP = 4096
"""Packed bytes handed out at a time: so few that a bomb shows its ratio after two megabytes."""
READ_AHEAD = 2 * _STEP
"""Packed bytes that may have been taken without having given anything yet."""
_BUFFER = 64 * 1024
_XZ_MEMORY = 256 * 1024 * 1024
"""Bytes; ``xz -9`` needs 65 MiB to unpack (its manual)."""
_ZSTD_WINDOW = 128 * 1024 * 1024
"""Bytes; what the ``zstd`` program itself accepts without ``--long=31`` (its manual)."""


class Unpacking:
    """Reads gzip, xz, zstd, bzip2 or plain data, told apart by the first bytes, not by the name.

    Damage of any format becomes a reject of the archive.
    """

    def __init__(self, file: BinaryIO) -> None:
        magic = file.read(6)
        file.seek(0)
        self._file = file
        self._stream = _unpacker(magic, file)

    @property
    def packed(self) -> int:
        """Bytes taken from the file, up to READ_AHEAD more than those that gave what was read so far."""
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, fewer only at the end.

        Raises:
            Reject: the data is damaged or cut.
        """
        try:
            return self._stream.read(size)
        except EOFError as error:
            words = "cut short; what came before was read: get it again"
            raise Reject("capture", "truncated", words) from error
        except _DAMAGE as error:
            if isinstance(error, OSError) and error.errno:
                raise
            words = f"damaged ({error}); what came before was read: get it again"
            raise Reject("capture", "corrupt", words) from error


_DAMAGE = (OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError, ValueError)
"""``bz2`` and ``gzip`` raise OSErrors without a number."""


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Steps(io.RawIOBase):
    """A file that hands out little at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(_STEP if size < 0 else min(size, _STEP))


class _Joined(io.RawIOBase):
    """One or more xz or bzip2 streams, one behind the other, as one."""

    def __init__(self, source: _Steps, start: Callable[[], _Engine]) -> None:
        self._source = source
        self._start = start
        self._engine = start()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        while True:
            data = b""
            if self._engine.eof:
                data = self._engine.unused_data.lstrip(b"\0") or self._next()
                if not data:
                    return 0
                self._engine = self._start()
            elif self._engine.needs_input and not (data := self._source.read()):
                raise EOFError
            if out := self._engine.decompress(data, len(view)):
                view[: len(out)] = out
                return len(out)

    def _next(self) -> bytes:
        """The source's next bytes that are not padding (xz pads streams with zeros)."""
        while data := self._source.read():
            if data := data.lstrip(b"\0"):
                return data
        return b""


def _unpacker(magic: bytes, file: BinaryIO) -> _Stream:
    """The reader for what the first bytes say (the magic numbers of each format's specification)."""
    source = _Steps(file)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=source, mode="rb")
    if magic.startswith(b"\xfd7zXZ\0"):
        return io.BufferedReader(
            _Joined(source, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY)), _BUFFER
        )
    if magic.startswith(b"BZh"):
        return io.BufferedReader(_Joined(source, bz2.BZ2Decompressor), _BUFFER)
    if magic.startswith(b"\x28\xb5\x2f\xfd") or magic[1:4] == b"\x2a\x4d\x18":
        unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        return unpacker.stream_reader(file, read_size=_STEP, read_across_frames=True)
    return file
