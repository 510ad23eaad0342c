"""Rejects of this package: the records, and the words for what the operating system refuses."""

from __future__ import annotations

import errno
import os

from lake.errors import Reject
from lake.model import Origin, RejectRecord

__all__ = ["of_os_error", "record", "shown"]

_WORDS = {
    errno.ENOENT: ("not_found", "no such file or folder; check the name"),
    errno.ENOTDIR: ("not_found", "no such file or folder: a part of the path is a file; check the name"),
    errno.ENAMETOOLONG: ("name_too_long", "the path is longer than the system allows; move it higher up"),
    errno.EACCES: ("permission", "no permission to read it; change its owner or mode"),
    errno.EPERM: ("permission", "no permission to read it; change its owner or mode"),
    errno.ELOOP: ("symlink_loop", "the links lead back to themselves; remove or mend them"),
}


def shown(path: str) -> str:
    """The path as text that can be stored: bytes that are not UTF-8 become ``\\xNN``."""
    if path.isascii():
        return path
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def of_os_error(error: OSError, stage: str) -> Reject:
    """What the operating system's error on a file, folder or archive means."""
    reason, words = _WORDS.get(error.errno or 0, ("unreadable", f"{error.strerror or error}; try again"))
    if reason == "not_found" and stage == "capture":
        reason, words = "vanished", "it was there when listed and gone when read; run again if it is back"
    return Reject(stage, reason, words)


def record(reject: Reject, path: str, member: str | None = None) -> RejectRecord:
    """The reject as a record of the file at ``path`` or of its ``member``."""
    return RejectRecord(Origin(path=shown(path), member=member), reject.stage, reject.reason, reject.detail)
