"""Writes ``lake.duckdb``: a small file of views over the data files of one snapshot.

The file is made anew under another name, flushed to disk and renamed, so a reader sees the old one or the
new one; who holds the old one open keeps it. Publishers take turns under a lock and each takes the newest
snapshot once it has the lock, so a newer file is never replaced by an older one. In a bucket it is replaced
in one request, on the condition that it is still the one that was there before (lake.storage.published).

A client that opens the file for writing would leave a ``lake.duckdb.wal`` beside its successor, which then
could not be opened. A symlink of that name into a folder that doesn't exist prevents it: reading and
temporary tables work, lasting changes fail.

Views over views are bound as they are created, and binding checks that every data file is there. So the
views are created over empty relations, in a file that is kept and copied (see ``blank``), and only these are
replaced by the files each time. The file notes what it shows, so that a run that changed nothing writes none.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa

from lake.derived import upkeep
from lake.derived.relations import relations
from lake.errors import Conflict, Stop
from lake.locations import LakeRoot
from lake.storage import published, snapshots
from lake.storage.files import Place, flush
from lake.storage.handles import held_lake
from lake.storage.published import Edition
from lake.storage.snapshots import Files, Snapshot
from lake.storage.tables import Lake
from lake.views.blank import copy_blank, fingerprint, forget, write_blank
from lake.views.past import Mark, attach, past_contents, store_snapshots
from lake.views.stored import RELATIONS, quoted, select_files

__all__ = ["Published", "publish", "write_views"]

log = logging.getLogger(__name__)

_AT_ONCE = 5_000
"""Rows that derived tables may lack to be brought up while other publishers wait: some seconds."""
_ATTEMPTS = 30  # to replace the file of a bucket before another machine does

_NO_WAL = "written-by-newslake/keep-changes-in-another-database"
"""Where the guard at ``lake.duckdb.wal`` points: no such folder."""


@dataclass(frozen=True, slots=True)
class Published:
    """The published file and the snapshot that it shows (None: there is no lake yet, all views are empty).

    ``behind``: the version of ``articles`` that derived tables are not made for yet, None if they are: until then
    views read ``articles`` itself, or lack what is new.
    """

    database: Place
    snapshot: int | None
    behind: int | None = None


def publish(root: LakeRoot, *, always: bool = False) -> Published:
    """Publish the newest snapshot of the lake at ``root``. Doing so again changes nothing for readers.

    A file that shows just this already is left as it is, unless it is to be written ``always``: then what may be
    wrong with it is mended, too. Raises Stop where the file cannot be written; the one before stays.

    Where derived tables lack many rows, these are published without them first; then one process makes them, while
    others may publish.
    """
    done = _published(root, always=always)
    while done.behind is not None:
        with upkeep.alone(root) as free:
            if not free:
                return done  # who makes them publishes them
            before = done.behind
            upkeep.keep_up(root, before)
            done = _published(root)
        newest = snapshots.latest(root)
        if done.behind == before or newest is None:
            return done
        if done.behind is None and newest.id != done.snapshot:  # another run left its tables to this one
            done = _published(root)
    return done


def _published(root: LakeRoot, *, always: bool = False) -> Published:
    try:
        return _publish(root, always=always)
    except duckdb.Error as error:
        log.info("what was published before is no help: %s", error)
    try:
        return _publish(root, always=True, anew=True)
    except duckdb.Error as error:
        raise Stop(f"{root.database} cannot be published: {error}") from error


def _publish(root: LakeRoot, *, always: bool, anew: bool = False) -> Published:
    """``anew``: take nothing over from earlier publishing, for it may be damaged."""
    for _ in range(_ATTEMPTS):
        try:
            return _attempt(root, always=always, anew=anew)
        except Conflict as error:  # only in a bucket: on disk the lock orders publishers
            log.info("publishing again: %s", error)
    raise Stop(f"{root.database} cannot be published: others were faster {_ATTEMPTS} times")


def _attempt(root: LakeRoot, *, always: bool, anew: bool) -> Published:
    fresh = _beside(root, "new")
    with (
        _turn(root),
        duckdb.connect(config={"threads": 1}) as connection,
        _opened(root) as lake,
    ):
        published.reach(connection, root)
        before = published.current(root)
        # read once: files and rows must be of the same newest snapshot
        history = snapshots.history(root, lake.outcomes if lake else None)
        newest = next(history, None)
        files = snapshots.files(root, newest, lake)
        behind, derived = _derived(connection, root, newest, _recent(lake))
        if lake is not None:
            lake.articles.recent.clear()  # its texts may take 25 MB
        _remove(fresh)
        if anew:
            forget(root.index.parent)
        past = None if anew or before is None else attach(connection, before.path)
        contents = _contents(newest, files, derived)
        if always or past is None or past_contents(connection) != contents:
            every = chain(filter(None, [newest]), history)
            write_views(connection, fresh, files, derived, every, past, root.index.parent, contents)
            _show(root, fresh, before)
        elif isinstance(root.database, Path):
            _guard(root.database)
    return Published(root.database, newest.id if newest else None, behind)


def _show(root: LakeRoot, fresh: Path, before: Edition | None) -> None:
    """Put a new file in the place of the one before, which a reader sees until then."""
    if not isinstance(root.database, Path):
        published.send(root, fresh, before)
        return
    flush(fresh)
    _guard(root.database)
    fresh.replace(root.database)
    flush(root.database.parent)


def _opened(root: LakeRoot) -> AbstractContextManager[Lake | None]:
    return held_lake(root) if snapshots.exists(root) else nullcontext()


def write_views(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    files: Files,
    derived: Mapping[str, str],
    history: Iterable[Snapshot],
    past: Mark | None = None,
    cache: Path | None = None,
    contents: str = "",
) -> None:
    """Write a new DuckDB file at ``path`` with all views over ``files`` and ``derived`` (name -> query).

    ``history`` is newest first; where it meets ``past``, the newest snapshot of the database attached as
    ``past``, the rest is taken from there. ``cache`` is the folder that keeps what is the same each time.
    ``contents`` is noted in the file.
    """
    if cache is None:
        write_blank(connection, path)
    else:
        copy_blank(connection, path, cache)
    connection.execute(f"ATTACH {quoted(str(path))} AS lake")
    connection.execute("USE lake")
    connection.execute("BEGIN")
    store_snapshots(connection, history, past)
    current = sorted(set(files.paths["articles"]).difference(files.superseded))
    lists = {**files.paths, "articles": current, "superseded": files.superseded, "revised": files.revised}
    base = {name: select_files(columns, lists[name]) for name, columns in RELATIONS.items() if lists[name]}
    for name, query in {**base, **derived}.items():
        connection.execute(f"CREATE OR REPLACE VIEW stored.{name} AS {query}")
    connection.execute(f"COMMENT ON TABLE stored.snapshots IS {quoted(contents)}")
    connection.execute("COMMIT")
    connection.execute("USE memory")
    connection.execute("DETACH lake")


def _contents(newest: Snapshot | None, files: Files, derived: Mapping[str, str]) -> str:
    """What a published file shows, as a hash: the views, and the snapshot, files and derived tables under them."""
    mark = (newest.id, newest.run_id, newest.committed_at) if newest else None
    shown = (fingerprint(), mark, files.paths, files.superseded, files.revised, sorted(derived.items()))
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def _recent(lake: Lake | None) -> Mapping[str, pa.Table]:
    """Rows of articles that this process has just written, by the addresses of their files."""
    if lake is None:
        return {}
    folder = lake.articles.folder
    return {f"{folder}/{path}": rows for path, rows in lake.articles.recent.items()}


def _derived(
    connection: duckdb.DuckDBPyConnection,
    root: LakeRoot,
    newest: Snapshot | None,
    recent: Mapping[str, pa.Table],
) -> tuple[int | None, Mapping[str, str]]:
    """Bring the derived tables up to a snapshot, unless that takes long: its version then; and name -> query."""
    if newest is None:
        return None, relations(root, None)
    version = newest.versions["articles"]
    done = upkeep.keep_up(root, version, connection, recent=recent, most=_AT_ONCE)
    return None if done else version, relations(root, version)


@contextmanager
def _turn(root: LakeRoot) -> Iterator[None]:
    """Hold the publishers' lock, which the system releases if the process is killed."""
    root.local.mkdir(parents=True, exist_ok=True)
    with _beside(root, "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _beside(root: LakeRoot, what: str) -> Path:
    """A file of this machine's publishers."""
    return root.local / f"{root.database.name}.{what}"


def _guard(database: Path) -> None:
    """Put the symlink that keeps clients from writing where a write-ahead log would lie."""
    wal = database.with_name(f"{database.name}.wal")
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
