"""Damage to single files: the log against the data files, and the published file against its snapshot."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError

from lake.derived import upkeep
from lake.locations import TABLES, LakeRoot
from lake.storage import published as published_file
from lake.storage import snapshots
from lake.storage.datafile import STATISTICS, DataFile, is_whole, statistics
from lake.storage.files import Place, absent, readable
from lake.storage.table import Table
from lake.storage.tablelog import log_entry
from lake.storage.tables import Lake

__all__ = ["BROKEN", "Finding", "derived", "files", "is_date_of", "orphans", "pins", "published"]

BROKEN = ("missing_file", "altered_file", "unreadable_file", "row_count")
"""Kinds of findings after which a data file's rows cannot be trusted."""

_SETTLED = timedelta(days=1)  # younger files that no version names may belong to a run under way
_PATH = re.compile(r"'((?:[^']|'')+\.parquet)'")


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault: ``kind`` is a stable word, ``where`` a path or id, ``what`` a phrase for a person."""

    kind: str
    where: str
    what: str


def files(table: Table, *, hashes: bool = True) -> Iterator[Finding]:
    """The log against the files; ``hashes``: compare each file's bytes with the hash in its name."""
    for file in table.files():
        path = table.folder / file.path
        if not path.is_file():
            yield Finding("missing_file", str(path), f"with {file.rows} rows of {table.name} is gone")
        elif path.stat().st_size != file.size:
            yield Finding("unreadable_file", str(path), f"has {path.stat().st_size} bytes, not {file.size}")
        else:
            yield from _readable(path, file, hashes=hashes)
    yield from _orphans(table)


def _readable(path: Place, file: DataFile, *, hashes: bool) -> Iterator[Finding]:
    try:
        if hashes and not is_whole(path):
            yield Finding("altered_file", str(path), "has other bytes than were written")
            return
        with pq.ParquetFile(readable(path)) as opened:
            if opened.metadata.num_rows != file.rows:
                what = f"has {opened.metadata.num_rows} rows, the log says {file.rows}"
                yield Finding("row_count", str(path), what)
            names = [name for name in opened.schema_arrow.names if name != "body"]
            bounds = [name for name in STATISTICS if name in names]
            parts = [opened.read_row_group(group, columns=names) for group in range(opened.num_row_groups)]
            rows = pa.concat_tables([part.select(bounds) for part in parts]) if parts else None
    except (OSError, pa.ArrowException, ValueError) as error:
        yield Finding("unreadable_file", str(path), f"cannot be read: {error}")
        return
    if rows is not None and bounds and file.revision is not None:
        highest = statistics(rows)["maxValues"].get("revision")
        if highest != file.revision:
            yield Finding("bounds", str(path), f"holds revision {highest}, the log says {file.revision}")


def is_date_of(day: date, moment: datetime) -> bool:
    """Whether a moment has this date in some zone: noon of the date against a zone of up to 14 hours."""
    return abs(datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - moment) <= timedelta(hours=26)


def orphans(table: Table) -> list[Place]:
    """Files in a table's folder that no version has named."""
    never = table.unneeded(0, full=True) - table.unneeded(0, full=False)
    paths = (table.folder / name for name in sorted(never))
    return [path for path in paths if path.exists()]


def _orphans(table: Table) -> Iterator[Finding]:
    limit = time.time() - _SETTLED.total_seconds()
    for path in orphans(table):
        if path.stat().st_mtime < limit:
            what = "belongs to no version; `newslake maintain` removes it after a week"
            yield Finding("orphan_file", str(path), what)


