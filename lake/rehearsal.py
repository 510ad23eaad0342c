"""A restructuring that commits nothing: which articles would change, field by field."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from lake import names
from lake.changes import Change, between
from lake.ingest import Progress, new_run
from lake.locations import LakeRoot
from lake.restructure import RestructureRequest, Structuring, select, stretches
from lake.schema import ARTICLES, STAGED
from lake.storage import staging
from lake.storage.copies import reread
from lake.storage.decide import plan, resolve
from lake.storage.extracts import Extracts
from lake.storage.index import Index
from lake.storage.published import opened
from lake.storage.tables import open_lake
from lake.structure import BatchResult, structure_batches

__all__ = ["Example", "Rehearsal", "rehearse"]

_EXAMPLES = 3  # articles shown for each field
_GROUPS = 500  # articles merged at once, as in lake.storage.commit
_WHOLE = "(hash alone)"  # where only the way of hashing differs


@dataclass(frozen=True, slots=True)
class Example:
    """One field of one article as it is and as it would be."""

    article_id: str
    change: Change


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a restructuring would do. The counts are captures, as a report's.

    ``lost`` captures gave an article and would be rejected (their article stays as it is), ``found`` ones
    were rejected and would give one. ``fields`` counts the revised articles by field that differs, most
    frequent first; ``examples`` shows some of each.
    """

    captured: int
    new: int
    revised: int
    merged: int
    unchanged: int
    rejected: int
    lost: int
    found: int
    fields: Mapping[str, int]
    examples: tuple[Example, ...]

    def to_object(self) -> dict[str, Any]:
        """The rehearsal as one object of plain values."""
        return {"dry_run": True, **asdict(self)}


def rehearse(
    request: RestructureRequest,
    progress: Progress | None = None,
    structure: Structuring = structure_batches,
) -> Rehearsal:
    """Do all of a restructuring but its commits. It reads every chosen capture, whatever a killed run did.

    Raises what `lake.restructure.select` does.
    """
    run = new_run()
    chosen = select(request)
    table = names.pin(request.root, run.run_id)
    found = _Found(request.root, table, run.run_id)
    try:
        for results, _ in stretches(request, run, chosen, table, progress, structure):
            found.take(results)
    finally:
        shutil.rmtree(request.root.staging(run.run_id), ignore_errors=True)
    return found.rehearsal(len(chosen))


class _Found:
    """What has been found so far."""

    def __init__(self, root: LakeRoot, table: Path | None, run_id: str) -> None:
        self._root = root
        self._names = names.known_names(table)
        self._run_id = run_id
        self._counts: Counter[str] = Counter()
        self._fields: Counter[str] = Counter()
        self._examples: dict[str, list[Example]] = defaultdict(list)

    def take(self, results: Sequence[BatchResult]) -> None:
        """Decide on a stretch of results as a commit would."""
        with Index(self._root) as index:
            index.catch_up(open_lake(self._root))
            extracts = Extracts([Path(each.articles) for each in results if each.articles], STAGED)
            self._take_outcomes(index, extracts.keys.column("capture_id").to_pylist(), gives=True)
            rejects = [staging.read(Path(each.rejects), ["capture_id"]) for each in results if each.rejects]
            refused = [each for part in rejects for each in part.column(0).to_pylist()]
            self._counts["rejected"] += len(refused)
            self._take_outcomes(index, refused, gives=False)
            self._take_extracts(index, extracts)

    def _take_outcomes(self, index: Index, capture_ids: Sequence[str], *, gives: bool) -> None:
        for known in index.captures(capture_ids).values():
            if known.outcome is not None and (known.outcome != "rejected") != gives:
                self._counts["found" if gives else "lost"] += 1

    def _take_extracts(self, index: Index, extracts: Extracts) -> None:
        decided = plan(extracts, index)
        self._counts["new"] += len(decided.plain)
        self._counts["unchanged"] += len(decided.unchanged)
        again = partial(reread, self._root, index=index, names=self._names)
        for begin in range(0, len(decided.groups), _GROUPS):
            rows = []
            groups = decided.groups[begin : begin + _GROUPS]
            for verdict in resolve(groups, extracts, again, run_id=self._run_id):
                self._counts.update(verdict.outcomes.values())
                if verdict.row is not None and verdict.row["revision"] > 1:
                    rows.append(verdict.row)
            self._compare(rows)

    def _compare(self, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        held = {row["article_id"]: row for row in self._current([row["article_id"] for row in rows])}
        for row in pa.Table.from_pylist(rows, ARTICLES).to_pylist():
            article_id = row["article_id"]
            found = between(held.get(article_id, {}), row) or [Change(_WHOLE, None, None)]
            for change in found:
                self._fields[change.field] += 1
                if len(self._examples[change.field]) < _EXAMPLES:
                    self._examples[change.field].append(Example(article_id, change))

    def _current(self, article_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        with opened(self._root) as connection:
            query = f"SELECT {', '.join(ARTICLES.names)} FROM articles WHERE article_id IN (SELECT unnest(?))"
            held: pa.Table = connection.sql(query, params=[list(article_ids)]).to_arrow_table()
        yield from held.cast(ARTICLES).to_pylist()

    def rehearsal(self, captured: int) -> Rehearsal:
        kinds = ("new", "revised", "merged", "unchanged", "rejected", "lost", "found")
        fields = dict(self._fields.most_common())
        return Rehearsal(
            captured=captured,
            **{name: self._counts[name] for name in kinds},
            fields=fields,
            examples=tuple(each for name in fields for each in self._examples[name]),
        )
