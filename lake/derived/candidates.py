"""Which articles to compare: those that share a band, a part of their marks, or the whole text."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from lake.derived import proposals
from lake.derived.sorting import scan
from lake.derived.table import Settling
from lake.derived.texts import Key
from lake.storage.files import Place

__all__ = ["Candidates"]


class Candidates:
    """The rows of one segment, numbered in the order in which articles count, and what leads a story so far."""

    def __init__(self, given: Settling) -> None:
        self._connection = given.connection
        self._columns = given.columns
        rows = given.rows if isinstance(given.rows, pa.Table) else given.columns.empty_table()
        files = () if isinstance(given.rows, pa.Table) else given.rows
        self._view("given", rows, files)
        self._view("past", given.columns.empty_table(), given.past)
        for query in (proposals.FRESH, proposals.KNOWN, proposals.SEARCHING, proposals.HEADS):
            self._connection.execute(query)

    def close(self) -> None:
        """Leave nothing behind in the connection."""
        for kind, names in (("TABLE", proposals.TABLES), ("VIEW", ("given", "past"))):
            for name in names:
                self._connection.execute(f"DROP {kind} IF EXISTS temp.{name}")
        for name in ("given_held", "past_held", "settled"):
            self._connection.unregister(name)

    def __len__(self) -> int:
        return int(self._rows("SELECT count(*) FROM fresh")[0][0])

    def again(self) -> dict[str, tuple[Any, ...] | None]:
        """Articles with a revision above 1 here -> story, whether it leads it, and likeness, as known; or None."""
        again = self._rows("SELECT article_id FROM fresh WHERE revision > 1")
        known = {article_id: tuple(place) for article_id, *place in self._rows("FROM known")}
        return {article_id: known.get(article_id) for (article_id,) in again}

    def keys(self, first: int, last: int) -> dict[int, Key]:
        """Number -> key of the rows numbered so."""
        columns = "n, article_id, revision, published_at, published_date, run_id"
        found = self._rows(f"SELECT {columns} FROM fresh WHERE n BETWEEN {first} AND {last} ORDER BY n")
        return {n: Key(*key) for n, *key in found}

    def pairs(self, first: int, last: int) -> dict[int, list[int]]:
        """Number of a row -> numbers of earlier ones to compare it with, in no order; some may lead no story."""
        candidates: dict[int, list[int]] = defaultdict(list)
        for n, other in self._connection.execute(proposals.PAIRS, {"first": first, "last": last}).fetchall():
            candidates[n].append(other)
        return candidates

    def heads(self, numbers: Sequence[int]) -> dict[int, tuple[Key, tuple[str, dt.date]]]:
        """Number -> key, and id and date of the story, of those of these that led one before."""
        columns = "n, article_id, revision, published_at, published_date, run_id, story_id, story_date"
        listed = ", ".join(map(str, numbers)) or "NULL"
        found = self._rows(f"SELECT {columns} FROM heads WHERE n IN ({listed})")
        return {n: (Key(*row[:5]), (row[5], row[6])) for n, *row in found}

    def settle(self, settled: pa.Table) -> pa.Table:
        """The rows of which ``settled`` has number and place, completed; those that lead are found from now on."""
        self._connection.register("settled", settled)
        self._connection.execute(proposals.SETTLED)
        placed = set(settled.column_names)
        columns = ", ".join(
            f'{"settled" if each in placed else "fresh"}."{each}"' for each in self._columns.names
        )
        found = self._connection.sql(f"SELECT {columns} FROM fresh INNER JOIN settled USING (n)")
        return found.to_arrow_table().cast(self._columns)

    def _view(self, name: str, held: pa.Table, files: Sequence[Place]) -> None:
        self._connection.register(f"{name}_held", held)
        stored = f" UNION ALL BY NAME FROM {scan(files)}" if files else ""
        self._connection.execute(f"CREATE TEMP VIEW {name} AS FROM {name}_held{stored}")

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()
