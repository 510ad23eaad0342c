"""The file of the key index: opening it, however damaged, and transactions on it.

The name of the index is a link to a file of a name of its own. SQLite keeps what is not in the file yet in a second
one beside it, by name, and its last user deletes that: were a new index made under the same name while someone still
has the old one open, they would delete each other's.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import sqlite3
import time
from pathlib import Path

from lake.errors import Stop

__all__ = ["is_damage", "open_index", "remove", "transaction"]

log = logging.getLogger(__name__)

_FORMAT = 2
_WAIT = 120.0  # seconds for another process that builds the index; a million articles take about 40
_LEFT = 24 * 3600.0  # seconds after which nobody has a file open that has lost its name
_CACHE = -64 * 1024  # KiB of pages; look-ups in a million articles touch few
_TABLES = """
CREATE TABLE IF NOT EXISTS seen (name TEXT PRIMARY KEY, identity TEXT, version INTEGER, entry TEXT);
CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, name TEXT, path TEXT, UNIQUE (name, path));
CREATE TABLE IF NOT EXISTS captures
    (capture_id BLOB PRIMARY KEY, sha256 BLOB, origin BLOB, captured_at INTEGER, file INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bodies (sha256 BLOB PRIMARY KEY, file INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes
    (capture_id BLOB PRIMARY KEY, outcome TEXT, article_id TEXT, extractor TEXT, recorded_at INTEGER)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles
    (article_id TEXT PRIMARY KEY, revision INTEGER, content_hash BLOB, first_seen_at INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members
    (article_id TEXT, capture_id BLOB, PRIMARY KEY (article_id, capture_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejects (reject_id BLOB PRIMARY KEY) WITHOUT ROWID;
"""
_TEMPORARY = """
CREATE TEMP TABLE IF NOT EXISTS wanted (key PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS taken (key BLOB PRIMARY KEY) WITHOUT ROWID;
"""


def is_damage(error: object) -> bool:
    """SQLite says DatabaseError itself for a damaged file; its subclasses are locks, full disks and the like."""
    return type(error) is sqlite3.DatabaseError


def open_index(path: Path) -> sqlite3.Connection:
    """Open the index, or make an empty one where there is none or a damaged one. Raises Stop if neither can be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connect(path)
    except (OSError, sqlite3.OperationalError) as error:  # a disk that is full or may not be written
        raise Stop(f"the key index {path} cannot be written: {error}") from error
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        log.warning("the key index is damaged (%s): reading it anew", error)
        remove(path)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    if not path.exists():
        _link(path)
    db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    try:
        _prepare(db)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")  # a power cut may take the last changes, never mix them
    db.execute(f"PRAGMA cache_size = {_CACHE}")
    format_found = db.execute("PRAGMA user_version").fetchone()[0]
    if format_found not in (0, _FORMAT):
        raise sqlite3.DatabaseError(f"format {format_found}, not {_FORMAT}")
    if format_found == 0:
        with transaction(db):
            for statement in _TABLES.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_FORMAT}")
    db.executescript(_TEMPORARY)


def remove(path: Path) -> None:
    """Delete the index; processes that have it open keep what they opened."""
    real = path.resolve()
    path.unlink(missing_ok=True)
    for suffix in ("", "-wal", "-shm"):
        real.with_name(real.name + suffix).unlink(missing_ok=True)


def _link(path: Path) -> None:
    """Let the name of the index be a link to a file that does not exist yet, unless another process does so now."""
    for left in path.parent.glob(f"{path.stem}-*"):  # of an index whose name someone has deleted
        if time.time() - left.stat().st_mtime > _LEFT:
            left.unlink(missing_ok=True)
    fresh = f"{path.stem}-{secrets.token_hex(8)}{path.suffix}"
    with contextlib.suppress(FileExistsError):
        path.symlink_to(fresh)


class transaction:  # noqa: N801 -- reads as a statement
    """BEGIN … COMMIT, or ROLLBACK on an error; IMMEDIATE where the file itself is written."""

    def __init__(self, db: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> None:
        self._db = db
        self._begin = begin

    def __enter__(self) -> None:
        self._db.execute(self._begin)

    def __exit__(self, kind: object, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")
