"""Delta handles kept between the steps of a run: moving one forward takes a fifth of the time of opening it.

A handle belongs to one step at a time, which takes it away and gives it back. It is only moved forward if the log
entry of its version is still the same file: another lake may have come to be at the same place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from deltalake.exceptions import DeltaError

from lake.locations import LakeRoot
from lake.storage.table import Table
from lake.storage.tablelog import log_entry
from lake.storage.tables import Lake, open_lake, open_table

__all__ = ["forget", "held_lake"]

_MOST = 8  # handles kept: those of two lakes
_Mark = tuple[object, ...]
_kept: dict[tuple[LakeRoot, str], tuple[Table, _Mark]] = {}


@contextmanager
def held_lake(root: LakeRoot) -> Iterator[Lake]:
    """Every table at its newest version, as `open_lake` gives it; the handles are kept for the next step."""
    lake = open_lake(root, _newest)
    yield lake
    for table in lake.tables():
        mark = _mark(table)
        if mark is not None:
            _kept[root, table.name] = (table, mark)
    for key in list(_kept)[:-_MOST]:
        _kept.pop(key, None)


def forget() -> None:
    """Keep no handle any longer: a log was changed otherwise than by commits."""
    _kept.clear()


def _newest(root: LakeRoot, name: str) -> Table:
    table, mark = _kept.pop((root, name), (None, None))
    if table is None or mark is None or mark != _mark(table):
        return open_table(root, name)
    try:
        table.refresh()
    except DeltaError:
        return open_table(root, name)
    return table


def _mark(table: Table) -> _Mark | None:
    """What tells a log entry's file from another one of that name; None if it is gone."""
    entry = log_entry(table.root, table.name, table.version)
    try:
        if isinstance(entry, Path):
            found = entry.stat()
            return found.st_ino, found.st_mtime_ns, found.st_size
        return astuple(entry.stat())
    except FileNotFoundError:
        return None
