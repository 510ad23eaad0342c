"""Attempts at a commit: writers on one machine take turns, writers elsewhere are met with Conflict and redo.

The lock only spares work. That nothing is lost rests on the Delta log alone: a writer that cannot get the
lock, or is on another machine, still fails to commit upon an old version.
"""

from __future__ import annotations

import fcntl
import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from lake.errors import Conflict
from lake.locations import LakeRoot

__all__ = ["attempts"]

log = logging.getLogger(__name__)

_ATTEMPTS = 30  # with pauses that grow to two seconds: about a minute of losing against other machines
_PATIENCE = 60.0  # seconds that a writer waits for its turn before it goes on without


class _Attempt:
    """One attempt, as a context manager: swallows Conflict unless it was the last."""

    def __init__(self, number: int) -> None:
        self.done = False
        self._number = number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.done = kind is None
        if not isinstance(error, Conflict) or self._number + 1 == _ATTEMPTS:
            return False
        log.info("attempt %d: %s", self._number + 1, error)
        time.sleep(random.uniform(0.0, min(2.0, 0.05 * 2**self._number)))
        return True


def attempts(root: LakeRoot) -> Iterator[_Attempt]:
    """Yield attempts until one ends without Conflict; the last one's Conflict is raised.

    Use as ``for attempt in attempts(root): with attempt: …``; the body must start from the newest versions.
    """
    for number in range(_ATTEMPTS):
        attempt = _Attempt(number)
        with _turn(root):
            yield attempt
        if attempt.done:
            return


@contextmanager
def _turn(root: LakeRoot) -> Iterator[None]:
    path = root.index.with_name("writer.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        give_up = time.monotonic() + _PATIENCE
        while not _locked(handle.fileno()) and time.monotonic() < give_up:
            time.sleep(0.01)
        yield  # closing the file, and dying, gives the lock back


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
