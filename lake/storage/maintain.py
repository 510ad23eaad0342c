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
from pathlib import Path

import pyarrow as pa

from lake.errors import Conflict
from lake.locations import TABLES, LakeRoot
from lake.settings import Sizes
from lake.storage import parquet, snapshots
from lake.storage.index import Index
from lake.storage.parquet import DataFile
from lake.storage.tables import SCHEMAS, Table, open_lake, open_table
from lake.storage.turns import attempts

__all__ = ["RETENTION", "Maintained", "clear_staging", "maintain", "pin", "stale_staging", "vacuum"]

log = logging.getLogger(__name__)

RETENTION = dt.timedelta(days=7)
"""How long files that no version needs any more are kept: a view published earlier may name them."""
STALE = dt.timedelta(days=1)
"""Age at which a run's staging folder is taken for that of a dead run; runs take minutes to hours."""

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Rule:
    """``count`` files below ``small`` bytes are merged into files of about ``full`` bytes.

    The bytes are compressed ones: rows take about ten times as much in memory while they are merged.
    """

    count: int
    small: int
    full: int


_RULES = {  # each file costs a query about 0.1 ms (measured)
    "captures": _Rule(24, 4 * _MIB, 8 * _MIB),
    "rejects": _Rule(24, 4 * _MIB, 8 * _MIB),
    "articles": _Rule(5, 8 * _MIB, 16 * _MIB),  # counted by date
    "outcomes": _Rule(24, 4 * _MIB, 8 * _MIB),
}


@dataclass(frozen=True, slots=True)
class Maintained:
    """What `maintain` did: files merged away and files made, by table; ``snapshot`` is the newest one."""

    merged: dict[str, int]
    made: dict[str, int]
    staging: int
    snapshot: int | None
    changed: bool


def maintain(root: LakeRoot, *, sizes: Sizes | None = None) -> Maintained:
    """Merge small files, pin the result as a snapshot and clear staging of dead runs.

    Publish afterwards, then `vacuum`. Raises Stop where there is no lake; Conflict if writers were faster too
    many times.
    """
    open_lake(root)
    run_id = f"maintain-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}"
    work = _Work(root, run_id, sizes or Sizes())
    for name in ("captures", "rejects", "articles"):
        work.merge(name)
    snapshot = work.pin()
    with Index(root) as index:  # here, so that no ingest has to read the merged files' keys first
        index.catch_up(open_lake(root))
    latest = snapshots.latest(root)
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
        expired = table.delta.vacuum(hours, dry_run=True, enforce_retention_duration=False, full=True)
        for path in set(expired) - kept:
            (table.folder / path).unlink(missing_ok=True)
            removed += 1
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

    def __init__(self, root: LakeRoot, run_id: str, sizes: Sizes) -> None:
        self.merged: dict[str, int] = defaultdict(int)
        self.made: dict[str, int] = defaultdict(int)
        self._root = root
        self._run_id = run_id
        self._sizes = sizes

    def merge(self, name: str) -> None:
        """Merge a table's small files, one commit for each group, so that a conflict costs little."""
        for group in list(_groups(open_table(self._root, name))):
            for attempt in attempts(self._root):
                with attempt:
                    table = open_table(self._root, name)
                    if not set(group) <= set(table.files()):
                        continue  # another maintenance was faster
                    made = self._write(table, group)
                    note = {"run_id": self._run_id, "operation": "merge"}
                    _replace(table, made, group, note)
                    self._count(name, len(group))

    def pin(self) -> int | None:
        """Commit the newest versions as a snapshot, and merged outcomes with it; None if all is pinned."""
        snapshot = None
        for attempt in attempts(self._root):
            with attempt:
                lake = open_lake(self._root)
                versions = {t.name: t.version for t in lake.tables() if t.name != "outcomes"}
                latest = snapshots.latest(self._root)
                group = next(_groups(lake.outcomes), [])
                pinned = latest is not None and all(latest.versions[n] == versions[n] for n in versions)
                if pinned and not group:
                    continue
                made = self._write(lake.outcomes, group) if group else None
                note = {"run_id": self._run_id, "operation": "maintain", "counts": {}, "versions": versions}
                note |= {"sources": latest.sources} if latest is not None and latest.sources else {}
                snapshot = _replace(lake.outcomes, made, group, note)
                self._count("outcomes", len(group))
        return snapshot

    def _write(self, table: Table, group: list[DataFile]) -> DataFile:
        rows = pa.concat_tables(
            parquet.read_rows(table.folder / file.path, SCHEMAS[table.name]) for file in group
        )
        name = parquet.file_name(self._run_id, self.made[table.name])
        if table.name == "captures":
            return parquet.write_captures(table.folder, name, rows)
        if table.name == "articles":
            rows = rows.sort_by([("published_at", "ascending"), ("article_id", "ascending")])
        return parquet.write_rows(table.folder, name, rows, row_group=self._sizes.row_group)

    def _count(self, name: str, files: int) -> None:
        if files:
            self.merged[name] += files
            self.made[name] += 1
            log.info("merged %d files of %s", files, name)


def _replace(table: Table, made: DataFile | None, group: list[DataFile], note: Mapping[str, object]) -> int:
    files = [made] if made is not None else []
    try:
        return table.commit(files, note, remove=group)
    except Conflict:
        table.discard(files)
        raise


def _groups(table: Table) -> Iterator[list[DataFile]]:
    """Files that are to become one."""
    rule = _RULES[table.name]
    small: dict[str | None, list[DataFile]] = defaultdict(list)
    for file in table.files():
        if file.size < rule.small:
            small[file.partition].append(file)
    for files in small.values():
        if len(files) >= rule.count:
            yield from _packed(files, rule.full)


def _packed(files: list[DataFile], full: int) -> Iterator[list[DataFile]]:
    group: list[DataFile] = []
    size = 0
    for file in files:
        group.append(file)
        size += file.size
        if size >= full:
            yield group
            group, size = [], 0
    if len(group) > 1:
        yield group
