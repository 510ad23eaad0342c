"""The raw zone: every capture is stored, and committed, before anything is parsed.

A capture is (bytes, origin). The same bytes are stored once, however many origins they had: the others'
rows have no body. `store` takes any number of items in bounded memory; `read` and its kin give bytes back.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lake.locations import LakeRoot
from lake.model import Item, RejectRecord
from lake.schema import CAPTURES
from lake.settings import Sizes
from lake.storage import parquet, staging
from lake.storage.datafile import DataFile, file_name
from lake.storage.handles import held_lake
from lake.storage.index import Index
from lake.storage.intake import batches, capture_row
from lake.storage.keys import body_hashes, capture_key, reject_key
from lake.storage.known_keys import KnownCapture
from lake.storage.raw import bodies, locate, read, read_batch, read_many
from lake.storage.staging import stage_rejects
from lake.storage.tables import Lake, create
from lake.storage.turns import attempts

__all__ = ["Stored", "read", "read_batch", "read_many", "stage_rejects", "store"]

log = logging.getLogger(__name__)

_COMMIT_EVERY = 20_000
"""Captures in one commit: what a killed run has to read again, against one log entry per commit."""

_TICK = dt.timedelta(microseconds=1)
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)

_BARE = pa.schema([column for column in CAPTURES if column.name != "body"])


@dataclass(frozen=True, slots=True)
class Stored:
    """What `store` did. ``captured`` counts distinct captures and unreadable inputs; of these

    ``unchanged`` and ``rejected`` are known with that outcome from an earlier run, ``pending`` wait in
    ``specs`` (Arrow files, one a batch) to be structured, and ``unreadable`` in ``rejects`` to be committed.
    ``added`` captures are new in the raw zone, with ``bytes`` of bodies.
    """

    captured: int = 0
    added: int = 0
    pending: int = 0
    unchanged: int = 0
    rejected: int = 0
    unreadable: int = 0
    bytes: int = 0
    specs: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch whose new captures are in ``file`` (if there are any), which is not committed yet."""

    rows: pa.Table  # all of its captures, without bodies
    new: frozenset[str]
    file: DataFile | None


def store(
    root: LakeRoot,
    items: Iterable[Item | RejectRecord],
    *,
    run_id: str,
    source: str | None,
    sizes: Sizes | None = None,
    committed: Callable[[], None] = lambda: None,
) -> Stored:
    """Store items as captures and stage those that are to be structured.

    Memory is bounded by a few batches (``sizes``), not by the number of items. A capture whose outcome is
    known is not staged; an item that comes twice is counted once. ``committed`` is called each time that all
    items taken so far are in the table.

    Raises:
        Conflict: other writers were faster too many times; what was committed stays.
    """
    create(root)
    sizes = sizes or Sizes()
    with held_lake(root) as lake, Index(root) as index:
        index.catch_up(lake)
        run = _Run(lake, index, run_id, source, sizes)
        for batch in batches(items, sizes):
            if run.take(batch):
                committed()
        run.finish()
        committed()
        return run.stored


