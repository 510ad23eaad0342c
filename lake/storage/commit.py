"""Commit: what a run found becomes part of the lake, in three steps of which each is whole or absent.

1. rejects that the lake does not hold yet;
2. new and revised articles, decided against the newest version, and decided again if another writer was
   faster;
3. outcomes, one for each capture, with the pins: this commit is the snapshot.

A run killed between the steps leaves captures without an outcome. They are structured again by the next run
that meets them, and what is there already comes out as unchanged.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lake.errors import Conflict
from lake.extraction.known_names import KnownNames
from lake.locations import LakeRoot
from lake.merge import Copy
from lake.names import known_names
from lake.schema import ARTICLES, STAGED
from lake.settings import Sizes
from lake.storage import parquet, records, snapshots, staging
from lake.storage.articles import write_articles
from lake.storage.copies import reread
from lake.storage.datafile import DataFile, file_name
from lake.storage.decide import Outcome, plan, resolve
from lake.storage.extracts import Extracts
from lake.storage.handles import held_lake
from lake.storage.index import Index
from lake.storage.keys import KEYS
from lake.storage.table import Table
from lake.storage.tables import Lake, create
from lake.storage.tidying import tidy
from lake.storage.turns import attempts

__all__ = ["Committed", "Counts", "commit"]

log = logging.getLogger(__name__)

_GROUPS = 500  # articles merged at once: as values they take about 50 kB each
_AGAIN = 10  # decisions of one run; each but the first needs another run's captures to have come meanwhile
_KEPT = 20_000  # rows whose keys are held for the index; it reads those of more from the file


@dataclass(frozen=True, slots=True)
class Counts:
    """Captures by outcome; ``captured`` is always the sum of the others."""

    new: int = 0
    revised: int = 0
    merged: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def captured(self) -> int:
        """All captures."""
        return sum(asdict(self).values())

    def __add__(self, other: Counts) -> Counts:
        mine, its = asdict(self), asdict(other)
        return Counts(**{name: mine[name] + its[name] for name in mine})


@dataclass(frozen=True, slots=True)
class Committed:
    """What `commit` did with what was staged, in captures, and the newest snapshot.

    ``changed``: this run made that snapshot. It did not if the lake held everything already.
    """

    new: int
    revised: int
    merged: int
    unchanged: int
    rejected: int
    snapshot: int
    changed: bool


def commit(
    root: LakeRoot,
    staged: Sequence[Path],
    rejects: Sequence[Path],
    *,
    run_id: str,
    operation: str,
    extra: Mapping[str, str] | None = None,
    known: Counts | None = None,
    source: str | None = None,
    sizes: Sizes | None = None,
    states: Mapping[str, Any] | None = None,
    names: Path | None = None,
) -> Committed:
    """Commit staged extracts and staged rejects as one snapshot.

    Args:
        root: the lake; it is created if there is none.
        staged: Arrow files of extracts (schema STAGED), in the order of discovery.
        rejects: Arrow files of rejects (schema REJECTS).
        run_id: the run's id, unique and fit for a file name.
        operation: ``ingest`` or ``restructure``, for the snapshot.
        extra: facts to keep in the snapshot.
        known: captures of this run that needed no structuring, to be added to the counts that the snapshot
            keeps (not to those that are returned).
        source: the source's name, for rejects that do not say it.
        sizes: rows per row group.
        states: what live sources remember from now on, by their names (JSON values); those of other sources
            are carried over from the snapshot before.
        names: the table of names that the staged extracts were made with.

    Raises:
        Conflict: other writers were faster too many times; the run can be repeated.
    """
    create(root)
    with held_lake(root) as lake, Index(root) as index:
        run = _Run(lake, index, run_id, sizes or Sizes(), known_names(names))
        refused = records.staged_rejects(rejects, run_id=run_id, source=source)
        _commit_rejects(run, refused)
        extracts = Extracts(staged, STAGED)
        outcomes = _commit_articles(run, extracts)
        counts = _count(outcomes) + Counts(rejected=len(refused))
        total = counts + (known or Counts())
        note = {
            "run_id": run_id,
            "operation": operation,
            "counts": {"captured": total.captured, **asdict(total)},
            "extra": dict(extra or {}),
        }
        rows = pa.concat_tables([records.outcomes(extracts, outcomes), records.rejections(refused)])
        snapshot = _commit_outcomes(run, rows, note, states or {})
        if snapshot is not None:
            return Committed(**asdict(counts), snapshot=snapshot, changed=True)
        latest = next(snapshots.history(root, lake.outcomes), None)
    return Committed(**asdict(counts), snapshot=latest.id if latest else 0, changed=False)


@dataclass(frozen=True, slots=True)
class _Run:
    lake: Lake
    index: Index
    run_id: str
    sizes: Sizes
    names: KnownNames | None

    @property
    def root(self) -> LakeRoot:
        return self.lake.root

    def newest(self) -> Lake:
        """The newest versions, with the index caught up to them."""
        self.lake.refresh()
        self.index.catch_up(self.lake)
        return self.lake

    def write(self, table: Table, rows: pa.Table) -> list[DataFile]:
        """Write rows of outcomes or rejects as one file, if there are any."""
        if not len(rows):
            return []
        name = file_name(self.run_id, 0)
        keep = KEYS[table.name] if len(rows) <= _KEPT else ()
        return [parquet.write_rows(table.folder, name, rows, row_group=self.sizes.row_group, keep=keep)]

    def reread(self, capture_ids: Collection[str]) -> Iterator[Copy]:
        """Extract captures of the raw zone again."""
        return reread(self.root, capture_ids, self.index, self.names)


def _commit_rejects(run: _Run, refused: pa.Table) -> None:
    for attempt in attempts(run.root) if len(refused) else ():
        with attempt:
            rejects = run.newest().rejects
            files = run.write(rejects, records.unknown(run.index, refused))
            if files:
                _committed(rejects, files, {"run_id": run.run_id, "operation": "rejects"})


def _commit_articles(run: _Run, extracts: Extracts) -> list[Outcome]:
    """Commit what is new or revised; returns each extract's outcome.

    Another run may have stored other bytes of an origin since we decided, and found, before we committed, that
    they change nothing. So who has committed looks whether captures have come, and decides again.
    """
    outcomes: list[Outcome] = []
    written = False
    for _ in range(_AGAIN):
        found, seen, more = _commit_decided(run, extracts)
        outcomes, written = outcomes or found, written or more
        if not more or run.newest().captures.version == seen:
            break
    if written:
        tidy(run.newest().articles, run.run_id, run.sizes, {"run_id": run.run_id, "operation": "merge"})
    return outcomes


def _commit_decided(run: _Run, extracts: Extracts) -> tuple[list[Outcome], int, bool]:
    """Each extract's outcome, the version of captures that was decided on, and whether anything was committed."""
    outcomes: list[Outcome] = []
    seen, files = 0, list[DataFile]()
    for attempt in attempts(run.root) if len(extracts) else ():
        with attempt:
            lake = run.newest()
            seen = lake.captures.version
            outcomes, files = _decided(run, extracts)
            if files:
                _committed(lake.articles, files, {"run_id": run.run_id, "operation": "articles"})
    return outcomes, seen, bool(files)


