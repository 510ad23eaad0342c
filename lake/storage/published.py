"""The published file's way to its readers: on disk it lies where it is, from a bucket it is copied first.

In a bucket the file is replaced only if it is still the one that the publisher began from; else he begins
again. As he takes the newest snapshot after that look, a newer file is never replaced by an older one, with
publishers on any number of machines.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lake.errors import Stop
from lake.locations import LakeRoot
from lake.storage.objects import ObjectPath

if TYPE_CHECKING:
    import duckdb

__all__ = ["Edition", "current", "opened", "reach", "send"]

_KEPT = 3  # copies of the published file that stay: whoever has an older one open keeps it


_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Edition:
    """A state of the published file: a ``path`` on this machine, and in a bucket its e-tag."""

    path: Path
    e_tag: str | None = None


def current(root: LakeRoot) -> Edition | None:
    """The published file as it is now; None if there is none."""
    if isinstance(root.database, Path):
        return Edition(root.database) if root.database.is_file() else None
    try:
        e_tag = root.database.stat().e_tag
        copy = _copy(root, e_tag)
        if not copy.exists():
            data, stat = root.database.fetch()
            e_tag, copy = stat.e_tag, _copy(root, stat.e_tag)
            fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
            fresh.write_bytes(data)
            _keep(fresh, copy)
    except FileNotFoundError:
        return None
    return Edition(copy, e_tag)


def send(root: LakeRoot, fresh: Path, before: Edition | None) -> None:
    """Make the file ``fresh`` the published one of a bucket, instead of ``before``; it is used up.

    Raises Conflict if that is not the published one any more.
    """
    assert isinstance(root.database, ObjectPath)
    e_tag = root.database.exchange(fresh.read_bytes(), before.e_tag if before else None)
    _keep(fresh, _copy(root, e_tag))


@contextlib.contextmanager
def opened(root: LakeRoot) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published views, read-only. Raises Stop where there are none."""
    import duckdb

    edition = current(root)
    if edition is None:
        raise Stop(f"there is no lake at {root.path}: run `newslake ingest` first")
    with duckdb.connect(edition.path, read_only=True) as connection:
        reach(connection, root)
        yield connection


def reach(connection: duckdb.DuckDBPyConnection, root: LakeRoot) -> None:
    """Let the connection read the lake's data files until it is closed; on disk there is nothing to do.

    DuckDB reads a bucket through its extension httpfs, which has to be downloaded; this needs nothing. It is
    never taken back: DuckDB 2.0 crashes if a result still holds files then.
    """
    if isinstance(root.path, Path):
        return
    from lake.storage.duckfiles import Objects

    with _LOCK:
        if "s3" not in connection.list_filesystems():  # connections of one process to one file share them
            connection.register_filesystem(Objects())


def _copy(root: LakeRoot, e_tag: str | None) -> Path:
    folder = root.local / "cache" / "published"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{hashlib.sha256((e_tag or '').encode()).hexdigest()[:16]}.duckdb"


def _keep(fresh: Path, copy: Path) -> None:
    """Take a file over as the copy, and remove older ones."""
    fresh.replace(copy)
    aged = sorted(copy.parent.glob("*.duckdb"), key=lambda path: path.stat().st_mtime)
    for path in aged[:-_KEPT]:
        path.unlink(missing_ok=True)
