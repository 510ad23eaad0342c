"""A file that a large body is written to, and that goes on where it broke off (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from lake.errors import Reject
from lake.sources.http.failures import FetchFailed

__all__ = ["Sink"]

_FROM = re.compile(r"bytes (\d+)-")


@dataclass(slots=True)
class Sink:
    """An open file, at most ``most`` bytes large; ``etag`` is of the body whose beginning it holds.

    Only a strong ETag (in quotes, without ``W/``) says that two bodies are the same byte for byte.
    """

    file: BinaryIO
    most: int
    etag: str = ""

    def headers(self) -> dict[str, str]:
        """What to send to get only what is missing of the same body; it comes as it is, not packed."""
        plain = {"accept-encoding": "identity"}
        if not self.etag.startswith('"') or not self.file.tell():
            return plain
        return plain | {"range": f"bytes={self.file.tell()}-", "if-range": self.etag}

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Get ready for the body of an answer: the rest (206) or the whole.

        Raises:
            FetchFailed: the rest starts elsewhere than the file ends; the next attempt gets the whole.
            Reject: the whole is declared larger than allowed.
        """
        if status == 206:
            start = _FROM.match(headers.get("content-range", ""))
            if start is None or int(start[1]) != self.file.tell():
                self.etag = ""
                raise FetchFailed("protocol", "the server sent another part than was asked for")
            return
        self.file.seek(0)
        self.file.truncate()
        self.etag = headers.get("etag", "")
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length) > self.most:
            raise Reject("capture", "too_large", f"declares {int(length):,} bytes; {self.most:,} are allowed")

    def write(self, chunk: bytes) -> None:
        """Append to the file. Raises Reject where it gets too large."""
        if self.file.tell() + len(chunk) > self.most:
            raise Reject("capture", "too_large", f"more than {self.most:,} bytes")
        self.file.write(chunk)
