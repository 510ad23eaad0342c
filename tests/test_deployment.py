"""prefect.yaml: every deployment loads and takes its parameters; `newslake up` really runs one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import load_flow_from_entrypoint

from flows.up import POOL

ROOT = Path(__file__).resolve().parent.parent
DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
NEWSLAKE = [sys.executable, "-m", "flows.cli"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["name"])
def test_a_deployment_loads_and_its_parameters_are_valid(
    deployment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    flow = load_flow_from_entrypoint(deployment["entrypoint"], use_placeholder_flow=False)
    schedules = deployment.get("schedules", [])
    for given in [{}, *(each.get("parameters", {}) for each in schedules)]:
        flow.validate_parameters({**deployment.get("parameters", {}), **given})
    for each in schedules:
        assert each["slug"]
        CronSchedule(cron=each["cron"], timezone=each["timezone"])
    assert deployment["description"]
    assert "newslake" in deployment["tags"]
    assert deployment["work_pool"]["name"] == POOL
    assert deployment["enforce_parameter_schema"] is True
    assert deployment["concurrency_limit"]["collision_strategy"] in ("ENQUEUE", "CANCEL_NEW")


def test_names_are_unique() -> None:
    names = [each["name"] for each in DEPLOYMENTS]
    assert len(names) == len(set(names))


def post(api: str, path: str, payload: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        api + path, json.dumps(payload).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@contextmanager
def up(lake: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`newslake up` as an operator starts it; ends with the Ctrl-C that the test has sent, else a kill."""
    command = [*NEWSLAKE, "up", "--lake", str(lake), "--port", "4310", "--json"]
    log = lake.with_name("up.log")
    with log.open("w") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    try:
        lines = []
        while not lines or lines[-1] != "}\n":
            line = process.stdout.readline()
            assert line, log.read_text()
            lines.append(line)
        yield process, json.loads("".join(lines))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_for_end(api: str, run: dict[str, Any], seconds: float = 120) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        found: dict[str, Any] = post(api, "/flow_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})[
            0
        ]
        if found["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            return found
        assert time.monotonic() < deadline, found["state"]
        time.sleep(0.5)


def start(api: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """What the UI's custom run does."""
    with urllib.request.urlopen(f"{api}/deployments/name/ingest/ingest-files", timeout=30) as answer:
        deployment = json.load(answer)
    started: dict[str, Any] = post(
        api,
        f"/deployments/{deployment['id']}/create_flow_run",
        {"parameters": parameters, "state": {"type": "SCHEDULED"}},
    )
    return started


def test_up_runs_a_deployment_and_stops_cleanly(posts: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    with up(lake) as (process, told):
        api = told["api"]
        assert told["ui"].startswith("http://127.0.0.1:43")
        deployed = {each["name"] for each in post(api, "/deployments/filter", {})}
        assert deployed == {each["name"] for each in DEPLOYMENTS}

        run = wait_for_end(api, start(api, {"sources": [str(posts)], "workers": 1}))
        assert run["state_type"] == "COMPLETED", (lake / ".prefect/logs/worker.log").read_text()[-3000:]
        assert run["name"].startswith(posts.name)
        mine = {"flow_runs": {"id": {"any_": [run["id"]]}}}
        artifacts = {each["key"]: each["data"] for each in post(api, "/artifacts/filter", mine)}
        assert set(artifacts) >= {"ingest-report", "ingest-figures", "ingest-report-link", "lake-database"}
        figures = {row["figure"]: row["value"] for row in json.loads(artifacts["ingest-figures"])}
        with duckdb.connect(str(lake / "lake.duckdb"), read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM articles").fetchone() == (figures["new"],)
        assert figures["captured"] == 31

        again = subprocess.run(
            [*NEWSLAKE, "up", "--lake", str(lake), "--json"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert json.loads(again.stdout) == {**told, "already": True}

        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        with pytest.raises(OSError, match="refused"):
            post(api, "/flow_runs/filter", {})
    assert f"PREFECT_HOME={lake}" not in environments()


def environments() -> str:
    """The environments of all processes that may be read: who was started for a lake names it there."""
    texts = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            texts.append(path.read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(texts) if os.name == "posix" else ""
