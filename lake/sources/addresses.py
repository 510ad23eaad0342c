"""Lists of addresses on disk: text files with one address a line, read line by line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from lake.errors import Reject
from lake.model import Origin, RejectRecord

__all__ = ["is_address", "is_list", "lines"]

_ENDINGS = (".txt", ".urls", ".list")
_LOOKED_AT = 50  # lines in which the first address stands, after comments
_LONGEST = 8192  # characters of a line


def is_address(source: str) -> bool:
    """Whether a source is to be fetched."""
    return source.lower().startswith(("http://", "https://"))


def is_list(path: str) -> bool:
    """Whether the file's first line that is no comment is an address."""
    if not path.lower().endswith(_ENDINGS) or not Path(path).is_file():
        return False
    try:
        with Path(path).open(encoding="utf-8-sig", errors="replace") as file:
            found = (line.strip() for line in itertools.islice(_limited(file), _LOOKED_AT))
            return next((is_address(line) for line in found if line and not line.startswith("#")), False)
    except OSError:
        return False


def lines(path: str) -> Iterator[str | RejectRecord]:
    """The addresses of a list in their order; a reject for each line that is none.

    Empty lines and those that begin with ``#`` are passed over.
    """
    shown = str(Path(path).absolute())
    with Path(path).open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(map(str.strip, _limited(file)), start=1):
            if not line or line.startswith("#"):
                continue
            if is_address(line):
                yield line
                continue
            why = Reject("discover", "bad_url", f"line {number} is no address: {line[:200]}")
            yield RejectRecord(Origin(path=shown, member=f"line {number}"), why.stage, why.reason, why.detail)


def _limited(file: TextIO) -> Iterator[str]:
    """The file's lines, an endless one in pieces."""
    return iter(lambda: file.readline(_LONGEST), "")
