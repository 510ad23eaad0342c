"""Restructuring: one task that owns a process pool, or tasks of a cluster."""

from __future__ import annotations

from lake import restructure as steps
from lake.report import Report
from lake.restructure import RestructureRequest
from tasks.cluster import structuring
from tasks.processes import light_children
from tasks.progress import RunProgress
from tasks.steps import step
from tasks.telling import tell

__all__ = ["restructure"]


def restructure(request: RestructureRequest, progress: RunProgress, cluster: str | None = None) -> Report:
    """Extract the chosen captures again, commit what differs, publish, and tell Prefect."""
    if cluster is None:
        report = _restructure(request, progress)
    else:
        report = steps.restructure(request, progress, structuring(cluster))
    tell(request.root, report)
    return report


@step
def _restructure(request: RestructureRequest, progress: RunProgress) -> Report:
    with light_children():
        return steps.restructure(request, progress)
