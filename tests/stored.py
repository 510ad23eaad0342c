"""Posts into a lake through the storage layer alone, for its tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lake.locations import LakeRoot
from lake.model import Item, Origin, RejectRecord
from lake.settings import Sizes
from lake.storage import snapshots, staging
from lake.storage.captures import Stored, store
from lake.storage.commit import Committed, Counts, commit
from lake.structure import BatchResult, structure_batches

POST = """---
layout: post
title: "{title}"
date: {date} +0800
categories: emnews
tags: 快讯
---
<p>{body}</p>

<http://finance.eastmoney.com/a/{number}.html>
"""


@dataclass(frozen=True)
class Done:
    """What a run gave."""

    stored: Stored
    committed: Committed

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """new, revised, merged, unchanged, rejected of the whole run."""
        stored, done = self.stored, self.committed
        counts = (
            done.new,
            done.revised,
            done.merged,
            done.unchanged + stored.unchanged,
            done.rejected + stored.rejected,
        )
        assert sum(counts) == stored.captured
        return counts


def number(n: int, date: str = "2022-03-01") -> str:
    """The n-th article id of a day: 18 digits, as EastMoney counts."""
    return f"{date.replace('-', '')}{2_400_000_000 + n:010d}"


def post(n: int, date: str = "2022-03-01", folder: str = "/posts", **changes: str) -> Item:
    """The n-th post; ``changes`` may be title, body and time."""
    own = number(n, changes.pop("identity", date))
    values = {
        "title": f"青禾钢铁第{n}号公告",
        "body": f"青禾钢铁公布第{n}号公告。",
        "time": "09:30:00",
    } | changes
    text = POST.format(
        title=values["title"], date=f"{date} {values['time']}", body=values["body"], number=own
    )
    return Item(Origin(path=f"{folder}/{date}-{own}.md"), text.encode())


def captured(
    root: LakeRoot, items: Iterable[Item | RejectRecord], run_id: str
) -> tuple[Stored, list[BatchResult]]:
    """The first half of a run: captured and structured, nothing of it committed but the captures."""
    stored = store(root, items, run_id=run_id, source="test", sizes=Sizes(workers=1))
    return stored, structure_batches([Path(spec) for spec in stored.specs], workers=1)


def committed(root: LakeRoot, stored: Stored, results: Iterable[BatchResult], run_id: str) -> Done:
    """The second half of a run."""
    results = list(results)
    rejects = [*stored.rejects, *(each.rejects for each in results if each.rejects)]
    return Done(
        stored,
        commit(
            root,
            [Path(each.articles) for each in results if each.articles],
            [Path(path) for path in rejects],
            run_id=run_id,
            operation="ingest",
            known=Counts(unchanged=stored.unchanged, rejected=stored.rejected),
        ),
    )


def run(root: LakeRoot, items: Iterable[Item | RejectRecord], run_id: str) -> Done:
    """A whole run."""
    stored, results = captured(root, items, run_id)
    return committed(root, stored, results, run_id)


def rows(root: LakeRoot, name: str, *columns: str) -> list[tuple]:
    """These columns of every row of a table at the newest snapshot, sorted."""
    files = snapshots.files(root, snapshots.latest(root)).paths[name]
    tables = [pq.read_table(path, columns=list(columns), partitioning=None) for path in files]
    found = [tuple(row[column] for column in columns) for table in tables for row in table.to_pylist()]
    return sorted(found, key=repr)


def current(root: LakeRoot, *columns: str) -> dict[str, tuple]:
    """article_id -> these columns of its current revision."""
    found = {}
    for article_id, _revision, *values in sorted(rows(root, "articles", "article_id", "revision", *columns)):
        found[article_id] = tuple(values)
    return found


def spec_rows(stored: Stored) -> pa.Table:
    """All staged captures of a run."""
    return pa.concat_tables(
        [staging.SPEC.empty_table(), *(staging.read(Path(spec)) for spec in stored.specs)]
    )
