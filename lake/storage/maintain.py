"""Maintenance: small files are merged, left-overs removed. Nothing depends on it but speed and space.

It may run beside ingests and readers and may be killed anywhere: merged files replace others in one commit,
rows are only moved, and files that a reader may still hold open are kept for a week.
"""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from lake.derived import upkeep
from lake.errors import Conflict
from lake.locations import TABLES, LakeRoot
from lake.settings import Sizes
from lake.storage import moving, parquet, snapshots
from lake.storage.datafile import SUPERSEDED, DataFile, file_name
from lake.storage.index import Index
from lake.storage.layout import SCHEMAS
from lake.storage.planning import Group, groups
from lake.storage.table import Table
from lake.storage.tables import open_lake, open_table
from lake.storage.turns import attempts

__all__ = ["RETENTION", "Maintained", "clear_staging", "maintain", "pin", "stale_staging", "vacuum"]

log = logging.getLogger(__name__)

RETENTION = dt.timedelta(days=7)
"""How long files that no version needs any more are kept: a view published earlier may name them."""
STALE = dt.timedelta(days=1)
"""Age at which a run's staging folder is taken for that of a dead run; runs take minutes to hours."""

_AT_ONCE = 64 * 1024 * 1024
"""Compressed bytes that are merged before a commit: a conflict costs doing them again, a commit costs 10 ms."""


@dataclass(frozen=True, slots=True)
class Maintained:
    """What `maintain` did: files merged away and files made, by table; ``snapshot`` is the newest one."""

    merged: dict[str, int]
    made: dict[str, int]
    staging: int
    snapshot: int | None
    changed: bool


def maintain(root: LakeRoot, *, sizes: Sizes | None = None, now: dt.datetime | None = None) -> Maintained:
    """Merge small files, pin the result as a snapshot and clear staging of dead runs.

    Publish afterwards, then `vacuum`. ``now`` is the time by which days are over and months quiet. Raises Stop where there is no lake; Conflict if writers were faster too
    many times.
    """
    open_lake(root)
    run_id = f"maintain-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}"
    work = _Work(root, run_id, sizes or Sizes(), now)
    for name in ("captures", "rejects", "articles"):
        work.merge(name)
    snapshot = work.pin()
    with Index(root) as index:  # here, so that no ingest has to read the merged files' keys first
        index.catch_up(open_lake(root))
    latest = snapshots.latest(root)
    if latest is not None:
        upkeep.keep_up(root, latest.versions["articles"], limit=None)
    return Maintained(
        merged=dict(work.merged),
        made=dict(work.made),
        staging=clear_staging(root),
        snapshot=snapshot if snapshot is not None else latest.id if latest else None,
        changed=snapshot is not None,
    )


def pin(root: LakeRoot, run_id: str) -> int | None:
    """Make the newest versions of all tables a snapshot; None if they are one."""
    return _Work(root, run_id, Sizes()).pin()


