"""What lake/ logs and reports as progress, in the log of the Prefect run."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.logging import get_run_logger

__all__ = ["RunProgress", "lake_log"]

_EVERY = 10.0  # seconds between two lines: a run of an hour logs a few hundred


@contextmanager
def lake_log(level: int = logging.INFO) -> Iterator[None]:
    """While it lasts, records of the loggers under ``lake`` go to the log of the current run."""
    logger = logging.getLogger("lake")
    handler = _ToRun(get_run_logger())
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False  # the worker prints what reaches the root logger: every line would come twice
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before


class _ToRun(logging.Handler):
    def __init__(self, run: logging.Logger | logging.LoggerAdapter[logging.Logger]) -> None:
        super().__init__()
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record again as one of the run's own."""
        self._run.log(record.levelno, record.getMessage(), exc_info=record.exc_info)


class RunProgress:
    """A ``lake.ingest.Progress`` that logs every ten seconds, and when a stage's total is reached."""

    def __init__(self) -> None:
        self._run = get_run_logger()
        self._logged = time.monotonic()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Log where ``stage`` stands, if it is time."""
        now = time.monotonic()
        if done == total or now - self._logged >= _EVERY:
            self._logged = now
            of = "" if total is None else f" of {total:,}"
            self._run.info("%s: %s%s captures", stage, f"{done:,}", of)
