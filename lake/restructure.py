"""Restructure: captures that the lake holds become articles again, with today's extractor.

Nothing is fetched and no capture is written. An article whose content comes out the same is left alone; one
that differs gets a revision; a capture that was a reject and now reads becomes an article. Work is committed
in stretches (``Sizes.commit_items``), so a run that was killed goes on where it was (lake.resumption).
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from lake import names
from lake.errors import Stop, Usage
from lake.extraction import EXTRACTOR
from lake.ingest import Progress, Run, extraction, new_run, staged_rejects
from lake.locations import LakeRoot
from lake.report import Report
from lake.resumption import Done, Resumption
from lake.settings import Sizes
from lake.storage import staging
from lake.storage.commit import Committed, commit
from lake.storage.index import Index
from lake.storage.published import opened
from lake.storage.raw import locate
from lake.storage.tables import open_lake
from lake.structure import BatchResult, structure_batch, structure_batches
from lake.views.publish import publish

__all__ = ["RestructureRequest", "Structuring", "restructure", "select", "stretches", "version_number"]

log = logging.getLogger(__name__)

Structuring = Callable[..., list[BatchResult]]
"""Takes batches as ``structure_batches`` does, on this machine or on more."""

_SELECT = """
    WITH latest AS (
        SELECT capture_id, unnest(max_by(
            struct_pack(outcome := outcome, article_id := article_id, extractor := extractor), recorded_at
        ))
        FROM stored.outcomes GROUP BY capture_id
    )
    SELECT captures.captured_at, captures.capture_id
    FROM stored.captures AS captures
    LEFT JOIN latest USING (capture_id)
    LEFT JOIN articles ON articles.article_id = latest.article_id
    WHERE ($since IS NULL OR coalesce(articles.published_date, captures.captured_at::DATE) >= $since)
      AND ($until IS NULL OR coalesce(articles.published_date, captures.captured_at::DATE) <= $until)
      AND ($site IS NULL OR articles.site = $site)
      AND (NOT $rejects_only OR coalesce(latest.outcome, 'rejected') = 'rejected')
      AND ($before IS NULL
           OR coalesce(TRY_CAST(regexp_extract(latest.extractor, '/([0-9]+)', 1) AS INTEGER), 0) < $before)
    ORDER BY captures.captured_at, captures.capture_id
"""


@dataclass(frozen=True, slots=True)
class RestructureRequest:
    """Which captures: ``since`` and ``until`` (both inclusive) are publication dates of their articles, or
    the capture's date (UTC) where it gave none; ``site`` is an article's site, so it leaves rejects out;
    ``extractor_before`` takes those that were last read by a version below this one, or never."""

    root: LakeRoot
    since: dt.date | None = None
    until: dt.date | None = None
    site: str | None = None
    rejects_only: bool = False
    sizes: Sizes = field(default_factory=Sizes)
    extractor_before: int | None = None

    def selection(self) -> dict[str, object]:
        """What chooses the captures, as parameters of the query."""
        chosen = {name: getattr(self, name) for name in ("since", "until", "site", "rejects_only")}
        return chosen | {"before": self.extractor_before}


def restructure(
    request: RestructureRequest,
    progress: Progress | None = None,
    structure: Structuring = structure_batches,
) -> Report:
    """Extract the chosen captures again, commit what differs and publish.

    A capture that an earlier, killed run with the same request has done is left out. Raises what `select` does.
    """
    started = time.perf_counter()
    run = new_run()
    chosen = select(request)
    table = names.pin(request.root, run.run_id)
    resumption = Resumption.of(request.root, request.selection(), extraction(table))
    waiting = resumption.waiting(chosen, lambda place: place)
    total = _Total()
    for results, last in stretches(request, run, waiting, table, progress, total.timed(structure)):
        committed = commit(
            request.root,
            [Path(result.articles) for result in results if result.articles],
            [Path(result.rejects) for result in results if result.rejects],
            run_id=run.run_id,
            operation="restructure",
            extra=extraction(table),
            names=table,
        )
        total.add(results, committed)
        resumption.note(last)
    resumption.close()
    publish(request.root)
    shutil.rmtree(request.root.staging(run.run_id), ignore_errors=True)
    return total.report(request, run, len(waiting), time.perf_counter() - started)


def version_number(text: str) -> int:
    """The number of an extractor's version, given as ``newslake/2`` or ``2``. Raises Usage."""
    found = re.fullmatch(r"(?:[a-z]+/)?([0-9]{1,9})(?:\+.*)?", text.strip())
    if found is None:
        raise Usage(f"{text} is no version of the extractor: give one such as {EXTRACTOR}")
    return int(found[1])


