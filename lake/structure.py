"""Structuring: batches of captures become staged articles and rejects, in worker processes.

A batch goes in as the path of an Arrow file and comes out as paths of Arrow files, so that a batch can run
in this process, in a pool or on another machine that shares the folder. A page that kills its worker
(a crash in a C library, memory) is found by halving its batch and becomes a reject; the rest goes on.
"""

from __future__ import annotations

import heapq
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lake import processes
from lake.errors import Reject
from lake.extraction import extract
from lake.extraction.known_names import KnownNames, with_names
from lake.memory import give_back
from lake.model import Origin, RejectRecord
from lake.names import known_names
from lake.rows import staged_row
from lake.schema import STAGED
from lake.storage import staging
from lake.storage.raw import read_batch

__all__ = ["BatchResult", "extract_capture", "structure_batch", "structure_batches"]

log = logging.getLogger(__name__)

_SLOWEST = 5
_INLINE_BATCHES = 1  # a pool costs about a second to start: not worth it for one batch
_TURNS = 8  # parts of the work for each process, so that all end at about the same time
_LEAST = 50  # captures in a part: some 0.1 s, against a millisecond for handing it over
_MOST = 250  # whose extracts a process holds, as values, some 20 MB


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one batch gave: paths of Arrow files and counts; ``slowest`` holds (seconds, origin)."""

    articles: str | None
    rejects: str | None
    extracted: int
    rejected: int
    seconds: float
    slowest: tuple[tuple[float, str], ...]


def extract_capture(row: Mapping[str, Any], body: bytes, names: KnownNames | None = None) -> dict[str, Any]:
    """Extract one capture (a row of captures and its bytes) to a STAGED row. Raises Reject.

    ``names`` are looked for in texts without the site's markup.
    """
    origin = _origin(row)
    article = extract(
        body,
        url=row["url"],
        content_type=row["content_type"],
        captured_at=row["captured_at"],
        name=origin.name,
    )
    staged = staged_row(
        with_names(article, names),
        capture_id=row["capture_id"],
        origin=row["origin"],
        source=row["source"],
        captured_at=row["captured_at"],
    )
    if row["http_status"] is not None:  # a response tells when its content was current; a file does not
        staged["as_of"] = row["captured_at"]
    return staged


def structure_batch(
    spec: Path, *, only: Sequence[str] | None = None, part: str = "", names: Path | None = None
) -> BatchResult:
    """Extract every capture of a batch, or those whose capture id is in ``only``, with a table of names.

    Writes ``<spec>.articles.arrow`` (schema STAGED) and ``<spec>.rejects.arrow`` beside the spec.
    """
    started = time.perf_counter()
    rows: list[tuple[Origin, dict[str, Any]]] = []
    rejects: list[RejectRecord] = []
    slowest: list[tuple[float, str]] = []
    known = known_names(names)
    source = None
    for row, body in read_batch(spec, only=only):
        source = row["source"]
        begun = time.perf_counter()
        result = _try_extract(row, body, known)
        if isinstance(result, RejectRecord):
            rejects.append(result)
        else:
            rows.append((_origin(row), result))
        _keep_slowest(slowest, time.perf_counter() - begun, row["origin"])
    staged = _to_table(rows, rejects)
    base = spec.with_suffix(part)
    articles = base.with_name(base.name + ".articles.arrow")
    refused = base.with_name(base.name + ".rejects.arrow")
    if len(staged):
        staging.write(articles, staged)
    if rejects:
        staging.stage_rejects(refused, rejects, source=source)
    return BatchResult(
        articles=str(articles) if len(staged) else None,
        rejects=str(refused) if rejects else None,
        extracted=len(staged),
        rejected=len(rejects),
        seconds=time.perf_counter() - started,
        slowest=tuple(sorted(slowest, reverse=True)),
    )


def structure_batches(
    specs: Sequence[Path],
    *,
    workers: int,
    isolate: bool = False,
    progress: Callable[[int], None] | None = None,
    work: Callable[..., BatchResult] = structure_batch,
) -> list[BatchResult]:
    """Structure all batches over ``workers`` processes; ``progress`` gets the number of captures done.

    A single batch runs in this process unless ``isolate`` says that it holds captures which an earlier run
    died over. ``work`` is what a process runs on a batch: importable, with the parameters of ``structure_batch``.
    """
    done = progress or (lambda _count: None)
    if not isolate and (workers <= 1 or len(specs) <= _INLINE_BATCHES):
        results = []
        for spec in specs:
            results.append(work(spec))
            done(results[-1].extracted + results[-1].rejected)
        return results
    return [result for chunk in _pooled(specs, workers, done, work) for result in chunk]


def _pooled(
    specs: Sequence[Path], workers: int, done: Callable[[int], None], work: Callable[..., BatchResult]
) -> Iterator[list[BatchResult]]:
    parts = [part for spec in specs for part in _cut(spec, -(-_TURNS * workers // len(specs)))]
    results: dict[_Part, list[BatchResult]] = {}
    suspects: list[_Part] = []
    with processes.pool(max(1, min(workers, len(parts)))) as pool:
        futures: dict[Future[BatchResult], _Part] = {
            pool.submit(_of_many, work, part.spec, only=part.ids, part=part.name): part for part in parts
        }
        for future in as_completed(futures):
            part = futures[future]
            try:
                results[part] = [future.result()]
            except BrokenProcessPool:
                suspects.append(part)
                continue
            done(len(part.ids))
    for part in suspects:  # one of these killed a worker; the others were only in the same pool
        results[part] = _halve(part.spec, part.ids, work)
        done(len(part.ids))
    return (results[part] for part in parts)


def _of_many(work: Callable[..., BatchResult], spec: Path, **what: Any) -> BatchResult:
    """One part of many: what it took is given back, for the next one has other needs."""
    result = work(spec, **what)
    give_back()
    return result


@dataclass(frozen=True, slots=True)
class _Part:
    """Captures of a batch that are structured together; ``name`` tells its results from those of other parts."""

    spec: Path
    ids: tuple[str, ...]
    name: str


def _cut(spec: Path, most: int) -> Iterator[_Part]:
    """A batch in at most so many parts of about the same size, none below ``_LEAST`` captures if it can be."""
    ids = tuple(staging.read(spec, ("capture_id",)).column(0).to_pylist())
    size = max(min(-(-len(ids) // most), _MOST), _LEAST)
    for begin in range(0, len(ids), size):
        name = f".{begin:06d}" if size < len(ids) else ""
        yield _Part(spec, ids[begin : begin + size], name)


def _halve(spec: Path, ids: Sequence[str], work: Callable[..., BatchResult]) -> list[BatchResult]:
    """Run captures in a process of their own; where it dies, halve until the one that kills is alone."""
    try:
        with processes.pool(1) as pool:
            return [pool.submit(work, spec, only=ids, part=f".{ids[0]}").result()]
    except BrokenProcessPool:
        if len(ids) > 1:
            middle = len(ids) // 2
            return _halve(spec, ids[:middle], work) + _halve(spec, ids[middle:], work)
    row = next(row for row, _ in read_batch(spec, bodies=False) if row["capture_id"] == ids[0])
    detail = f"extracting {row['origin']} killed its process; the bytes are kept as capture {ids[0]}"
    path = spec.with_suffix(f".{ids[0]}.rejects.arrow")
    crash = RejectRecord(_origin(row), "extract", "crash", detail, ids[0])
    staging.stage_rejects(path, [crash], source=row["source"])
    return [BatchResult(None, str(path), 0, 1, 0.0, ())]


def _to_table(rows: list[tuple[Origin, dict[str, Any]]], rejects: list[RejectRecord]) -> pa.Table:
    """The rows as one table; a row that no column can hold (a lone surrogate, a giant number) is a reject."""
    unstorable = (pa.ArrowException, UnicodeError, OverflowError)
    try:
        return pa.Table.from_pylist([row for _, row in rows], schema=STAGED)
    except unstorable:
        sound = []
    for origin, row in rows:
        try:
            pa.Table.from_pylist([row], schema=STAGED)
            sound.append(row)
        except unstorable as error:
            rejects.append(RejectRecord(origin, "extract", "unstorable", str(error)[:500], row["capture_id"]))
    return pa.Table.from_pylist(sound, schema=STAGED)


def _try_extract(
    row: Mapping[str, Any], body: bytes, names: KnownNames | None
) -> dict[str, Any] | RejectRecord:
    try:
        return extract_capture(row, body, names)
    except Reject as reject:
        return RejectRecord(_origin(row), reject.stage, reject.reason, reject.detail, row["capture_id"])
    except Exception as error:
        log.error("extracting %s failed: %r", row["origin"], error, exc_info=log.isEnabledFor(logging.DEBUG))
        detail = f"{type(error).__name__}: {error}"[:500]
        return RejectRecord(_origin(row), "extract", "internal_error", detail, row["capture_id"])


def _origin(row: Mapping[str, Any]) -> Origin:
    return Origin(path=row["path"], member=row["member"], url=row["url"])


def _keep_slowest(heap: list[tuple[float, str]], seconds: float, origin: str) -> None:
    if len(heap) < _SLOWEST:
        heapq.heappush(heap, (seconds, origin))
    elif seconds > heap[0][0]:
        heapq.heapreplace(heap, (seconds, origin))
