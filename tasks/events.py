"""Events of newslake's own, for automations: a snapshot published, a source silent, a spike of rejects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from prefect.events import emit_event
from prefect.logging import get_run_logger

from lake import alarms
from lake.alarms import Silence, Spike
from lake.locations import LakeRoot
from lake.report import Report

__all__ = ["PUBLISHED", "SILENT", "SPIKE", "published", "watch_rejects", "watch_source"]

PUBLISHED = "newslake.snapshot.published"
SILENT = "newslake.source.silent"
SPIKE = "newslake.rejects.spike"


def published(root: LakeRoot, report: Report) -> None:
    """Say that a run published a new snapshot."""
    _emit(PUBLISHED, root, report.sentence(), report.to_json())


def watch_rejects(root: LakeRoot, report: Report) -> Spike | None:
    """Say so if the run rejected a share far above the usual one."""
    rejected, judged = alarms.reject_share(report)
    found = alarms.spike(rejected, judged, alarms.past_shares(root, report.run_id))
    if found is not None:
        facts = {"share": found.share, "usual": found.usual, "run_id": report.run_id}
        _emit(SPIKE, root, found.sentence(), facts)
        get_run_logger().warning(found.sentence())
    return found


def watch_source(root: LakeRoot, source: str) -> Silence | None:
    """Say so if a source is silent for far longer than is usual at this hour."""
    now = dt.datetime.now(dt.UTC)
    found = alarms.silence(source, alarms.arrivals(root, source, now), now)
    if found is not None:
        facts = {
            "source": source,
            "last": found.last.isoformat(),
            "seconds": found.lasting.total_seconds(),
            "usual_seconds": found.usual.total_seconds(),
        }
        _emit(SILENT, root, found.sentence(), facts, source)
        get_run_logger().warning(found.sentence())
    return found


def _emit(
    event: str, root: LakeRoot, sentence: str, facts: dict[str, Any], source: str | None = None
) -> None:
    """One event about the lake, or about one of its sources."""
    name = source or str(root.path)
    about = f"newslake.source.{source}" if source else f"newslake.lake.{root.path}"
    resource = {"prefect.resource.id": about, "prefect.resource.name": name, "newslake.lake": str(root.path)}
    emit_event(event, resource=resource, payload={"sentence": sentence, **facts})
