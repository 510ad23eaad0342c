"""How fast posts become a published lake, where the time goes, and how much memory it takes.

    python -m benchmarks.ingest                      # 1 k, 10 k and 100 k posts
    python -m benchmarks.ingest 1000 --no-flow       # quick: one size, without Prefect
    python -m benchmarks.ingest --json figures.json

Each size is ingested into a fresh lake in a process of its own: once as `newslake ingest` does it, once more
over the same posts (nothing may change), and once as the Prefect flow against a running local server.
Orchestration is the flow's wall time less its stages. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from bs4 import BeautifulSoup

from benchmarks.generate import generate, write
from benchmarks.watching import machine, run_watched
from lake import ingest as steps
from lake.extraction import extract
from lake.locations import LakeRoot
from lake.settings import cores

_SIZES = (1_000, 10_000, 100_000)
_STAGES = ("discover", "capture", "structure", "commit", "publish")
_POSTS_PARSED = 400  # for the ratio to Beautiful Soup's own parse


def measure_plain(source: Path, lake: Path) -> dict[str, Any]:
    """Ingest in this process, as the command line does; adds CPU figures of structuring."""
    request = steps.IngestRequest(sources=(str(source),), root=LakeRoot(lake))
    begun = time.perf_counter()
    run = steps.discover(request)
    captured = steps.capture(request, run)
    with _cpu() as used:
        structured = steps.structure(request, captured)
    clock = time.perf_counter()
    committed = steps.commit(request, run, captured, structured)
    committing = time.perf_counter() - clock
    steps.publish(request.root)
    publishing = time.perf_counter() - clock - committing
    seconds = {"commit": committing, "publish": publishing}
    report = steps.report(request, run, captured, structured, committed, seconds)
    busy = sum(result.seconds for result in structured.results)
    wall = max(structured.seconds, 1e-9)
    return report.to_json() | {
        "seconds": time.perf_counter() - begun,
        "cpu": used["cpu"] / (wall * cores()),
        "idle": used["idle"] / (wall * (psutil.cpu_count() or 1)),
        "busy": busy / (wall * min(cores(), max(1, len(structured.results)))),
    }


@contextmanager
def _cpu() -> Iterator[dict[str, float]]:
    """What the block spent: CPU seconds of this process and of children that ended, and idle core seconds."""
    used: dict[str, float] = {}
    begun, idle = sum(os.times()[:4]), psutil.cpu_times().idle
    yield used
    used["cpu"] = sum(os.times()[:4]) - begun
    used["idle"] = psutil.cpu_times().idle - idle


def measure_flow(source: Path, lake: Path) -> dict[str, Any]:
    """Run the Prefect flow in this process against a local server of its own, already started.

    Prefect is imported here: that takes seconds, and only this run pays for it.
    """
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"  # read when Prefect is imported
    from prefect.testing.utilities import prefect_test_harness

    from flows.ingest import ingest as flow

    with prefect_test_harness(server_startup_timeout=120):
        begun = time.perf_counter()
        report: dict[str, Any] = asyncio.run(flow([str(source)], str(lake)))
        wall = time.perf_counter() - begun
    return report | {"seconds": wall, "orchestration": wall - sum(report["stages"].values())}


def measure(posts: int, folder: Path, *, flow: bool) -> dict[str, Any]:
    """All runs of one size; each in a process of its own, the first watched for memory."""
    source = folder / f"posts-{posts}"
    write(generate(posts), source)
    lake, other = folder / f"lake-{posts}", folder / f"flow-{posts}"
    first = run_watched(_child("plain", source, lake))
    again = run_watched(_child("plain", source, lake))
    figures: dict[str, Any] = {
        "posts": posts,
        "bytes": sum(path.stat().st_size for path in source.rglob("*.md")),
        "first": json.loads(first.output.splitlines()[-1]),
        "again": json.loads(again.output.splitlines()[-1]),
        "peak_mib": round(first.peak / 2**20),
        "peak_parent_mib": round(first.peak_parent / 2**20),
        "lake_bytes": sum(path.stat().st_size for path in lake.rglob("*") if path.is_file()),
    }
    assert figures["again"]["unchanged"] + figures["again"]["rejected"] == posts, (
        "a second run changed the lake"
    )
    if flow:
        figures["flow"] = json.loads(run_watched(_child("flow", source, other)).output.splitlines()[-1])
    for used in (source, lake, other):
        shutil.rmtree(used, ignore_errors=True)
    return figures


def _child(kind: str, source: Path, lake: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.ingest", "--child", kind, str(source), str(lake)]


def parse_ratio(posts: int = _POSTS_PARSED) -> dict[str, float]:
    """Time to structure one post against Beautiful Soup's own parse of it (lxml), turn by turn."""
    ours, theirs = [], []
    for name, body in generate(posts, seed=2):
        text = body.decode()
        begun = time.perf_counter()
        extract(body, name=Path(name).name)
        middle = time.perf_counter()
        BeautifulSoup(text, "lxml")
        theirs.append(time.perf_counter() - middle)
        ours.append(middle - begun)
    return {
        "structure_ms": 1000 * statistics.median(ours),
        "parse_ms": 1000 * statistics.median(theirs),
        "ratio_of_medians": statistics.median(ours) / statistics.median(theirs),
        "ratio_of_sums": sum(ours) / sum(theirs),
    }


def table(runs: Sequence[Mapping[str, Any]]) -> str:
    """The figures as Markdown."""
    head = [
        "posts",
        "articles/s",
        "total s",
        *(f"{stage} s" for stage in _STAGES),
        "orchestration s (share of flow)",
    ]
    head += ["CPU while structuring (idle cores)", "peak MiB (parent)", "second run s"]
    lines = [_row(head), _row(["---:"] * len(head))]
    for run in runs:
        first, flow = run["first"], run.get("flow")
        share = f"{flow['orchestration']:.1f} ({flow['orchestration'] / flow['seconds']:.0%})" if flow else ""
        stages = [f"{first['stages'].get(stage, 0):.2f}" for stage in _STAGES]
        cells = [
            f"{run['posts']:,}",
            f"{run['posts'] / first['seconds']:,.0f}",
            f"{first['seconds']:.1f}",
            *stages,
        ]
        cells += [
            share,
            f"{first['cpu']:.0%} ({first['idle']:.0%})",
            f"{run['peak_mib']:,} ({run['peak_parent_mib']:,})",
        ]
        lines.append(_row([*cells, f"{run['again']['seconds']:.1f}"]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ingest",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("posts", type=int, nargs="*", default=_SIZES, help="sizes to measure")
    parser.add_argument("--no-flow", action="store_true", help="leave out the Prefect runs")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Measure and print, or be the child that is measured."""
    if words and words[0] == "--child":
        kind, source, lake = words[1], Path(words[2]), Path(words[3])
        print(json.dumps((measure_flow if kind == "flow" else measure_plain)(source, lake)))
        return 0
    given = _arguments(words)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        where = machine()
        ratio = parse_ratio()
        runs = [measure(posts, Path(folder), flow=not given.no_flow) for posts in given.posts]
    if given.json:
        figures = {"machine": where, "parse": ratio, "runs": runs}
        given.json.write_text(json.dumps(figures, indent=1), "utf-8")
    print(", ".join(f"{key} {value}" for key, value in where.items()))
    print(f"\n{table(runs)}\n")
    print(
        f"Structuring a post: {ratio['structure_ms']:.2f} ms, Beautiful Soup's parse {ratio['parse_ms']:.2f} ms, "
        f"ratio {ratio['ratio_of_medians']:.2f} (medians), {ratio['ratio_of_sums']:.2f} (sums)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
