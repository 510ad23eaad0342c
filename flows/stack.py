"""One Prefect installation beside one lake: its addresses, its settings, and its API without Prefect."""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lake.errors import Stop
from lake.locations import LakeRoot

__all__ = [
    "HOST",
    "SETTINGS",
    "USER",
    "Server",
    "Stack",
    "call",
    "close_runs",
    "environment",
    "free_port",
    "shipped",
]

HOST = "127.0.0.1"  # loopback only: who reaches the server can run flows, and flows read files
USER = "newslake"  # who logs in, where a password is asked for
_PORTS_TRIED = 50
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback goes through no proxy

SETTINGS: Mapping[str, str] = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_WORKER_WEBSERVER_HOST": HOST,  # its default is every interface
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "60",  # seconds; an automation marks runs dead that miss some
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
class Server:
    """A Prefect server that others started: the address of its API, and what it wants to be told by whom it lets in."""

    api: str
    login: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Stack:
    """One Prefect installation beside one lake, on ``port`` of the loopback interface.

    With a ``password``, the server asks everyone for it.
    """

    root: LakeRoot
    port: int
    password: str | None = field(default=None, repr=False)

    @property
    def home(self) -> Path:
        """Prefect's folder, beside the lake's tables if they lie on this machine."""
        return self.root.local / ".prefect"

    @property
    def ui(self) -> str:
        """The address to open in a browser."""
        return f"http://{HOST}:{self.port}"

    @property
    def api(self) -> str:
        """The address that clients and workers use."""
        return f"{self.ui}/api"

    @property
    def login(self) -> str | None:
        """What the login page and Prefect's clients are to be given."""
        return f"{USER}:{self.password}" if self.password else None


def environment(stack: Stack, base: Mapping[str, str]) -> dict[str, str]:
    """The environment of every child: ours, without the Prefect set-up of the user's own."""
    kept = {name: value for name, value in base.items() if not name.startswith("PREFECT_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), base.get("PATH", os.defpath)])
    ours = {
        "NEWSLAKE_ROOT": str(stack.root.path),
        "PREFECT_HOME": str(stack.home),
        "PREFECT_API_URL": stack.api,
        "PREFECT_UI_URL": stack.ui,
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(stack.home / "ui"),  # else a copy beside Prefect's code
        "NO_PROXY": ",".join(filter(None, [base.get("NO_PROXY") or base.get("no_proxy"), HOST])),
        "PATH": path,  # the worker starts flow runs with the `python` that it finds
        "PYTHONUNBUFFERED": "1",
    }
    if stack.login:
        ours |= {"PREFECT_SERVER_API_AUTH_STRING": stack.login, "PREFECT_API_AUTH_STRING": stack.login}
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


def call(stack: Stack | Server, path: str, payload: object = None, method: str | None = None) -> Any:
    """The API's JSON answer, or None where none can be had. With a payload it is a POST, unless told."""
    data = None if payload is None else json.dumps(payload).encode()
    headers = {"Content-Type": "application/json"}
    if stack.login:
        headers["Authorization"] = "Basic " + base64.b64encode(stack.login.encode()).decode("ascii")
    request = urllib.request.Request(stack.api + path, data, headers, method=method)
    try:
        with _DIRECT.open(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")
    except OSError:  # refused, reset, timed out, or an HTTP error status
        return None


def shipped(name: str) -> Path:
    """A file of the checkout's root, else the copy that the installed package carries."""
    package = Path(__file__).parent
    for path in (package.parent / name, package / name):
        if path.exists():
            return path
    raise Stop(f"no {name} in {package.parent}: run this from a checkout of newslake")


def close_runs(stack: Stack, reason: str) -> None:
    """Mark runs crashed that look alive though no worker runs: they would block those that wait for them.

    Prefect leaves a run whose worker was stopped in the state Running for ever (seen with 3.8.8).
    """
    alive = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}}
    message = f"{reason}. The lake is sound: nothing of it shows before it is committed. Run it again."
    for run in call(stack, "/flow_runs/filter", alive) or []:
        state = {"type": "CRASHED", "name": "Crashed", "message": message}
        call(stack, f"/flow_runs/{run['id']}/set_state", {"state": state})
