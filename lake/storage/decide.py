"""What a run's extracts mean for the articles that the lake holds: new, revised, merged or unchanged.

An article's content is a function of the set of its captures, of each origin the latest (see lake.merge).
Most extracts need no merge: their article is unknown and came once (new), or is known with the same content
and no other origin (unchanged). Only the rest become values, `merge` them with the article's older captures
from other origins, which are extracted again, and are compared by content hash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from lake.merge import Copy, merge
from lake.rows import merged_row, staged_copy
from lake.storage.extracts import Extracts
from lake.storage.index import Index
from lake.storage.keys import origin_key
from lake.storage.known_keys import KnownArticle, Member

__all__ = ["Group", "Outcome", "Plan", "Reread", "Verdict", "plan", "resolve"]

Outcome = Literal["new", "revised", "merged", "unchanged", "rejected"]
Reread = Callable[[Collection[str]], Iterable[Copy]]
"""Extract captures of the raw zone again; those that give no article any more are left out."""


@dataclass(frozen=True, slots=True)
class Group:
    """The extracts (``rows``) of one article.

    ``older`` are its other captures that count, those among them that another run has stored and not decided
    on yet: it may find then that they change nothing, and leave it at that. ``alone`` says that all copies say the same if the
    extracts say what the lake's article says: no second origin had a part in it, or has none now.
    """

    article_id: str
    rows: tuple[int, ...]
    known: KnownArticle | None
    older: tuple[str, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """``plain``: extracts that are new articles as they stand; ``unchanged``: those that add nothing."""

    plain: list[int]
    unchanged: list[int]
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What merging a group gave: an outcome for each extract, and the ARTICLES row to append, if any."""

    outcomes: dict[int, Outcome]
    row: dict[str, Any] | None


def plan(extracts: Extracts, index: Index) -> Plan:
    """Part the extracts by what is needed to decide on them."""
    ids = extracts.keys.column("article_id")
    counted = pc.value_counts(ids)
    repeated = counted.filter(pc.greater(pc.struct_field(counted, "counts"), 1))
    distinct = pc.struct_field(counted, "values")
    known = index.articles(distinct.to_pylist())
    special = pa.array([*known, *pc.struct_field(repeated, "values").to_pylist()], pa.string())
    mask = pc.is_in(ids, value_set=special)
    plain: list[int] = pc.indices_nonzero(pc.invert(mask)).to_pylist()
    unchanged: list[int] = []
    groups: list[Group] = []
    rows: list[int] = pc.indices_nonzero(mask).to_pylist()
    for group in _groups(extracts, rows, known, index):
        if group.known is not None and _same(extracts, group):
            unchanged += group.rows
        else:
            groups.append(group)
    return Plan(plain, unchanged, groups)


def resolve(groups: Sequence[Group], extracts: Extracts, reread: Reread, *, run_id: str) -> Iterator[Verdict]:
    """Merge each group and say what it means."""
    staged = [row for group in groups for row in group.rows]
    copies = dict(zip(sorted(staged), map(staged_copy, extracts.take(staged).to_pylist()), strict=True))
    again: dict[str, list[Copy]] = defaultdict(list)
    older = [capture_id for group in groups for capture_id in group.older]
    if older:
        for copy in reread(older):
            again[copy.article.article_id].append(copy)
    for group in groups:
        yield _verdict(group, [copies[row] for row in group.rows], again[group.article_id], run_id)


def _verdict(group: Group, copies: Sequence[Copy], older: Sequence[Copy], run_id: str) -> Verdict:
    merged = merge([*copies, *older])
    first, rest = group.rows[0], group.rows[1:]
    known = group.known
    if known is not None and known.content_hash == merged.content_hash:
        return Verdict(dict.fromkeys(group.rows, "unchanged"), None)
    seen = known.first_seen_at if known is not None else min(copy.seen_at for copy in copies)
    revision = known.revision + 1 if known is not None else 1
    outcomes: dict[int, Outcome] = {first: "new" if known is None else "revised"}
    outcomes |= dict.fromkeys(rest, "merged")
    return Verdict(outcomes, merged_row(merged, revision=revision, first_seen_at=seen, run_id=run_id))


def _groups(
    extracts: Extracts, rows: Sequence[int], known: Mapping[str, KnownArticle], index: Index
) -> Iterator[Group]:
    numbers: dict[str, list[int]] = defaultdict(list)
    staged: dict[str, list[Member]] = defaultdict(list)
    names = ("article_id", "capture_id", "origin", "captured_at")
    keys = extracts.keys.take(pa.array(rows, pa.int64())).select(names)
    for row, (article_id, capture_id, origin, captured_at) in zip(rows, _tuples(keys), strict=True):
        numbers[article_id].append(row)
        staged[article_id].append(Member(article_id, capture_id, origin_key(origin), captured_at))
    held: dict[str, list[Member]] = defaultdict(list)
    for member in index.members(numbers):
        held[member.article_id].append(member)
    waiting = index.undecided({each.origin for part in (held, staged) for of in part.values() for each in of})
    for article_id, of_article in numbers.items():
        before = _latest_per_origin(held[article_id])
        own = {member.capture_id for member in staged[article_id]}
        counting = _latest_per_origin([*before, *staged[article_id]])
        later = {
            capture_id
            for member in counting
            for capture_id, at in waiting.get(member.origin, ())
            if capture_id not in own and at > member.captured_at
        }
        older = (*(each.capture_id for each in counting if each.capture_id not in own), *sorted(later))
        alone = not later and (not older or len(before) <= 1)
        yield Group(article_id, tuple(of_article), known.get(article_id), older, alone)


def _tuples(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _latest_per_origin(members: Iterable[Member]) -> list[Member]:
    """The captures that count, by the rule of lake.merge."""
    latest: dict[bytes, Member] = {}
    for member in members:
        held = latest.get(member.origin)
        if held is None or (member.captured_at, member.capture_id) > (held.captured_at, held.capture_id):
            latest[member.origin] = member
    return list(latest.values())


def _same(extracts: Extracts, group: Group) -> bool:
    """Whether it is certain without merging that the article stays as it is."""
    if group.known is None or not group.alone:
        return False
    hashes = extracts.keys.column("content_hash")
    return all(hashes[row].as_py() == group.known.content_hash for row in group.rows)
