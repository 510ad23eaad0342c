"""What derives from captures, made again from them: articles' revisions, rejects, outcomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lake import names
from lake.errors import Reject
from lake.extraction.known_names import KnownNames
from lake.locations import LakeRoot
from lake.merge import Copy, Merged, merge
from lake.rows import merged_row, staged_copy
from lake.schema import ARTICLES, STAGED
from lake.settings import Sizes
from lake.storage import raw, staging
from lake.storage.articles import write_articles
from lake.storage.commit import commit
from lake.storage.extracts import Extracts
from lake.storage.index import Index
from lake.storage.tables import open_lake
from lake.storage.turns import attempts
from lake.storage.verify import load_keys
from lake.structure import extract_capture, structure_batch, structure_batches

__all__ = ["remake", "replayed"]

_ARTICLES = 500  # made again at once: as values they take about 50 kB each

_SUSPECTS = """
    WITH held AS (
        SELECT article_id, count(DISTINCT revision) AS revisions, max(revision) AS top FROM articles GROUP BY ALL
    ), said AS (
        SELECT article_id, count(*) FILTER (outcome IN ('new', 'revised')) AS revisions
        FROM outcomes WHERE article_id IS NOT NULL GROUP BY ALL
    )
    SELECT article_id FROM held FULL JOIN said USING (article_id)
    WHERE held.revisions IS NULL OR held.revisions < held.top OR held.revisions < said.revisions
    ORDER BY article_id
"""
"""Articles of which a revision may be missing: each was said by one outcome, unless its run was killed."""

_UNTOLD = """
    SELECT capture_id FROM captures
    WHERE capture_id NOT IN (SELECT capture_id FROM outcomes)
       OR capture_id IN (SELECT capture_id FROM outcomes WHERE outcome = 'rejected'
                         EXCEPT SELECT capture_id FROM rejects WHERE capture_id IS NOT NULL)
       OR capture_id IN (SELECT capture_id FROM outcomes
                         WHERE article_id NOT IN (SELECT article_id FROM articles))
    ORDER BY capture_id
"""
"""Captures of which it is not known what became of them, or why not."""


def remake(root: LakeRoot, *, run_id: str, sizes: Sizes) -> list[str]:
    """Make again what is missing; returns what was done, as phrases."""
    table = names.pin(root, run_id)
    suspects, _ = _asked(root)
    made = 0
    for some in _batches(suspects, _ARTICLES):
        made += _remake_articles(root, some, names.known_names(table), run_id=run_id, sizes=sizes)
    done = [f"{made} revisions of articles are made again from their captures"] if made else []
    _, untold = _asked(root)
    if untold:
        _structure(root, untold, table, run_id=run_id, sizes=sizes)
        done.append(f"{len(untold)} captures are structured again for their outcomes and rejects")
    return done


def _asked(root: LakeRoot) -> tuple[list[str], list[str]]:
    with duckdb.connect() as connection:
        for table in open_lake(root).tables():
            load_keys(connection, table)
        queries = (_SUSPECTS, _UNTOLD)
        suspects, untold = ([row[0] for row in connection.execute(each).fetchall()] for each in queries)
    return suspects, untold


def _remake_articles(
    root: LakeRoot, article_ids: Sequence[str], known: KnownNames | None, *, run_id: str, sizes: Sizes
) -> int:
    for attempt in attempts(root):
        with attempt:
            lake = open_lake(root)
            with Index(root) as index:
                index.catch_up(lake)
                members = [member.capture_id for member in index.members(article_ids)]
                captures = list(raw.read_many(root, members, index))
            held, replay = _held(root, article_ids), _by_run(captures, known)
            rows = [  # captures that give another article now are structured again, with all of its copies
                row
                for article_id in article_ids
                for row in _missing(article_id, replay.get(article_id, ()), held[article_id], run_id)
            ]
            if not rows:
                return 0
            path = staging.write(root.staging(run_id) / "remade.arrow", pa.Table.from_pylist(rows, ARTICLES))
            ready = Extracts([path], ARTICLES)
            files = write_articles(root, [(ready, range(len(ready)))], run_id=run_id, sizes=sizes)
            lake.articles.commit(files, {"run_id": run_id, "operation": "repair"})
    return len(rows)


def _held(root: LakeRoot, article_ids: Sequence[str]) -> dict[str, dict[int, str]]:
    """article -> revision -> content hash, as the table has them."""
    with duckdb.connect() as connection:
        load_keys(connection, open_lake(root).articles)
        query = "SELECT article_id, revision, content_hash FROM articles WHERE list_contains($1, article_id)"
        rows = connection.execute(query, [list(article_ids)]).fetchall()
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for article_id, revision, content_hash in rows:
        found[article_id][revision] = content_hash
    return found


def _by_run(
    captures: Sequence[tuple[Mapping[str, Any], bytes]], known: KnownNames | None
) -> dict[str, list[list[Copy]]]:
    """article -> its copies, by the run that captured them, in order of time."""
    found: dict[str, dict[str, list[Copy]]] = defaultdict(lambda: defaultdict(list))
    for row, body in sorted(captures, key=lambda each: (each[0]["captured_at"], each[0]["capture_id"])):
        try:
            staged = pa.Table.from_pylist([extract_capture(row, body, known)], STAGED)
        except Reject:
            continue
        copy = staged_copy(staged.to_pylist()[0])
        found[copy.article.article_id][row["run_id"]].append(copy)
    return {article_id: list(runs.values()) for article_id, runs in found.items()}


def replayed(runs: Sequence[Sequence[Copy]]) -> list[Merged]:
    """The contents that an article had after each run that changed it."""
    contents: list[Merged] = []
    copies: list[Copy] = []
    for run in runs:
        copies += run
        merged = merge(copies)
        if not contents or contents[-1].content_hash != merged.content_hash:
            contents.append(merged)
    return contents


def _missing(
    article_id: str, runs: Sequence[Sequence[Copy]], held: Mapping[int, str], run_id: str
) -> Iterator[dict[str, Any]]:
    """The revisions to add. Where the replay tells another story than the table (another extractor made it),
    the present content follows what there is, and gaps stay."""
    contents = replayed(runs)
    if not contents:
        return
    told = dict(enumerate(contents, start=1))
    if any(number in told and told[number].content_hash != has for number, has in held.items()):
        top = max(held)
        told = {} if contents[-1].content_hash == held[top] else {top + 1: contents[-1]}
    seen = min(copy.seen_at for run in runs for copy in run)
    for number, merged in told.items():
        if number not in held:
            yield merged_row(merged, revision=number, first_seen_at=seen, run_id=run_id)


def _structure(
    root: LakeRoot, capture_ids: Sequence[str], table: Path | None, *, run_id: str, sizes: Sizes
) -> None:
    folder = root.staging(run_id)
    specs = []
    with Index(root) as index:
        index.catch_up(open_lake(root))
        for number, some in enumerate(_batches(capture_ids, sizes.batch_items)):
            rows = raw.locate(root, some, index)
            specs.append(staging.write(folder / f"batch-{number:05d}.arrow", rows))
    results = structure_batches(specs, workers=sizes.workers, work=partial(structure_batch, names=table))
    commit(
        root,
        [Path(result.articles) for result in results if result.articles],
        [Path(result.rejects) for result in results if result.rejects],
        run_id=run_id,
        operation="repair",
        names=table,
    )


def _batches(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (ids[begin : begin + size] for begin in range(0, len(ids), size))