def vacuum(root: LakeRoot, *, retention: dt.timedelta = RETENTION) -> int:
    """Delete files that no version has needed for ``retention``, and ones that never were committed.

    What the newest snapshot pins is kept whatever its age. Returns the number of files.
    """
    latest = snapshots.latest(root)
    hours = int(retention.total_seconds() // 3600)
    removed = 0
    for name in TABLES:
        table = open_table(root, name)
        pinned = latest.versions[name] if latest is not None else table.version
        kept = {file.path for file in open_table(root, name, pinned).files()}
        for path in table.unneeded(hours, full=True) - kept:
            if (table.folder / path).exists():  # the log names them until it forgets
                (table.folder / path).unlink(missing_ok=True)
                removed += 1
    if latest is not None:
        removed += upkeep.vacuum(root, latest.versions["articles"], retention=retention)
    return removed


def stale_staging(root: LakeRoot, *, age: dt.timedelta = STALE) -> list[Path]:
    """Staging folders in which nothing has been written for ``age``."""
    folder = root.staging("x").parent
    limit = time.time() - age.total_seconds()
    runs = sorted(folder.iterdir()) if folder.is_dir() else []
    return [run for run in runs if max(each.stat().st_mtime for each in (run, *run.rglob("*"))) < limit]


def clear_staging(root: LakeRoot) -> int:
    """Remove what dead runs left in staging; returns the number of folders."""
    stale = stale_staging(root)
    for run in stale:
        shutil.rmtree(run, ignore_errors=True)
    return len(stale)


class _Work:
    """Merging, with its counts."""

    def __init__(self, root: LakeRoot, run_id: str, sizes: Sizes, now: dt.datetime | None = None) -> None:
        self.merged: dict[str, int] = defaultdict(int)
        self.made: dict[str, int] = defaultdict(int)
        self._root = root
        self._run_id = run_id
        self._sizes = sizes
        self._now = now or dt.datetime.now(dt.UTC)

    def merge(self, name: str) -> None:
        """Merge a table's small files, some groups a commit, so that a conflict costs little."""
        for some in _portions(self._planned(open_table(self._root, name))):
            for attempt in attempts(self._root):
                with attempt:
                    table = open_table(self._root, name)
                    held = set(table.files())
                    valid = [group for group in some if held.issuperset(group.files)]
                    if not valid:
                        continue  # another maintenance was faster
                    made = [file for group in valid for file in self._write(table, group)]
                    note = {"run_id": self._run_id, "operation": "merge"}
                    _replace(table, made, [file for group in valid for file in group.files], note)
                    for group in valid:
                        self._count(name, len(group.files))

    def _planned(self, table: Table) -> list[Group]:
        return list(groups(table.name, table.files(), self._now))

    def pin(self) -> int | None:
        """Commit the newest versions as a snapshot, and merged outcomes with it; None if all is pinned."""
        snapshot = None
        for attempt in attempts(self._root):
            with attempt:
                lake = open_lake(self._root)
                versions = {t.name: t.version for t in lake.tables() if t.name != "outcomes"}
                latest = snapshots.latest(self._root)
                plan = self._planned(lake.outcomes)
                pinned = latest is not None and all(latest.versions[n] == versions[n] for n in versions)
                if pinned and not plan:
                    continue
                made = [file for group in plan for file in self._write(lake.outcomes, group)]
                note = {"run_id": self._run_id, "operation": "maintain", "counts": {}, "versions": versions}
                note |= {"sources": latest.sources} if latest is not None and latest.sources else {}
                gone = [file for group in plan for file in group.files]
                snapshot = _replace(lake.outcomes, made, gone, note)
                for group in plan:
                    self._count("outcomes", len(group.files))
        return snapshot

    def _write(self, table: Table, group: Group) -> list[DataFile]:
        name = file_name(self._run_id, self.made[table.name])
        if table.name == "articles":
            return self._write_articles(table, group, name)
        rows = pa.concat_tables(
            parquet.read_rows(table.folder / file.path, SCHEMAS[table.name]) for file in group.files
        )
        if table.name == "captures":
            return [parquet.write_captures(table.folder, name, rows)]
        return [parquet.write_rows(table.folder, name, rows, row_group=self._sizes.row_group)]

    def _write_articles(self, table: Table, group: Group, name: str) -> list[DataFile]:
        """One file of current rows, and one of superseded ones, in the folder of their month."""
        partition = str(group.partition)
        write = partial(parquet.write_stream, table.folder, row_group=self._sizes.row_group)
        if all(file.superseded for file in group.files):
            made = [write(f"{SUPERSEDED}{name}", moving.days(table, group.files), partition=partition)]
            return [file for file in made if file is not None]
        with Index(self._root) as index:
            index.catch_up(open_lake(self._root))
            staying = (moving.current(rows, index) for rows in moving.days(table, group.files))
            made = [write(name, staying, partition=partition)]
            if sum(file.rows for file in made if file is not None) < sum(file.rows for file in group.files):
                going = (moving.superseded(rows, index) for rows in moving.days(table, group.files))
                made.append(write(f"{SUPERSEDED}{name}", going, partition=partition[:7]))
        return [file for file in made if file is not None]

    def _count(self, name: str, files: int) -> None:
        self.merged[name] += files
        self.made[name] += 1
        log.info("merged %d files of %s", files, name)


def _replace(table: Table, made: list[DataFile], gone: list[DataFile], note: Mapping[str, object]) -> int:
    try:
        return table.commit(made, note, remove=gone)
    except Conflict:
        table.discard(made)
        raise


def _portions(plan: list[Group]) -> Iterator[list[Group]]:
    portion: list[Group] = []
    size = 0
    for group in plan:
        portion.append(group)
        size += sum(file.size for file in group.files)
        if size >= _AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
