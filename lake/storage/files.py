"""Files of a lake, on disk or in a bucket: what pathlib's words alone don't do for both.

A `Place` is a Path or an ObjectPath. Both know ``/``, ``name``, ``parent``, ``exists``, ``stat``, ``unlink``,
``read_bytes`` and the like; modules that touch data files use those, and these functions.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lake.storage.objects import ObjectPath

__all__ = ["Place", "absent", "flush", "place", "readable", "size_below", "write_whole"]

Place = Path | ObjectPath
"""A file or folder of a lake."""


def place(address: str) -> Place:
    """The place that ``str`` made this address of."""
    return ObjectPath.parse(address) if address.startswith("s3://") else Path(address)


def readable(path: Place | str) -> Path | io.BufferedIOBase:
    """What pyarrow reads a Parquet file from: a path on disk as it is, an object as an open file."""
    path = place(path) if isinstance(path, str) else path
    return path if isinstance(path, Path) else path.open("rb")


def absent(folder: Place, addresses: Iterable[str]) -> list[str]:
    """Those of the addresses below ``folder`` where there is no file, sorted."""
    wanted = set(addresses)
    if isinstance(folder, Path) or not wanted:
        return sorted(each for each in wanted if not Path(each).exists())
    return sorted(wanted.difference(str(path) for path, _ in folder.below()))  # a thousand in a request


def size_below(folder: Place) -> int:
    """Bytes of all files below ``folder``."""
    if isinstance(folder, ObjectPath):
        return sum(stat.st_size for _, stat in folder.below())
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).stat().st_size
            except FileNotFoundError:  # removed by maintenance meanwhile
                continue
    return total


@contextmanager
def write_whole(target: Place) -> Iterator[Path]:
    """A path on disk to write ``target`` to, which appears whole when the context ends without an error.

    On disk it replaces what was there by rename, as a file of the same folder.
    """
    if isinstance(target, Path):
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            yield fresh
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        return
    with tempfile.TemporaryDirectory(prefix="newslake-") as folder:
        fresh = Path(folder) / target.name
        yield fresh
        target.upload(fresh)


def flush(path: Place) -> None:
    """Have the system write a file, or a folder's list of names, to the disk; an object is safe once it is there."""
    if isinstance(path, ObjectPath):
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