def select(request: RestructureRequest) -> list[Done]:
    """The chosen captures, oldest first. Raises Usage for an empty range, Stop without a lake."""
    if request.since and request.until and request.since > request.until:
        raise Usage(f"--since {request.since} is after --until {request.until}")
    if not request.root.database.exists():
        raise Stop(f"there is no lake at {request.root.path}: run `newslake ingest` first")
    publish(request.root)
    with opened(request.root) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(_SELECT, request.selection()).fetchall()


def stretches(
    request: RestructureRequest,
    run: Run,
    waiting: Sequence[Done],
    table: Path | None,
    progress: Progress | None,
    structure: Structuring,
) -> Iterator[tuple[list[BatchResult], Done | None]]:
    """Structure captures, as many at once as one commit takes; yields results and the last capture of each.

    What a stretch staged is removed when the next one is asked for. No captures are one stretch, too.
    """
    done = 0

    def count(captures: int) -> None:
        nonlocal done
        done += captures
        if progress is not None:
            progress("structure", done, len(waiting))

    work = partial(structure_batch, names=table)
    for begin in range(0, max(len(waiting), 1), request.sizes.commit_items):
        stretch = waiting[begin : begin + request.sizes.commit_items]
        specs = _stage(request, run.run_id, [capture_id for _, capture_id in stretch])
        results = structure(specs, workers=request.sizes.workers, progress=count, work=work)
        yield results, stretch[-1] if stretch else None
        for path in specs[0].parent.glob("batch-*") if specs else ():
            path.unlink()


def _stage(request: RestructureRequest, run_id: str, capture_ids: Sequence[str]) -> list[Path]:
    folder = request.root.staging(run_id)
    specs = []
    with Index(request.root) as index:
        index.catch_up(open_lake(request.root))
        for start in range(0, len(capture_ids), request.sizes.batch_items):
            chosen = capture_ids[start : start + request.sizes.batch_items]
            rows = locate(request.root, chosen, index)
            specs.append(staging.write(folder / f"batch-{start:09d}.arrow", rows))
    return specs


class _Total:
    """The sum over a run's commits."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._rejects: Counter[str] = Counter()
        self._structuring = 0.0
        self._snapshot: int | None = None
        self._changed = False

    def timed(self, structure: Structuring) -> Structuring:
        """The same, with its seconds by the clock counted."""

        def counted(*arguments: Any, **options: Any) -> list[BatchResult]:
            begun = time.perf_counter()
            results = structure(*arguments, **options)
            self._structuring += time.perf_counter() - begun
            return results

        return counted

    def add(self, results: Sequence[BatchResult], committed: Committed) -> None:
        for name in ("new", "revised", "merged", "unchanged", "rejected"):
            self._counts[name] += getattr(committed, name)
        files = [Path(result.rejects) for result in results if result.rejects]
        self._rejects.update(f"{stage}/{reason}" for stage, reason, _, _ in staged_rejects(files))
        self._snapshot = committed.snapshot
        self._changed = self._changed or committed.changed

    def report(self, request: RestructureRequest, run: Run, captured: int, seconds: float) -> Report:
        return Report(
            run_id=run.run_id,
            captured=captured,
            new=self._counts["new"],
            revised=self._counts["revised"],
            merged=self._counts["merged"],
            unchanged=self._counts["unchanged"],
            rejected=self._counts["rejected"],
            snapshot=self._snapshot,
            changed=self._changed,
            seconds=seconds,
            stages={"structure": self._structuring},
            rejects=dict(self._rejects.most_common()),
            database=str(request.root.database),
        )
