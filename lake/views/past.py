"""What the file published before says of itself, and the snapshots that a new one takes over from it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from lake.storage.snapshots import Snapshot
from lake.views.stored import SNAPSHOT_COLUMNS, quoted

__all__ = ["Mark", "attach", "past_contents", "store_snapshots"]

log = logging.getLogger(__name__)

Mark = tuple[int, str, dt.datetime]
"""What tells a snapshot from that of another lake: id, run and time."""

_COUNTS = ("captured", "new", "revised", "merged", "unchanged", "rejected")


def attach(connection: duckdb.DuckDBPyConnection, database: Path) -> Mark | None:
    """Attach the file published before as ``past``; its newest snapshot, None if it can't be used."""
    try:
        connection.execute(f"ATTACH {quoted(str(database))} AS past (READ_ONLY)")
        found = connection.execute("SELECT * FROM past.stored.snapshots ORDER BY snapshot DESC LIMIT 1")
        names, row = [column[0] for column in found.description or []], found.fetchone()
        if row is None or names != list(SNAPSHOT_COLUMNS):
            return None
        return row[names.index("snapshot")], row[names.index("run_id")], row[names.index("committed_at")]
    except duckdb.Error as error:
        log.debug("the snapshots are read from the log: %s", error)
        return None


def past_contents(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The hash of what the file attached as ``past`` shows, as it was noted there."""
    query = "SELECT comment FROM duckdb_tables() WHERE database_name = 'past' AND schema_name = 'stored'"
    found = connection.execute(query).fetchone()
    return found[0] if found else None


def store_snapshots(
    connection: duckdb.DuckDBPyConnection, history: Iterable[Snapshot], past: Mark | None
) -> None:
    """Fill ``stored.snapshots``: reading each snapshot from the log anew would cost more with every run."""
    rows = []
    for snapshot in history:
        if past == (snapshot.id, snapshot.run_id, snapshot.committed_at):
            connection.execute("INSERT INTO stored.snapshots BY NAME SELECT * FROM past.stored.snapshots")
            break
        rows.append(_row(snapshot))
    if rows:
        connection.register("newer", pa.Table.from_pylist(rows[::-1]))
        connection.execute("INSERT INTO stored.snapshots BY NAME SELECT * FROM newer")


def _row(snapshot: Snapshot) -> dict[str, object]:
    return {
        "snapshot": snapshot.id,
        "committed_at": snapshot.committed_at,
        "operation": snapshot.operation,
        "run_id": snapshot.run_id,
        **{name: snapshot.counts.get(name) for name in _COUNTS},
        **{f"{table}_version": version for table, version in sorted(snapshot.versions.items())},
    }
