"""Merging a few small files while ingesting, so that a day of small runs leaves few of them to readers.

A file costs every query a fraction of a millisecond. A run therefore merges as many files as it may have added, of
the days and years that have most; the rest is left to maintenance.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping

import pyarrow as pa

from lake.errors import Conflict
from lake.settings import Sizes
from lake.storage import moving, parquet
from lake.storage.datafile import DataFile, file_name
from lake.storage.keys import KEYS
from lake.storage.planning import Group, few
from lake.storage.table import Table

__all__ = ["tidy"]

log = logging.getLogger(__name__)


def tidy(articles: Table, run_id: str, sizes: Sizes, note: Mapping[str, str]) -> None:
    """Merge some small files of the table's version, in one commit.

    Nothing rests on it: another writer's commit makes it for nothing, a damaged file keeps it from happening.
    """
    groups = few(articles.files())
    if not groups:
        return
    made: list[DataFile] = []
    try:
        made += _merged(articles, groups, run_id, sizes)
        articles.commit(made, note, remove=[file for group in groups for file in group.files])
    except (Conflict, OSError, pa.ArrowException) as error:
        articles.discard(made)
        log.info("small files are left as they are: %s", error)
        return
    articles.refresh()


def _merged(articles: Table, groups: list[Group], run_id: str, sizes: Sizes) -> Iterator[DataFile]:
    for number, group in enumerate(groups):
        name = file_name(f"{run_id}-merged", number)
        rows = pa.concat_tables(moving.days(articles, group.files))
        yield parquet.write_rows(
            articles.folder,
            name,
            rows,
            row_group=sizes.row_group,
            partition=group.partition,
            keep=KEYS["articles"],
        )
