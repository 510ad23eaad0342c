"""How the tables look to Delta: their schemas and partitions, and files as the actions of a commit."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pyarrow as pa
from deltalake.transaction import AddAction, RemoveAction

from lake import schema
from lake.storage.datafile import DataFile

__all__ = ["SCHEMAS", "adding", "delta_schema", "gains", "partitions", "removing"]

SCHEMAS: Mapping[str, pa.Schema] = {
    "captures": schema.CAPTURES,
    "articles": schema.ARTICLES,
    "outcomes": schema.OUTCOMES,
    "rejects": schema.REJECTS,
}


def delta_schema(name: str) -> pa.Schema:
    """The schema that a table has for Delta: without field ids, with its partition column."""
    columns = [pa.field(column.name, schema.unnumbered(column.type)) for column in SCHEMAS[name]]
    return pa.schema(columns + [pa.field(part, pa.string()) for part in partitions(name)])


def gains(held: pa.Schema | pa.StructType, wanted: pa.Schema | pa.StructType, name: str) -> bool:
    """Whether the field ``name``, or a member of it, is in ``wanted`` alone."""
    if name not in {field.name for field in held}:
        return True
    before, after = held.field(name).type, wanted.field(name).type
    while pa.types.is_list(after):
        before, after = before.value_type, after.value_type
    return pa.types.is_struct(after) and any(gains(before, after, member.name) for member in after)


def partitions(name: str) -> list[str]:
    """The partition columns of a table."""
    return [schema.PARTITION] if name == "articles" else []


def adding(file: DataFile, *, data_change: bool) -> AddAction:
    """The action that adds a file."""
    values = {} if file.partition is None else {schema.PARTITION: file.partition}
    return AddAction(file.path, file.size, values, int(time.time() * 1000), data_change, file.stats)


def removing(file: DataFile) -> RemoveAction:
    """The action that removes a file whose rows others have."""
    values: dict[str, str | None] = {} if file.partition is None else {schema.PARTITION: file.partition}
    return RemoveAction(file.path, False, int(time.time() * 1000), file.size, values)
