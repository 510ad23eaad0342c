"""Snapshots: one number names one committed state of the whole lake.

The last commit of every run goes to ``outcomes``; its version is the snapshot's id, and its commit
metadata pins the versions of the other tables. A reader that takes all its file lists from one
snapshot never sees half a change. Nothing here writes.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lake.locations import TABLES, LakeRoot
from lake.storage import tablelog, tables
from lake.storage.table import Table

__all__ = ["Files", "Snapshot", "damaged", "exists", "files", "history", "latest"]

log = logging.getLogger(__name__)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One committed state.

    ``id`` is the version of ``outcomes``; ``versions`` has the version of each of the four tables;
    ``counts`` are the run's captured, new, revised, merged, unchanged and rejected (of the run that made
    this snapshot; empty for maintenance). ``committed_at`` is in UTC. ``operation`` is ``create``,
    ``ingest``, ``restructure`` or ``maintain``. ``extra`` is what the run wished to note. ``sources`` has the
    state of every live source by its name (see lake.sources.state); each snapshot carries all of them.
    """

    id: int
    committed_at: dt.datetime
    run_id: str
    operation: str
    versions: Mapping[str, int]
    counts: Mapping[str, int]
    extra: Mapping[str, str]
    sources: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Files:
    """The data files of one snapshot.

    ``paths``: table name -> absolute paths, sorted; every table has an entry. ``revised``: those files of
    ``articles`` that hold a revision > 1, and so name rows that are superseded. ``rows``: table name ->
    number of rows as the log counts them. ``superseded``: those files of ``articles`` that hold nothing else
    than superseded rows; they are never among ``revised``.
    """

    paths: Mapping[str, tuple[str, ...]]
    revised: tuple[str, ...]
    rows: Mapping[str, int]
    superseded: tuple[str, ...] = ()


def latest(root: LakeRoot) -> Snapshot | None:
    """The newest snapshot; None where there is no lake. A new lake has snapshot 0, without files."""
    return next(history(root), None)


def history(root: LakeRoot, outcomes: Table | None = None) -> Iterator[Snapshot]:
    """Every snapshot that the log still knows, newest first; up to ``outcomes``, where that is open already.

    One whose note is damaged is left out with a warning, as if the log had lost it: the one before it still
    stands, and the next commit pins everything anew.
    """
    if not exists(root):
        return
    newest = outcomes if outcomes is not None else tables.open_table(root, "outcomes")
    for version in range(newest.version, -1, -1):
        try:
            snapshot = _read(root, version)
        except ValueError as error:
            log.warning("snapshot %d of %s is left out: %s", version, root.path, error)
            continue
        if snapshot is not None:
            yield snapshot


def damaged(root: LakeRoot) -> Iterator[int]:
    """The versions of ``outcomes`` whose notes are damaged, newest first."""
    for version in range(tables.open_table(root, "outcomes").version, -1, -1):
        try:
            _read(root, version)
        except ValueError:
            yield version


def exists(root: LakeRoot) -> bool:
    """Whether there is a lake; ``outcomes`` is the last table to be created."""
    return tablelog.log_entry(root, "outcomes", 0).parent.is_dir()


def files(root: LakeRoot, snapshot: Snapshot | None, lake: tables.Lake | None = None) -> Files:
    """The data files of ``snapshot``; None gives empty lists. Every list comes from its pinned version.

    Tables of ``lake`` that are at that version are not opened again.
    """
    opened = {table.name: table for table in lake.tables()} if lake is not None else {}
    if snapshot is None:
        return Files(dict.fromkeys(TABLES, ()), (), dict.fromkeys(TABLES, 0))
    paths: dict[str, tuple[str, ...]] = {}
    rows: dict[str, int] = {}
    revised: list[str] = []
    superseded: list[str] = []
    for name in TABLES:
        version = snapshot.versions[name]
        table = opened.get(name)
        if table is None or table.version != version:
            table = tables.open_table(root, name, version)
        folder = str(table.folder)
        listed = table.files()
        paths[name] = tuple(f"{folder}/{file.path}" for file in listed)
        rows[name] = sum(file.rows for file in listed)
        superseded += [f"{folder}/{file.path}" for file in listed if file.superseded]
        current = (file for file in listed if not file.superseded)
        revised += [f"{folder}/{file.path}" for file in current if (file.revision or 1) > 1]
    return Files(paths, tuple(revised), rows, tuple(superseded))


def _read(root: LakeRoot, version: int) -> Snapshot | None:
    """The snapshot of one version of ``outcomes``; None if that is none. Raises ValueError for a damaged note."""
    note = tablelog.commit_note(root, "outcomes", version)
    if note is None or not {"versions", "counts"} & note.keys():
        return None
    try:
        return _snapshot(version, note)
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"its note is damaged: {error!r}") from error


def _snapshot(version: int, note: Mapping[str, Any]) -> Snapshot:
    versions, counts = note["versions"], note["counts"]
    if {*versions, "outcomes"} != set(TABLES):
        raise ValueError(f"its note is damaged: it pins {sorted(versions)}")
    return Snapshot(
        id=version,
        committed_at=_EPOCH + dt.timedelta(milliseconds=note["timestamp"]),
        run_id=note["run_id"],
        operation=note["operation"],
        versions={**versions, "outcomes": version},
        counts=counts,
        extra=note.get("extra", {}),
        sources=note.get("sources", {}),
    )
