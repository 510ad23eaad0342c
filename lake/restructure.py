"""Restructure: captures that the lake holds become articles again, with today's extractor.

Nothing is fetched and no capture is written. An article whose content comes out the same is left alone; one
that differs gets a revision; a capture that was a reject and now reads becomes an article.
"""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from lake.errors import Stop, Usage
from lake.extraction import EXTRACTOR
from lake.ingest import Progress, new_run, staged_rejects
from lake.locations import LakeRoot
from lake.report import Report
from lake.settings import Sizes
from lake.storage import staging
from lake.storage.commit import commit
from lake.storage.index import Index
from lake.storage.raw import locate
from lake.storage.tables import open_lake
from lake.structure import BatchResult, structure_batches
from lake.views.publish import publish

__all__ = ["RestructureRequest", "Structuring", "restructure", "select"]

log = logging.getLogger(__name__)

Structuring = Callable[..., list[BatchResult]]
"""Takes batches as ``structure_batches`` does, on this machine or on more."""

_SELECT = """
    SELECT captures.capture_id
    FROM captures
    LEFT JOIN articles USING (article_id)
    WHERE ($since IS NULL OR coalesce(articles.published_date, captures.captured_at::DATE) >= $since)
      AND ($until IS NULL OR coalesce(articles.published_date, captures.captured_at::DATE) <= $until)
      AND ($site IS NULL OR articles.site = $site)
      AND (NOT $rejects_only OR coalesce(captures.outcome, 'rejected') = 'rejected')
    ORDER BY captures.captured_at, captures.capture_id
"""


@dataclass(frozen=True, slots=True)
class RestructureRequest:
    """Which captures: ``since`` and ``until`` (both inclusive) are publication dates of their articles, or
    the capture's date (UTC) where it gave none; ``site`` is an article's site, so it leaves rejects out."""

    root: LakeRoot
    since: dt.date | None = None
    until: dt.date | None = None
    site: str | None = None
    rejects_only: bool = False
    sizes: Sizes = field(default_factory=Sizes)


def restructure(
    request: RestructureRequest,
    progress: Progress | None = None,
    structure: Structuring = structure_batches,
) -> Report:
    """Extract the chosen captures again, commit what differs and publish."""
    started = time.perf_counter()
    run = new_run()
    capture_ids = select(request)
    specs = _stage(request, run.run_id, capture_ids)
    done = 0

    def count(captures: int) -> None:
        nonlocal done
        done += captures
        if progress is not None:
            progress("structure", done, len(capture_ids))

    begun = time.perf_counter()
    results = structure(specs, workers=request.sizes.workers, progress=count)
    structuring = time.perf_counter() - begun
    committed = commit(
        request.root,
        [Path(result.articles) for result in results if result.articles],
        [Path(result.rejects) for result in results if result.rejects],
        run_id=run.run_id,
        operation="restructure",
        extra={"extractor": EXTRACTOR},
    )
    publish(request.root)
    rejects = list(staged_rejects(Path(result.rejects) for result in results if result.rejects))
    shutil.rmtree(request.root.staging(run.run_id), ignore_errors=True)
    return Report(
        run_id=run.run_id,
        captured=len(capture_ids),
        new=committed.new,
        revised=committed.revised,
        merged=committed.merged,
        unchanged=committed.unchanged,
        rejected=committed.rejected,
        snapshot=committed.snapshot,
        changed=committed.changed,
        seconds=time.perf_counter() - started,
        stages={"structure": structuring},
        rejects=dict(Counter(f"{stage}/{reason}" for stage, reason, _, _ in rejects).most_common()),
        database=str(request.root.database),
    )


def select(request: RestructureRequest) -> list[str]:
    """The ids of the chosen captures, oldest first. Raises Usage for an empty range, Stop without a lake."""
    if request.since and request.until and request.since > request.until:
        raise Usage(f"--since {request.since} is after --until {request.until}")
    if not request.root.database.exists():
        raise Stop(f"there is no lake at {request.root.path}: run `newslake ingest` first")
    publish(request.root)
    values = {name: getattr(request, name) for name in ("since", "until", "site", "rejects_only")}
    with duckdb.connect(str(request.root.database), read_only=True) as connection:
        return [row[0] for row in connection.execute(_SELECT, values).fetchall()]


def _stage(request: RestructureRequest, run_id: str, capture_ids: list[str]) -> list[Path]:
    folder = request.root.staging(run_id)
    specs = []
    with Index(request.root) as index:
        index.catch_up(open_lake(request.root))
        for start in range(0, len(capture_ids), request.sizes.batch_items):
            chosen = capture_ids[start : start + request.sizes.batch_items]
            rows = locate(request.root, chosen, index)
            specs.append(staging.write(folder / f"batch-{start:09d}.arrow", rows))
    return specs
