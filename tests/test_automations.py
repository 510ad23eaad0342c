"""Alarms and dead runs, on one real stack: what an operator sees, and that nothing stays blocked."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from prefect.events.schemas.automations import AutomationCore

from benchmarks.generate import generate
from flows.automations import declared, establish
from flows.health import running_stack
from lake.ingest import IngestRequest, ingest
from lake.locations import lake_root
from lake.settings import Sizes
from tasks.events import PUBLISHED, SILENT, SPIKE
from tests.chaos import FULL
from tests.stack import PATIENCE, ROOT, Running, up, wait_until

STACK_IS_KILLED = pytest.mark.skipif(
    not FULL or not Path("/proc/self/environ").exists(),
    reason="kills the whole stack and waits for minutes: part of `make chaos`; finds processes in /proc",
)

WATCHED = {"newslake source silent", "newslake rejects spike", "newslake run late or crashed"}


def emit(stack: Running, event: str, name: str, sentence: str, **about: str) -> None:
    """An event as tasks.events sends it."""
    resource = {"prefect.resource.id": f"newslake.source.{name}", "prefect.resource.name": name} | about
    stack.ask_nothing(
        "/events",
        [
            {
                "occurred": dt.datetime.now(dt.UTC).isoformat(),
                "event": event,
                "resource": resource,
                "payload": {"sentence": sentence},
                "id": str(uuid.uuid4()),
            }
        ],
    )


def notices(stack: Running) -> dict[str, str]:
    """What the notices of the stack say, by what they are about."""
    runs = stack.runs(flows={"name": {"any_": ["notice"]}})
    return {run["parameters"]["about"]: run["parameters"]["text"] for run in runs}


def test_the_file_declares_the_alarms_that_are_promised() -> None:
    automations = {each["name"]: each for each in declared()}
    assert set(automations) == WATCHED | {"newslake dead run", "newslake report on publish"}
    expected = {event for each in automations.values() for event in each["trigger"]["expect"]}
    assert {SILENT, SPIKE, "prefect.flow-run.Late", "prefect.flow-run.Crashed"} <= expected
    assert automations["newslake report on publish"]["trigger"]["expect"] == [PUBLISHED]
    for each in automations.values():
        actions = [
            {name: value for name, value in a.items() if name != "deployment"} for a in each["actions"]
        ]
        AutomationCore.model_validate({**each, "actions": [a for a in actions if "parameters" not in a]})


def test_up_makes_the_automations_once_and_leaves_a_paused_one_paused(stack: Running) -> None:
    def there() -> dict[str, Any]:
        return {each["name"]: each for each in stack.ask("/automations/filter", {})}

    before = there()
    assert set(before) == {each["name"] for each in declared()}
    paused = before["newslake rejects spike"]
    stack.ask_nothing(f"/automations/{paused['id']}", {"enabled": False}, "PATCH")
    running = running_stack(lake_root(stack.lake))
    assert running is not None
    establish(running)
    after = there()
    assert {name: each["id"] for name, each in after.items()} == {n: e["id"] for n, e in before.items()}
    assert after["newslake rejects spike"]["enabled"] is False
    assert after["newslake source silent"]["enabled"] is True
    stack.ask_nothing(f"/automations/{paused['id']}", {"enabled": True}, "PATCH")


def test_a_server_of_one_s_own_gets_the_same_automations(stack: Running) -> None:
    before = {each["name"]: each for each in stack.ask("/automations/filter", {})}
    gone = before["newslake source silent"]
    stack.ask_nothing(f"/automations/{gone['id']}", None, "DELETE")
    command = [sys.executable, "-m", "flows.automations"]
    wrong = {"PATH": os.environ["PATH"], "PREFECT_API_URL": "http://127.0.0.1:1/api"}
    assert subprocess.run(command, env=wrong, cwd=ROOT, check=False).returncode == 1
    for _ in range(2):
        subprocess.run(command, env={**wrong, "PREFECT_API_URL": stack.api}, cwd=ROOT, check=True)
    after = {each["name"]: each["id"] for each in stack.ask("/automations/filter", {})}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]["id"]} == {gone["name"]}


def test_an_alarm_becomes_a_notice_and_is_told_once(stack: Running) -> None:
    def told() -> bool:
        """Emit as every tick does: what comes before the server listens for events is heard by nobody."""
        emit(stack, SILENT, "riverbank", "riverbank: no article since noon")
        emit(stack, SPIKE, "hilltop", "half of them")
        time.sleep(2)
        return len(notices(stack)) >= 2

    wait_until(told, PATIENCE, lambda: notices(stack))
    assert notices(stack)["silent: riverbank"] == "riverbank: no article since noon"
    assert notices(stack)["rejects"].startswith("half of them")
    silent = [
        run
        for run in stack.runs(flows={"name": {"any_": ["notice"]}})
        if run["parameters"]["about"] == "silent: riverbank"
    ]
    assert len(silent) == 1


def test_a_published_snapshot_is_reported_on_once(stack: Running, posts: Path, tmp_path: Path) -> None:
    lake = lake_root(tmp_path / "lake")
    ingest(IngestRequest((str(posts),), lake, sizes=Sizes(workers=1)))
    for _ in range(2):
        emit(stack, PUBLISHED, "fresh", "published", **{"newslake.lake": str(lake.path)})

    def reports() -> list[dict[str, Any]]:
        found = stack.runs(flows={"name": {"any_": ["report"]}})
        return [each for each in found if each["parameters"].get("lake") == str(lake.path)]

    wait_until(lambda: bool(reports()), 60)
    assert stack.end_of(reports()[0]["id"])["state_type"] == "COMPLETED", stack.log("worker")[-3000:]
    assert len(list((lake.path / "reports").glob("*.html"))) == 1
    assert len(reports()) == 1


def pid_of(run_id: str) -> int:
    """The process that runs a flow run, which has its id in its environment."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"PREFECT__FLOW_RUN_ID={run_id}".encode() in path.read_bytes().split(b"\0"):
                return int(path.parent.name)
        except OSError:
            continue
    raise AssertionError(f"no process runs {run_id}")


