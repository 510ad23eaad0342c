"""The relations under the views: a snapshot's data files as SQL, in a schema of their own.

    stored.captures | articles | outcomes | rejects   one per Delta table, without the captures' bodies
    stored.superseded                                 files of articles that hold superseded revisions alone,
                                                      which stored.articles leaves out
    stored.revised                                    what supersedes others: revisions > 1 and when they came,
                                                      from the derived table of them or the files of articles
                                                      that hold any
    stored.snapshots                                  the snapshots, as rows

The file lists stand here once; all views build on these relations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from lake import schema
from lake.storage.files import readable

__all__ = ["RELATIONS", "SNAPSHOT_COLUMNS", "quoted", "select_files", "select_nothing"]

RELATIONS = {
    "captures": pa.schema([schema.CAPTURES.field(name) for name in schema.CAPTURE_COLUMNS]),
    "articles": schema.ARTICLES,
    "superseded": schema.ARTICLES,
    "outcomes": schema.OUTCOMES,
    "rejects": schema.REJECTS,
    "revised": pa.schema(
        [
            schema.ARTICLES.field(name)
            for name in ("article_id", "revision", "run_id", "captured_at", "first_seen_at")
        ]
    ),
}
"""Name of each relation over files -> its columns."""

SNAPSHOT_COLUMNS = {
    "snapshot": "BIGINT",
    "committed_at": "TIMESTAMPTZ",
    "operation": "VARCHAR",
    "run_id": "VARCHAR",
    "captured": "BIGINT",
    "new": "BIGINT",
    "revised": "BIGINT",
    "merged": "BIGINT",
    "unchanged": "BIGINT",
    "rejected": "BIGINT",
    "captures_version": "BIGINT",
    "articles_version": "BIGINT",
    "outcomes_version": "BIGINT",
    "rejects_version": "BIGINT",
}
"""Columns of ``stored.snapshots`` and their types."""

_SCALARS = {
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", "UTC"): "TIMESTAMPTZ",
}


def select_nothing(columns: pa.Schema) -> str:
    """A query with these columns and types, and no row."""
    cells = ", ".join(f'CAST(NULL AS {_sql_type(column.type)}) AS "{column.name}"' for column in columns)
    return f"SELECT {cells} WHERE false"


def select_files(columns: pa.Schema, paths: Sequence[str]) -> str:
    """A query for these columns over Parquet files at absolute ``paths``.

    Where some files were written before some column existed, columns are found by field id and read as NULL
    in a file that has none. Not otherwise, because DuckDB 1.0 and 1.1 look for the id of a list in the wrong
    place (the repeated group, to which the format gives none) and read every list as NULL.

    The date of a file in a day's folder is taken from the folder's name, so that a question about some days
    opens no file of the others.
    """
    if not paths:
        return select_nothing(columns)
    if _lacks(columns, paths):
        return _select(columns, paths, f"hive_partitioning = false, schema = MAP {{{_field_ids(columns)}}}")
    days = [path for path in paths if _DAY.fullmatch(path)] if "published_date" in columns.names else []
    rest = sorted(set(paths).difference(days))
    parts = [_select(columns, rest, "hive_partitioning = false")] if rest else []
    if days:
        types = f"hive_partitioning = true, hive_types = {{'{schema.PARTITION}': DATE}}"
        parts.append(_select(columns, days, types, {"published_date": schema.PARTITION}))
    return " UNION ALL ".join(parts)


_DAY = re.compile(rf"[^=]*/{schema.PARTITION}=\d{{4}}-\d\d-\d\d/[^=/]*")
"""A file in a day's folder; another ``=`` in the path would be taken for another column."""


def _select(
    columns: pa.Schema, paths: Sequence[str], options: str, named: Mapping[str, str] | None = None
) -> str:
    """``named``: columns that have another name there."""
    other = named or {}
    names = ", ".join(
        f'"{other[name]}" AS "{name}"' if name in other else f'"{name}"' for name in columns.names
    )
    return f"SELECT {names} FROM read_parquet([{', '.join(map(quoted, paths))}], {options})"


def quoted(text: str) -> str:
    """``text`` as a SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _lacks(columns: pa.Schema, paths: Sequence[str]) -> bool:
    """Whether the oldest file lacks a column or a member of one; names of data files begin with their time.

    One footer answers for all: schemas only grow, so a younger file has what an older one has.
    """
    oldest = pq.read_schema(readable(min(paths, key=lambda path: path.rpartition("/")[2])))
    return any(oldest.field(c.name).type != c.type if c.name in oldest.names else True for c in columns)


def _field_ids(columns: pa.Schema) -> str:
    return ", ".join(
        f"{column.metadata[b'PARQUET:field_id'].decode()}: "
        f"{{name: {quoted(column.name)}, type: {quoted(_sql_type(column.type))}, default_value: NULL}}"
        for column in columns
    )


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"{_sql_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{member.name}" {_sql_type(member.type)}' for member in kind) + ")"
    return _SCALARS[kind]
