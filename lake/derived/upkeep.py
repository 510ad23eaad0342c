"""Keeping derived tables up with ``articles``: what publishing and maintenance call.

Every step may be killed, repeated, or done by two processes at once: a segment says the same whoever makes it.
"""

from __future__ import annotations

import fcntl
import logging
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta

import duckdb
import pyarrow as pa

from lake.derived import segments
from lake.derived.building import Work
from lake.derived.segments import TEMPORARY
from lake.derived.superseding import SUPERSEDING
from lake.derived.table import Derived
from lake.derived.tables import DERIVED
from lake.locations import LakeRoot
from lake.storage import published
from lake.storage.datafile import is_whole
from lake.storage.files import Place
from lake.views.stored import quoted

__all__ = ["alone", "damaged", "keep_up", "remove", "vacuum"]

log = logging.getLogger(__name__)

_CHEAP = 16 * 1024 * 1024
"""Bytes that are merged at once while publishing; maintenance takes more."""
_DEAD = timedelta(days=1)  # age of a workspace whose maker is not alive any more
_THREADS = 2  # others may be ingesting
_MEMORY = "256MB"


def keep_up(
    root: LakeRoot,
    version: int,
    connection: duckdb.DuckDBPyConnection | None = None,
    *,
    limit: int | None = _CHEAP,
    recent: Mapping[str, pa.Table] | None = None,
    most: int | None = None,
) -> bool:
    """Bring the derived tables up to a version of ``articles``; a failure is logged, and no more.

    Those that lack more than ``most`` rows of articles are left as they are; returns whether there are none.

    Then small segments are merged, those of a like size, if they have up to ``limit`` bytes together. A
    ``connection`` to a database in memory saves the making of one. ``recent``: rows of files of articles that are in
    memory, by address.
    """
    begun = time.perf_counter()
    ready = DERIVED
    with _forgiven(root, version), _session(root, connection) as session:
        work = Work(root, version, session, recent)
        ready = ready if most is None else _ready(work, most)
        if not _extended(work, ready):
            for table in ready:
                with _forgiven(root, version, f" ({table.name})"):
                    work.extend([table])
        for table in ready:
            with _forgiven(root, version, f" ({table.name})"):
                work.merge(table, limit)
        log.debug("derived tables took %.3f s", time.perf_counter() - begun)
    return len(ready) == len(DERIVED)


@contextmanager
def alone(root: LakeRoot) -> Iterator[bool]:
    """Be the only one on this machine who brings up many rows; False where another one does so already."""
    path = root.local / "derived" / "making.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True  # closing the file, and dying, gives the lock back


def _ready(work: Work, most: int) -> tuple[Derived, ...]:
    """The tables that lack so few rows; none if that is not SUPERSEDING, by which the others leave rows out."""
    ready = tuple(table for table in DERIVED if work.missing(table) <= most)
    return ready if SUPERSEDING in ready else ()


def _extended(work: Work, of: Sequence[Derived]) -> bool:
    """Bring tables up at once, with one reading of articles; False where one of them failed."""
    try:
        work.extend(of)
    except Exception as error:  # as in _forgiven, which tells of it when it happens again
        log.debug("derived tables are brought up one by one: %s", error, exc_info=True)
        return False
    return True


@contextmanager
def _forgiven(root: LakeRoot, version: int, of: str = "") -> Iterator[None]:
    """Whatever fails here is logged, and no more: nothing rests on derived tables, so nothing may fail with them.

    Files that may be the reason are deleted, to be made again the next time.
    """
    try:
        yield
    except Exception as error:
        log.warning(
            "derived tables are not up to date%s, so some views are slow or incomplete: %s", of, error
        )
        log.debug("the failure was", exc_info=True)
        with suppress(Exception):
            for path in damaged(root, version):
                path.unlink(missing_ok=True)


def vacuum(root: LakeRoot, version: int, *, retention: timedelta) -> int:
    """Delete files that no view published in the last ``retention`` names; returns their number.

    A file is named until another takes its place: that one's age counts.
    """
    limit = time.time() - retention.total_seconds()
    removed = 0
    for table in DERIVED:
        kept = {segment.path for segment in segments.live(root, table, version)}
        aged = {segment: segment.path.stat().st_mtime for segment in segments.every(root, table)}
        for segment in aged:
            since = min((aged[other] for other in aged if segment.is_within(other)), default=aged[segment])
            if segment.path not in kept and since <= limit:
                segment.path.unlink(missing_ok=True)
                removed += 1
    _clear(root)
    return removed


def damaged(root: LakeRoot, version: int) -> list[Place]:
    """The segments that count for a version and hold other bytes than were written."""
    paths = [segment.path for table in DERIVED for segment in segments.live(root, table, version)]
    return [path for path in paths if not is_whole(path)]


def remove(root: LakeRoot) -> None:
    """Delete all derived tables: publishing makes them again."""
    for table in DERIVED:
        for path in root.derived(table.name).glob("*.parquet"):
            path.unlink(missing_ok=True)


def _clear(root: LakeRoot) -> None:
    """Remove the workspaces of makers that were killed."""
    limit = time.time() - _DEAD.total_seconds()
    for path in (root.local / "derived").glob(f"*{TEMPORARY}"):
        if path.stat().st_mtime < limit:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _session(
    root: LakeRoot, connection: duckdb.DuckDBPyConnection | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session of a database in memory; sorts that need more than that are done on disk."""
    spill = root.local / "derived" / f"{secrets.token_hex(4)}{TEMPORARY}"
    with ExitStack() as opened:
        opened.callback(shutil.rmtree, spill, ignore_errors=True)
        if connection is None:
            connection = opened.enter_context(duckdb.connect())
            published.reach(connection, root)
        session = opened.enter_context(connection.cursor())
        session.execute(
            f"SET TimeZone = 'UTC'; SET threads = {_THREADS}; SET memory_limit = '{_MEMORY}'; SET parquet_metadata_cache = true;"
            f"SET temp_directory = {quoted(str(spill))}"
        )
        yield session
