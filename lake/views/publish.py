"""Writes ``lake.duckdb``: a small file of views over the data files of one snapshot.

The file is made anew under another name, flushed to disk and renamed, so a reader sees the old one or the
new one; who holds the old one open keeps it. Publishers take turns under a lock and each takes the newest
snapshot once it has the lock, so a newer file is never replaced by an older one.

A client that opens the file for writing would leave a ``lake.duckdb.wal`` beside its successor, which then
could not be opened. A symlink of that name into a folder that doesn't exist prevents it: reading and
temporary tables work, lasting changes fail.

Views over views are bound as they are created, and binding checks that every data file is there. So the
views are created over empty relations first, and these are replaced by the files last.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from lake.locations import LakeRoot
from lake.storage import snapshots
from lake.storage.snapshots import Files, Snapshot
from lake.views.header import View, load
from lake.views.stored import RELATIONS, SNAPSHOT_COLUMNS, quoted, select_files, select_nothing

__all__ = ["Published", "publish", "write_views"]

_NO_WAL = "written-by-newslake/keep-changes-in-another-database"
"""Where the guard at ``lake.duckdb.wal`` points: no such folder."""


@dataclass(frozen=True, slots=True)
class Published:
    """The published file and the snapshot that it shows (None: there is no lake yet, all views are empty)."""

    database: Path
    snapshot: int | None


def publish(root: LakeRoot) -> Published:
    """Publish the newest snapshot of the lake at ``root``. Doing so again changes nothing for readers."""
    root.path.mkdir(parents=True, exist_ok=True)
    fresh = root.database.with_name(f"{root.database.name}.new")
    with _turn(root):
        history = list(snapshots.history(root))
        newest = history[0] if history else None
        _remove(fresh)
        write_views(fresh, snapshots.files(root, newest), history)
        _flush(fresh)
        _guard(root)
        fresh.replace(root.database)
        _flush(root.path)
    return Published(root.database, newest.id if newest else None)


def write_views(path: Path, files: Files, history: list[Snapshot]) -> None:
    """Write a new DuckDB file at ``path`` with all views over ``files``.

    It has the format of DuckDB 1.0, which every later version reads, too.
    """
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(f"ATTACH {quoted(str(path))} AS lake (STORAGE_VERSION 'v1.0.0')")
        connection.execute("USE lake")
        connection.execute("BEGIN")
        connection.execute("CREATE SCHEMA stored")
        for name, columns in RELATIONS.items():
            connection.execute(f"CREATE VIEW stored.{name} AS {select_nothing(columns)}")
        _store_snapshots(connection, history)
        for view in load():
            _create(connection, view)
        for name, columns in RELATIONS.items():
            paths = files.revised if name == "revised" else files.paths[name]
            if paths:
                connection.execute(f"CREATE OR REPLACE VIEW stored.{name} AS {select_files(columns, paths)}")
        connection.execute("COMMIT")
        connection.execute("USE memory")
        connection.execute("DETACH lake")


def _create(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    comments = [f"COMMENT ON VIEW {view.name} IS {quoted(view.comment)}"]
    comments += [
        f'COMMENT ON COLUMN {view.name}."{column.name}" IS {quoted(column.comment)}'
        for column in view.columns
    ]
    connection.execute(f"CREATE VIEW {view.name} AS {view.sql};" + ";".join(comments))


def _store_snapshots(connection: duckdb.DuckDBPyConnection, history: list[Snapshot]) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in SNAPSHOT_COLUMNS.items())
    connection.execute(f"CREATE TABLE stored.snapshots ({columns})")
    if history:
        connection.register("history", pa.Table.from_pylist([_row(snapshot) for snapshot in history]))
        connection.execute("INSERT INTO stored.snapshots BY NAME SELECT * FROM history ORDER BY snapshot")
        connection.unregister("history")


def _row(snapshot: Snapshot) -> dict[str, object]:
    return {
        "snapshot": snapshot.id,
        "committed_at": snapshot.committed_at,
        "operation": snapshot.operation,
        "run_id": snapshot.run_id,
        **{name: snapshot.counts.get(name) for name in _COUNTS},
        **{f"{table}_version": version for table, version in sorted(snapshot.versions.items())},
    }


_COUNTS = ("captured", "new", "revised", "merged", "unchanged", "rejected")


@contextmanager
def _turn(root: LakeRoot) -> Iterator[None]:
    """Hold the publishers' lock, which the system releases if the process is killed."""
    with root.database.with_name(f"{root.database.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _guard(root: LakeRoot) -> None:
    """Put the symlink that keeps clients from writing where a write-ahead log would lie."""
    wal = root.database.with_name(f"{root.database.name}.wal")
    if wal.is_symlink() and wal.readlink() == Path(_NO_WAL):
        return
    link = wal.with_name(f"{wal.name}.new")
    link.unlink(missing_ok=True)
    link.symlink_to(_NO_WAL)
    link.replace(wal)


def _remove(fresh: Path) -> None:
    """Remove what a killed publisher left."""
    fresh.unlink(missing_ok=True)
    fresh.with_name(f"{fresh.name}.wal").unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
