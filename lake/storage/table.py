"""One Delta table at a version: its files, and the commit that leads to the next.

Every commit carries one application transaction and forbids delta-rs to retry: two writers that started
from the same version cannot both succeed, even if both only append. The second gets Conflict and must
decide again from the new version. (A blind append would not conflict, and one article could be inserted
twice.)
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError

from lake.errors import Conflict, Retry, Stop
from lake.locations import LakeRoot
from lake.storage.datafile import DataFile
from lake.storage.deltastore import reached
from lake.storage.files import Place, flush
from lake.storage.layout import adding, delta_schema, gains, partitions, removing
from lake.storage.objects import ObjectPath
from lake.storage.probing import check_writable
from lake.storage.tablelog import APPLICATION, NOTE, commit_note, log_entry

__all__ = ["Table"]


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
        with reached(self.root):
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
        with reached(self.root):
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
            with reached(self.root):
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
            with reached(self.root):
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


def _listed(delta: DeltaTable) -> Iterable[DataFile]:
    actions = pa.table(delta.get_add_actions(flatten=True))
    nothing = [None] * len(actions)
    wanted = ("path", "size_bytes", "num_records", "partition.date", "max.revision")
    columns = [actions.column(n).to_pylist() if n in actions.column_names else nothing for n in wanted]
    return (DataFile(*values) for values in zip(*columns, strict=True))
