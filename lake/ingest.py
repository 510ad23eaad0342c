"""Ingest: sources -> captures -> articles -> published snapshot, as six steps and their composition.

Each step takes and returns small values (ids, paths, counts), so that a workflow engine can run the steps
as tasks; `ingest` runs them one after the other without any.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from lake import names
from lake.errors import Usage
from lake.extraction import EXTRACTOR
from lake.locations import LakeRoot
from lake.model import Item, RejectRecord
from lake.report import Report
from lake.settings import Limits, Sizes
from lake.sources.passed import Passed
from lake.sources.reading import Reading
from lake.storage import staging
from lake.storage.captures import Stored, store
from lake.storage.commit import Committed
from lake.storage.commit import commit as commit_staged
from lake.storage.files import Place
from lake.structure import BatchResult, structure_batch, structure_batches
from lake.views.publish import publish as publish_views

__all__ = [
    "Captured",
    "IngestRequest",
    "Progress",
    "Run",
    "Structured",
    "capture",
    "commit",
    "discover",
    "extraction",
    "ingest",
    "new_run",
    "publish",
    "report",
    "staged_rejects",
    "structure",
]

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int | None], None]
"""Called with a stage's name, the captures done in it so far, and their total where it is known."""

_EXAMPLES = 10  # rejects named one by one in a report
_SLOWEST = 5  # captures named as slowest in a report
_EVERY = 500  # captures between two calls of progress while capturing


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """What to ingest: ``sources`` as on the command line; ``source`` is the name to record for them.

    ``configuration`` is the file of the user's live sources, by default the one in the lake's folder.
    """

    sources: tuple[str, ...]
    root: LakeRoot
    source: str | None = None
    limits: Limits = field(default_factory=Limits)
    sizes: Sizes = field(default_factory=Sizes)
    configuration: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its id names its staging folder and stands in every row that it writes."""

    run_id: str
    started_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Captured:
    """What capturing gave; ``discovering`` and ``storing`` are the seconds of its two halves.

    ``found`` counts items, and lists of live sources that could be read. ``names`` is the run's copy of the
    lake's table of names, if there is one. ``states`` is what live sources remember from the commit on;
    ``passed`` are the notes of lists of WARC files, which a commit makes superfluous.
    """

    stored: Stored
    found: int
    discovering: float
    storing: float
    names: Path | None = None
    states: Mapping[str, Any] = field(default_factory=dict)
    passed: tuple[Passed, ...] = ()


@dataclass(frozen=True, slots=True)
class Structured:
    """What structuring gave: one result a batch, in the order of discovery."""

    results: tuple[BatchResult, ...]
    seconds: float


def new_run() -> Run:
    """A run that begins now; its id sorts by time."""
    now = dt.datetime.now(dt.UTC)
    return Run(f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}", now)


def discover(request: IngestRequest) -> Run:
    """Begin a run over the sources. Raises Usage where no source is named."""
    if not request.sources:
        raise Usage(
            "no source is named: give a file, a folder, a glob, an archive, an address, or a source's name"
        )
    return new_run()


def capture(request: IngestRequest, run: Run, progress: Progress | None = None) -> Captured:
    """Read the sources and store every capture, in bounded memory, before anything is parsed."""
    started = time.perf_counter()
    reading = Reading(request.root, request.sources, request.limits, request.configuration)
    stream = _Watched(reading.items(), progress)
    stored = store(
        request.root,
        stream,
        run_id=run.run_id,
        source=request.source,
        sizes=request.sizes,
        committed=reading.committed,
    )
    total = time.perf_counter() - started
    return Captured(
        stored,
        stream.items + reading.lists,
        stream.seconds,
        total - stream.seconds,
        names.pin(request.root, run.run_id),
        reading.states,
        tuple(reading.passed),
    )


def structure(request: IngestRequest, captured: Captured, progress: Progress | None = None) -> Structured:
    """Turn the captures that wait into staged articles and rejects, in batches over processes."""
    started = time.perf_counter()
    done = 0

    def count(captures: int) -> None:
        nonlocal done
        done += captures
        if progress is not None:
            progress("structure", done, captured.stored.pending)

    specs = [Path(spec) for spec in captured.stored.specs]
    stored = captured.stored
    left_over = stored.pending > stored.added  # stored by a run that ended before it had structured them
    results = structure_batches(
        specs,
        workers=request.sizes.workers,
        isolate=left_over,
        progress=count,
        work=partial(structure_batch, names=captured.names),
    )
    return Structured(tuple(results), time.perf_counter() - started)


def commit(request: IngestRequest, run: Run, captured: Captured, structured: Structured) -> Committed:
    """Decide new, revised, merged and unchanged, and commit all of it as one snapshot."""
    done = commit_staged(
        request.root,
        [Path(result.articles) for result in structured.results if result.articles],
        _reject_files(captured, structured),
        run_id=run.run_id,
        operation="ingest",
        extra={"sources": " ".join(request.sources)[:500], **extraction(captured.names)},
        names=captured.names,
        states=captured.states,
    )
    for each in captured.passed:
        each.close()
    return done


def extraction(table: Place | None) -> dict[str, str]:
    """What a snapshot keeps of how its articles were read: extractor, and table of names if there was one."""
    used = names.fingerprint(table)
    return {"extractor": EXTRACTOR} | ({"names": used} if used is not None else {})


def publish(root: LakeRoot) -> str:
    """Publish the newest snapshot's views; returns the path of the database."""
    publish_views(root)
    return str(root.database)