class _Run:
    """The captures of one run on their way into the table."""

    def __init__(self, lake: Lake, index: Index, run_id: str, source: str | None, sizes: Sizes) -> None:
        self.stored = Stored()
        self._lake = lake
        self._root = lake.root
        self._index = index
        self._run_id = run_id
        self._source = source
        self._sizes = sizes
        self._batches: list[_Batch] = []
        self._bodies: set[str] = set()  # sha256 of bodies in files that are not committed yet
        self._returning: dict[str, tuple[dict[str, Any], str]] = {}  # by origin: row, and its new id
        self._numbers = itertools.count()
        self._started = self._time = dt.datetime.now(dt.UTC)
        self._ahead: dict[
            str, dt.datetime
        ] = {}  # by origin: times later than the clock's, which was set back

    def take(self, batch: list[Item | RejectRecord]) -> bool:
        """Write a batch; commit when enough have gathered. Whether it did."""
        self._take_rejects([each for each in batch if isinstance(each, RejectRecord)])
        rows = self._in_order([each for each in batch if isinstance(each, Item)])
        fresh = self._index.take([row["capture_id"] for row in rows])
        rows = list({row["capture_id"]: row for row in rows if row["capture_id"] in fresh}.values())
        rows = self._without_returning(rows)
        if rows:
            self._batches.append(self._write(rows))
        if sum(len(each.rows) for each in self._batches) < _COMMIT_EVERY:
            return False
        self.commit()
        return not self._returning  # what has returned waits for the end of the run

    def _in_order(self, items: list[Item]) -> list[dict[str, Any]]:
        """The items' rows; what is read or fetched now has a time after all that its origin gave before.

        So the last bytes count though the clock was set back since. What comes with a time before this run
        (a WARC file's records) keeps it.
        """
        rows = [capture_row(item, self._source, self._run_id) for item in items]
        for item, row in zip(items, rows, strict=True):
            if item.fetched_at is None:
                row["captured_at"] = self._time = max(row["captured_at"], self._time + _TICK)
        present = [row for row in rows if row["captured_at"] >= self._started]
        before = self._index.origins(row["origin"] for row in present)
        for row in present:
            origin = row["origin"]
            since = max(
                self._ahead.get(origin, _LONG_AGO),
                before[origin].captured_at if origin in before else _LONG_AGO,
            )
            if row["captured_at"] <= since:
                row["captured_at"] = self._ahead[origin] = since + _TICK
        return rows

    def finish(self) -> None:
        """Store what has returned, and commit."""
        returned = [row | {"capture_id": again} for row, again in self._returning.values()]
        for begin in range(0, len(returned), self._sizes.batch_items):
            self._batches.append(self._write(returned[begin : begin + self._sizes.batch_items]))
        self.commit()

    def _without_returning(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Hold back captures whose origin has given other bytes since, and now gives the old ones again.

        Such a capture is stored anew, after the other: else the lake would keep what the origin has taken
        back. It waits for the end of the run, for an archive may hold one name twice, and its last one counts.
        What comes with a time of its own (a WARC file's records) and is older than the other has not returned.
        """
        newest = self._index.succeeded(row["capture_id"] for row in rows)
        staying = []
        for row in rows:
            if row["origin"] in self._returning:
                staying.append(self._returning.pop(row["origin"])[0])
            own = (row["capture_id"], row["sha256"], row["captured_at"])
            capture_id, sha256, since = newest.get(row["capture_id"], own)
            if sha256 != row["sha256"] and row["captured_at"] <= since:
                staying.append(row)
            elif sha256 == row["sha256"]:
                staying.append(row | {"capture_id": capture_id})
            else:
                again = capture_key(row["sha256"], f"{row['origin']}\n{capture_id}")
                self._returning[row["origin"]] = (row | {"body": None}, again)
        return staying

    def commit(self) -> None:
        """Commit the files of all batches that wait, then stage them."""
        for attempt in attempts(self._root):
            with attempt:
                self._lake.refresh()
                self._index.catch_up(self._lake)
                self._batches = [self._checked(batch) for batch in self._batches]
                files = [batch.file for batch in self._batches if batch.file is not None]
                if files:
                    self._lake.captures.commit(files, {"run_id": self._run_id, "operation": "capture"})
        self._lake.refresh()
        self._index.catch_up(self._lake)
        for batch in self._batches:
            self._stage(batch)
        self._batches, self._bodies = [], set()

    def _write(self, rows: list[dict[str, Any]]) -> _Batch:
        """Write those captures of a batch that the lake does not know, with bodies that it does not hold."""
        known = self._index.captures(row["capture_id"] for row in rows)
        held = self._index.body_files(row["sha256"] for row in rows)
        new = [row for row in rows if row["capture_id"] not in known]
        for row in new:
            if row["sha256"] in held or row["sha256"] in self._bodies:
                row["body"] = None
            else:
                self._bodies.add(row["sha256"])
        file = None
        if new:
            name = file_name(self._run_id, next(self._numbers))
            table = pa.Table.from_pylist(new, CAPTURES)
            file = parquet.write_captures(self._root.table("captures"), name, table)
        bare = pa.Table.from_pylist([{**row, "body": None} for row in rows], _BARE)
        return _Batch(bare, frozenset(row["capture_id"] for row in new), file)

    def _checked(self, batch: _Batch) -> _Batch:
        """The batch as it is, or written again if another writer has brought the same captures or bytes."""
        if batch.file is None:
            return batch
        path = self._root.table("captures") / batch.file.path
        if not self._index.captures(batch.new) and not self._index.body_files(body_hashes(path)):
            return batch
        own = dict(bodies(path))
        path.unlink()
        self._bodies -= own.keys()
        return self._write([{**row, "body": own.get(row["sha256"])} for row in batch.rows.to_pylist()])

    def _stage(self, batch: _Batch) -> None:
        """Write the spec of a committed batch and count it."""
        known = self._index.captures(batch.rows.column("capture_id").to_pylist())
        done = [each.outcome for each in known.values() if each.outcome is not None]
        todo = [key for key, each in known.items() if each.outcome is None]
        lengths = dict(
            zip(*(batch.rows.column(n).to_pylist() for n in ("capture_id", "length")), strict=True)
        )
        self.stored = replace(
            self.stored,
            captured=self.stored.captured + len(known),
            added=self.stored.added + len(batch.new),
            bytes=self.stored.bytes + sum(lengths[key] for key in batch.new),
            pending=self.stored.pending + len(todo),
            unchanged=self.stored.unchanged + len(done) - done.count("rejected"),
            rejected=self.stored.rejected + done.count("rejected"),
        )
        if todo:
            new = [key for key in todo if key in batch.new]
            old = [key for key in todo if key not in batch.new]  # as they were captured, not as they came now
            parts = [self._located(batch, new, known), locate(self._root, old, self._index)]
            path = self._root.staging(self._run_id) / f"batch-{len(self.stored.specs):05d}.arrow"
            staging.write(path, pa.concat_tables(parts))
            self.stored = replace(self.stored, specs=(*self.stored.specs, str(path)))

    def _located(self, batch: _Batch, ids: list[str], known: Mapping[str, KnownCapture]) -> pa.Table:
        rows = batch.rows.filter(pc.is_in(batch.rows.column("capture_id"), pa.array(ids, pa.string())))
        folder = self._root.table("captures")
        keys = rows.column("capture_id").to_pylist()
        files = [str(folder / (known[key].body_file or "")) for key in keys]
        # another writer may have stored the same capture first: its time counts, as for everyone who reads it
        times = pa.array([known[key].captured_at for key in keys], _BARE.field("captured_at").type)
        rows = rows.set_column(rows.schema.get_field_index("captured_at"), _BARE.field("captured_at"), times)
        return rows.append_column("body_file", pa.array(files, pa.string())).cast(staging.SPEC)

    def _take_rejects(self, records: list[RejectRecord]) -> None:
        fresh = self._index.take([reject_key(record) for record in records])
        records = [record for key, record in {reject_key(r): r for r in records}.items() if key in fresh]
        if not records:
            return
        path = self._root.staging(self._run_id) / f"unreadable-{len(self.stored.rejects):05d}.arrow"
        stage_rejects(path, records, source=self._source)
        self.stored = replace(
            self.stored,
            captured=self.stored.captured + len(records),
            unreadable=self.stored.unreadable + len(records),
            rejects=(*self.stored.rejects, str(path)),
        )
