"""The Delta tables of a lake: making them, and opening them at a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from lake.errors import Stop
from lake.locations import TABLES, LakeRoot
from lake.storage.datafile import STATISTICS
from lake.storage.deltastore import delta_options, reached
from lake.storage.layout import delta_schema, partitions
from lake.storage.probing import check_writable
from lake.storage.table import Table
from lake.storage.tablelog import NOTE

__all__ = [
    "Lake",
    "create",
    "open_lake",
    "open_table",
]

_COMMITTED = ("captures", "rejects", "articles", "outcomes")
"""The tables, in the order in which runs commit to them."""
_CONFIGURATION = {
    "delta.appendOnly": "true",  # files may be merged, rows never deleted
    "delta.checkpointInterval": "10",  # opening replays what came after: 31 ms at 33 commits, 12 at none
    "delta.dataSkippingStatsColumns": ",".join(STATISTICS),
    "delta.deletedFileRetentionDuration": "interval 7 days",  # as long as an old view may be held open
    "delta.logRetentionDuration": "interval 30 days",
}


@dataclass(frozen=True, slots=True)
class Lake:
    """All tables, each at the version that was its newest when the lake was opened or last refreshed."""

    root: LakeRoot
    captures: Table
    articles: Table
    outcomes: Table
    rejects: Table

    def tables(self) -> tuple[Table, ...]:
        """The four tables, in the order in which runs commit to them."""
        return self.captures, self.rejects, self.articles, self.outcomes

    def refresh(self) -> None:
        """Move every table to its newest version, in the order of `open_lake`."""
        for table in reversed(self.tables()):
            table.refresh()


def create(root: LakeRoot, *, lost: bool = False) -> None:
    """Make what is missing of the lake's tables. Any number of processes may do so at once.

    ``outcomes`` comes last: its version 0 is the snapshot of the empty lake. Where it is there, another table that
    is not there was lost, and is only made anew if ``lost`` says so: an empty one would hide the rows.

    Raises:
        Stop: a table was lost, or a bucket cannot hold a lake.
    """
    check_writable(root)
    with reached(root):
        _create(root, lost=lost)


def _create(root: LakeRoot, *, lost: bool) -> None:
    options = delta_options(root)
    whole = DeltaTable.is_deltatable(str(root.table("outcomes")), options)
    for name in _COMMITTED:
        if (name == "outcomes" and whole) or DeltaTable.is_deltatable(str(root.table(name)), options):
            continue
        if whole and not lost:
            raise Stop(_missing(root, name))
        root.table(name).mkdir(parents=True, exist_ok=True)
        note = {"operation": "create", "run_id": "", "versions": dict.fromkeys(TABLES, 0), "counts": {}}
        try:
            DeltaTable.create(
                str(root.table(name)),
                delta_schema(name),
                mode="ignore",
                partition_by=partitions(name),
                configuration=_CONFIGURATION,
                commit_properties=CommitProperties(custom_metadata={NOTE: note}),
                storage_options=options,
            )
        except DeltaError:
            if not DeltaTable.is_deltatable(str(root.table(name)), options):
                raise


def open_table(root: LakeRoot, name: str, version: int | None = None) -> Table:
    """Open a table at ``version``, by default the newest. Raises Stop where there is none."""
    try:
        with reached(root):
            delta = DeltaTable(str(root.table(name)), version=version, storage_options=delta_options(root))
        return Table(root, name, delta)
    except TableNotFoundError as error:
        raise Stop(_missing(root, name)) from error


def _missing(root: LakeRoot, name: str) -> str:
    """What to say of a table that is not there."""
    if not DeltaTable.is_deltatable(str(root.table("outcomes")), delta_options(root)):
        return f"there is no lake at {root.path}: run `newslake ingest` first"
    again = "bring it back from a copy, or `newslake verify --repair` makes again what the captures give"
    return f"the log of {root.table(name)} is gone: {again}"


def open_lake(root: LakeRoot, opened: Callable[[LakeRoot, str], Table] = open_table) -> Lake:
    """Every table at its newest version, as ``opened`` gives it.

    In the order against that of commits, so that what a table names is there in those opened after it, though
    others commit meanwhile.
    """
    return Lake(root, **{name: opened(root, name) for name in reversed(_COMMITTED)})