def report(
    request: IngestRequest,
    run: Run,
    captured: Captured,
    structured: Structured,
    committed: Committed,
    seconds: dict[str, float],
) -> Report:
    """Sum the run up, and remove its staging folder."""
    rejects = list(staged_rejects(_reject_files(captured, structured)))
    stored = captured.stored
    slowest = sorted((slow for result in structured.results for slow in result.slowest), reverse=True)
    stages = {"discover": captured.discovering, "capture": captured.storing, "structure": structured.seconds}
    counts = Counter(f"{stage}/{reason}" for stage, reason, _origin, _detail in rejects)
    if stored.rejected:
        counts["known from an earlier run"] = stored.rejected
    shutil.rmtree(request.root.staging(run.run_id), ignore_errors=True)
    return Report(
        run_id=run.run_id,
        captured=stored.captured,
        new=committed.new,
        revised=committed.revised,
        merged=committed.merged,
        unchanged=stored.unchanged + committed.unchanged,
        rejected=stored.rejected + committed.rejected,
        snapshot=committed.snapshot,
        changed=committed.changed,
        seconds=(dt.datetime.now(dt.UTC) - run.started_at).total_seconds(),
        stages=stages | seconds,
        rejects=dict(counts.most_common()),
        examples=tuple((origin, reason, detail) for _stage, reason, origin, detail in rejects[:_EXAMPLES]),
        slowest=tuple(slowest[:_SLOWEST]),
        database=str(request.root.database),
        unreadable=captured.found == 0 and bool(rejects),
    )


def ingest(request: IngestRequest, progress: Progress | None = None) -> Report:
    """Run all six steps in this process, without a workflow engine."""
    run = discover(request)
    captured = capture(request, run, progress)
    structured = structure(request, captured, progress)
    begun = time.perf_counter()
    committed = commit(request, run, captured, structured)
    committing = time.perf_counter() - begun
    publish(request.root)
    publishing = time.perf_counter() - begun - committing
    return report(
        request, run, captured, structured, committed, {"commit": committing, "publish": publishing}
    )


class _Watched:
    """An iterator over what sources give that measures the time they take and counts items."""

    def __init__(self, source: Iterator[Item | RejectRecord], progress: Progress | None) -> None:
        self._source = source
        self._progress = progress
        self.items = 0
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Item | RejectRecord]:
        clock = time.perf_counter
        while True:
            begun = clock()
            each = next(self._source, None)
            self.seconds += clock() - begun
            if each is None:
                return
            self.items += isinstance(each, Item)
            if self._progress is not None and self.items % _EVERY == 0:
                self._progress("capture", self.items, None)
            yield each


def _reject_files(captured: Captured, structured: Structured) -> Sequence[Path]:
    files: Iterable[str | None] = (*captured.stored.rejects, *(each.rejects for each in structured.results))
    return [Path(path) for path in files if path]


def staged_rejects(paths: Iterable[Path]) -> Iterator[tuple[str, str, str, str]]:
    """(stage, reason, origin, detail) of every staged reject."""
    for path in paths:
        columns = staging.read(path, ("stage", "reason", "origin", "detail")).to_pydict().values()
        yield from zip(*columns, strict=True)
