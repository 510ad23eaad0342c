"""Writers, maintenance and readers that run beside each other until they are told to stop.

Each writes what it saw to a JSON file. A batch has five articles of its writer and a revision of an article that
all writers share; it is visible whole or not at all.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pyarrow.parquet as pq
from deltalake import DeltaTable

from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.settings import Sizes
from tests.chaos import world
from tests.chaos.work import work
from tests.chaos.world import Feed

__all__ = ["BATCH", "SHARED", "keep_maintaining", "keep_writing", "poll_files", "poll_views"]

BATCH = 5
SHARED = 999_999
"""The article that all writers revise."""

_EVERY = 100_000  # articles' numbers that one writer may use


def keep_writing(folder: str, writer: int) -> None:
    """Ingest batches; the sum of what was reported is what the lake must hold."""
    logging.disable(logging.WARNING)
    root, feed = LakeRoot(Path(folder) / "lake"), Feed(Path(folder) / f"writer{writer}")
    done = 0
    while not (Path(folder) / "stop").exists():
        feed.files.clear()
        feed = Feed(feed.folder.with_name(f"writer{writer}-{done}"))
        for n in range(BATCH):
            feed.put(f"{n}.md", writer * _EVERY + done * BATCH + n, 1)
        feed.put("shared.md", SHARED, Random(writer * _EVERY + done).randint(1, 9))
        report = ingest(IngestRequest((str(feed.folder),), root, sizes=Sizes(workers=1, own_dates=2)))
        assert report.new in (BATCH, BATCH + 1) and report.captured == BATCH + 1, report
        done += 1
    _note(folder, f"writer{writer}", {"batches": done})


def keep_maintaining(folder: str, number: int) -> None:
    """Merge, publish and vacuum again and again."""
    done = 0
    while not (Path(folder) / "stop").exists():
        work("maintain", f"{folder}/lake")
        done += 1
    _note(folder, f"maintenance{number}", {"rounds": done})


def poll_views(folder: str, number: int, polls: int) -> None:
    """Ask the published file, opened anew each time and sometimes held open for a second question."""
    _poll(folder, f"views{number}", polls, _views)


def poll_files(folder: str, number: int, polls: int) -> None:
    """Read the Delta table of articles as any Delta client does, at its newest version."""
    _poll(folder, f"files{number}", polls, _files)


def _poll(
    folder: str, name: str, polls: int, look: Callable[[Path], tuple[int, list[tuple[str, int]]]]
) -> None:
    anomalies: list[str] = []
    state, before = -1, 0
    different = set()
    for _ in range(polls):
        newer, rows = look(Path(folder) / "lake")
        anomalies += _anomalies(rows)
        if newer < state:
            anomalies.append(f"went back from {state} to {newer}")
        if len(rows) < before:
            anomalies.append(f"{before} rows became {len(rows)}")
        state, before = newer, len(rows)
        different.add(newer)
    _note(folder, name, {"polls": polls, "states": len(different), "anomalies": anomalies})


def _anomalies(rows: list[tuple[str, int]]) -> list[str]:
    """``rows``: article and revision."""
    found = [f"{len(rows) - len(set(rows))} doubled rows"] if len(set(rows)) < len(rows) else []
    shared = world.article_id(SHARED)
    revisions = sorted(revision for article_id, revision in rows if article_id == shared)
    own = sum(article_id != shared for article_id, _ in rows)
    if own % BATCH:
        found.append(f"half a batch: {own} articles")
    if revisions != list(range(1, len(revisions) + 1)):
        found.append(f"revisions {revisions}")
    return found


def _views(lake: Path) -> tuple[int, list[tuple[str, int]]]:
    with duckdb.connect(str(lake / "lake.duckdb"), read_only=True, config={"threads": 1}) as connection:
        query = "SELECT article_id, revision FROM revisions"
        rows = connection.execute(query).fetchall()
        current = connection.execute("SELECT count(*), count(DISTINCT article_id) FROM articles").fetchall()[
            0
        ]
        snapshot = connection.execute("SELECT max(snapshot) FROM snapshots").fetchall()[0][0]
        assert current == (len({row[0] for row in rows}),) * 2, f"{current} current articles"
        assert sorted(connection.execute(query).fetchall()) == sorted(rows)
    return snapshot, rows


def _files(lake: Path) -> tuple[int, list[tuple[str, int]]]:
    table = DeltaTable(str(lake / "articles"))
    rows: list[tuple[str, int]] = []
    for path in table.file_uris():
        columns = pq.read_table(path, columns=["article_id", "revision"], partitioning=None).to_pydict()
        rows += zip(columns["article_id"], columns["revision"], strict=True)
    return table.version(), rows


def _note(folder: str, name: str, seen: dict[str, object]) -> None:
    (Path(folder) / f"{name}.json").write_text(json.dumps(seen))
