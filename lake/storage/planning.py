"""Which small files maintenance makes one. Decides only; nothing here reads or writes.

Files of a like size are merged, so that a row is written again a bounded number of times, not each time that
something comes beside it: within a day's own time at most once for every 24-fold of its rows, once when it is
sealed. What comes late to a sealed day is merged with what else came late, not with the day. So are files of a
year, whose rows all came late.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lake.storage.datafile import DataFile

__all__ = ["Group", "few", "groups"]

_MIB = 1024 * 1024
_LIKE = 8  # files are of a like size if none is so many times the other
_OPEN_FILES = 24  # files of a like size that are merged (a file costs a query about 0.1 ms, measured)
_SEALED_FILES = 4  # files that a day may have once it is over
_OPEN = dt.timedelta(days=2)
"""How long a day counts as under way: sources bring most of a day's articles within the next."""
_QUIET = dt.timedelta(days=31)
"""After so long a month's small days may be put into one file."""
_SMALL = {"articles": 8 * _MIB}
"""Compressed bytes from which a file is left alone (others: 4 MiB); rows take ten times as much in memory."""
_TINY = _MIB // 4
"""Compressed bytes below which a run merges files on its way, which takes 2 ms for each."""
_NEAR = 4  # how many times as large as another one a file is that is merged with it on the way
_ON_THE_WAY = 48  # files that a run merges at most: as many as one adds that touches many days
_YEARS_FILES = (
    4  # of a like size in a year's folder, which every question of that year opens, that are merged
)
_YEARS_TINY = 8  # the same on a run's way
_YEAR, _DAY = len("2022"), len("2022-03-01")
_MONTH = 64 * _MIB
"""Compressed bytes of a month from which its days stay: they are files of 2 MiB then. Months are merged a day at
a time, in little memory."""


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are to become one; ``partition`` is that of the new file."""

    files: tuple[DataFile, ...]
    partition: str | None


def groups(name: str, files: Sequence[DataFile], now: dt.datetime) -> Iterator[Group]:
    """What to merge in the table ``name``, whose files these are; no file stands in two groups."""
    limit = _SMALL.get(name, 4 * _MIB)
    parts: dict[str | None, list[DataFile]] = defaultdict(list)
    past: dict[str, list[DataFile]] = defaultdict(list)
    for file in files:
        if file.superseded:
            past[str(file.partition)[:7]].append(file)
        else:
            parts[file.partition].append(file)
    months = _quiet_months(parts, now) if name == "articles" else {}
    for month, of_month in [*months.items(), *past.items()]:
        if len(of_month) > _SEALED_FILES:
            yield from _cut(_late(of_month), month, _MONTH)
    for partition, of_part in parts.items():
        if partition is not None and partition[:7] in months:
            continue
        small = [file for file in of_part if file.size < limit]
        if partition is None or len(partition) == _YEAR or _is_open(partition, now):
            enough = _YEARS_FILES if len(partition or "") == _YEAR else _OPEN_FILES
            for like in _alike(small, enough):
                yield from _cut(like, partition, limit)
        elif len(of_part) > _SEALED_FILES:
            yield from _cut(_late(small), partition, limit)


def few(files: Sequence[DataFile]) -> list[Group]:
    """What a run merges on its way: small files of the days or years that have most of them, in all a bounded number."""
    parts: dict[str, list[DataFile]] = defaultdict(list)
    for file in files:
        if file.size < _TINY and not file.superseded and len(file.partition or "") in (_YEAR, _DAY):
            parts[str(file.partition)].append(file)
    chosen: list[Group] = []
    left = _ON_THE_WAY
    for part, small in sorted(parts.items(), key=lambda each: (-len(each[1]), each[0])):
        least = min(file.size for file in small)
        taken = [file for file in small if file.size <= _NEAR * least][:left]
        if len(taken) < (_YEARS_TINY if len(part) == _YEAR else _OPEN_FILES):
            continue
        chosen.append(Group(tuple(taken), part))
        left -= len(taken)
    return chosen


def _is_open(partition: str, now: dt.datetime) -> bool:
    return len(partition) == _DAY and dt.date.fromisoformat(partition) > (now - _OPEN).date()


def _quiet_months(parts: dict[str | None, list[DataFile]], now: dt.datetime) -> dict[str, list[DataFile]]:
    """Months that are long over and small as a whole."""
    months: dict[str, list[DataFile]] = defaultdict(list)
    for partition, files in parts.items():
        if len(partition or "") > _YEAR and str(partition)[:7] < (now - _QUIET).strftime("%Y-%m"):
            months[str(partition)[:7]] += files
    return {month: files for month, files in months.items() if sum(file.size for file in files) < _MONTH}


def _alike(files: Sequence[DataFile], enough: int) -> Iterator[list[DataFile]]:
    """Files of a like size, where there are ``enough`` of them."""
    tiers: list[list[DataFile]] = []
    for file in sorted(files, key=lambda each: each.size):
        if not tiers or file.size > _LIKE * tiers[-1][0].size:
            tiers.append([])
        tiers[-1].append(file)
    return (tier for tier in tiers if len(tier) >= enough)


def _late(files: Sequence[DataFile]) -> list[DataFile]:
    """All files, or all but the largest, if that is as large as the others together."""
    ordered = sorted(files, key=lambda file: file.size)
    rest = ordered[:-1]
    dominated = ordered and ordered[-1].size >= sum(file.size for file in rest)
    return rest if dominated else ordered


def _cut(files: Sequence[DataFile], partition: str | None, limit: int) -> Iterator[Group]:
    """Groups of about twice ``limit`` bytes, in the order of names, which is that of dates."""
    group: list[DataFile] = []
    size = 0
    for file in sorted(files, key=lambda each: each.path):
        group.append(file)
        size += file.size
        if size >= 2 * limit:
            yield Group(tuple(group), partition)
            group, size = [], 0
    if len(group) > 1:
        yield Group(tuple(group), partition)
