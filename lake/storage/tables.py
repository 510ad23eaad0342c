"""The Delta tables of a lake: opening them at a version, listing their files, committing to them.

Every commit carries one application transaction and forbids delta-rs to retry: two writers that started
from the same version cannot both succeed, even if both only append. The second gets Conflict and must
decide again from the new version. (A blind append would not conflict, and one article could be inserted
twice.)
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from lake.errors import Conflict, Retry, Stop
from lake.locations import TABLES, LakeRoot
from lake.storage.bucket import failure
from lake.storage.datafile import STATISTICS, DataFile
from lake.storage.files import Place, flush
from lake.storage.layout import adding, delta_schema, gains, partitions, removing
from lake.storage.objects import ObjectPath
from lake.storage.probing import check_writable
from lake.storage.tablelog import APPLICATION, NOTE, commit_note, log_entry

__all__ = [
    "Lake",
    "Table",
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


@dataclass(slots=True)
class Table:
    """A table at one version. ``commit`` goes from that version to the next or fails with Conflict.

    ``recent`` has columns of files that this handle committed last, by path, where they were kept: the key columns, of
    a small run's articles all.
    """

    root: LakeRoot
    name: str
    delta: DeltaTable
    recent: dict[str, pa.Table] = field(default_factory=dict, repr=False)
    _files: list[DataFile] | None = field(default=None, repr=False)

    @property
    def version(self) -> int:
        """The version that this handle reads and commits upon."""
        return self.delta.version()

    @property
    def folder(self) -> Place:
        """The table's folder, which file paths are relative to."""
        return self.root.table(self.name)

    @property
    def identity(self) -> str:
        """The table's own id: another lake at the same place has another."""
        return str(self.delta.metadata().id)

    def refresh(self) -> None:
        """Move to the newest version: a fraction of the time of opening the table again."""
        if self._is_newest():
            return
        before = self.version
        with _reached(self.root):
            self.delta.update_incremental()
        if self.version != before:
            self._files = None

    def _is_newest(self) -> bool:
        """Whether a disk surely has no later version: two looks at names, where delta-rs takes a millisecond."""
        if isinstance(self.folder, ObjectPath):
            return False
        own, following = (log_entry(self.root, self.name, self.version + step) for step in (0, 1))
        return own.exists() and not following.exists()

    def unneeded(self, hours: int, *, full: bool) -> set[str]:
        """Files that no version has needed for so long; ``full``: and those that none ever named."""
        with _reached(self.root):
            return set(self.delta.vacuum(hours, dry_run=True, enforce_retention_duration=False, full=full))

    def files(self) -> list[DataFile]:
        """The data files of this version, sorted by path."""
        if self._files is None:
            self._files = sorted(_listed(self.delta), key=lambda file: file.path)
        return self._files

    def commit(
        self, add: Iterable[DataFile], note: Mapping[str, Any], *, remove: Iterable[DataFile] = ()
    ) -> int:
        """Commit files that are on disk; returns the new version.

        With ``remove`` the same rows move to other files; readers of changes see no change.

        Raises:
            Conflict: another writer committed since this handle was opened, or the table lacked columns of
                today's schema and has them now; no file was committed.
            Stop: the log could not be written.
        """
        check_writable(self.root)
        self._widen()
        added, removed = list(add), list(remove)
        target = self.version + 1
        token = secrets.token_hex(8)
        properties = CommitProperties(
            custom_metadata={NOTE: {**note, "token": token}},
            max_commit_retries=0,
            app_transactions=[Transaction(APPLICATION, target)],
        )
        actions = [adding(file, data_change=not removed) for file in added]
        try:
            with _reached(self.root):
                self.delta.create_write_transaction(
                    [*actions, *map(removing, removed)],
                    "append",
                    delta_schema(self.name),
                    partitions(self.name),
                    commit_properties=properties,
                )
        except (CommitFailedError, Retry) as error:
            self._settle(target, token, error)
        self._flush(target)
        kept = {file.path: file.keys for file in added if file.keys is not None}
        self.recent = self.recent | kept if removed else kept
        return target

    def _flush(self, version: int) -> None:
        """Have the disk hold a version's log entry, and the checkpoint that came with it: delta-rs does not.

        The entry before goes first, for its writer may have died just before it did so.
        """
        if isinstance(self.folder, ObjectPath):
            return  # what a bucket has taken is safe
        folder = self.folder / "_delta_log"
        entries = [log_entry(self.root, self.name, each) for each in (version - 1, version)]
        for path in (
            *entries,
            entries[1].with_suffix(".checkpoint.parquet"),
            folder / "_last_checkpoint",
            folder,
        ):
            with contextlib.suppress(FileNotFoundError):
                flush(path)

    def _widen(self) -> None:
        """Add what lake.schema has gained since the table was made, as a version of its own, and raise Conflict.

        Files stay as they are. delta-rs takes a file with more columns without a word, and its readers then
        don't show them.
        """
        wanted = delta_schema(self.name)
        held = pa.schema(self.delta.schema().to_arrow())
        missing = [name for name in wanted.names if gains(held, wanted, name)]
        if not missing:
            return
        fields = [field for field in Schema.from_arrow(wanted).fields if field.name in missing]
        try:
            with _reached(self.root):
                self.delta.alter.add_columns(fields, commit_properties=CommitProperties(max_commit_retries=0))
        except CommitFailedError as error:
            raise Conflict(f"another writer committed to {self.name} first") from error
        raise Conflict(f"{self.name} has got new columns or members: {', '.join(missing)}")

    def discard(self, files: Iterable[DataFile]) -> None:
        """Delete files that were written for a commit that is known to have failed."""
        for file in files:
            (self.folder / file.path).unlink(missing_ok=True)

    def _settle(self, target: int, token: str, error: Exception) -> None:
        """Tell a commit that failed from one that only seems to have: the log itself says whose it is."""
        if not log_entry(self.root, self.name, target).exists():
            if isinstance(error, Retry):
                raise error
            raise Stop(f"cannot commit to {self.folder}: {error}") from error
        note = commit_note(self.root, self.name, target)
        if note is not None and note.get("token") == token:
            return
        raise Conflict(f"another writer committed to {self.name} first") from error


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
    with _reached(root):
        _create(root, lost=lost)


