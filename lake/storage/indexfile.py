"""The file of the key index: opening it, however damaged, and transactions on it.

The name of the index is a link to a file of a name of its own. SQLite keeps what is not in the file yet in a second
one beside it, by name, and its last user deletes that: were a new index made under the same name while someone still
has the old one open, or the old one deleted under him, they would delete each other's. So whoever has an index open
holds a shared lock on a file beside it, and only who gets that lock alone deletes an index that has lost its name.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import sqlite3
from pathlib import Path
from typing import IO

from lake.errors import Stop

__all__ = ["Connection", "is_damage", "open_index", "remove", "transaction"]

log = logging.getLogger(__name__)

_FORMAT = 2
_WAIT = 120.0  # seconds for another process that builds the index; a million articles take about 40
_TRIES = 100  # openings that others may make vain by removing the index; each takes a millisecond
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


class Connection(sqlite3.Connection):
    """A connection to one file of an index, which nobody deletes while it is open."""

    path: Path
    file: Path
    _lock: IO[bytes]

    @classmethod
    def to(cls, path: Path, file: Path, lock: IO[bytes]) -> Connection:
        """Connect to ``file``, to which ``path`` leads, under its lock."""
        try:
            db = sqlite3.connect(file, timeout=_WAIT, isolation_level=None, factory=cls)
        except sqlite3.Error:
            lock.close()
            raise
        db.path, db.file, db._lock = path, file, lock
        return db

    def close(self) -> None:
        """Close it; the last one deletes a file that has lost its name."""
        super().close()
        self._lock.close()
        if _led(self.path) != self.file:
            _delete(self.path, self.file)

    @property
    def lost(self) -> bool:
        """Whether the name leads to another file, or to none: someone has removed the index."""
        return _led(self.path) != self.file or not self.file.exists()

    def retire(self) -> None:
        """Close it and take the name from its file, so that the next one opens another."""
        if _led(self.path) == self.file:
            self.path.unlink(missing_ok=True)
        self.close()


def is_damage(error: object) -> bool:
    """Whether an error tells of a damaged file, not of a lock, a full disk or the like.

    SQLite says DatabaseError itself for a damaged page. As our statements are right, a table that is not there
    (SQLITE_ERROR) or a row that should not (IntegrityError) are damage, too.
    """
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return type(error) in (sqlite3.DatabaseError, sqlite3.IntegrityError)


def open_index(path: Path) -> Connection:
    """Open the index, or make an empty one where there is none or a damaged one. Raises Stop if neither can be."""
    problem: Exception | None = None
    for _ in range(_TRIES):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            db = _connect(path)
        except (OSError, sqlite3.Error) as error:
            problem = error
            if not _is_gone(error):
                break  # a disk that is full or may not be written
        else:
            if db is not None:
                return db
    raise Stop(f"the key index {path} cannot be written: {problem or 'it is removed again and again'}")


def _is_gone(error: Exception) -> bool:
    """Whether an error may come of a file or folder that has just been removed."""
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
    return isinstance(error, (FileNotFoundError, FileExistsError))


def _connect(path: Path) -> Connection | None:
    """Open what the name leads to; None if others have removed it meanwhile, or it was damaged."""
    file = _led(path) or _linked(path)
    lock = _share(file)
    if _led(path) != file:
        lock.close()
        _delete(path, file)
        return None
    return _prepared(Connection.to(path, file, lock))


def _prepared(db: Connection) -> Connection | None:
    """The connection with its tables made; None if it is lost or was damaged, and has been closed."""
    try:
        _prepare(db)
    except sqlite3.Error as error:
        if not (db.lost or is_damage(error)):
            db.close()
            raise
        log.warning("the key index is damaged or removed (%s): reading it anew", error)
        db.retire()
        return None
    return db


def _prepare(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA synchronous = NORMAL")  # a power cut may take the last changes, never mix them
    db.execute(f"PRAGMA cache_size = {_CACHE}")
    format_found = db.execute("PRAGMA user_version").fetchone()[0]
    if format_found != _FORMAT:
        raise sqlite3.DatabaseError(f"format {format_found}, not {_FORMAT}")
    db.executescript(_TEMPORARY)


def _make(file: Path) -> None:
    """Make an empty index. Two connections that change an empty file to WAL at once get in each other's way."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")  # there is nothing to lose yet
        db.execute("PRAGMA journal_mode = WAL")
        with transaction(db):
            for statement in _TABLES.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_FORMAT}")


def remove(path: Path) -> None:
    """Delete the index; what processes have open is deleted when the last of them closes it."""
    file = _led(path)
    if file is not None:
        path.unlink(missing_ok=True)
        _delete(path, file)


def _led(path: Path) -> Path | None:
    """The file that the name of the index leads to, whether it is there or not; None without a name."""
    try:
        return path.with_name(path.readlink().name)
    except FileNotFoundError:
        return None
    except OSError:  # no link: someone has put a file there
        return path


def _linked(path: Path) -> Path:
    """Make an empty index and let the name lead to it, unless another process was faster; what it leads to then."""
    for left in {_file_of(each) for each in path.parent.glob(f"{path.stem}-*")}:
        _delete(path, left)
    file = path.with_name(f"{path.stem}-{secrets.token_hex(8)}{path.suffix}")
    with _share(file):
        _make(file)
        with contextlib.suppress(FileExistsError):
            path.symlink_to(file.name)
    found = _led(path) or file
    if found != file:
        _delete(path, file)
    return found


def _share(file: Path) -> IO[bytes]:
    """The lock of a file, held by us and perhaps others who have it open."""
    while True:
        lock = _lock_of(file).open("ab")
        fcntl.flock(lock, fcntl.LOCK_SH)
        if _same(lock, _lock_of(file)):
            return lock
        lock.close()


def _delete(path: Path, file: Path) -> None:
    """Delete a file that the name does not lead to, and all beside it, unless someone has it open."""
    with contextlib.suppress(OSError), _lock_of(file).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _led(path) != file and _same(lock, _lock_of(file)):
            for suffix in ("", "-wal", "-shm", "-journal", ".lock"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)


def _lock_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.lock")


def _file_of(beside: Path) -> Path:
    """The file of an index that this one belongs to or is."""
    stem, dot, _ = beside.name.partition(".sqlite")
    return beside.with_name(stem + dot)


def _same(lock: IO[bytes], path: Path) -> bool:
    """Whether the lock is still the file of that name: its last holder may have deleted it."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except FileNotFoundError:
        return False


class transaction:  # noqa: N801 -- reads as a statement
    """BEGIN … COMMIT, or ROLLBACK on an error; IMMEDIATE where the file itself is written."""

    def __init__(self, db: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> None:
        self._db = db
        self._begin = begin

    def __enter__(self) -> None:
        self._db.execute(self._begin)

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._db.execute("COMMIT")
        elif self._db.in_transaction:  # an error may have ended it
            self._db.execute("ROLLBACK")
