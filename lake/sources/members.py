"""What holds for the members of every archive: their names, and how much they may unpack to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lake.errors import Reject
from lake.settings import Limits
from lake.sources import kinds

__all__ = ["Allowance", "Distinct", "Member", "decoded", "is_skipped", "unsafe"]

_CP437_LETTERS = re.compile(rb"[\x00-\x9a\xa0-\xa5]*")
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive: its name as stored, and its bytes or why they are refused."""

    name: str
    body: bytes | Reject


class Distinct:
    """Gives every member of one archive another name: the second ``a.html`` is ``a.html#2``.

    Both are kept because neither is sure to be the newer one. 64-bit hashes stand for the names (some 70
    bytes a member); should two ever collide, one of them merely gets a number that it didn't need.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._repeated: dict[str, int] = {}

    def name(self, name: str) -> str:
        """The name, numbered from the second time on."""
        key = hash(name)
        if key not in self._seen:
            self._seen.add(key)
            return name
        self._repeated[name] = number = self._repeated.get(name, 1) + 1
        return f"{name}#{number}"


class Allowance:
    """Counts what one archive has unpacked to so far, and stops it where no honest archive gets to.

    An archive may unpack to ``ratio`` times its size, a small one to 64 of the largest members, and none to
    more than ``archive_bytes``: a member that is a bomb can so be passed over, a thousand of them can't.
    ``ignored`` counts members that are no pages.
    """

    def __init__(self, size: int, limits: Limits) -> None:
        self._limits = limits
        self._bytes = min(limits.archive_bytes, max(limits.ratio * size, 64 * limits.item_bytes))
        self._packed = size
        self._members = limits.members
        self.ignored = 0

    def spend(self, unpacked: int, packed: int = 0) -> None:
        """Count bytes that came out, and those of the archive that they came from."""
        self._bytes -= unpacked
        self._packed -= packed

    def check(self) -> None:
        """Raise Reject once the archive has given too many bytes, or the same bytes more than once."""
        if self._packed < 0:
            words = "its members overlap, which only a bomb's do; it is read no further"
            raise Reject("capture", "bomb", words)
        if self._bytes < 0:
            words = "unpacks to far more than its size allows; it is read no further"
            raise Reject("capture", "bomb", words)

    def enter(self) -> None:
        """Count one more member; raise Reject once there are too many, or too many bytes came out."""
        self.check()
        self._members -= 1
        if self._members < 0:
            words = f"more than {self._limits.members} members; it is read no further: split it"
            raise Reject("capture", "too_many_members", words)

    def judge(self, unpacked: int, packed: int) -> Reject | None:
        """Whether a member that took ``packed`` bytes and gave (at least) ``unpacked`` is refused."""
        limits = self._limits
        if unpacked > limits.ratio_floor and unpacked > limits.ratio * packed:
            words = f"unpacks to more than {limits.ratio} times its size; it was not read: leave it out"
            return Reject("capture", "bomb", words)
        if unpacked > limits.item_bytes:
            words = f"larger than {limits.item_bytes} bytes, which no news page is; split or leave it out"
            return Reject("capture", "too_large", words)
        return None


def is_skipped(name: str) -> bool:
    """Whether a member is ignored: a folder (``a.html/``), hidden, or not named like a page."""
    return not kinds.is_page(name) or kinds.is_hidden(name)


def unsafe(name: str) -> str | None:
    """Why a member's name could lead out of a folder that it were unpacked into; None if it can't.

    Nothing is ever unpacked to disk, but such an archive was made to do harm and its names tell nothing.
    A backslash parts a path as a slash does: some Windows programs store ``folder\\page.html``.
    """
    parts = name.replace("\\", "/").split("/")
    if ".." in parts:
        return "its path climbs out by '..'"
    if parts[0] == "" and len(parts) > 1:
        return "its path is absolute"
    if _DRIVE.match(name):
        return "its path names a drive"
    return "its name holds a NUL" if "\0" in name else None


def decoded(raw: bytes) -> str:
    """A member's name whose encoding the archive doesn't tell.

    UTF-8 if it is that; else CP437, the encoding that the zip format names (PKWARE APPNOTE, appendix D), if
    all is letters in it; else GBK, which Chinese Windows programs store without saying so (it would look
    like box drawings in CP437); else CP437, in which everything is something.
    """
    western = _CP437_LETTERS.fullmatch(raw) is not None
    order = ["utf-8", "cp437"] if western else ["utf-8", "gb18030", "cp437"]
    for encoding in order:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("CP437 decodes every byte")
