"""Derived tables as the relations ``stored.<name>`` under the views: current revisions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from lake.derived import segments
from lake.derived.segments import Segment
from lake.derived.sorting import rows_in, scan
from lake.derived.superseding import SUPERSEDING
from lake.derived.table import Derived
from lake.derived.tables import DERIVED
from lake.locations import LakeRoot
from lake.storage.files import Place
from lake.views.header import load
from lake.views.stored import RELATIONS, select_nothing

__all__ = ["COLUMNS", "from_articles", "relations"]

COLUMNS: Mapping[str, pa.Schema] = {
    table.name: table.columns for table in DERIVED if table is not SUPERSEDING
}
"""Name of each relation -> its columns."""

_CURRENT = load(["articles"])[0].sql


def relations(root: LakeRoot, version: int | None, newest: int | None = None) -> dict[str, str]:
    """Name -> query, for the state that a version of ``articles`` holds; None: there is no lake.

    Where no segments end with the version (upkeep failed, or it is long past), the rows are made from
    ``articles`` by the query; a table that has no such query shows what its segments up to ``newest`` have of
    that state.
    """
    if version is None:
        return {name: select_nothing(columns) for name, columns in COLUMNS.items()}
    revising = segments.live(root, SUPERSEDING, version)
    queries = {name: _relation(root, _NAMED[name], version, newest or version, revising) for name in COLUMNS}
    return queries | _revised(version, revising)


def _revised(version: int, chain: Sequence[Segment]) -> dict[str, str]:
    """``stored.revised`` without opening every file that holds a revision above 1, where segments tell them."""
    paths = [segment.path for segment in chain]
    if not chain or chain[-1].last != version or not rows_in(paths):
        return {}
    return {"revised": f"SELECT {', '.join(RELATIONS['revised'].names)} FROM {scan(paths)}"}


def from_articles(table: Derived) -> str:
    """The current rows of a table from ``stored.articles`` alone."""
    if table.query is None:
        return select_nothing(table.columns)
    names = ", ".join(f'"{name}"' for name in table.columns.names)
    return f"WITH articles AS ({_CURRENT}) SELECT {names} FROM ({table.query})"


_NAMED = {table.name: table for table in DERIVED}


def _relation(root: LakeRoot, table: Derived, version: int, newest: int, revising: Sequence[Segment]) -> str:
    chain = segments.live(root, table, version)
    if all(part and part[-1].last == version for part in (chain, revising)):
        return _current(table, chain, revising)
    if table.query is not None:
        return from_articles(table)
    return _of_that_state(table, segments.live(root, table, newest))


def _current(table: Derived, chain: Sequence[Segment], revising: Sequence[Segment]) -> str:
    """Rows of segments without what later segments supersede; no segment has rows that it supersedes itself."""
    query = _select(table, [segment.path for segment in chain])
    later = [segment.path for segment in revising if segment.last > chain[0].last]
    if not table.by_article or not rows_in(later):
        return query
    return (
        f"{query} ANTI JOIN (SELECT article_id, revision FROM {scan(later)} WHERE version > {chain[0].last})"
        " AS later ON later.article_id = given.article_id AND later.revision > given.revision"
    )


def _of_that_state(table: Derived, chain: Sequence[Segment]) -> str:
    if not chain:
        return select_nothing(table.columns)
    query = _select(table, [segment.path for segment in chain])
    if not table.by_article:
        return query
    return (
        f"{query} SEMI JOIN ({_CURRENT}) AS held"
        " ON held.article_id = given.article_id AND held.revision = given.revision"
    )


def _select(table: Derived, paths: Sequence[Place]) -> str:
    names = ", ".join(f'given."{name}"' for name in table.columns.names)
    return f"SELECT {names} FROM {scan(paths)} AS given"
