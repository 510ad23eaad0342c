"""Live ingest as a Prefect flow: what the configured sources published since the last tick."""

from __future__ import annotations

import datetime as dt
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.ingest import run_steps
from flows.parameters import Workers, scheduled_start, sizes, start_text
from lake.ingest import IngestRequest
from lake.locations import LakeRoot, lake_root
from lake.sources.configuration import load
from tasks import events
from tasks.logs import lake_log

__all__ = ["LATE", "ingest_live", "run_name", "too_late"]

LATE = dt.timedelta(minutes=4)
"""A tick that starts later is skipped: the next one, five minutes after it, brings the same news."""


def run_name() -> str:
    """Says which sources are asked and when."""
    return f"{', '.join(flow_run.parameters.get('sources') or ['live'])} · {start_text()}"


def too_late(scheduled: dt.datetime, now: dt.datetime) -> bool:
    """Whether a tick is to be skipped."""
    return now - scheduled > LATE


@flow(name="ingest-live", flow_run_name=run_name, persist_result=False)
def ingest_live(
    sources: list[str] | None = None, lake: str | None = None, workers: Workers = None
) -> dict[str, Any] | State[Any]:
    """Fetch what live sources published since the last tick, all of them side by side.

    A tick in which nothing is new asks for no article and commits nothing. One that starts late, after the
    machine slept, is skipped: ticks don't pile up, and the next one reaches back as far as it must.

    Args:
        sources: Names of configured sources, such as eastmoney. Empty: all that are switched on;
            `newslake sources list` shows them.
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
        workers: Processes that structure pages. Empty: one for each core.
    """
    if too_late(scheduled_start(), dt.datetime.now(dt.UTC)):
        return Completed(name="Skipped", message=f"was to start at {scheduled_start():%H:%M:%S} UTC")
    root = lake_root(lake)
    chosen = tuple(sources or _switched_on(root))
    if not chosen:
        return Completed(name="Skipped", message="no source is switched on: see `newslake sources list`")
    with lake_log():
        report = run_steps(IngestRequest(chosen, root, sizes=sizes(workers)))
        for name in chosen:
            events.watch_source(root, name)
    if report.unreadable:  # a returned state spares the log a traceback at every tick of an outage
        what = "; ".join(sorted(report.rejects))
        return Failed(message=f"no source could be read: {what}. The next tick tries again")
    return report.to_json()


def _switched_on(root: LakeRoot) -> list[str]:
    return [name for name, source in load(root).sources.items() if source.on]
