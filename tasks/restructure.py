"""Restructuring as one task, which owns a process pool."""

from __future__ import annotations

from lake import restructure as steps
from lake.report import Report
from lake.restructure import RestructureRequest
from tasks.artifacts import publish_report
from tasks.logs import RunProgress
from tasks.processes import light_children
from tasks.steps import step

__all__ = ["restructure"]


@step
def restructure(request: RestructureRequest) -> Report:
    """Extract the chosen captures again, commit what differs, publish, and leave the report."""
    with light_children():
        report = steps.restructure(request, RunProgress())
    publish_report(report)
    return report
