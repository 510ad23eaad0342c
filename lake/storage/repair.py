"""Repair: what the raw zone can restore is restored; what it cannot is named.

Steps, each a commit of its own, so that a repair may be killed and begun again:

1. a log that cannot be read loses the entries and checkpoints that are damaged, and no others; so does a snapshot's damaged note;
2. files that are gone or damaged leave the log, and their rows that can still be read are written again, as
   are rows that stand twice or under a wrong date, but not those whose date and time contradict each other; captures in files that no log entry names are taken over;
   captures whose bytes are gone leave, so that they can be captured again;
3. lost articles and rejects are made again from their captures, lost outcomes recorded again;
4. the key index is read anew, the state pinned and published.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.derived import upkeep
from lake.locations import TABLES, LakeRoot
from lake.settings import Sizes
from lake.storage import damage, handles, indexfile, parquet
from lake.storage.damage import Finding
from lake.storage.datafile import DataFile, file_name
from lake.storage.files import readable as opened
from lake.storage.keys import body_hashes
from lake.storage.layout import SCHEMAS
from lake.storage.logs import readable, without_damaged_notes
from lake.storage.maintain import clear_staging, pin
from lake.storage.remaking import remake
from lake.storage.table import Table
from lake.storage.tables import create, open_table
from lake.storage.turns import attempts
from lake.storage.verify import verify
from lake.views.publish import publish

__all__ = ["Repaired", "repair"]

_UNIQUE = {
    "captures": ("capture_id",),
    "articles": ("article_id", "revision"),
    "rejects": ("reject_id",),
    "outcomes": ("capture_id", "run_id"),
}


@dataclass(slots=True)
class Repaired:
    """``done``: what was repaired, as phrases. ``lost``: what could not be; the lake works without it."""

    done: list[str] = field(default_factory=list)
    lost: list[Finding] = field(default_factory=list)


def repair(root: LakeRoot, *, sizes: Sizes | None = None) -> Repaired:
    """Repair a lake as far as it can be, and publish it. Run it while nothing else writes.

    Raises Stop where there is no lake, or a log cannot be read at all.
    """
    sizes = sizes or Sizes()
    run_id = f"repair-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}"
    work = _Work(root, run_id, sizes)
    for name in TABLES:
        work.done += readable(root, name)
    handles.forget()
    create(root, lost=True)
    work.done += without_damaged_notes(root)
    for name in TABLES:
        work.drop_broken(name)
    work.adopt()
    work.drop_without_bytes()
    for name in TABLES:
        work.sort_out(name)
    indexfile.remove(root.index)
    work.done += remake(root, run_id=run_id, sizes=sizes)
    if pin(root, run_id) is not None:
        work.done.append("the state of all tables is pinned as a snapshot")
    if stale := clear_staging(root):
        work.done.append(f"staging of {stale} dead runs is removed")
    if work.done or any(damage.derived(root)):
        upkeep.remove(root)
        work.done.append("derived tables are made anew")
    if any(damage.published(root)) or not root.database.exists():
        work.done.append(f"{root.database} is published anew")
    publish(root, always=True)
    left = [finding for finding in verify(root) if finding.kind != "orphan_file"]
    return Repaired(work.done, [*work.lost, *left])


class _Work:
    """The steps on tables, with what they did and lost."""

    def __init__(self, root: LakeRoot, run_id: str, sizes: Sizes) -> None:
        self.done: list[str] = []
        self.lost: list[Finding] = []
        self._root = root
        self._run_id = run_id
        self._sizes = sizes
        self._numbers = iter(range(1_000_000))

    def adopt(self) -> None:
        """Take over captures from files that the log does not name, for its entry was lost or never made."""
        table = open_table(self._root, "captures")
        known = {key for file in table.files() for key in _columns(table, file, "capture_id")[0]}
        for path in damage.orphans(table):
            rows = parquet.salvage(path, SCHEMAS["captures"])
            keep = [key not in known for key in rows.column("capture_id").to_pylist()]
            rows = rows.filter(pa.array(keep, pa.bool_()))
            if len(rows):
                self._replace("captures", None, rows)
                known.update(rows.column("capture_id").to_pylist())
                self.done.append(f"{len(rows)} captures are taken over from {path}")

    def drop_broken(self, name: str) -> None:
        """Take files that are gone or damaged out of the log; rows that can be read are written again."""
        table = open_table(self._root, name)
        found = [each for each in damage.files(table) if each.kind in (*damage.BROKEN, "bounds")]
        broken = {each.where: each for each in found}
        for file in [each for each in table.files() if str(table.folder / each.path) in broken]:
            rows = _salvaged(table, file)
            self._replace(name, file, rows)
            finding = broken[str(table.folder / file.path)]
            self.done.append(f"{finding.where} {finding.what}; {len(rows)} of {file.rows} rows are saved")
            gone = file.rows - len(rows)
            if gone and name == "captures":
                what = f"had {gone} captures whose bytes are lost; ingest their sources again"
                self.lost.append(Finding("lost_captures", finding.where, what))

    def drop_without_bytes(self) -> None:
        """Take captures out whose bytes no file holds: they may be captured again then."""
        table = open_table(self._root, "captures")
        held: set[str] = set()
        for file in table.files():
            held.update(body_hashes(table.folder / file.path))
        for file in table.files():
            rows = parquet.read_rows(table.folder / file.path, SCHEMAS["captures"])
            there = pc.is_in(rows.column("sha256"), value_set=pa.array(sorted(held), pa.string()))
            if not pc.all(there).as_py():
                for row in rows.filter(pc.invert(there)).select(["capture_id", "origin"]).to_pylist():
                    what = f"the bytes of {row['origin']} are lost; ingest it again"
                    self.lost.append(Finding("lost_capture", row["capture_id"], what))
                self._replace("captures", file, rows.filter(there))

    def sort_out(self, name: str) -> None:
        """Write files again that hold rows which stand twice, or articles of another date."""
        table = open_table(self._root, name)
        seen: set[tuple[object, ...]] = set()
        for file in table.files():
            keys = list(zip(*_columns(table, file, *_UNIQUE[name]), strict=True))
            times = _columns(table, file, "published_date", "published_at") if name == "articles" else []
            days = times[0] if times else []
            misplaced = any(not str(day).startswith(str(file.partition)) for day in days)
            possible = [damage.is_date_of(*each) for each in zip(*times, strict=True)] or [True] * len(keys)
            keep = []
            for key, sound in zip(keys, possible, strict=True):
                keep.append(sound and key not in seen)
                if sound:
                    seen.add(key)
            if misplaced or not all(keep):
                rows = parquet.read_rows(table.folder / file.path, SCHEMAS[name])
                self._replace(name, file, rows.filter(pa.array(keep, pa.bool_())))
                self.done.append(f"{table.folder / file.path} is written again without what was wrong in it")

    def _replace(self, name: str, file: DataFile | None, rows: pa.Table) -> None:
        for attempt in attempts(self._root):
            with attempt:
                table = open_table(self._root, name)
                made = list(self._written(table, rows))
                table.commit(
                    made, {"run_id": self._run_id, "operation": "repair"}, remove=[file] if file else []
                )

    def _written(self, table: Table, rows: pa.Table) -> Iterator[DataFile]:
        if not len(rows):
            return
        if table.name == "captures":
            yield parquet.write_captures(table.folder, self._name(), rows)
            return
        days: list[Any] = [None]
        if table.name == "articles":
            days = pc.unique(rows.column("published_date")).to_pylist()
        for day in days:
            part = rows if day is None else rows.filter(pc.equal(rows.column("published_date"), day))
            yield parquet.write_rows(table.folder, self._name(), part, row_group=self._sizes.row_group)

    def _name(self) -> str:
        return file_name(self._run_id, next(self._numbers))


def _salvaged(table: Table, file: DataFile) -> pa.Table:
    """The rows of a damaged file that are certainly right."""
    path = table.folder / file.path
    rows = parquet.salvage(path, SCHEMAS[table.name])
    for key in _UNIQUE[table.name]:  # it may be another table's file
        rows = rows.filter(pc.is_valid(rows.column(key)))
    if table.name != "captures":
        return rows
    return rows.filter(pa.array([_has_its_bytes(row) for row in rows.to_pylist()], pa.bool_()))


def _has_its_bytes(row: Mapping[str, Any]) -> bool:
    return row["body"] is None or hashlib.sha256(row["body"]).hexdigest() == row["sha256"]


def _columns(table: Table, file: DataFile, *names: str) -> list[list[Any]]:
    rows = pq.read_table(opened(table.folder / file.path), columns=list(names), partitioning=None)
    return [rows.column(name).to_pylist() for name in names]
