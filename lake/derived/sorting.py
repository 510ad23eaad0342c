"""Sorting the rows of a segment into its file, be they some thousand in memory or a thousand million in files."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.derived.spreading import spread
from lake.derived.table import Derived
from lake.storage.files import Place, readable
from lake.views.stored import quoted

__all__ = ["rows_in", "scan", "write_sorted"]

log = logging.getLogger(__name__)

_SMALL = 4_000_000
"""Rows in memory that are sorted there: Arrow takes half the time of DuckDB, and cannot spill."""
_MANY = 8_000_000
"""Rows in files from which they are spread over files of neighbouring keys, and not sorted by DuckDB, which spills."""
_STRETCH = 500_000
"""Rows of these that are sorted at once: some 50 MB."""
_MORE_MEMORY = "2GB"
"""For a sort that a session's memory (``upkeep``) is not enough for."""
_PLAIN_ORDER = re.compile(r"\w+(, \w+)*")


def rows_in(paths: Iterable[Place]) -> int:
    """The number of rows in some files, by their footers."""
    return sum(pq.read_metadata(readable(path)).num_rows for path in paths)


def scan(paths: Sequence[Place]) -> str:
    """SQL for the rows of some files."""
    return f"read_parquet([{', '.join(quoted(str(path)) for path in paths)}], hive_partitioning = false)"


def write_sorted(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: Derived,
    last: int,
    rows: pa.Table | Sequence[Place],
    superseding: Sequence[Place],
) -> None:
    """Write rows, in memory or in files, in the table's order, without those that a revision in the files ``superseding``, of
    versions up to ``last``, supersedes. ``path`` is in a folder where there may be more files meanwhile."""
    plain = _PLAIN_ORDER.fullmatch(table.order)
    if isinstance(rows, pa.Table):
        if plain and len(rows) <= _SMALL:
            newest = _newest(last, superseding)
            _write(path, table, [rows], newest, _row_group(table, len(rows)))
        else:
            connection.register("held", rows)
            _copy(connection, path, table, last, "held", len(rows), superseding)
        return
    number = rows_in(rows)
    if plain and number > _MANY:
        column = table.order.partition(",")[0]
        stretches = spread(rows, table.columns, column, number, _STRETCH, path.parent)
        _write(path, table, stretches, _newest(last, superseding), _row_group(table, number))
    else:
        _copy(connection, path, table, last, scan(rows), number, superseding)


def _write(
    path: Path, table: Derived, stretches: Iterable[pa.Table], newest: pa.Table | None, row_group: int
) -> None:
    """Sort each of some stretches, of which the next has what comes behind, and write them."""
    order = [(name, "ascending") for name in table.order.split(", ")]
    options = {"compression": "zstd", "compression_level": 1, "store_schema": False}
    with pq.ParquetWriter(path, table.columns, **options) as writer:
        for rows in stretches:
            current = rows if newest is None else rows.filter(_is_current(rows, newest))
            writer.write_table(current.sort_by(order).cast(table.columns), row_group)


def _newest(last: int, superseding: Sequence[Place]) -> pa.Table | None:
    """The newest revision of each article that has more than one; None if none has."""
    if not superseding:
        return None
    columns = ["article_id", "revision", "version"]
    later = pa.concat_tables([pq.read_table(readable(path), columns=columns) for path in superseding])
    later = later.filter(pc.less_equal(later.column("version"), last))
    return later.group_by("article_id").aggregate([("revision", "max")]) if len(later) else None


def _is_current(rows: pa.Table, newest: pa.Table) -> pa.ChunkedArray:
    """Whether no revision supersedes a row."""
    at = pc.index_in(rows.column("article_id"), value_set=newest.column("article_id"))
    return pc.fill_null(
        pc.greater_equal(rows.column("revision"), newest.column("revision_max").take(at)), True
    )


def _row_group(table: Derived, rows: int) -> int:
    return max(table.row_group, rows // table.most_groups) if table.most_groups else table.row_group


def _copy(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: Derived,
    last: int,
    source: str,
    rows: int,
    superseding: Sequence[Place],
) -> None:
    """Have DuckDB sort. Its source is rows in memory or files, never both: DuckDB 2.0 then runs out of memory instead of
    spilling."""
    query = f"FROM {source} AS given"
    if superseding and rows_in(superseding):
        query += (
            f" ANTI JOIN (SELECT article_id, revision FROM {scan(superseding)} WHERE version <= {last})"
            " AS later ON later.article_id = given.article_id AND later.revision > given.revision"
        )
    columns = ", ".join(f'given."{name}"' for name in table.columns.names)
    copy = (
        f"COPY (SELECT {columns} {query} ORDER BY {table.order}) TO {quoted(str(path))}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_row_group(table, rows)})"
    )
    try:
        connection.execute(copy)
    except duckdb.OutOfMemoryException:
        _with_more_memory(connection, copy)


def _with_more_memory(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """A sort of hundreds of millions of rows may need more than a session has, though it spills."""
    (limit,) = connection.execute("SELECT current_setting('memory_limit')").fetchall()[0]
    log.info("sorting again with %s of memory, for %s are not enough", _MORE_MEMORY, limit)
    connection.execute(f"SET memory_limit = '{_MORE_MEMORY}'")
    try:
        connection.execute(statement)
    finally:
        connection.execute(f"SET memory_limit = '{limit}'")
