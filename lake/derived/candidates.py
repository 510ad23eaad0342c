"""Which articles to compare: those that share a band, half of their marks, or the whole text. By SQL, in one join."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from lake.derived.segments import scan
from lake.derived.table import Settling
from lake.derived.texts import Key
from lake.storage.files import Place

__all__ = ["WINDOW_DAYS", "Candidates"]

WINDOW_DAYS = 7
"""Most days between a story's first article and a repost: the longest window of Thomson Reuters News Analytics for
novelty; weights in use fall off within three days (Miranda et al. 2018)."""
_LEAST = 0.75
"""Of the m marks of the text with fewer, two texts must share 0.75 m - 0.87 sqrt(m) to be compared: two standard
deviations less than a share of 0.75 gives. A cut, a digest, or what has words before or after it shares more. What was
reworded here and there may share less (each edit spoils eight double shingles), but bands find that."""

_FREQUENT = 50
"""A mark that more texts of the window have is a turn of phrase and proposes nothing: a thousand texts that share one
would be half a million pairs. A story has fewer members (its leader alone is compared), so no repost is lost by it."""

# As Key.order says.
_FRESH = """
CREATE TEMP TABLE fresh AS
SELECT
    row_number() OVER (
        ORDER BY coalesce(nullif(regexp_extract(run_id, '[0-9]{8}T[0-9]{6}.*'), ''), run_id),
        published_at, article_id, revision
    ) AS n,
    *
FROM given
"""

_HEADS = f"""
CREATE TEMP TABLE heads AS
SELECT
    -row_number() OVER () AS n,  -- in no order: sorting the lists along would take as long as reading them
    article_id, revision, run_id, story_id, story_date, published_at, published_date, same, bands, marks
FROM past
WHERE leads AND published_date BETWEEN
    (SELECT min(published_date) FROM fresh) - {WINDOW_DAYS} AND (SELECT max(published_date) FROM fresh) + {WINDOW_DAYS};
DELETE FROM heads WHERE n IN (
    SELECT older.n FROM heads AS older INNER JOIN heads AS newer USING (article_id)
    WHERE older.revision < newer.revision
)
"""

# A mark is moved out of the way of the bands, which are 32-bit numbers, too.
_PAIRS = f"""
WITH later AS (
    SELECT n, published_at, published_date, same, bands, marks FROM fresh WHERE n BETWEEN $first AND $last
),
dates AS (
    SELECT min(published_date) - {WINDOW_DAYS} AS first, max(published_date) + {WINDOW_DAYS} AS last FROM later
),
earlier AS (
    SELECT n, published_at, same, bands, marks FROM heads, dates WHERE published_date BETWEEN first AND last
    UNION ALL
    SELECT n, published_at, same, bands, marks FROM later
),
later_keys AS (
    SELECT n, unnest(bands)::BIGINT AS key, 0 AS mark FROM later
    UNION ALL SELECT n, unnest(marks)::BIGINT + 10000000000, 1 FROM later
    UNION ALL SELECT n, same, 0 FROM later WHERE same IS NOT NULL
),
earlier_marks AS (
    SELECT n, unnest(marks)::BIGINT + 10000000000 AS key FROM earlier
),
frequent AS (
    SELECT key FROM earlier_marks GROUP BY key HAVING count(*) > {_FREQUENT}
),
earlier_keys AS (
    SELECT n, unnest(bands)::BIGINT AS key FROM earlier
    UNION ALL FROM earlier_marks ANTI JOIN frequent USING (key)
    UNION ALL SELECT n, same FROM earlier WHERE same IS NOT NULL
),
pairs AS (
    SELECT later_keys.n AS n, earlier_keys.n AS other, sum(mark) AS marks, sum(1 - mark) AS proposals
    FROM earlier_keys INNER JOIN later_keys USING (key)
    WHERE earlier_keys.n < later_keys.n
    GROUP BY ALL
)
SELECT pairs.n, pairs.other
FROM pairs
INNER JOIN later ON later.n = pairs.n
INNER JOIN earlier ON earlier.n = pairs.other
WHERE abs(epoch_us(later.published_at) - epoch_us(earlier.published_at)) <= {WINDOW_DAYS} * 86400000000
    AND (
        pairs.proposals > 0
        OR pairs.marks >= {_LEAST} * least(len(later.marks), len(earlier.marks))
            - 2 * sqrt({_LEAST * (1 - _LEAST)} * least(len(later.marks), len(earlier.marks)))
    )
ORDER BY ALL
"""

_SETTLED = """
DELETE FROM heads WHERE article_id IN (
    SELECT article_id FROM fresh INNER JOIN settled USING (n) WHERE settled.leads AND fresh.revision > 1
);
INSERT INTO heads
SELECT n, article_id, revision, run_id, settled.story_id, settled.story_date, published_at, published_date, same, bands, marks
FROM fresh INNER JOIN settled USING (n)
WHERE settled.leads
QUALIFY revision = max(revision) OVER (PARTITION BY article_id)
"""

_KNOWN = """
SELECT article_id, arg_max(story_id, revision), arg_max(story_date, revision), arg_max(leads, revision),
    arg_max(jaccard, revision), arg_max(contained, revision)
FROM past SEMI JOIN (SELECT article_id FROM fresh WHERE revision > 1) AS again USING (article_id)
GROUP BY article_id
"""


class Candidates:
    """The rows of one segment, numbered in the order in which articles count, and what leads a story so far."""

    def __init__(self, given: Settling) -> None:
        self._connection = given.connection
        self._columns = given.columns
        rows = given.rows if isinstance(given.rows, pa.Table) else given.columns.empty_table()
        files = () if isinstance(given.rows, pa.Table) else given.rows
        self._view("given", rows, files)
        self._view("past", given.columns.empty_table(), given.past)
        self._connection.execute(_FRESH)
        self._connection.execute(_HEADS)

    def close(self) -> None:
        """Leave nothing behind in the connection."""
        for kind, name in (("TABLE", "fresh"), ("TABLE", "heads"), ("VIEW", "given"), ("VIEW", "past")):
            self._connection.execute(f"DROP {kind} IF EXISTS temp.{name}")
        for name in ("given_held", "past_held", "settled"):
            self._connection.unregister(name)

    def __len__(self) -> int:
        return int(self._rows("SELECT count(*) FROM fresh")[0][0])

    def again(self) -> dict[str, tuple[Any, ...] | None]:
        """Articles with a revision above 1 here -> story, whether it leads it, and likeness, as known; or None."""
        known: dict[str, tuple[Any, ...] | None]
        known = dict.fromkeys(row[0] for row in self._rows("SELECT article_id FROM fresh WHERE revision > 1"))
        return (
            known | {article_id: tuple(place) for article_id, *place in self._rows(_KNOWN)}
            if known
            else known
        )

    def keys(self, first: int, last: int) -> dict[int, Key]:
        """Number -> key of the rows numbered so."""
        columns = "n, article_id, revision, published_at, published_date, run_id"
        found = self._rows(f"SELECT {columns} FROM fresh WHERE n BETWEEN {first} AND {last} ORDER BY n")
        return {n: Key(*key) for n, *key in found}

    def pairs(self, first: int, last: int) -> dict[int, list[int]]:
        """Number of a row -> numbers of earlier ones to compare it with, in no order; some may lead no story."""
        candidates: dict[int, list[int]] = defaultdict(list)
        for n, other in self._connection.execute(_PAIRS, {"first": first, "last": last}).fetchall():
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
        self._connection.execute(_SETTLED)
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
