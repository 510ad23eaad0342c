"""What a cluster gives: `restructure` with one process, with two, and on two Dask workers on loopback.

    python -m benchmarks.scaling [POSTS]     # prints Markdown for docs/scaling.md

The same captures are structured again each time, turn by turn, in one flow run with a Prefect server of its own.
Counted are the seconds of the stage ``structure``; its ratio to one process tells more than the seconds, where
other work shares the cores. The pages are generated posts, so of the cheap kind.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.generate import generate, write
from benchmarks.watching import machine
from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot, lake_root

__all__ = ["dask", "main"]

_ROUNDS = 3
_WORKERS = 2


@contextmanager
def dask(folder: Path, workers: int = _WORKERS) -> Iterator[str]:
    """A Dask scheduler and its workers, of one thread each, on loopback; gives the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    alone = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
    commands = [["scheduler", *here, "--port", str(port)], *workers * [["worker", address, *here, *alone]]]
    log = folder / "dask.log"
    with ExitStack() as started, log.open("wb") as output:
        for command in commands:
            words = [sys.executable, "-m", "dask", *command]
            process = started.enter_context(subprocess.Popen(words, stdout=output, stderr=output))
            started.callback(process.kill)
        while log.read_text().count("Registered to:") < workers:
            time.sleep(0.2)
        yield address


def measure(root: LakeRoot, address: str) -> dict[str, list[dict[str, float]]]:
    """For each way the seconds of every round: of the stage ``structure``, and of the whole run."""
    from flows.restructure import restructure

    ways: dict[str, dict[str, Any]] = {
        "one process": {"workers": 1},
        "two processes": {"workers": _WORKERS},
        "two Dask workers": {"workers": 1, "cluster": address},
    }
    figures: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(_ROUNDS):
        for way, options in ways.items():
            report = restructure(lake=str(root.path), **options)
            figures[way].append({"structure": report["stages"]["structure"], "whole": report["seconds"]})
    return figures


def table(figures: dict[str, list[dict[str, float]]]) -> str:
    """The figures as Markdown."""
    lines = [
        "| | `structure`, s | whole run, s | to one process, same round |",
        "| --- | ---: | ---: | ---: |",
    ]
    alone = [each["structure"] for each in figures["one process"]]
    for way, rounds in figures.items():
        structure = [each["structure"] for each in rounds]
        ratios = [one / other for one, other in zip(alone, structure, strict=True)]
        middle = statistics.median(each["whole"] for each in rounds)
        lines.append(
            f"| {way} | {statistics.median(structure):.1f} | {middle:.1f} | "
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"  # read when Prefect is imported
    from prefect.testing.utilities import prefect_test_harness

    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory(prefix="newslake-scaling-") as name:
        folder, root = Path(name), lake_root(Path(name) / "lake")
        write(generate(posts, seed=3), folder / "posts.tar.zst")
        ingest(IngestRequest((str(folder / "posts.tar.zst"),), root))
        with prefect_test_harness(server_startup_timeout=120), dask(folder) as address:
            figures = measure(root, address)
    facts = ", ".join(f"{key} {value}" for key, value in machine().items())
    print(f"{facts}, load {os.getloadavg()[0]:.0f}, {posts:,} posts\n\n{table(figures)}")


if __name__ == "__main__":
    main()