def _create(root: LakeRoot, *, lost: bool) -> None:
    options = _options(root)
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
        with _reached(root):
            delta = DeltaTable(str(root.table(name)), version=version, storage_options=_options(root))
        return Table(root, name, delta)
    except TableNotFoundError as error:
        raise Stop(_missing(root, name)) from error


def _missing(root: LakeRoot, name: str) -> str:
    """What to say of a table that is not there."""
    if not DeltaTable.is_deltatable(str(root.table("outcomes")), _options(root)):
        return f"there is no lake at {root.path}: run `newslake ingest` first"
    again = "bring it back from a copy, or `newslake verify --repair` makes again what the captures give"
    return f"the log of {root.table(name)} is gone: {again}"


def open_lake(root: LakeRoot, opened: Callable[[LakeRoot, str], Table] = open_table) -> Lake:
    """Every table at its newest version, as ``opened`` gives it.

    In the order against that of commits, so that what a table names is there in those opened after it, though
    others commit meanwhile.
    """
    return Lake(root, **{name: opened(root, name) for name in reversed(_COMMITTED)})


def _listed(delta: DeltaTable) -> Iterable[DataFile]:
    actions = pa.table(delta.get_add_actions(flatten=True))
    nothing = [None] * len(actions)
    wanted = ("path", "size_bytes", "num_records", "partition.date", "max.revision")
    columns = [actions.column(n).to_pylist() if n in actions.column_names else nothing for n in wanted]
    return (DataFile(*values) for values in zip(*columns, strict=True))


@contextlib.contextmanager
def _reached(root: LakeRoot) -> Iterator[None]:
    """Raise what a bucket's server says to delta-rs as newslake's own errors; others, and those of a disk, pass."""
    try:
        yield
    except (DeltaError, OSError) as error:
        found = failure(str(root.path), error) if isinstance(root.path, ObjectPath) else None
        if found is None:
            raise
        raise found from None


def _options(root: LakeRoot) -> dict[str, str] | None:
    """How delta-rs is to write to a bucket; the rest it reads from the environment."""
    if not isinstance(root.path, ObjectPath):
        return None
    return {"aws_conditional_put": "etag", "aws_s3_allow_unsafe_rename": "false"}
