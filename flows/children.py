"""Child processes of ``newslake up``: started with a log each, stopped in order, gone when we are gone."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lake.errors import Stop

__all__ = ["Child", "child", "wait_for"]

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_TAIL_LINES = 12


@dataclass(frozen=True, slots=True)
class Child:
    """A running child process and the file that holds its output."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def ended(self) -> bool:
        """Whether it has ended, for whatever reason."""
        return self.process.poll() is not None

    def failure(self, what: str) -> Stop:
        """An error that names the log and quotes its end."""
        tail = "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-_TAIL_LINES:])
        return Stop(f"the {self.name} {what}; the end of {self.log}:\n{tail}")


@contextmanager
def child(
    name: str, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, patience: float
) -> Iterator[Child]:
    """Run ``command`` while the context lasts, then interrupt it and wait ``patience`` seconds.

    A KeyboardInterrupt while waiting, or the end of patience, kills it and what it started.
    It runs in a session of its own: a terminal's Ctrl-C reaches us alone, and we choose the order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_prepare,  # noqa: PLW1509 -- started before any thread of ours
        )
    try:
        yield Child(name, process, log)
    finally:
        _stop(process, patience)


def wait_for(ready: Callable[[], bool], *children: Child, seconds: float) -> None:
    """Poll ``ready`` until it is true.

    Raises:
        Stop: one of ``children`` ended, or ``seconds`` passed.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        for each in children:
            if each.ended:
                raise each.failure("ended while starting")
        if time.monotonic() > deadline:
            raise children[-1].failure(f"was not ready after {seconds:.0f} s")
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes], patience: float) -> None:
    try:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(patience)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        pass
    finally:
        _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the child's session, such as flow runs that outlive their worker."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _prepare() -> None:
    """In the child, before its program starts.

    SIGINT counts again, which a shell switches off for what it starts in the background. On Linux the child
    gets SIGTERM when we die by kill -9: an orphaned server would keep the port and the database.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
