"""What must be in the lake, in plain Python: no table, no file, no index; and what is found there.

Every operation is a list of states that it goes through, one after each of its commits. A killed one must
have left exactly one of them.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow.parquet as pq

from lake.locations import TABLES, LakeRoot
from lake.storage.snapshots import Snapshot
from lake.storage.tables import Lake, open_table
from tests.chaos import world
from tests.chaos.world import Feed

__all__ = ["Capture", "State", "chosen", "found", "ingested", "pinned", "published", "restructured", "shown"]

Capture = tuple[str, int]
"""An origin, and the number of the capture among those of its origin."""
Said = tuple[int, int]
"""What an article says: version, and the table of names that it was read with."""


@dataclass
class State:
    """``captures``: origin -> (article, version) of each capture in order. ``structured``: captures with an
    outcome. ``articles``: article -> what each revision says. ``members``: article -> captures that were ever its.
    ``visible``: what the newest snapshot shows (origins' captures and articles)."""

    captures: dict[str, list[tuple[int | None, int]]] = field(default_factory=dict)
    structured: set[Capture] = field(default_factory=set)
    articles: dict[int, list[Said]] = field(default_factory=dict)
    members: dict[int, set[Capture]] = field(default_factory=dict)
    rejects: set[Capture] = field(default_factory=set)
    visible: dict[str, Any] = field(default_factory=dict)

    def heads(self) -> dict[str, Any]:
        """What the tables hold at their newest versions, in the form of `found`."""
        return {
            "captures": {
                origin: [_bytes(*each) for each in listed]
                for origin, listed in self.captures.items()
                if listed
            },
            "outcomes": self._outcomes(),
            "articles": {
                (world.article_id(n), number): (world.body(n, version), world.date(n, version), table)
                for n, revisions in self.articles.items()
                for number, (version, table) in enumerate(revisions, start=1)
            },
            "rejects": sorted(self.rejects),
        }

    def _outcomes(self) -> dict[Capture, str | None]:
        found: dict[Capture, str | None] = {}
        for origin, number in self.structured:
            n, _ = self.captures[origin][number]
            found[origin, number] = None if n is None else world.article_id(n)
        return found


def _bytes(n: int | None, version: int) -> int:
    return len(world.content(n, version))


def ingested(before: State, feed: Feed, table: int) -> list[State]:
    """The states of an ingest of ``feed`` with this table of names."""
    state = copy.deepcopy(before)
    states = [before]
    pending: list[Capture] = []
    for name, content in feed.files.items():
        origin = str(feed.folder / name)
        listed = state.captures.setdefault(origin, [])
        if not listed or listed[-1] != content:
            listed.append(content)
        if (origin, len(listed) - 1) not in state.structured:
            pending.append((origin, len(listed) - 1))
    states.append(copy.deepcopy(state))
    return states + _structured(state, pending, table)


def chosen(state: State) -> set[Capture]:
    """What a restructure of everything takes: what the newest snapshot shows."""
    shown = state.visible.get("captures", {})
    return {(origin, number) for origin, listed in shown.items() for number in range(len(listed))}


def restructured(before: State, table: int, done: Collection[Capture] = ()) -> list[State]:
    """The states of a restructure of everything but what a killed one has noted as done."""
    rest = sorted(chosen(before).difference(done))
    return [before, *_structured(copy.deepcopy(before), rest, table)] if rest else [before]


def _structured(state: State, pending: list[Capture], table: int) -> list[State]:
    """Structure captures and commit: rejects, articles, outcomes with the pins."""
    of_article: dict[int, set[Capture]] = defaultdict(set)
    for origin, number in pending:
        n, _ = state.captures[origin][number]
        if n is None:
            state.rejects.add((origin, number))
        else:
            of_article[n].add((origin, number))
    before = copy.deepcopy(state)
    states = [before]
    for n, staged in of_article.items():
        latest = dict(sorted({*staged, *state.members.get(n, ())}))
        if (
            state.articles.get(n) or len(staged) > 1
        ):  # else it is new as it stands, and who comes later revises it
            latest |= {origin: _newest_undecided(state, origin, number) for origin, number in latest.items()}
        says = max(state.captures[capture[0]][capture[1]][1] for capture in latest.items()), table
        revisions = state.articles.setdefault(n, [])
        if not revisions or revisions[-1] != says:
            revisions.append(says)
            state.members.setdefault(n, set()).update(latest.items())
    states.append(copy.deepcopy(state))
    for n, staged in of_article.items():
        state.members.setdefault(n, set()).update(staged)
    fresh = not state.structured.issuperset(pending) or state.articles != before.articles
    state.structured.update(pending)
    heads, shown = state.heads(), state.visible
    if fresh or any(heads[name] != shown.get(name, type(heads[name])()) for name in ("articles", "rejects")):
        state = pinned(state)[-1]
    return [*states, state]


def _newest_undecided(state: State, origin: str, number: int) -> int:
    """The newest capture of an origin if a killed run has left it without an outcome, else ``number``."""
    newest = len(state.captures[origin]) - 1
    return number if (origin, newest) in state.structured else max(number, newest)


def pinned(before: State) -> list[State]:
    """The states of an operation that changes nothing but pins what there is, as maintenance does."""
    state = copy.deepcopy(before)
    state.visible = state.heads()
    return [before, state]


def found(root: LakeRoot, snapshot: Snapshot | None = None) -> dict[str, Any]:
    """What the tables of a lake hold at a snapshot, by default at their newest versions."""
    versions = snapshot.versions if snapshot is not None else dict.fromkeys(TABLES)
    lake = Lake(root, **{name: open_table(root, name, versions[name]) for name in TABLES})
    captures: dict[str, list[tuple[Any, str, int]]] = defaultdict(list)
    for row in _rows(lake.captures, "capture_id", "origin", "captured_at", "length"):
        captures[row["origin"]].append((row["captured_at"], row["capture_id"], row["length"]))
    numbers = {
        each[1]: (origin, number)
        for origin, listed in captures.items()
        for number, each in enumerate(sorted(listed))
    }
    columns = ("article_id", "revision", "body_text", "published_date", "mentions")
    articles = [
        (
            (row["article_id"], row["revision"]),
            (row["body_text"], row["published_date"], _table(row["mentions"])),
        )
        for row in _rows(lake.articles, *columns)
    ]
    assert len(dict(articles)) == len(articles), "a revision stands twice"
    rejects = [numbers.get(row["capture_id"], ("lost", 0)) for row in _rows(lake.rejects, "capture_id")]
    outcomes = _rows(lake.outcomes, "capture_id", "article_id")
    assert sum(map(len, captures.values())) == len(numbers), "a capture stands twice"
    return {
        "captures": {origin: [each[2] for each in sorted(listed)] for origin, listed in captures.items()},
        "outcomes": {
            numbers.get(row["capture_id"], row["capture_id"]): row["article_id"] for row in outcomes
        },
        "articles": dict(articles),
        "rejects": sorted(rejects),
    }


def _rows(table: Any, *columns: str) -> list[dict[str, Any]]:
    paths = [table.folder / file.path for file in table.files()]
    return [
        row
        for path in paths
        for row in pq.read_table(path, columns=list(columns), partitioning=None).to_pylist()
    ]


def _table(mentions: list[Mapping[str, Any]] | None) -> int:
    """The table of names by which an article was read."""
    return int(mentions[0]["code"][-1]) if mentions else 0


def published(root: LakeRoot) -> tuple[int, dict[str, Any]]:
    """The snapshot that the published file shows, and what its views say, in the form of `shown`."""
    with duckdb.connect(str(root.database), read_only=True) as connection:
        snapshot = connection.execute("SELECT max(snapshot) FROM snapshots").fetchall()[0][0]
        rows = connection.execute(
            "SELECT article_id, revision, body_text, published_date, mentions FROM articles"
        ).fetchall()
        revisions = connection.execute("SELECT article_id, revision FROM revisions").fetchall()
        captures = connection.execute("SELECT origin, count(*) FROM captures GROUP BY ALL").fetchall()
    assert len({row[0] for row in rows}) == len(rows), "an article stands twice"
    return snapshot, {
        "articles": {row[0]: (row[1], row[2], row[3], _table(row[4])) for row in rows},
        "revisions": sorted(revisions),
        "captures": dict(captures),
    }


def shown(visible: Mapping[str, Any]) -> dict[str, Any]:
    """What the views must say of a state that is visible."""
    revisions = sorted(visible.get("articles", {}))
    current = {article_id: (article_id, number) for article_id, number in revisions}
    return {
        "articles": {each: (key[1], *visible["articles"][key]) for each, key in current.items()},
        "revisions": revisions,
        "captures": {origin: len(listed) for origin, listed in visible.get("captures", {}).items()},
    }
