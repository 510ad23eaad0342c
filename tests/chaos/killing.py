"""Processes that are killed with SIGKILL: after a time, or at the n-th change to a folder's files."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import select
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Ended", "Watch", "run_and_kill"]

_CONTEXT = multiprocessing.get_context("forkserver")  # imports once; its children start in milliseconds
_CONTEXT.set_forkserver_preload(["tests.chaos.work"])
_PATIENCE = 120.0  # seconds for an operation that is not killed

_CREATE, _CLOSE_WRITE, _DELETE, _MOVED, _FOLDER = 0x100, 0x8, 0x200, 0xC0, 0x40000000
_EVENT = struct.Struct("iIII")


@dataclass(frozen=True)
class Ended:
    """How a process ended: whether it was killed, after how many changes of files and seconds."""

    killed: bool
    changes: int
    seconds: float


class Watch:
    """Counts files made, written, renamed and removed in a folder and all below it (Linux inotify)."""

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self._folders: dict[int, Path] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._add(folder)

    def close(self) -> None:
        """Give the handle back."""
        os.close(self._handle)

    def count(self, patience: float) -> int:
        """Changes since the last call; waits at most ``patience`` seconds for the first."""
        if not select.select([self._handle], [], [], patience)[0]:
            return 0
        content, at, found = os.read(self._handle, 65536), 0, 0
        while at < len(content):
            number, mask, _, length = _EVENT.unpack_from(content, at)
            name = content[at + _EVENT.size : at + _EVENT.size + length].rstrip(b"\0")
            at += _EVENT.size + length
            found += 1
            if mask & _FOLDER and mask & (_CREATE | _MOVED) and number in self._folders:
                self._add(self._folders[number] / os.fsdecode(name))
        return found

    def _add(self, folder: Path) -> None:
        number = self._libc.inotify_add_watch(
            self._handle, os.fsencode(folder), _CREATE | _CLOSE_WRITE | _DELETE | _MOVED
        )
        if number < 0:
            return  # gone already
        self._folders[number] = folder
        with suppress(
            FileNotFoundError
        ):  # gone, or renamed, since: by its new name it is a change of its own
            for below in list(folder.iterdir()):
                if below.is_dir() and not below.is_symlink():
                    self._add(below)


def run_and_kill(
    job: Callable[..., None],
    words: Sequence[object],
    folder: Path,
    *,
    after: float | None = None,
    change: int | None = None,
    may_fail: bool = False,
) -> Ended:
    """Run ``job(*words)`` in a process and kill it ``after`` seconds or at a ``change`` of files in ``folder``.

    With neither it runs to its end. A process that ends by itself must end well, unless it ``may_fail``, which
    then counts as killed.
    """
    watch = Watch(folder)
    process = _CONTEXT.Process(target=job, args=tuple(words))
    begun = time.monotonic()
    process.start()
    changes = 0
    try:
        while process.is_alive():
            passed = time.monotonic() - begun
            if (after is not None and passed >= after) or (change is not None and changes >= change):
                process.kill()
                break
            if passed > _PATIENCE:
                process.kill()
                raise TimeoutError(f"{job.__name__}{tuple(words)} did not end")
            changes += watch.count(min(0.01, max(0.0, (after or 1.0) - passed)))
        process.join()
    finally:
        watch.close()
    seconds = time.monotonic() - begun
    if process.exitcode not in (0, -9) and not may_fail:
        raise AssertionError(f"{job.__name__}{tuple(words)} ended with {process.exitcode}")
    return Ended(process.exitcode != 0, changes, seconds)
