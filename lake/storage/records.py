"""The rows of ``outcomes`` and ``rejects`` that a run adds: only those that say something new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lake.extraction.version import EXTRACTOR
from lake.schema import OUTCOMES, REJECTS
from lake.storage import staging
from lake.storage.decide import Outcome
from lake.storage.extracts import Extracts
from lake.storage.index import Index
from lake.storage.known_keys import KnownCapture

__all__ = ["outcomes", "rejections", "staged_rejects", "telling", "unknown"]

_SAID = ("capture_id", "outcome", "article_id", "extractor")


def staged_rejects(paths: Sequence[Path], *, run_id: str, source: str | None) -> pa.Table:
    """The rejects of staged files, with run and source; those of a capture also with the extractor."""
    rows = pa.concat_tables([REJECTS.empty_table(), *(staging.read(path) for path in paths)])
    values = {
        "run_id": pa.array([run_id] * len(rows), pa.string()),
        "source": pc.fill_null(rows.column("source"), source) if source else rows.column("source"),
        "extractor": pc.if_else(pc.is_valid(rows.column("capture_id")), EXTRACTOR, None),
    }
    return pa.table([values.get(name, rows.column(name)) for name in REJECTS.names], schema=REJECTS)


def unknown(index: Index, rejects: pa.Table) -> pa.Table:
    """The rejects that the lake does not hold, each once."""
    ids = rejects.column("reject_id").to_pylist()
    missing = index.unknown_rejects(ids)
    keep = []
    for each in ids:
        keep.append(each in missing)
        missing.discard(each)
    return rejects.filter(pa.array(keep, pa.bool_()))


def outcomes(extracts: Extracts, decided: Sequence[Outcome]) -> pa.Table:
    """What became of each extract's capture."""
    keys = extracts.keys
    columns = [
        keys.column("capture_id"),
        pa.array(decided, pa.string()),
        keys.column("article_id"),
        keys.column("extractor"),
    ]
    return pa.table(columns, names=_SAID)


def rejections(rejects: pa.Table) -> pa.Table:
    """The outcome of each rejected capture; inputs whose bytes could not be had are no captures."""
    ids = rejects.column("capture_id").drop_null()
    values = ("rejected", None, EXTRACTOR)
    return pa.table([ids, *(pa.array([each] * len(ids), pa.string()) for each in values)], names=_SAID)


def telling(index: Index, rows: pa.Table, run_id: str) -> pa.Table:
    """The outcomes that say more than what is recorded of their captures, as rows of ``outcomes``."""
    columns = [rows.column(name).to_pylist() for name in _SAID]
    known = index.captures(columns[0])
    keep = [_tells(known.get(row[0]), *row[1:]) for row in zip(*columns, strict=True)]
    fresh = rows.filter(pa.array(keep, pa.bool_()))
    now = dt.datetime.now(dt.UTC)
    before = index.last_recorded(fresh.column("capture_id").to_pylist())
    if before is not None and before >= now:  # the clock was set back: the last word still counts
        now = before + dt.timedelta(microseconds=1)
    values = {
        "run_id": pa.array([run_id] * len(fresh), pa.string()),
        "recorded_at": pa.array([now] * len(fresh), OUTCOMES.field("recorded_at").type),
    }
    for column in OUTCOMES:
        if column.name not in values:
            said = column.name in _SAID
            values[column.name] = fresh.column(column.name) if said else pa.nulls(len(fresh), column.type)
    columns = [values[name] for name in OUTCOMES.names]
    return pa.table(columns, schema=OUTCOMES)


def _tells(known: KnownCapture | None, outcome: str, article_id: str | None, extractor: str | None) -> bool:
    if known is None or known.outcome is None or outcome in ("new", "revised", "merged"):
        return True
    if (known.outcome == "rejected") != (outcome == "rejected"):
        return True
    return (known.article_id, known.extractor) != (article_id, extractor)
