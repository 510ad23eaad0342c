"""The key index: which captures, articles and rejects the lake knows, as point look-ups.

It is a cache in SQLite and never the truth. `catch_up` reads the key columns of exactly those data files of
the opened versions that it has not read yet; it only moves forward. A missing, damaged or foreign index is
thrown away and read anew. A writer decides from the index and then commits upon the version that it opened:
if the index has already moved on, that commit fails, so a decision from newer keys does no harm, and a
decision from older ones cannot happen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Self

from lake.errors import Retry, Stop
from lake.locations import TABLES, LakeRoot
from lake.storage import keys
from lake.storage.datafile import DataFile
from lake.storage.indexfile import is_damage, open_index, transaction
from lake.storage.known_keys import KnownArticle, KnownCapture, KnownOrigin, Member
from lake.storage.table import Table
from lake.storage.tablelog import log_entry
from lake.storage.tables import Lake

__all__ = ["Index"]

log = logging.getLogger(__name__)

_ROWS = 100_000  # rows whose keys are sorted at once; as values they take about 50 MB
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Index:
    """One process's connection to the index of a lake."""

    def __init__(self, root: LakeRoot) -> None:
        self._path = root.index
        self._root = root
        self._db = open_index(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, *_: object) -> None:
        if isinstance(error, sqlite3.DatabaseError) and (self._db.lost or is_damage(error)):
            self._db.retire()
            raise Retry(f"the key index {self._path} was damaged or removed meanwhile: run again")
        self._db.close()
        if isinstance(error, sqlite3.OperationalError):  # a full disk, for one
            raise Stop(f"the key index {self._path} cannot be written: {error}") from error

    def is_current(self) -> bool:
        """Whether every table's newest version has been read; costs a look at four names instead of four logs."""
        seen = self._db.execute("SELECT name, version, entry FROM seen").fetchall()
        return len(seen) == len(TABLES) and all(
            _fingerprint(self._root, name, version) == entry
            and not log_entry(self._root, name, version + 1).exists()
            for name, version, entry in seen
        )

    def catch_up(self, lake: Lake) -> None:
        """Read the keys of every data file of ``lake`` that has not been read yet."""
        try:
            self._catch_up(lake)
        except sqlite3.DatabaseError as error:
            if not (self._db.lost or is_damage(error)):
                raise
            log.warning("the key index is damaged or removed (%s): reading it anew", error)
            self._restart()
            self._catch_up(lake)

    def _catch_up(self, lake: Lake) -> None:
        if any(self._foreign(table) for table in lake.tables()):
            log.info("the key index belongs to another state of %s: reading it anew", self._root.path)
            self._restart()
        for table in lake.tables():
            if self._seen_version(table.name) < table.version:
                self._read_new_files(table)

    def _restart(self) -> None:
        self._db.retire()
        self._db = open_index(self._path)

    def _foreign(self, table: Table) -> bool:
        """Whether the index was read from another table, or from versions that this one no longer has."""
        row = self._db.execute("SELECT identity, version, entry FROM seen WHERE name = ?", [table.name])
        found = row.fetchone()
        if found is None:
            return False
        identity, version, entry = found
        if identity != table.identity:
            return True
        now = _entry(table, version)
        if now is None:  # expired from the log, unless the table never came so far
            return bool(version > table.version)
        return bool(now != entry)

    def is_ahead(self, lake: Lake) -> bool:
        """Whether it has read more than this state of the lake: another process was there first."""
        return any(self._seen_version(table.name) > table.version for table in lake.tables())

    def _seen_version(self, name: str) -> int:
        found = self._db.execute("SELECT version FROM seen WHERE name = ?", [name]).fetchone()
        return int(found[0]) if found else -1

    def _read_new_files(self, table: Table) -> None:
        with transaction(self._db):
            if self._seen_version(table.name) >= table.version:
                return  # another process was faster
            held = self._db.execute("SELECT path FROM files WHERE name = ?", [table.name])
            known = {path for (path,) in held}
            current = {file.path for file in table.files()}
            for paths in _chunks([file for file in table.files() if file.path not in known]):
                self._read_files(table, paths)
            if table.name == "captures":  # after the first reading: one sort is cheaper than many insertions
                self._db.execute("CREATE INDEX IF NOT EXISTS origins ON captures (origin, captured_at)")
            gone = ((table.name, path) for path in known - current)  # merged into others, read just now
            self._db.executemany("DELETE FROM files WHERE name = ? AND path = ?", gone)
            self._db.execute(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
                [table.name, table.identity, table.version, _entry(table, table.version)],
            )

    def _read_files(self, table: Table, paths: Sequence[str]) -> None:
        """Take over the keys of some files, sorted: that way each page of a tree is changed once."""
        gathered: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for path in paths:
            number = self._db.execute(
                "INSERT INTO files (name, path) VALUES (?, ?) RETURNING id", [table.name, path]
            ).fetchone()[0]
            held = table.recent.get(path)
            for statement, rows in keys.statements(table.name, table.folder / path, number, held):
                gathered[statement] += rows
        for statement, found in gathered.items():
            self._db.executemany(statement, sorted(found, key=itemgetter(0)))

    def captures(self, capture_ids: Iterable[str]) -> dict[str, KnownCapture]:
        """What is known of these captures; unknown ones are absent."""
        self._want(bytes.fromhex(capture_id) for capture_id in capture_ids)
        rows = self._db.execute(
            "SELECT c.capture_id, c.captured_at, c.sha256, r.path, f.path, o.outcome, o.article_id, o.extractor"
            " FROM wanted CROSS JOIN captures c ON c.capture_id = wanted.key JOIN files r ON r.id = c.file"
            " LEFT JOIN bodies b ON b.sha256 = c.sha256 LEFT JOIN files f ON f.id = b.file"
            " LEFT JOIN outcomes o ON o.capture_id = c.capture_id"
        )
        return {
            row[0].hex(): KnownCapture(row[2].hex(), row[3], row[4], row[5], row[6], row[7], _moment(row[1]))
            for row in rows
        }

    def last_recorded(self, capture_ids: Iterable[str]) -> dt.datetime | None:
        """When the latest outcome of any of these captures was recorded; None if they have none."""
        self._want(bytes.fromhex(capture_id) for capture_id in capture_ids)
        query = "SELECT max(recorded_at) FROM wanted CROSS JOIN outcomes o ON o.capture_id = wanted.key"
        found = self._db.execute(query).fetchone()[0]
        return None if found is None else _moment(found)

    def succeeded(self, capture_ids: Iterable[str]) -> dict[str, tuple[str, str, dt.datetime]]:
        """Those of these captures after which their origin gave another -> the newest one's id, sha256, time."""
        self._want(bytes.fromhex(capture_id) for capture_id in capture_ids)
        rows = self._db.execute(
            "SELECT c.capture_id, n.capture_id, n.sha256, n.captured_at"
            " FROM wanted CROSS JOIN captures c ON c.capture_id = wanted.key CROSS JOIN captures n"
            " ON n.capture_id = (SELECT l.capture_id FROM captures l WHERE l.origin = c.origin"
            " ORDER BY l.captured_at DESC, l.capture_id DESC LIMIT 1)"
            " WHERE n.capture_id <> c.capture_id"
        )
        return {row[0].hex(): (row[1].hex(), row[2].hex(), _moment(row[3])) for row in rows}

    def origins(self, origins: Iterable[str]) -> dict[str, KnownOrigin]:
        """The newest capture of each of these origins (as text); unknown ones are absent."""
        texts = {keys.origin_key(origin): origin for origin in origins}
        self._want(texts)
        rows = self._db.execute(
            "SELECT wanted.key, c.capture_id, c.sha256, c.captured_at, o.outcome"
            " FROM wanted CROSS JOIN captures c ON c.capture_id = (SELECT l.capture_id FROM captures l"
            " WHERE l.origin = wanted.key ORDER BY l.captured_at DESC, l.capture_id DESC LIMIT 1)"
            " LEFT JOIN outcomes o ON o.capture_id = c.capture_id"
        )
        return {
            texts[origin]: KnownOrigin(capture_id.hex(), sha256.hex(), _moment(at), outcome)
            for origin, capture_id, sha256, at, outcome in rows
        }

    def captured_between(
        self, after: dt.datetime, until: dt.datetime, *, unfinished: bool = False
    ) -> list[str]:
        """The captures of a time, ``until`` included; with ``unfinished`` those that have no outcome.

        Lakes without live sources never ask, so that the look-up's own tree is made when it is first needed.
        """
        self._db.execute("CREATE INDEX IF NOT EXISTS times ON captures (captured_at)")
        query = "SELECT capture_id FROM captures c WHERE captured_at > ? AND captured_at <= ?"
        if unfinished:
            query += " AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.capture_id = c.capture_id)"
        rows = self._db.execute(query, [_ticks(after), _ticks(until)])
        return [capture_id.hex() for (capture_id,) in rows]

    def body_files(self, hashes: Iterable[str]) -> dict[str, str]:
        """sha256 -> the file (relative to the table's folder) that holds these bytes, where there is one."""
        self._want(bytes.fromhex(sha256) for sha256 in hashes)
        rows = self._db.execute(
            "SELECT b.sha256, f.path FROM wanted CROSS JOIN bodies b ON b.sha256 = wanted.key"
            " JOIN files f ON f.id = b.file"
        )
        return {sha256.hex(): path for sha256, path in rows}

    def articles(self, article_ids: Iterable[str]) -> dict[str, KnownArticle]:
        """The current revision of these articles; unknown ones are absent."""
        self._want(article_ids)
        rows = self._db.execute("SELECT a.* FROM wanted CROSS JOIN articles a ON a.article_id = wanted.key")
        return {row[0]: KnownArticle(row[1], row[2].hex(), _moment(row[3])) for row in rows}

    def members(self, article_ids: Iterable[str]) -> Iterator[Member]:
        """Every capture that ever was an article's, for each of these."""
        self._want(article_ids)
        rows = self._db.execute(
            "SELECT m.article_id, m.capture_id, c.origin, c.captured_at"
            " FROM wanted CROSS JOIN members m ON m.article_id = wanted.key"
            " CROSS JOIN captures c ON c.capture_id = m.capture_id"
        )
        for article_id, capture_id, origin, captured_at in rows.fetchall():
            yield Member(article_id, capture_id.hex(), origin, _moment(captured_at))

    def undecided(self, origins: Iterable[bytes]) -> dict[bytes, list[tuple[str, dt.datetime]]]:
        """Origin -> its captures that have no outcome yet, with their times; origins without any are absent."""
        self._want(origins)
        rows = self._db.execute(
            "SELECT c.origin, c.capture_id, c.captured_at FROM wanted CROSS JOIN captures c ON c.origin = wanted.key"
            " WHERE NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.capture_id = c.capture_id)"
        )
        found: dict[bytes, list[tuple[str, dt.datetime]]] = defaultdict(list)
        for origin, capture_id, at in rows:
            found[origin].append((capture_id.hex(), _moment(at)))
        return found

    def unknown_rejects(self, reject_ids: Sequence[str]) -> set[str]:
        """Those of these reject ids that the lake does not hold."""
        self._want(bytes.fromhex(reject_id) for reject_id in reject_ids)
        rows = self._db.execute(
            "SELECT key FROM wanted WHERE NOT EXISTS (SELECT 1 FROM rejects WHERE reject_id = key)"
        )
        return {key.hex() for (key,) in rows}

    def take(self, ids: Sequence[str]) -> set[str]:
        """Remember hex ids for as long as this connection lives; returns those that it had not yet.

        This tells repetitions within one run, on disk, so that its memory does not grow with the run.
        """
        fresh = set()
        with transaction(self._db, "BEGIN"):
            for each in ids:
                done = self._db.execute("INSERT OR IGNORE INTO taken VALUES (?)", [bytes.fromhex(each)])
                if done.rowcount:
                    fresh.add(each)
        return fresh

    def everything(self, name: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """These columns of every row of one of the index's tables, keys as hex; for verifying."""
        for row in self._db.execute(f"SELECT {', '.join(columns)} FROM {name}"):
            yield tuple(value.hex() if isinstance(value, bytes) else value for value in row)

    def _want(self, wanted: Iterable[str] | Iterable[bytes]) -> None:
        with transaction(self._db, "BEGIN"):
            self._db.execute("DELETE FROM wanted")
            self._db.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((key,) for key in wanted))


def _chunks(files: Iterable[DataFile]) -> Iterator[list[str]]:
    """The files' paths, in lists that hold about ``_ROWS`` rows."""
    chunk: list[str] = []
    rows = 0
    for file in files:
        chunk.append(file.path)
        rows += file.rows
        if rows >= _ROWS:
            yield chunk
            chunk, rows = [], 0
    if chunk:
        yield chunk


def _entry(table: Table, version: int) -> str | None:
    return _fingerprint(table.root, table.name, version)


def _fingerprint(root: LakeRoot, name: str, version: int) -> str | None:
    """Of one log entry, which names when and by which files it came; None if it is gone."""
    try:
        with log_entry(root, name, version).open("rb") as entry:
            return hashlib.sha256(entry.read(4096)).hexdigest()
    except FileNotFoundError:
        return None


def _ticks(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def _moment(microseconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=microseconds)
