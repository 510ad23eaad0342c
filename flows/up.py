"""``newslake up``: Prefect server, UI, worker and deployments on one machine, as child processes.

    <lake>/.prefect/               Prefect's own state (its database and settings)
    <lake>/.prefect/up.lock        held while a stack runs; holds its port
    <lake>/.prefect/logs/*.log     what server, worker and deploy printed
    <lake>/.prefect/deployed       fingerprint of what was deployed last

Prefect is never imported here: it takes seconds to load, and its command line is its stable interface.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import flows
from flows import automations
from flows.children import Child, child, wait_for
from flows.stack import HOST, Stack, call, close_runs, environment, free_port, shipped
from lake.locations import LakeRoot

__all__ = ["POOL", "declared_deployments", "fingerprint", "prefect_file", "run"]

log = logging.getLogger(__name__)

POOL = "lake"
_PREFECT = (sys.executable, "-m", "prefect")
_START_SECONDS = 180.0  # a server with a new database was seen to need 13-19 s on four idle cores
_STOP_SECONDS = 20.0


def run(root: LakeRoot, port: int, ready: Callable[[Stack, bool], None], password: str | None = None) -> None:
    """Start everything, call ``ready(stack, False)``, and stay until Ctrl-C or SIGTERM.

    The worker is stopped before the server; a flow that it was running is cut off and marked crashed.
    Where a stack runs for this lake already, ``ready(that stack, True)`` is all that happens.

    Raises:
        Stop: a part did not start, or ended by itself; the message quotes its log.
    """
    home = Stack(root, port).home
    home.mkdir(parents=True, exist_ok=True)
    with _lock(home / "up.lock") as held_by:
        if held_by is not None:
            ready(Stack(root, held_by), True)
            return
        stack = Stack(root, free_port(port), password)
        (home / "up.lock").write_text(str(stack.port), encoding="ascii")
        with _sigterm_interrupts():
            _serve(stack, lambda: ready(stack, False))


def prefect_file() -> Path:
    """prefect.yaml, which declares the deployments."""
    return shipped("prefect.yaml")


def declared_deployments() -> list[dict[str, Any]]:
    """The deployments as prefect.yaml has them."""
    import yaml  # Prefect brings it; commands that need no Prefect need not load it

    found: list[dict[str, Any]] = yaml.safe_load(prefect_file().read_text("utf-8"))["deployments"]
    return found


def fingerprint() -> str:
    """Changes with the deployments, their parameters' forms, the place of the code, and Prefect."""
    package = Path(flows.__file__).parent
    digest = hashlib.sha256(f"{package}\n{importlib.metadata.version('prefect')}\n".encode())
    for path in [prefect_file(), *sorted(package.glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _serve(stack: Stack, ready: Callable[[], None]) -> None:
    with _prefect(stack, "server", "server", "start", "--host", HOST, "--port", str(stack.port)) as server:
        log.info("starting the server; the first start makes its database and takes some 20 s")
        wait_for(lambda: call(stack, "/health") is True, server, seconds=_START_SECONDS)
        close_runs(stack, "newslake up, or its machine, was killed during this run")
        with _prefect(stack, "worker", "worker", "start", "--pool", POOL, "--type", "process") as worker:
            log.info("starting the worker")
            pool = f"/work_pools/{POOL}"
            wait_for(lambda: call(stack, pool) is not None, server, worker, seconds=_START_SECONDS)
            _deploy(stack)
            automations.establish(stack)
            ready()
            _watch(server, worker)
        close_runs(stack, "newslake up was stopped during this run")


def _watch(*children: Child) -> None:
    try:
        while not any(each.ended for each in children):
            time.sleep(0.5)
    except KeyboardInterrupt:
        log.info("stopping the worker, then the server; Ctrl-C again kills them")
        return
    raise next(each for each in children if each.ended).failure("ended by itself")


def _deploy(stack: Stack) -> None:
    """Deploy prefect.yaml, unless just this is deployed: what an operator changed in the UI stays."""
    note = stack.home / "deployed"
    current = fingerprint()
    known = note.exists() and note.read_text(encoding="ascii") == current
    if known and call(stack, "/deployments/count", {}) != 0:
        return
    log.info("deploying the flows")
    arguments = ("--no-prompt", "deploy", "--all", "--prefect-file", str(prefect_file()))
    with _prefect(stack, "deploy", *arguments) as deploy:
        if deploy.process.wait() != 0:
            raise deploy.failure("failed")
    note.write_text(current, encoding="ascii")


def _prefect(stack: Stack, name: str, *arguments: str) -> AbstractContextManager[Child]:
    return child(
        name,
        [*_PREFECT, *arguments],
        env=environment(stack, os.environ),
        cwd=Path(flows.__file__).parent.parent,  # entrypoints in prefect.yaml are relative to it
        log=stack.home / "logs" / f"{name}.log",
        patience=_STOP_SECONDS,
    )


@contextmanager
def _lock(path: Path) -> Iterator[int | None]:
    """Hold the lock file; yields None, or the port that its present holder has written."""
    with path.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            yield int(lock.read() or 0)
            return
        yield None


@contextmanager
def _sigterm_interrupts() -> Iterator[None]:
    """SIGTERM (systemd, docker) ends the stack as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
