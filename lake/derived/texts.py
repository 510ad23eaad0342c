"""Texts of single revisions, read from the data files of their dates."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.derived.likeness import Text
from lake.schema import PARTITION
from lake.storage.files import Place, readable

__all__ = ["Key", "Texts"]


class Key(NamedTuple):
    """A revision of an article, and what says where it lies."""

    article_id: str
    revision: int
    published_at: dt.datetime
    published_date: dt.date
    run_id: str

    @property
    def order(self) -> tuple[str, dt.datetime, str, int]:
        """The order in which articles count: by run as these began, then by time of publication.

        Maintenance and repair put a word before the time in a run's id.
        """
        began = _BEGAN.search(self.run_id)
        return began[0] if began else self.run_id, self.published_at, self.article_id, self.revision


_BEGAN = re.compile(r"\d{8}T\d{6}.*")
_RUN = re.compile(r"(\d{8}T\d{6}-[0-9a-f]{6})-")
_TEXT = ["article_id", "revision", "title", "body_text"]
_HELD = [*_TEXT, "mentions"]
_COLUMNS = [*_TEXT, *(f"mentions.list.element.{name}" for name in ("kind", "market", "code"))]


class Texts:
    """The texts of ``keys``, from rows that are ``held`` or the table at ``folder``; a revision is the same in whatever
    file it lies.

    Raises:
        LookupError: a text is in no file of its date: maintenance has just moved it, or the lake is damaged.
    """

    def __init__(self, folder: Place, keys: Sequence[Key], held: pa.Table | None = None) -> None:
        ids = pa.array({key.article_id for key in keys}, pa.string())
        self._rows = {} if held is None else _by_revision(_chosen(held.select(_HELD), ids))
        wanted: dict[dt.date, list[Key]] = defaultdict(list)
        for key in keys:
            if (key.article_id, key.revision) not in self._rows:
                wanted[key.published_date].append(key)
        for date, of_date in sorted(wanted.items()):
            self._read(folder, date, of_date)

    def __getitem__(self, key: Key) -> Text:
        row = self._rows[key.article_id, key.revision]
        securities = {
            (each["market"], each["code"]) for each in row["mentions"] or () if each["kind"] == "security"
        }
        return Text.of(row["title"], row["body_text"], securities)

    def _read(self, folder: Place, date: dt.date, keys: Sequence[Key]) -> None:
        missing = {(key.article_id, key.revision) for key in keys}
        ids = pa.array(sorted({key.article_id for key in keys}), pa.string())
        for path in _files(folder, date, {key.run_id for key in keys}):
            found = _by_revision(_rows(path, ids))
            self._rows |= found
            missing -= found.keys()
            if not missing:
                return
        raise LookupError(f"articles of {date} that are in none of its files: {sorted(missing)[:3]}")


def _files(folder: Place, date: dt.date, runs: set[str]) -> list[Place]:
    """The files of a day, of its month, which has those that are over long since, and of its year, which has late
    rows; likely ones first.

    A run's file has its name; those that maintenance put together have rows of many.
    """
    names = [f"{PARTITION}={date.isoformat()[:length]}" for length in (10, 7, 4)]
    paths: list[Place] = []
    for name in names:
        paths += (folder / name).glob("*.parquet")

    def rank(path: Place) -> tuple[int, str]:
        run = _RUN.match(path.name)
        return 1 if run is None else 0 if run[1] in runs else 2, str(path)

    return sorted(paths, key=rank)


def _rows(path: Place, ids: pa.Array) -> list[dict[str, Any]]:
    """The rows of these articles in a file; none where it cannot be read, for it is being written or removed."""
    found: list[dict[str, Any]] = []
    with contextlib.suppress(OSError, pa.ArrowException), pq.ParquetFile(readable(path)) as opened:
        for group in range(opened.num_row_groups):
            held = opened.read_row_group(group, columns=["article_id"], use_threads=False)
            chosen = pc.is_in(held.column("article_id"), value_set=ids)
            if pc.any(chosen).as_py():
                rows = opened.read_row_group(group, columns=_COLUMNS, use_threads=False)
                found += rows.filter(chosen).to_pylist()
    return found


def _chosen(rows: pa.Table, ids: pa.Array) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rows.filter(pc.is_in(rows.column("article_id"), value_set=ids)).to_pylist()
    return found


def _by_revision(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    return {(row["article_id"], row["revision"]): row for row in rows}
