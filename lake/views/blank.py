"""A file with all views and no data, made once and copied each time that the lake is published.

Creating some thirty views takes most of a publisher's time, and they are the same as long as the code is. The
kept file lies in the lake's cache, under a name that is the hash of all definitions: other code, other columns
or another DuckDB make another one. It may be deleted at any time. The published file itself is no pattern for
the next: it would grow with each file list put into it, and hand damage on.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from functools import cache
from pathlib import Path

import duckdb

from lake.derived.relations import COLUMNS
from lake.storage.files import flush
from lake.views.header import View, load
from lake.views.stored import RELATIONS, SNAPSHOT_COLUMNS, quoted, select_nothing

__all__ = ["copy_blank", "create", "fingerprint", "forget", "write_blank"]

log = logging.getLogger(__name__)

_PATTERN = "views-*"


def copy_blank(connection: duckdb.DuckDBPyConnection, path: Path, cache: Path) -> None:
    """Put a file with all views and no data at ``path``, copied from the one in the folder ``cache``.

    What is not there is made. Callers take turns.
    """
    kept = cache / f"views-{fingerprint()}.duckdb"
    if not kept.exists():
        _keep(connection, kept)
    shutil.copyfile(kept, path)


def write_blank(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write a file with all views, over relations without rows, in the format of DuckDB 1.0."""
    connection.execute(f"ATTACH {quoted(str(path))} AS lake (STORAGE_VERSION 'v1.0.0')")
    connection.execute("USE lake")
    connection.execute("BEGIN")
    connection.execute("CREATE SCHEMA stored")
    for name, columns in (*RELATIONS.items(), *COLUMNS.items()):
        connection.execute(f"CREATE VIEW stored.{name} AS {select_nothing(columns)}")
    listed = ", ".join(f'"{name}" {kind}' for name, kind in SNAPSHOT_COLUMNS.items())
    connection.execute(f"CREATE TABLE stored.snapshots ({listed})")
    for view in load():
        create(connection, view)
    connection.execute("COMMIT")
    connection.execute("USE memory")
    connection.execute("DETACH lake")


def create(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    """Create a view or macro with its comments in the connection's current database."""
    kind = "VIEW" if view.arguments is None else "MACRO TABLE"
    statements = [view.create, f'COMMENT ON {kind} "{view.name}" IS {quoted(view.comment)}']
    if view.arguments is None:
        statements += [
            f'COMMENT ON COLUMN {view.name}."{column.name}" IS {quoted(column.comment)}'
            for column in view.columns
        ]
    connection.execute(";".join(statements))


def forget(cache: Path) -> None:
    """Delete what is kept: it may be damaged."""
    for path in cache.glob(_PATTERN):
        path.unlink(missing_ok=True)


def _keep(connection: duckdb.DuckDBPyConnection, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    forget(kept.parent)  # of other code, or half made
    fresh = kept.with_name("views-new")
    write_blank(connection, fresh)
    flush(fresh)
    fresh.replace(kept)


def fingerprint() -> str:
    """Of everything that the file is made of: 16 hex digits."""
    every = {**RELATIONS, **COLUMNS}
    relations = [select_nothing(columns) for columns in every.values()]
    parts = (duckdb.__version__, *every, *relations, *SNAPSHOT_COLUMNS.items(), _definitions())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@cache
def _definitions() -> str:
    return repr(load())
