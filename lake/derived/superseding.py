"""The derived table ``superseding``: every revision above 1, for it supersedes those before it.

It says, too, when the revision came, so that no file of articles need be opened to ask which were superseded at a time.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from lake.derived.table import Batch, Derived
from lake.schema import article_fields

__all__ = ["SUPERSEDING"]

_COLUMNS = pa.schema(
    [
        *article_fields("article_id", "revision", "run_id", "captured_at", "first_seen_at"),
        pa.field("version", pa.int64()),  # of ``articles``, that added it or a later one
    ]
)

_READS = tuple(name for name in _COLUMNS.names if name != "version")


def _build(batch: Batch) -> pa.Table:
    rows = batch.articles.select(list(_READS))
    rows = rows.filter(pc.greater(rows.column("revision"), 1))
    return rows.append_column("version", pa.array([batch.last] * len(rows), pa.int64())).cast(_COLUMNS)


SUPERSEDING = Derived(
    name="superseding",
    columns=_COLUMNS,
    reads=_READS,
    order="version, article_id, revision",
    build=_build,
)
"""One row per article and revision above 1. It keeps all of them."""
