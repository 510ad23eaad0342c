"""Run a command and watch the memory of its whole process tree."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import psutil

__all__ = ["Watched", "machine", "run_watched"]

_EVERY = 0.1  # seconds between two samples


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command printed, and the peak memory of it and its children, in bytes.

    Memory is PSS (each shared page counted once, divided among its users), where the system tells it,
    else RSS, which counts shared libraries once a process and so says too much.
    """

    output: str
    seconds: float
    peak: int
    peak_parent: int


def run_watched(command: Sequence[str]) -> Watched:
    """Run ``command`` to its end. Raises CalledProcessError where it fails; its stderr goes through."""
    begun = time.perf_counter()
    peak = peak_parent = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True) as process:
        while process.poll() is None:
            parent, total = _memory(process.pid)
            peak, peak_parent = max(peak, total), max(peak_parent, parent)
            time.sleep(_EVERY)
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return Watched(output, time.perf_counter() - begun, peak, peak_parent)


def _memory(pid: int) -> tuple[int, int]:
    """Bytes of the process and of it with all its descendants."""
    try:
        parent = psutil.Process(pid)
        own = _size(parent)
        return own, own + sum(_size(child) for child in parent.children(recursive=True))
    except psutil.NoSuchProcess:
        return 0, 0


def _size(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", full.rss))


def machine() -> dict[str, str | float]:
    """Where and with what a figure was measured."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        **{name: version(name) for name in ("deltalake", "duckdb", "pyarrow", "beautifulsoup4", "lxml")},
    }
