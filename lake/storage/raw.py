"""Bytes back out of the raw zone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.errors import Stop, Usage
from lake.locations import LakeRoot
from lake.schema import CAPTURE_COLUMNS, CAPTURES
from lake.storage import staging
from lake.storage.files import Place, place, readable
from lake.storage.index import Index
from lake.storage.keys import groups_with_bodies
from lake.storage.known_keys import KnownCapture
from lake.storage.tables import open_lake

__all__ = ["bodies", "locate", "read", "read_batch", "read_many"]


def read(root: LakeRoot, capture_id: str) -> bytes:
    """The bytes of a capture, exactly as they came.

    Raises:
        Usage: the lake has no such capture.
        Stop: the bytes on disk are not what was stored, or are gone.
    """
    for _row, body in read_many(root, [capture_id]):
        return body
    raise Usage(f"no capture {capture_id} in {root.path}")


def read_many(
    root: LakeRoot, capture_ids: Collection[str], index: Index | None = None
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """(row without body, bytes) of each of these captures that the lake has, file by file.

    ``index`` may be given if it has caught up. Raises Stop where bytes are damaged or gone.
    """
    if index is None:
        with Index(root) as own:
            own.catch_up(open_lake(root))
            spec = locate(root, capture_ids, own)
    else:
        spec = locate(root, capture_ids, index)
    yield from _with_bodies(spec)


def read_batch(
    spec: Path, *, bodies: bool = True, only: Sequence[str] | None = None
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """(row without body, bytes) of each capture of a staged batch, or of those whose ids are in ``only``.

    With ``bodies=False`` all bytes are empty. One row group's bodies are held at a time.
    """
    rows = staging.read(spec)
    if only is not None:
        rows = rows.filter(pc.is_in(rows.column("capture_id"), value_set=pa.array(only, pa.string())))
    if bodies:
        yield from _with_bodies(rows)
    else:
        yield from ((row, b"") for row in rows.select(CAPTURE_COLUMNS).to_pylist())


def locate(root: LakeRoot, capture_ids: Collection[str], index: Index) -> pa.Table:
    """The captures' rows and where their bytes lie (schema staging.SPEC). Raises Stop on lost bytes."""
    known = index.captures(capture_ids)
    folder = root.table("captures")
    parts = []
    for file, ids in _by_file(known).items():
        wanted = pc.field("capture_id").isin(ids)
        with _damage_named(folder / file):
            rows = pq.read_table(
                readable(folder / file),
                columns=CAPTURE_COLUMNS,
                schema=CAPTURES,
                filters=wanted,
                partitioning=None,
            )  # with the schema, a column that the file was written before reads as NULL
        places = [
            _address(folder, known[each].body_file, each) for each in rows.column("capture_id").to_pylist()
        ]
        parts.append(rows.append_column("body_file", pa.array(places, pa.string())))
    return pa.concat_tables(parts).cast(staging.SPEC) if parts else staging.SPEC.empty_table()


def bodies(path: Place, wanted: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """(sha256, bytes) of the bodies that lie in a file of captures: all, or those in ``wanted``."""
    with pq.ParquetFile(readable(path)) as file:
        for group in groups_with_bodies(file):
            hashes = file.read_row_group(group, columns=["sha256"]).column(0).to_pylist()
            if wanted is not None and not any(each in wanted for each in hashes):
                continue
            column = file.read_row_group(group, columns=["body"]).column(0)
            for sha256, body in zip(hashes, column, strict=True):
                if wanted is None or sha256 in wanted:
                    yield sha256, body.as_py()


def _with_bodies(spec: pa.Table) -> Iterator[tuple[dict[str, Any], bytes]]:
    for path in pc.unique(spec.column("body_file")).to_pylist():
        rows = spec.filter(pc.equal(spec.column("body_file"), path)).select(CAPTURE_COLUMNS).to_pylist()
        by_hash: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            by_hash[row["sha256"]].append(row)
        for sha256, body in _named(place(path), by_hash):
            if hashlib.sha256(body).hexdigest() != sha256:
                raise Stop(f"{path} is damaged: the bytes of {by_hash[sha256][0]['origin']} have changed")
            for row in by_hash.pop(sha256, ()):
                yield row, body
        if by_hash:
            raise Stop(f"{path} no longer holds the bytes of {next(iter(by_hash.values()))[0]['origin']}")


def _named(path: Place, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    with _damage_named(path):
        yield from bodies(path, wanted)


@contextmanager
def _damage_named(path: Place) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise Stop(f"{path} cannot be read: {error}; `newslake verify` tells what is lost") from error


def _address(folder: Place, file: str | None, capture_id: str) -> str:
    if file is None:
        raise Stop(f"no file of {folder} holds the bytes of capture {capture_id}")
    return str(folder / file)


def _by_file(known: Mapping[str, KnownCapture]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for capture_id, capture in known.items():
        groups[capture.file].append(capture_id)
    return groups
