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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.derived.table import Derived
from lake.locations import LakeRoot
from lake.storage import tablelog
from lake.storage.files import Place, flush, readable
from lake.views.stored import quoted

__all__ = ["TEMPORARY", "Segment", "every", "live", "rows_in", "scan", "workspace", "write", "write_part"]

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
        _write_sorted(connection, fresh, table, last, rows, superseding)
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


def rows_in(paths: Iterable[Place]) -> int:
    """The number of rows in some files, by their footers."""
    return sum(pq.read_metadata(readable(path)).num_rows for path in paths)


def scan(paths: Sequence[Place]) -> str:
    """SQL for the rows of some files."""
    return f"read_parquet([{', '.join(quoted(str(path)) for path in paths)}], hive_partitioning = false)"


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
_SMALL = 4_000_000
"""Rows in memory that are sorted there: Arrow takes half the time of DuckDB, and cannot spill."""
_MORE_MEMORY = "2GB"
"""For a sort that a session's memory (``upkeep``) is not enough for."""
_PLAIN_ORDER = re.compile(r"\w+(, \w+)*")


def _entry(root: LakeRoot, version: int) -> str:
    """Eight hex digits of a log entry's hash; zeros where the log no longer has it."""
    with contextlib.suppress(FileNotFoundError):
        return hashlib.sha256(tablelog.log_entry(root, "articles", version).read_bytes()).hexdigest()[:8]
    return _FORGOTTEN


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _write_small(path: Path, table: Derived, last: int, rows: pa.Table, superseding: Sequence[Place]) -> None:
    """As `_write_sorted`, of rows in memory whose order is that of columns."""
    rows = rows.filter(_current(rows, last, superseding)) if superseding else rows
    rows = rows.sort_by([(name, "ascending") for name in table.order.split(", ")])
    pq.write_table(
        rows,
        path,
        compression="zstd",
        compression_level=1,
        row_group_size=_row_group(table, len(rows)),
        store_schema=False,
    )


def _current(rows: pa.Table, last: int, superseding: Sequence[Place]) -> pa.ChunkedArray:
    """Whether no revision in these files, of versions up to ``last``, supersedes a row."""
    columns = ["article_id", "revision", "version"]
    later = pa.concat_tables([pq.read_table(readable(path), columns=columns) for path in superseding])
    later = later.filter(pc.less_equal(later.column("version"), last))
    newest = later.group_by("article_id").aggregate([("revision", "max")])
    at = pc.index_in(rows.column("article_id"), value_set=newest.column("article_id"))
    return pc.fill_null(
        pc.greater_equal(rows.column("revision"), newest.column("revision_max").take(at)), True
    )


def _row_group(table: Derived, rows: int) -> int:
    return max(table.row_group, rows // table.most_groups) if table.most_groups else table.row_group


def _write_sorted(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: Derived,
    last: int,
    rows: pa.Table | Sequence[Place],
    superseding: Sequence[Place],
) -> None:
    if isinstance(rows, pa.Table) and len(rows) <= _SMALL and _PLAIN_ORDER.fullmatch(table.order):
        _write_small(path, table, last, rows, superseding)
        return
    source = "held"
    if isinstance(
        rows, pa.Table
    ):  # never beside files: DuckDB 2.0 runs out of memory then, instead of spilling
        connection.register(source, rows)
    else:
        source = scan(rows)
    query = f"FROM {source} AS given"
    if superseding and rows_in(superseding):
        query += (
            f" ANTI JOIN (SELECT article_id, revision FROM {scan(superseding)} WHERE version <= {last})"
            " AS later ON later.article_id = given.article_id AND later.revision > given.revision"
        )
    columns = ", ".join(f'given."{name}"' for name in table.columns.names)
    held = len(rows) if isinstance(rows, pa.Table) else rows_in(rows)
    copy = (
        f"COPY (SELECT {columns} {query} ORDER BY {table.order}) TO {quoted(str(path))}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_row_group(table, held)})"
    )
    try:
        connection.execute(copy)
    except duckdb.OutOfMemoryException:
        _with_more_memory(connection, copy)


def _with_more_memory(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """A sort of hundreds of millions of rows may need more than a session has, though it spills."""
    (limit,) = connection.execute("SELECT current_setting('memory_limit')").fetchall()[0]
    log.info("sorting again with %s of memory, for %s are not enough", _MORE_MEMORY, limit)
    connection.execute(f"SET memory_limit = '{_MORE_MEMORY}'")
    try:
        connection.execute(statement)
    finally:
        connection.execute(f"SET memory_limit = '{limit}'")