@pytest.fixture(scope="module")
def many_posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Posts that take one process some ten seconds."""
    folder = tmp_path_factory.mktemp("many")
    for name, body in generate(2500, seed=5):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
    return folder


def begun(stack: Running, run_id: str) -> bool:
    """Whether the run has begun to write to the lake."""
    staging = stack.lake / "staging"
    return stack.run(run_id)["state_type"] == "RUNNING" and staging.is_dir() and any(staging.iterdir())


def articles(lake: Path) -> tuple[int, int]:
    with duckdb.connect(str(lake / "lake.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT count(*), count(DISTINCT article_id) FROM revisions").fetchone()
    assert found is not None
    return found


@STACK_IS_KILLED
def test_a_killed_run_is_marked_and_told_and_the_one_that_waits_goes_on(
    stack: Running, many_posts: Path
) -> None:
    parameters = {"sources": [str(many_posts)], "workers": 1}
    first = stack.start("ingest/ingest-files", parameters)
    wait_until(lambda: begun(stack, first), PATIENCE, lambda: stack.run(first)["state"])
    second = stack.start("ingest/ingest-files", parameters)
    os.kill(pid_of(first), signal.SIGKILL)
    assert stack.end_of(first)["state_type"] == "CRASHED"
    done = stack.end_of(second)
    assert done["state_type"] == "COMPLETED", stack.log("worker")[-3000:]
    revisions, distinct = articles(stack.lake)
    assert revisions == distinct > 2000
    wait_until(lambda: "ingest Crashed" in notices(stack), PATIENCE, lambda: notices(stack))


@pytest.fixture
def pulled(many_posts: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A lake whose stack was killed, all processes at once, in the middle of a run; and that run's id."""
    lake = tmp_path / "lake"
    with up(lake) as stack:
        run = stack.start("ingest/ingest-files", {"sources": [str(many_posts)], "workers": 1})
        wait_until(lambda: begun(stack, run), PATIENCE, lambda: stack.run(run)["state"])
        pid = pid_of(run)
        stack.process.kill()
        os.kill(pid, signal.SIGKILL)
    yield lake, run


@STACK_IS_KILLED
def test_after_the_machine_was_pulled_all_goes_on(pulled: tuple[Path, str], many_posts: Path) -> None:
    lake, killed = pulled
    with up(lake) as stack:
        assert stack.run(killed)["state_type"] == "CRASHED"
        again = stack.start("ingest/ingest-files", {"sources": [str(many_posts)], "workers": 1})
        assert stack.end_of(again)["state_type"] == "COMPLETED", stack.log("worker")[-3000:]
        revisions, distinct = articles(lake)
        assert revisions == distinct > 2000
