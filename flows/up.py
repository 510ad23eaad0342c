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
import json
import logging
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flows
from flows.children import Child, child, wait_for
from lake.errors import Stop
from lake.locations import LakeRoot

__all__ = ["HOST", "POOL", "SETTINGS", "Stack", "environment", "free_port", "prefect_file", "run"]

log = logging.getLogger(__name__)

HOST = "127.0.0.1"  # loopback only: Prefect's server asks nobody for a password
POOL = "lake"
_PREFECT = (sys.executable, "-m", "prefect")
_START_SECONDS = 180.0  # a server with a new database was seen to need 13-19 s on four idle cores
_STOP_SECONDS = 20.0
_PORTS_TRIED = 50
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback goes through no proxy

SETTINGS: Mapping[str, str] = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_WORKER_WEBSERVER_HOST": HOST,  # its default is every interface
    # SQLite starves after bursts with the default batch sizes: the API stood still for 60 s after
    # 1000 task runs, not at all with these (measured).
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # keeps Prefect's database small
}


@dataclass(frozen=True, slots=True)
class Stack:
    """One Prefect installation beside one lake, on ``port`` of the loopback interface."""

    root: LakeRoot
    port: int

    @property
    def home(self) -> Path:
        """Prefect's folder, beside the lake's tables."""
        return self.root.path / ".prefect"

    @property
    def ui(self) -> str:
        """The address to open in a browser."""
        return f"http://{HOST}:{self.port}"

    @property
    def api(self) -> str:
        """The address that clients and workers use."""
        return f"{self.ui}/api"


def run(root: LakeRoot, port: int, ready: Callable[[Stack, bool], None]) -> None:
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
        stack = Stack(root, free_port(port))
        (home / "up.lock").write_text(str(stack.port), encoding="ascii")
        with _sigterm_interrupts():
            _serve(stack, lambda: ready(stack, False))


def environment(stack: Stack, base: Mapping[str, str]) -> dict[str, str]:
    """The environment of every child: ours, without the Prefect set-up of the user's own."""
    kept = {name: value for name, value in base.items() if not name.startswith("PREFECT_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), base.get("PATH", os.defpath)])
    ours = {
        "NEWSLAKE_ROOT": str(stack.root.path),
        "PREFECT_HOME": str(stack.home),
        "PREFECT_API_URL": stack.api,
        "PREFECT_UI_URL": stack.ui,
        "NO_PROXY": ",".join(filter(None, [base.get("NO_PROXY") or base.get("no_proxy"), HOST])),
        "PATH": path,  # the worker starts flow runs with the `python` that it finds
        "PYTHONUNBUFFERED": "1",
    }
    return kept | dict(SETTINGS) | ours


def free_port(wanted: int) -> int:
    """``wanted``, or the next port after it that nobody listens on."""
    for port in range(wanted, min(wanted + _PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise Stop(f"no free port from {wanted} on: name another one with --port")


def prefect_file() -> Path:
    """prefect.yaml of the checkout, else the copy that the installed package carries."""
    package = Path(flows.__file__).parent
    for path in (package.parent / "prefect.yaml", package / "prefect.yaml"):
        if path.exists():
            return path
    raise Stop(f"no prefect.yaml in {package.parent}: run this from a checkout of newslake")


def _serve(stack: Stack, ready: Callable[[], None]) -> None:
    with _prefect(stack, "server", "server", "start", "--host", HOST, "--port", str(stack.port)) as server:
        log.info("starting the server; the first start makes its database and takes some 20 s")
        wait_for(lambda: _call(stack, "/health") is True, server, seconds=_START_SECONDS)
        _close_runs(stack, "newslake up, or its machine, was killed during this run")
        with _prefect(stack, "worker", "worker", "start", "--pool", POOL, "--type", "process") as worker:
            log.info("starting the worker")
            pool = f"/work_pools/{POOL}"
            wait_for(lambda: _call(stack, pool) is not None, server, worker, seconds=_START_SECONDS)
            _deploy(stack)
            ready()
            _watch(server, worker)
        _close_runs(stack, "newslake up was stopped during this run")


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
    fingerprint = _fingerprint()
    known = note.exists() and note.read_text(encoding="ascii") == fingerprint
    if known and _call(stack, "/deployments/count", {}) != 0:
        return
    log.info("deploying the flows")
    arguments = ("--no-prompt", "deploy", "--all", "--prefect-file", str(prefect_file()))
    with _prefect(stack, "deploy", *arguments) as deploy:
        if deploy.process.wait() != 0:
            raise deploy.failure("failed")
    note.write_text(fingerprint, encoding="ascii")


def _fingerprint() -> str:
    """Changes with the deployments, their parameters' forms, the place of the code, and Prefect."""
    package = Path(flows.__file__).parent
    digest = hashlib.sha256(f"{package}\n{importlib.metadata.version('prefect')}\n".encode())
    for path in [prefect_file(), *sorted(package.glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _prefect(stack: Stack, name: str, *arguments: str) -> Any:
    return child(
        name,
        [*_PREFECT, *arguments],
        env=environment(stack, os.environ),
        cwd=Path(flows.__file__).parent.parent,  # entrypoints in prefect.yaml are relative to it
        log=stack.home / "logs" / f"{name}.log",
        patience=_STOP_SECONDS,
    )


def _close_runs(stack: Stack, reason: str) -> None:
    """Mark runs crashed that look alive though no worker runs: they would block those that wait for them.

    Prefect leaves a run whose worker was stopped in the state Running for ever (seen with 3.8.8).
    """
    alive = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}}
    message = f"{reason}. The lake is sound: nothing of it shows before it is committed. Run it again."
    for run in _call(stack, "/flow_runs/filter", alive) or []:
        state = {"type": "CRASHED", "name": "Crashed", "message": message}
        _call(stack, f"/flow_runs/{run['id']}/set_state", {"state": state})


def _call(stack: Stack, path: str, payload: object = None) -> Any:
    """The API's JSON answer (to POST where there is a payload), or None where none can be had."""
    data = None if payload is None else json.dumps(payload).encode()
    request = urllib.request.Request(stack.api + path, data, {"Content-Type": "application/json"})
    try:
        with _DIRECT.open(request, timeout=10) as answer:
            return json.load(answer)
    except OSError:  # refused, reset, timed out, or an HTTP error status
        return None


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
