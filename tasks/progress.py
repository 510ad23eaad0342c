"""Progress of a run: a bar in the UI that moves, and a line of log now and then."""

from __future__ import annotations

import time
from collections.abc import Mapping
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.logging import get_run_logger

from tasks.patience import told

__all__ = ["RunProgress", "percent"]

_LOG_EVERY = 10.0  # seconds between two lines: a run of an hour logs a few hundred
_MOVE_EVERY = 2.0  # seconds between two moves of the bar: each is a call of the API
_SPANS: Mapping[str, tuple[float, float]] = {"capture": (0.0, 20.0), "structure": (20.0, 90.0)}
_HALF = 5000  # captures after which a stage without a known total is shown as half done


def percent(stage: str, done: int, total: int | None) -> float:
    """Where a whole run stands. A stage takes its usual share; without a total, it only nears its end."""
    low, high = _SPANS.get(stage, (0.0, 100.0))
    part = done / (done + _HALF) if total is None else done / max(total, 1)
    return low + (high - low) * min(part, 1.0)


class RunProgress:
    """A ``lake.ingest.Progress`` for the run at hand; ``end`` fills the bar."""

    def __init__(self) -> None:
        self._run = get_run_logger()
        self._logged = time.monotonic()
        self._moved = float("-inf")
        self._bar: UUID | None = None

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show where ``stage`` stands, if it is time."""
        now = time.monotonic()
        of = "" if total is None else f" of {total:,}"
        text = f"{stage}: {done:,}{of} captures"
        if done == total or now - self._logged >= _LOG_EVERY:
            self._logged = now
            self._run.info(text)
        if now - self._moved >= _MOVE_EVERY:
            self._moved = now
            told(lambda: self._move(percent(stage, done, total), text), "progress", waits=())

    def end(self, text: str) -> None:
        """The run is through: the bar is full and says what came out. A run that showed none shows none."""
        if self._bar is not None:
            told(lambda: self._move(100.0, text), "progress")

    def _move(self, progress: float, text: str) -> None:
        """Create or update the bar; in an async flow, too, Prefect is to do so before it returns."""
        if self._bar is None:
            made = create_progress_artifact(progress, key="progress", description=text, _sync=True)  # type: ignore[call-arg]
            self._bar = UUID(str(made))
        else:
            update_progress_artifact(self._bar, progress, description=text, _sync=True)  # type: ignore[call-arg]
