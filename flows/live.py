"""Live ingest as a Prefect flow: what the configured sources published since the last tick."""

from __future__ import annotations

import datetime as dt
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.ingest import run_steps
from flows.parameters import Workers, scheduled_start, sizes, start_text
from lake.errors import NewslakeError, Stop
from lake.ingest import IngestRequest
from lake.locations import LakeRoot, lake_root
from lake.report import Report
from tasks import events
from tasks.logs import lake_log

__all__ = ["LATE", "ingest_live", "run_name", "too_late"]

LATE = dt.timedelta(minutes=4)
"""A tick that starts later is skipped: the next one, five minutes after it, brings the same news."""


def run_name() -> str:
    """Says which sources are asked and when."""
    return f"{', '.join(flow_run.parameters.get('sources', []))} · {start_text()}"


def too_late(scheduled: dt.datetime, now: dt.datetime) -> bool:
    """Whether a tick is to be skipped."""
    return now - scheduled > LATE


@flow(name="ingest-live", flow_run_name=run_name, persist_result=False)
def ingest_live(
    sources: list[str], lake: str | None = None, workers: Workers = None
) -> dict[str, Any] | State[Any]:
    """Fetch what configured sources published since the last tick, one source after the other.

    A tick in which nothing is new asks for no article and commits nothing. One that starts late, after the
    machine slept, is skipped: ticks don't pile up, and the next one reaches back as far as it must.

    Args:
        sources: Names of configured sources, such as eastmoney; `newslake sources list` shows them.
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
        workers: Processes that structure pages. Empty: one for each core.
    """
    now = dt.datetime.now(dt.UTC)
    if too_late(scheduled_start(), now):
        return Completed(name="Skipped", message=f"was to start at {scheduled_start():%H:%M:%S} UTC")
    root = lake_root(lake)
    with lake_log():
        reports = {name: _tick(root, name, workers) for name in sources}
    failed = [name for name, report in reports.items() if report is None]
    if failed:
        raise Stop(f"could not be read: {', '.join(failed)}; the log says why. The next tick tries again")
    return {name: report.to_json() for name, report in reports.items() if report is not None}


def _tick(root: LakeRoot, source: str, workers: int | None) -> Report | None:
    """One source's tick; None where it could not be read, which must not keep the others from theirs."""
    try:
        report = run_steps(IngestRequest((source,), root, source, sizes=sizes(workers)))
    except NewslakeError as error:
        get_run_logger().error("%s: %s", source, error)
        return None
    events.watch_source(root, source)
    if report.unreadable:
        origin, _, detail = report.examples[0]
        get_run_logger().error("%s: %s: %s", source, origin, detail)
        return None
    return report
