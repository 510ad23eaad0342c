"""Ingest as a Prefect flow: discover, capture, structure, commit, publish, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.context import SyncClientContext
from prefect.runtime import flow_run
from pydantic import Field

from flows.parameters import Workers, sizes, start_text
from lake.errors import Stop
from lake.ingest import IngestRequest
from lake.locations import lake_root
from lake.report import Report
from tasks import ingest as steps
from tasks.logs import lake_log
from tasks.progress import RunProgress

__all__ = ["ingest", "run_name", "run_steps"]

Sources = Annotated[list[str], Field(min_length=1)]


def run_name() -> str:
    """Says what is ingested and when, from the parameters of the run at hand."""
    sources = [Path(each).name or each for each in flow_run.parameters.get("sources", [])]
    more = f" + {len(sources) - 2} more" if len(sources) > 2 else ""
    return f"{', '.join(sources[:2])}{more} · {start_text()}"


@flow(name="ingest", flow_run_name=run_name, persist_result=False)
async def ingest(
    sources: Sources, lake: str | None = None, source: str | None = None, workers: Workers = None
) -> dict[str, Any]:
    """Read news pages into the lake: raw bytes first, then articles, then the published views.

    Running it again over the same sources changes nothing. The result is that of `newslake ingest --json`.

    Args:
        sources: What to read: files, folders, globs or archives (.zip, .tar, .tar.gz, .tar.xz, .tar.zst).
            Paths are absolute, or relative to the folder where the deployment's code lies.
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
        source: Name to record with every capture, such as finews. Empty: none.
        workers: Processes that structure pages. Empty: one for each core.
    """
    # Asynchronous only because Prefect lets a synchronous flow wait up to a second for its heartbeat thread.
    request = IngestRequest(tuple(sources), lake_root(lake), source, sizes=sizes(workers))
    with lake_log(), SyncClientContext.get_or_create():  # one client for all steps, not one for each
        report = run_steps(request)
    if report.unreadable:
        origin, _, detail = report.examples[0]
        raise Stop(f"no source could be read; {origin}: {detail}")
    return report.to_json()


def run_steps(request: IngestRequest) -> Report:
    """The steps of one ingest, one after the other, as tasks of the flow run at hand."""
    progress = RunProgress()
    run = steps.discover(request)
    captured = steps.capture(request, run, progress)
    structured = steps.structure(request, captured, progress)
    committed, committing = steps.commit(request, run, captured, structured)
    publishing = steps.publish(request, committed)
    seconds = {"commit": committing, "publish": publishing}
    report = steps.report(request, run, captured, structured, committed, seconds)
    progress.end(report.sentence())
    return report
