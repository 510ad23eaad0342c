"""Data files of the tables: their names, and what the log says of them, their sizes, rows and bounds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lake.storage.files import Place

__all__ = ["STATISTICS", "SUPERSEDED", "DataFile", "digest", "file_name", "is_whole", "statistics"]

STATISTICS = ("article_id", "published_at", "published_date", "revision")
"""Columns whose bounds go to the Delta log and the files: what readers prune by. Bounds of texts are as long
as the texts: with them, a file of three articles is twice as large (measured)."""

SUPERSEDED = "superseded-"
"""How names of files begin that hold superseded revisions alone."""

_HASH = 16  # hex digits of a file's sha256 at the end of its name


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file of a table: ``path`` is relative to the table's folder, ``size`` in bytes.

    ``revision`` is the highest one in a file of articles. ``stats`` is the Delta log's JSON of row count and
    bounds, for a file that is to be committed. ``keys`` are columns of a file that was just written, so that
    the key index, and perhaps publishing, need not read it.
    """

    path: str
    size: int
    rows: int
    partition: str | None = None
    revision: int | None = None
    stats: str = ""
    keys: pa.Table | None = field(default=None, repr=False, compare=False)

    @property
    def superseded(self) -> bool:
        """Whether all rows were superseded when the file was written: its name says so."""
        return self.path.rpartition("/")[2].startswith(SUPERSEDED)


def file_name(run_id: str, number: int) -> str:
    """A file name that no other run, attempt or machine uses; its content's hash is added to it."""
    return f"{run_id}-{number:05d}-{secrets.token_hex(4)}.parquet"


def is_whole(path: Place) -> bool:
    """Whether a file's bytes are those that were written, by the hash in its name; True if it has none."""
    parts = path.stem.rpartition(".")
    return not parts[1] or digest(path) == parts[2]


def digest(path: Place) -> str:
    """The part of a file's hash that stands in its name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:_HASH]


def statistics(rows: pa.Table) -> dict[str, Any]:
    """What the Delta log says of a file: its number of rows, and bounds and NULLs of some columns."""
    low, high, nulls = {}, {}, {}
    for name in STATISTICS:
        if name in rows.column_names and len(rows):
            bounds = pc.min_max(rows.column(name))
            nulls[name] = rows.column(name).null_count
            if bounds["min"].is_valid:
                low[name], high[name] = _plain(bounds["min"]), _plain(bounds["max"])
    return {"numRecords": len(rows), "minValues": low, "maxValues": high, "nullCount": nulls}


def _plain(value: pa.Scalar) -> Any:
    found = value.as_py()
    if pa.types.is_timestamp(value.type):
        return found.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return found.isoformat() if pa.types.is_date(value.type) else found