def _commit_outcomes(
    run: _Run, rows: pa.Table, note: Mapping[str, Any], states: Mapping[str, Any]
) -> int | None:
    """Commit outcomes and pins; returns the snapshot, or None if there is nothing that is not pinned.

    The pins are read after ``outcomes`` was opened, and this commit fails if it is no longer the newest: so
    no snapshot pins an older version than the one before it.
    """
    snapshot: int | None = None
    for attempt in attempts(run.root):
        with attempt:
            lake = run.newest()
            fresh = records.telling(run.index, rows, run.run_id)
            versions = {table.name: table.version for table in lake.tables() if table.name != "outcomes"}
            latest = next(snapshots.history(run.root, lake.outcomes), None)
            pinned = latest.versions if latest else {}
            before = latest.sources if latest else {}
            sources = {**before, **states}
            same = all(pinned.get(name) == versions[name] for name in ("articles", "rejects"))
            if not len(fresh) and same and sources == before:
                continue
            files = run.write(lake.outcomes, fresh)
            pins = {"versions": versions} | ({"sources": sources} if sources else {})
            snapshot = _committed(lake.outcomes, files, {**note, **pins})
    return snapshot


def _committed(table: Table, files: list[DataFile], note: Mapping[str, Any]) -> int:
    try:
        return table.commit(files, note)
    except Conflict:
        table.discard(files)
        raise


def _decided(run: _Run, extracts: Extracts) -> tuple[list[Outcome], list[DataFile]]:
    """Each extract's outcome, and the files of what is new or revised, written but not committed."""
    outcomes: list[Outcome] = ["new"] * len(extracts)
    decided = plan(extracts, run.index)
    for row in decided.unchanged:
        outcomes[row] = "unchanged"
    merged: list[Path] = []
    for begin in range(0, len(decided.groups), _GROUPS):
        rows: list[dict[str, Any]] = []
        groups = decided.groups[begin : begin + _GROUPS]
        for verdict in resolve(groups, extracts, run.reread, run_id=run.run_id):
            for row, outcome in verdict.outcomes.items():
                outcomes[row] = outcome
            if verdict.row is not None:
                rows.append(verdict.row)
        if rows:
            path = run.root.staging(run.run_id) / f"merged-{begin:08d}.arrow"
            merged.append(staging.write(path, pa.Table.from_pylist(rows, ARTICLES)))
    ready = Extracts(merged, ARTICLES)
    sources = [(extracts, decided.plain), (ready, range(len(ready)))]
    return outcomes, write_articles(run.root, sources, run_id=run.run_id, sizes=run.sizes)


def _count(outcomes: Sequence[Outcome]) -> Counts:
    found = Counter[str](outcomes)
    return Counts(**found)
