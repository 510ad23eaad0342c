"""Restructure and backfill as Prefect flows: stored captures become articles again, with today's extractor."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from flows.parameters import Cluster, Workers, sizes, start_text
from lake.backfill import chunks
from lake.ingest import extraction
from lake.locations import lake_root
from lake.report import COUNTS
from lake.restructure import RestructureRequest, version_number
from lake.resumption import Resumption
from tasks import restructure as steps
from tasks.logs import lake_log
from tasks.progress import RunProgress

__all__ = ["backfill", "restructure", "run_name"]

ChunkDays = Annotated[int, Field(ge=1, le=3660)]


def run_name() -> str:
    """Says what is restructured and when, from the parameters of the run at hand."""
    given = flow_run.parameters
    chosen = [
        f"{name} {given[name]}" for name in ("site", "since", "until", "extractor_before") if given.get(name)
    ]
    if given.get("rejects"):
        chosen.append("rejects")
    return f"{', '.join(chosen) or 'everything'} · {start_text()}"


@flow(name="restructure", flow_run_name=run_name, persist_result=False)
def restructure(
    since: dt.date | None = None,
    until: dt.date | None = None,
    site: str | None = None,
    rejects: bool = False,
    extractor_before: str | None = None,
    lake: str | None = None,
    workers: Workers = None,
    cluster: Cluster = None,
) -> dict[str, Any]:
    """Extract stored captures again with today's extractor; what comes out differently is a new revision.

    Nothing is fetched. The result is that of `newslake restructure --json`.

    Args:
        since: First publication date, included. None: from the first.
        until: Last publication date, included. None: to the last.
        site: Only articles of this site, such as eastmoney. Empty: all sites.
        rejects: Only captures that gave no article.
        extractor_before: Only captures last read by an extractor older than this version, such as newslake/2.
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
        workers: Processes that structure pages. Empty: one for each core.
        cluster: Structure on more machines, which share the lake's folder: the address of a Dask scheduler
            (tcp://host:8786) or a Ray cluster (ray://host:10001). Empty: this machine alone.
    """
    with lake_log():
        progress = RunProgress()
        before = version_number(extractor_before) if extractor_before else None
        request = RestructureRequest(lake_root(lake), since, until, site, rejects, sizes(workers), before)
        report = steps.restructure(request, progress, cluster)
        progress.end(report.sentence())
        return report.to_json()


@flow(name="backfill", flow_run_name=run_name, persist_result=False)
def backfill(
    since: dt.date,
    until: dt.date | None = None,
    days: ChunkDays = 31,
    site: str | None = None,
    lake: str | None = None,
    workers: Workers = None,
    cluster: Cluster = None,
) -> dict[str, Any]:
    """Restructure a range of dates, chunk by chunk: each is committed and published before the next begins.

    A run that was killed or cancelled goes on where it was when it is started again with the same range.

    Args:
        since: First publication date, included.
        until: Last publication date, included. None: today.
        days: Days in a chunk.
        site: Only articles of this site, such as eastmoney. Empty: all sites.
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
        workers: Processes that structure pages. Empty: one for each core.
        cluster: Structure on more machines, which share the lake's folder: the address of a Dask scheduler
            (tcp://host:8786) or a Ray cluster (ray://host:10001). Empty: this machine alone.
    """
    root = lake_root(lake)
    totals = dict.fromkeys(COUNTS, 0)
    with lake_log():
        progress = RunProgress()
        asked = {"backfill": since, "until": until, "days": days, "site": site}
        resumption = Resumption.of(root, asked, extraction(root.names))
        plan = list(chunks(since, until or dt.datetime.now(dt.UTC).date(), days))
        waiting = resumption.waiting(plan, lambda chunk: chunk.place)
        for chunk in waiting:
            request = RestructureRequest(root, chunk.since, chunk.until, site, sizes=sizes(workers))
            report = steps.restructure(request, progress, cluster)
            resumption.note(chunk.place)
            totals = {name: totals[name] + count for name, count in report.counts().items()}
        resumption.close()
        progress.end(f"{len(waiting)} chunks, {totals['captured']:,} captures")
    return {**totals, "chunks": len(waiting)}
