"""The lake as it was: a past snapshot's views, and the story of one article.

Past states are there for as long as maintenance keeps them: the log remembers which files a snapshot had
for 30 days, and files that were merged into others stay for 7 days (docs/decisions/snapshot.md).
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError

from lake.derived.relations import relations
from lake.errors import Stop, Usage
from lake.locations import LakeRoot
from lake.storage import snapshots
from lake.storage.files import absent
from lake.storage.published import reach
from lake.storage.snapshots import Files, Snapshot
from lake.views.publish import write_views

__all__ = ["past_views", "snapshot_at"]


def snapshot_at(root: LakeRoot, when: str) -> Snapshot:
    """The snapshot that was current at ``when``: a snapshot's number, or a time as ISO 8601.

    A time without a zone is the machine's own, a date alone its midnight.

    Raises:
        Usage: ``when`` is neither, or the snapshot was never made.
        Stop: there is no lake, or its log no longer goes back so far.
    """
    if not snapshots.exists(root):
        raise Stop(f"there is no lake at {root.path}: run `newslake ingest` first")
    number, moment = _parsed(when)
    newest = oldest = None
    for snapshot in snapshots.history(root):
        newest, oldest = newest or snapshot, snapshot
        if snapshot.id == number or (moment is not None and snapshot.committed_at <= moment):
            return snapshot
        if number is not None and snapshot.id < number:
            break
    if newest is None or oldest is None:
        raise Stop(f"the log of {root.path} names no snapshot")
    if number is not None and number > oldest.id:
        raise Usage(f"there is no snapshot {number}: the newest is {newest.id}, and some numbers are skipped")
    if oldest.id == 0:
        raise Usage(f"the lake at {root.path} was made on {_told(oldest)}, after {when}")
    raise Stop(f"{when} is beyond the log, whose oldest snapshot is {oldest.id} of {_told(oldest)}")


@contextmanager
def past_views(root: LakeRoot, when: str) -> Iterator[Path]:
    """A database of views over the lake as it was at ``when``, for as long as the context lasts.

    Raises Usage and Stop like `snapshot_at`, and Stop where files of that snapshot are gone.
    """
    snapshot = snapshot_at(root, when)
    files = _files(root, snapshot)
    newest = snapshots.latest(root) or snapshot
    derived = relations(root, snapshot.versions["articles"], newest.versions["articles"])
    earlier = (each for each in snapshots.history(root) if each.id < snapshot.id)
    with tempfile.TemporaryDirectory(prefix="newslake-") as folder:
        path = Path(folder) / root.database.name
        with duckdb.connect(config={"threads": 1}) as connection:
            reach(connection, root)
            write_views(connection, path, files, derived, chain([snapshot], earlier))
        yield path


def _files(root: LakeRoot, snapshot: Snapshot) -> Files:
    try:
        files = snapshots.files(root, snapshot)
    except DeltaError as error:
        raise Stop(f"the log no longer lists the files of snapshot {snapshot.id}: {error}") from error
    gone = len(absent(root.path, chain.from_iterable(files.paths.values())))
    if gone:
        raise Stop(
            f"snapshot {snapshot.id} of {_told(snapshot)} can no longer be read: {gone:,} of its files were "
            "merged into others and removed. What every article was stays in the view revisions"
        )
    return files


def _parsed(when: str) -> tuple[int | None, dt.datetime | None]:
    text = when.strip()
    if text.isdecimal():
        return int(text), None
    try:
        return None, dt.datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise Usage(f"{when} is neither a snapshot's number nor a time such as 2022-05-26T09:30") from None


def _told(snapshot: Snapshot) -> str:
    return f"{snapshot.committed_at.astimezone():%Y-%m-%d %H:%M:%S %z}"
