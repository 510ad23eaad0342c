"""What all commands share: their common options, and how they speak.

Results go to stdout; everything else (progress, logs, errors) goes to stderr.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter

from lake.locations import LakeRoot, lake_root

__all__ = ["DEFAULT", "Common", "log_to_stderr", "print_json", "progress", "say"]

_LOG_EVERY = 10.0  # seconds between two lines of progress where there is no terminal


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Common:
    """The options of every command."""

    lake: Annotated[str | None, Parameter(name="--lake")] = None
    """Folder, or s3://BUCKET/PREFIX, that holds the lake; $NEWSLAKE_ROOT by default, else ./data."""
    json: Annotated[bool, Parameter(name="--json", negative=(), show_default=False)] = False
    """Print one JSON object on stdout."""

    @property
    def root(self) -> LakeRoot:
        """The lake that is meant."""
        return lake_root(self.lake)


DEFAULT = Common()


def say(text: str) -> None:
    """Print a line for the person at the terminal, on stderr."""
    print(text, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print ``value`` as the one JSON object of ``--json``."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str), flush=True)


class _Stderr(logging.StreamHandler[Any]):
    """Writes to whatever sys.stderr is at the time: a progress bar replaces it while it shows."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))

    @property
    def stream(self) -> Any:
        """The present stderr."""
        return sys.stderr


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Send the log of newslake's own packages to stderr, from ``level`` on."""
    for name in ("lake", "flows"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [_Stderr()]
        logger.setLevel(level)
        logger.propagate = False


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A ``lake.ingest.Progress``: bars on a terminal, else a line of log every ten seconds."""
    if not sys.stderr.isatty():
        yield _LoggedProgress()
        return
    from rich.console import Console  # only terminals pay for loading it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def advance(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                for earlier in bars.tasks:  # its total was not known before
                    bars.update(earlier.id, total=earlier.completed)
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


class _LoggedProgress:
    def __init__(self) -> None:
        self._logged = time.monotonic()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._logged >= _LOG_EVERY:
            self._logged = now
            of = "" if total is None else f" of {total:,}"
            logging.getLogger(__name__).info("%s: %s%s captures", stage, f"{done:,}", of)
