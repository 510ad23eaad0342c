"""prefect.yaml: every deployment loads and takes its parameters; `newslake up` really runs one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import duckdb
import pytest
import yaml
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import load_flow_from_entrypoint

from flows.up import POOL
from tests.stack import NEWSLAKE, ROOT, up

DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]


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


def test_up_runs_a_deployment_and_stops_cleanly(posts: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    with up(lake, "--password", NEWSLAKE_PASSWORD="a secret: word") as stack:
        with pytest.raises(HTTPError, match="401"):
            replace(stack, password=None).ask("/deployments/filter", {})
        assert stack.told["ui"].startswith("http://127.0.0.1:43")
        deployed = {each["name"] for each in stack.ask("/deployments/filter", {})}
        assert deployed == {each["name"] for each in DEPLOYMENTS}

        run = stack.end_of(stack.start("ingest/ingest-files", {"sources": [str(posts)], "workers": 1}))
        assert run["state_type"] == "COMPLETED", stack.log("worker")[-3000:]
        assert run["name"].startswith(posts.name)
        mine = {"flow_runs": {"id": {"any_": [run["id"]]}}}
        artifacts = {each["key"]: each["data"] for each in stack.ask("/artifacts/filter", mine)}
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
        assert json.loads(again.stdout) == {**stack.told, "already": True}

        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(60) == 0
        with pytest.raises(OSError, match="refused"):
            stack.ask("/flow_runs/filter", {})
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
