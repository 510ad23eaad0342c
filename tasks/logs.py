"""What lake/ logs, in the log of the Prefect run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.logging import get_run_logger

__all__ = ["lake_log"]


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
        logger.setLevel(before[0])  # the attribute alone would leave the loggers below with what they cached
        logger.propagate = before[1]


class _ToRun(logging.Handler):
    def __init__(self, run: logging.Logger | logging.LoggerAdapter[logging.Logger]) -> None:
        super().__init__()
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record again as one of the run's own."""
        self._run.log(record.levelno, record.getMessage(), exc_info=record.exc_info)
