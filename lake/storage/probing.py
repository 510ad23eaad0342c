"""Whether a bucket's server keeps the promise that commits rest on: a conditional put fails where it must.

Two writers that both put the same log entry "if there is none" must not both succeed. A server that does not
know the condition takes both without a word, and what one of them committed is gone: of 40 rows of four
writers one imitation of S3 lost 14. So every command that writes asks first.
"""

from __future__ import annotations

import secrets
from functools import lru_cache

from lake.errors import Conflict, Stop
from lake.locations import LakeRoot
from lake.storage.objects import ObjectPath

__all__ = ["check_writable"]


def check_writable(root: LakeRoot) -> None:
    """Raise Stop where the lake's bucket cannot be written, or its server ignores conditions.

    Asked once a process, with six small requests; on disk it does nothing.
    """
    if isinstance(root.path, ObjectPath):
        _probe(root.path)


@lru_cache(maxsize=8)
def _probe(folder: ObjectPath) -> None:
    probe = folder / ".probe" / secrets.token_hex(8)
    probe.exchange(b"first", None)
    try:
        if not _refused(probe, None):
            raise _unsafe(folder, "If-None-Match")
        e_tag = probe.stat().e_tag
        if e_tag is None or not _refused(probe, '"another"') or _refused(probe, e_tag):
            raise _unsafe(folder, "If-Match")
    finally:
        probe.unlink()


def _refused(probe: ObjectPath, before: str | None) -> bool:
    try:
        probe.exchange(b"refuse this", before)
    except Conflict:
        return True
    return False


def _unsafe(folder: ObjectPath, header: str) -> Stop:
    return Stop(
        f"the server of {folder} does not honour conditional puts ({header}): two writers would overwrite each "
        "other's commits without a word. Use a store that does (docs/object-storage.md)"
    )