def pins(root: LakeRoot, lake: Lake) -> Iterator[Finding]:
    """What snapshots pin against what tables have; pins only go forward; counts add up."""
    for version in snapshots.damaged(root):
        what = "has a note that is damaged; readers take the snapshot before it"
        yield Finding("snapshot_note", str(log_entry(root, "outcomes", version)), what)
    after = {table.name: table.version for table in lake.tables()}
    for snapshot in snapshots.history(root, lake.outcomes):
        for name, version in snapshot.versions.items():
            if version > after[name]:
                what = f"pins version {version} of {name}, which ends or goes on at {after[name]}"
                yield Finding("pin", f"snapshot {snapshot.id}", what)
        after = dict(snapshot.versions)
        counts = dict(snapshot.counts)
        if counts and counts.pop("captured", None) != sum(counts.values()):
            yield Finding("counts", f"snapshot {snapshot.id}", f"its counts do not add up: {snapshot.counts}")


def derived(root: LakeRoot) -> Iterator[Finding]:
    """Files of derived tables that hold other bytes than were written."""
    newest = snapshots.latest(root)
    for path in upkeep.damaged(root, newest.versions["articles"]) if newest is not None else []:
        yield Finding("derived", str(path), "has other bytes than were written; it can be made again")


def published(root: LakeRoot) -> Iterator[Finding]:
    """The published file against the files of the snapshot that it shows; it may be older than the newest."""
    edition = published_file.current(root)
    if edition is None:
        return
    where = str(root.database)
    try:
        with duckdb.connect(edition.path, read_only=True) as connection:
            shown = connection.execute("SELECT max(snapshot) FROM snapshots").fetchall()[0][0]
            query = "SELECT view_name, sql FROM duckdb_views() WHERE schema_name = 'stored'"
            named = {name: _paths(sql) for name, sql in connection.execute(query).fetchall()}
    except duckdb.Error as error:
        yield Finding("published", where, f"cannot be opened: {error}")
        return
    gone = absent(root.path, set().union(*named.values()))
    if gone:
        yield Finding("published", where, f"names {len(gone)} files that are gone, as {gone[0]}")
    snapshot = next((each for each in snapshots.history(root) if each.id == shown), None)
    if snapshot is None:
        yield Finding("published", where, f"shows snapshot {shown}, which the log does not have")
        return
    try:
        listed = snapshots.files(root, snapshot)
    except DeltaError as error:
        yield Finding(
            "published", where, f"shows snapshot {shown}, whose files the log does not tell: {error}"
        )
        return
    wanted: dict[str, set[str]] = {name: set(listed.paths[name]) for name in TABLES}
    wanted |= {
        "superseded": set(listed.superseded),
        "articles": wanted["articles"].difference(listed.superseded),
    }
    for name, paths in wanted.items():
        if named.get(name) != paths:
            what = f"shows other files of {name} than snapshot {shown} has"
            yield Finding("published", where, what)
    if not gone:
        yield from _revised(root, edition.path, listed.revised)


def _revised(root: LakeRoot, database: Path, files: Iterable[str]) -> Iterator[Finding]:
    """What the published file takes for superseded, against the files of articles."""
    where = str(root.database)
    try:
        with duckdb.connect(database, read_only=True) as connection:
            published_file.reach(connection, root)
            shown = set(connection.execute(_SUPERSEDING.format("stored.revised")).fetchall())
    except duckdb.Error as error:
        yield Finding("published", where, f"does not tell what is superseded: {error}")
        return
    if wrong := shown ^ _superseding(files):
        yield Finding("published", where, f"is wrong about what supersedes {len(wrong)} articles' revisions")


_SUPERSEDING = "SELECT article_id, max(revision) FROM {} WHERE revision > 1 GROUP BY ALL"


def _superseding(paths: Iterable[str]) -> set[tuple[str, int]]:
    """The highest revision of each article that has more than one."""
    names = ["article_id", "revision"]
    parts = [pq.read_table(readable(path), columns=names, partitioning=None) for path in paths]
    if not parts:
        return set()
    with duckdb.connect() as connection:
        connection.register("rows_of_files", pa.concat_tables(parts))
        return set(connection.execute(_SUPERSEDING.format("rows_of_files")).fetchall())


def _paths(sql: str) -> set[str]:
    return {path.replace("''", "'") for path in _PATH.findall(sql)}
