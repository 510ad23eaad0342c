"""What a run that is through tells Prefect: artifacts, lineage, events."""

from __future__ import annotations

from collections.abc import Iterable

from lake.locations import LakeRoot
from lake.report import Report
from tasks import events, lineage
from tasks.artifacts import leave_report
from tasks.patience import told

__all__ = ["tell"]


def tell(root: LakeRoot, report: Report, sources: Iterable[str] = ()) -> None:
    """Leave all of it; nothing for a run that found nothing, such as a quiet tick."""
    if not (report.captured or report.rejected):
        return
    told(lambda: leave_report(root, report), "report")
    if report.changed:
        told(lambda: lineage.record(root, report, sources), "lineage")
        events.published(root, report)
    if sources:
        events.watch_rejects(root, report)
