"""Verify: is everything that the lake promised still true on disk? It changes nothing."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from itertools import islice

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError

from lake.errors import Stop
from lake.locations import LakeRoot
from lake.storage import damage, raw, snapshots
from lake.storage.checks import CHECKS
from lake.storage.damage import Finding
from lake.storage.files import readable
from lake.storage.index import Index
from lake.storage.layout import SCHEMAS
from lake.storage.maintain import stale_staging
from lake.storage.table import Table
from lake.storage.tables import Lake, open_lake

__all__ = ["Finding", "load_keys", "verify"]

log = logging.getLogger(__name__)

_SHOWN = 20  # faults of one kind and table that are named; a lost file would give thousands
_KEYS = {
    "captures": ("capture_id", "sha256", "origin", "length"),
    "articles": ("article_id", "revision", "content_hash", "published_at", "published_date", "capture_ids"),
    "outcomes": ("capture_id", "outcome", "article_id"),
    "rejects": ("reject_id", "capture_id"),
}
_CHUNK = 100_000


def verify(root: LakeRoot, *, bodies: bool = True) -> list[Finding]:
    """Check the whole lake; an empty list means that it is sound.

    With ``bodies=False`` the captures' bytes are not hashed, which is most of the work.
    Raises Stop where there is no lake.
    """
    if not snapshots.exists(root):
        raise Stop(f"there is no lake at {root.path}: run `newslake ingest` first")
    try:
        lake = open_lake(root)
    except (Stop, DeltaError, OSError) as error:
        return [Finding("log", str(root.path), f"a table cannot be opened: {error}")]
    findings = [
        finding
        for table in lake.tables()
        for finding in damage.files(table, hashes=bodies or table.name != "captures")
    ]
    findings += damage.pins(root, lake)
    findings += damage.derived(root)
    findings += [Finding("staging", str(path), "is left from a dead run") for path in stale_staging(root)]
    lost = {finding.where for finding in findings if finding.kind in damage.BROKEN}
    if not lost and not any(finding.kind == "pin" for finding in findings):
        findings += damage.published(root)
    if bodies:
        findings += _bodies(lake.captures, lost)
    if not lost:  # else every reference into them would be a fault of its own
        findings += _references(root, lake)
    return findings


def _bodies(captures: Table, lost: set[str]) -> Iterator[Finding]:
    """Every body against its checksum, and every checksum for a body."""
    wanted: set[str] = set()
    held: set[str] = set()
    for file in captures.files():
        path = captures.folder / file.path
        if str(path) in lost:
            continue
        wanted.update(
            pq.read_table(readable(path), columns=["sha256"], partitioning=None).column(0).to_pylist()
        )
        try:
            for sha256, body in raw.bodies(path):
                held.add(sha256)
                if hashlib.sha256(body).hexdigest() != sha256:
                    yield Finding("damaged_body", str(path), f"the bytes of {sha256} have changed")
        except (OSError, pa.ArrowException) as error:
            yield Finding("unreadable_file", str(path), f"its bodies cannot be read: {error}")
    for sha256 in islice(sorted(wanted - held), _SHOWN):
        yield Finding("missing_body", sha256, "captures name these bytes, and no file holds them")


def _references(root: LakeRoot, lake: Lake) -> Iterator[Finding]:
    """What the tables say of each other, and the key index of them."""
    with duckdb.connect() as connection:
        for table in lake.tables():
            load_keys(connection, table)
        with_index = _load_index(connection, root, lake)
        for check in CHECKS:
            if check.kind == "index" and not with_index:
                continue
            for where, what in connection.execute(check.query).fetchmany(_SHOWN):
                yield Finding(check.kind, where, what)


def _load_index(connection: duckdb.DuckDBPyConnection, root: LakeRoot, lake: Lake) -> bool:
    """Load the key index, which is caught up first; False where it may not be written, or others write to the lake now."""
    try:
        index = Index(root)
    except Stop as error:
        log.warning("the key index is not verified: %s", error)
        return False
    with index:
        index.catch_up(lake)
        if index.is_ahead(lake):
            return False
        for name, columns in (
            ("articles", ("article_id", "revision", "content_hash")),
            ("captures", ("capture_id", "sha256")),
        ):
            connection.execute(
                f"CREATE TABLE index_{name} AS SELECT {', '.join(columns)} FROM {name} LIMIT 0"
            )
            rows = index.everything(name, columns)
            while chunk := list(islice(rows, _CHUNK)):
                connection.register(
                    "loaded", pa.table([*map(pa.array, zip(*chunk, strict=True))], names=columns)
                )
                connection.execute(f"INSERT INTO index_{name} SELECT * FROM loaded")
    return True


def load_keys(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Load the key columns of a table into a DuckDB table of its name."""
    columns = _KEYS[table.name]
    schema = pa.schema([SCHEMAS[table.name].field(name) for name in columns])
    if table.name == "articles":
        schema = schema.append(pa.field("partition", pa.string()))
    connection.register("empty", schema.empty_table())
    connection.execute(f"CREATE TABLE {table.name} AS SELECT * FROM empty")
    for file in table.files():
        rows = pq.read_table(readable(table.folder / file.path), columns=list(columns), partitioning=None)
        if table.name == "articles":
            rows = rows.append_column("partition", pa.array([file.partition] * len(rows), pa.string()))
        connection.register("loaded", rows.select(schema.names))
        connection.execute(f"INSERT INTO {table.name} SELECT * FROM loaded")
