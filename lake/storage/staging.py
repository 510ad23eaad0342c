"""Work between the steps of one run: Arrow files that a worker in another process or machine can read.

They are mapped, not read: a step touches only the columns and rows that it needs. Nothing in staging is
ever part of the lake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from lake.model import RejectRecord
from lake.schema import CAPTURES, REJECTS
from lake.storage.keys import reject_key

__all__ = ["SPEC", "read", "reject_row", "stage_rejects", "storable", "write"]

SPEC = pa.schema(
    [
        *(column for column in CAPTURES if column.name != "body"),
        pa.field("body_file", pa.string()),  # absolute path of the file of captures that holds the bytes
    ]
)
"""One capture that is to be structured."""


def write(path: Path, rows: pa.Table) -> Path:
    """Write an Arrow file; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows)
    return path


def read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Map an Arrow file; rows are read from disk when they are touched."""
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    return table.select(list(columns)) if columns is not None else table


def stage_rejects(path: Path, rejects: Iterable[RejectRecord], *, source: str | None = None) -> Path:
    """Stage rejects for the commit. ``source`` is the name of the source they came from."""
    return write(path, pa.Table.from_pylist([reject_row(each, source) for each in rejects], REJECTS))


def reject_row(record: RejectRecord, source: str | None = None) -> dict[str, Any]:
    """The REJECTS row of a reject, without the run and the extractor, which the commit knows."""
    return {
        "reject_id": reject_key(record),
        "rejected_at": dt.datetime.now(dt.UTC),
        "source": record.source or source,
        "origin": storable(record.origin.text),
        "path": storable(record.origin.path),
        "member": storable(record.origin.member),
        "url": record.origin.url,
        "capture_id": record.capture_id,
        "stage": record.stage,
        "reason": record.reason,
        "detail": storable(record.detail),
    }


def storable(text: str | None) -> str | None:
    """Text that UTF-8 can hold: the bytes of a file name that is no valid text become U+FFFD."""
    return None if text is None else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
