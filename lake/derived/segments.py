"""The files of derived tables: one per contiguous range of versions of ``articles``.

``v00000012-00000015.<mark>.<hash>.parquet`` has the rows of all that versions 12 to 15 added. The mark tells
files of an older definition, and of another history (the log was lost and made anew), from valid ones. A file
is written under another name, flushed and renamed, and never changed; there is no list of files: those that
count are found by their names.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lake.derived.sorting import write_sorted
from lake.derived.table import Derived
from lake.locations import LakeRoot
from lake.storage import tablelog
from lake.storage.files import Place, flush

__all__ = ["TEMPORARY", "Segment", "every", "live", "workspace", "write", "write_part"]

log = logging.getLogger(__name__)

TEMPORARY = ".new"
"""How names of folders end in which something is being made."""

_NAME = re.compile(r"v(\d{8,})-(\d{8,})\.([0-9a-f]{8})([0-9a-f]{8})\.([0-9a-f]{16})\.parquet")
_MAGIC = b"PAR1"


@dataclass(frozen=True, slots=True)
class Segment:
    """A file with the rows of versions ``first`` to ``last`` of ``articles``."""

    first: int
    last: int
    path: Place

    def is_within(self, other: Segment) -> bool:
        """Whether another segment has the same versions, and perhaps more."""
        return self != other and other.first <= self.first and self.last <= other.last


def live(root: LakeRoot, table: Derived, version: int) -> list[Segment]:
    """The segments that count for a version: from 0 on always the widest that begins where the last ended.

    They may end before ``version``: the rest is not made yet.
    """
    starting: dict[int, list[Segment]] = defaultdict(list)
    for segment in every(root, table):
        if segment.last <= version and f".{table.fingerprint}" in segment.path.name:
            starting[segment.first].append(segment)
    chain: list[Segment] = []
    begin = 0
    while begin <= version:
        widest_first = sorted(starting[begin], key=lambda each: (-each.last, each.path.name))
        found = next((each for each in widest_first if _is_valid(root, each)), None)
        if found is None:
            break
        chain.append(found)
        begin = found.last + 1
    return chain


def write(
    connection: duckdb.DuckDBPyConnection,
    root: LakeRoot,
    table: Derived,
    versions: tuple[int, int],
    rows: pa.Table | Sequence[Place],
    superseding: Sequence[Place],
) -> Segment:
    """Write the segment of a range of versions from its rows, in memory or in files: sorted.

    Rows that a revision in the files ``superseding``, of versions up to the range's last, supersedes are left out.
    """
    first, last = versions
    folder = root.derived(table.name)
    with workspace(root) as space:
        fresh = space / "segment"
        write_sorted(connection, fresh, table, last, rows, superseding)
        name = f"v{first:08d}-{last:08d}.{table.fingerprint}{_entry(root, last)}.{_hash(fresh)}.parquet"
        target = folder / name
        if isinstance(target, Path):
            flush(fresh)
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh.replace(target)
            flush(target.parent)
        else:
            target.upload(fresh)
    return Segment(first, last, target)


@contextmanager
def workspace(root: LakeRoot) -> Iterator[Path]:
    """A folder on this machine for files that are being made, removed at the end."""
    folder = root.local / "derived"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(suffix=TEMPORARY, prefix="", dir=folder) as space:
        yield Path(space)


def write_part(path: Path, rows: pa.Table) -> None:
    """Write rows that are sorted into a segment later."""
    pq.write_table(rows, path, compression="zstd", compression_level=1, write_statistics=False)


def every(root: LakeRoot, table: Derived) -> list[Segment]:
    """All segments of a table, of any definition and history."""
    folder: Place = root.derived(table.name)
    paths = [folder / name for name in sorted(path.name for path in folder.glob("v*.parquet"))]
    found = ((path, _NAME.fullmatch(path.name)) for path in paths)
    return [Segment(int(name[1]), int(name[2]), path) for path, name in found if name]


def _is_valid(root: LakeRoot, segment: Segment) -> bool:
    """Whether a file ends as Parquet files do, and is of the history that the log tells, as far as that goes."""
    name = _NAME.fullmatch(segment.path.name)
    entry = _entry(root, segment.last)
    if name is None or (entry != _FORGOTTEN and name[4] not in (entry, _FORGOTTEN)):
        return False
    if not isinstance(segment.path, Path):  # an object is whole or not there
        return True
    try:
        with segment.path.open("rb") as file:
            file.seek(-len(_MAGIC), 2)
            return file.read() == _MAGIC
    except OSError:
        return False


_FORGOTTEN = "0" * 8


def _entry(root: LakeRoot, version: int) -> str:
    """Eight hex digits of a log entry's hash; zeros where the log no longer has it."""
    with contextlib.suppress(FileNotFoundError):
        return hashlib.sha256(tablelog.log_entry(root, "articles", version).read_bytes()).hexdigest()[:8]
    return _FORGOTTEN


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
