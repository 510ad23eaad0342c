"""What a derived table is: how its rows come from rows of ``articles``, and how they lie in its files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from lake.storage.files import Place

__all__ = ["Batch", "Derived", "Settling", "by_query"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a table is built from, some thousand rows at a time.

    ``articles`` has rows of ``articles`` (any revisions) with the columns that the table asks for. ``last`` is
    the last version of the range of versions that is being built. ``past`` are Parquet files (``sorting.scan`` reads them in SQL) with the table's
    own rows of everything before, in no order, superseded revisions among them. ``connection`` is there to be
    worked with; its zone is UTC.
    """

    connection: duckdb.DuckDBPyConnection
    articles: pa.Table
    last: int
    past: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Settling:
    """All rows of a segment as ``build`` gave them, in memory or in files, for what depends on their order.

    ``columns`` are the table's; ``connection`` and ``past`` as in Batch, but that no part of the segment is past.
    ``articles`` is the folder of the table ``articles``, for what is asked of few of its rows. ``held`` has the
    segment's rows of ``articles`` as ``build`` got them, where they are in memory.
    """

    connection: duckdb.DuckDBPyConnection
    columns: pa.Schema
    rows: pa.Table | Sequence[Place]
    past: Sequence[Place]
    articles: Place
    held: pa.Table | None = None


@dataclass(frozen=True)
class Derived:
    """A derived table.

    ``reads``: the columns of ``articles`` that ``build`` needs. ``build``: the rows of a batch, in any order; it
    must give the same for the same batch. ``order``: ORDER BY of its files. ``query``: the same rows as a query
    over a relation ``articles`` of current revisions, for states that no files are of; None: there is none, and
    the views show what the newest files have of such a state.
    ``row_group``: rows in a row group (20,480: the least that costs a question about one key little more than
    10,240, and all others less; measured), more where a file would have over ``most_groups`` of them: each query
    reads all that a file says of its row groups. ``version`` is raised whenever ``build`` changes what it gives: files of
    another version are made again, as they are when any other field here changes. ``settle`` completes the rows of a
    segment once ``build`` has given all of them, some at a time; it must give the same for the same rows in any order.

    Rows of superseded revisions are left out where the columns ``article_id`` and ``revision`` tell them.
    """

    name: str
    columns: pa.Schema
    reads: tuple[str, ...]
    order: str
    build: Callable[[Batch], pa.Table]
    query: str | None = None
    row_group: int = 20_480
    most_groups: int | None = None
    version: int | str = 1
    settle: Callable[[Settling], Iterable[pa.Table]] | None = None

    @property
    def by_article(self) -> bool:
        """Whether a row belongs to one revision of one article."""
        return {"article_id", "revision"} <= set(self.columns.names)

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that change with the definition."""
        parts = (
            self.name,
            self.columns,
            self.order,
            self.query,
            self.row_group,
            self.most_groups,
            self.version,
        )
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:8]


def by_query(query: str, columns: pa.Schema) -> Callable[[Batch], pa.Table]:
    """A ``build`` that runs ``query`` over the batch's rows, as the relation ``articles``."""

    def build(batch: Batch) -> pa.Table:
        batch.connection.register("articles", batch.articles)
        rows = batch.connection.sql(query).to_arrow_table()
        batch.connection.unregister("articles")
        return rows.select(columns.names).cast(columns)

    return build
