"""`newslake up` for tests: started as an operator starts it, and its API without Prefect's client."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = ["NEWSLAKE", "PATIENCE", "ROOT", "Running", "all_off", "up", "wait_until"]

ROOT = Path(__file__).resolve().parent.parent
NEWSLAKE = [sys.executable, "-m", "flows.cli"]
PATIENCE = 180  # seconds until a wait has failed: Prefect's server was seen to stand still for a minute
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass(frozen=True)
class Running:
    """A stack that runs."""

    process: subprocess.Popen[str]
    lake: Path
    told: dict[str, Any]
    password: str | None = None

    @property
    def api(self) -> str:
        return str(self.told["api"])

    def ask(self, path: str, payload: object = None) -> Any:
        """The API's answer, to POST where there is a payload."""
        with self._open(path, payload, None) as answer:
            return json.load(answer)

    def _open(self, path: str, payload: object, method: str | None) -> Any:
        """Ask as Prefect's own client does: a server that is busy says 503, or nothing for a while."""
        for wait in (1, 2, 4, 8, 0):
            try:
                return urllib.request.urlopen(self._request(path, payload, method), timeout=60)
            except urllib.error.HTTPError as error:
                if error.code != 503 or not wait:
                    raise
            except (TimeoutError, urllib.error.URLError):
                if not wait or path.endswith("create_flow_run"):
                    raise
            time.sleep(wait)
        raise AssertionError

    def _request(self, path: str, payload: object, method: str | None) -> urllib.request.Request:
        data = None if payload is None else json.dumps(payload).encode()
        headers = {"Content-Type": "application/json"}
        if self.password:
            login = base64.b64encode(f"newslake:{self.password}".encode()).decode()
            headers["Authorization"] = f"Basic {login}"
        return urllib.request.Request(self.api + path, data, headers, method=method)

    def ask_nothing(self, path: str, payload: object, method: str = "POST") -> None:
        """A call whose answer is empty."""
        self._open(path, payload, method).close()

    def start(self, deployment: str, parameters: dict[str, Any], **more: Any) -> str:
        """What the UI's custom run does; returns the run's id."""
        found = self.ask(f"/deployments/name/{deployment}")
        payload = {"parameters": parameters, "state": {"type": "SCHEDULED"}, **more}
        return str(self.ask(f"/deployments/{found['id']}/create_flow_run", payload)["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(f"/flow_runs/{run_id}")
        return found

    def runs(self, **chosen: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("/flow_runs/filter", chosen)
        return found

    def end_of(self, run_id: str) -> dict[str, Any]:
        """The run, once it has ended."""
        wait_until(
            lambda: self.run(run_id)["state_type"] in ENDED, PATIENCE, lambda: self.run(run_id)["state"]
        )
        return self.run(run_id)

    def log(self, name: str) -> str:
        return (self.lake / ".prefect" / "logs" / f"{name}.log").read_text()


def wait_until(ready: Callable[[], bool], seconds: float, otherwise: Callable[[], Any] = lambda: "") -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.3)


def all_off() -> str:
    """A user's configuration that switches every shipped source off."""
    shipped = tomllib.loads(files("lake.sources").joinpath("sources.toml").read_text("utf-8"))
    return "".join(f"[{name}]\non = false\n" for name, table in shipped.items() if table.get("on"))


def heed_ctrl_c() -> None:
    """Who runs tests in the background may have it ignored, and what they start inherits that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def up(lake: Path, *options: str, **environment: str) -> Iterator[Running]:
    """A stack; at the end it is killed, if it still runs. Its live sources are all switched off."""
    lake.mkdir(exist_ok=True)
    own = lake / "sources.toml"
    if not own.exists():
        own.write_text(all_off())
    command = [*NEWSLAKE, "up", "--lake", str(lake), "--port", "4310", "--json", *options]
    log = lake.with_name("up.log")
    with log.open("w") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            preexec_fn=heed_ctrl_c,  # noqa: PLW1509  it takes no lock
        )
    assert process.stdout is not None
    try:
        lines: list[str] = []
        while not lines or lines[-1] != "}\n":
            line = process.stdout.readline()
            assert line, log.read_text()
            lines.append(line)
        yield Running(process, lake, json.loads("".join(lines)), environment.get("NEWSLAKE_PASSWORD"))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
