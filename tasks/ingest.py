"""The steps of an ingest as tasks. Each is one task run, however many captures there are: structuring
owns a process pool, for a task run per page or per small batch would cost more than the work (measured)."""

from __future__ import annotations

import time

from lake import ingest as steps
from lake.ingest import Captured, IngestRequest, Run, Structured
from lake.report import Report
from lake.storage.commit import Committed
from tasks.processes import light_children
from tasks.progress import RunProgress
from tasks.steps import step
from tasks.telling import tell

__all__ = ["capture", "commit", "discover", "publish", "report", "structure"]


@step
def discover(request: IngestRequest) -> Run:
    """Begin a run over the sources."""
    return steps.discover(request)


@step
def capture(request: IngestRequest, run: Run, progress: RunProgress) -> Captured:
    """Store every capture before anything is parsed."""
    return steps.capture(request, run, progress)


@step
def structure(request: IngestRequest, captured: Captured, progress: RunProgress) -> Structured:
    """Turn captures into staged articles and rejects, in batches over processes."""
    with light_children():
        return steps.structure(request, captured, progress)


@step
def commit(
    request: IngestRequest, run: Run, captured: Captured, structured: Structured
) -> tuple[Committed, float]:
    """Commit all of it as one snapshot; also returns the seconds that it took."""
    begun = time.perf_counter()
    return steps.commit(request, run, captured, structured), time.perf_counter() - begun


@step
def publish(request: IngestRequest, committed: Committed) -> float:
    """Publish the views of the snapshot; returns the seconds that it took."""
    begun = time.perf_counter()
    steps.publish(request.root)
    return time.perf_counter() - begun


@step
def report(
    request: IngestRequest,
    run: Run,
    captured: Captured,
    structured: Structured,
    committed: Committed,
    seconds: dict[str, float],
) -> Report:
    """Sum the run up and tell Prefect."""
    summary = steps.report(request, run, captured, structured, committed, seconds)
    tell(request.root, summary, request.sources)
    return summary
