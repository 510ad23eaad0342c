"""A run that hangs, a worker that stands still, a server that is restarted: what an operator sees, and that all
goes on. Minutes long, so a part of `make chaos`; finds processes as /proc shows them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from flows.stack import HOST, Stack, call, environment, free_port
from flows.up import POOL
from lake.locations import lake_root
from tests.chaos import FULL
from tests.stack import PATIENCE, ROOT, Running, all_off, up, wait_until
from tests.test_automations import articles, begun, many_posts, notices, pid_of

pytestmark = pytest.mark.skipif(
    not FULL or not Path("/proc/self/environ").exists(), reason="minutes long: part of `make chaos`"
)
__all__ = ["many_posts"]  # the fixture


def part_of(stack: Running, name: str) -> psutil.Process:
    """The process of `newslake up` that runs `prefect <name> start`."""
    for child in psutil.Process(stack.process.pid).children():
        if child.cmdline()[2:5] == ["prefect", name, "start"]:
            return child
    raise AssertionError(f"no {name} runs")


@contextmanager
def standing_still(*processes: psutil.Process) -> Iterator[None]:
    """The processes do nothing while the context lasts."""
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


@pytest.mark.timeout(900)
def test_a_run_that_hangs_is_marked_dead_and_blocks_no_other(many_posts: Path, tmp_path: Path) -> None:
    parameters = {"sources": [str(many_posts)], "workers": 1}
    with up(tmp_path / "lake") as stack:
        hangs = stack.start("ingest/ingest-files", parameters)
        wait_until(lambda: begun(stack, hangs), 90, lambda: stack.run(hangs)["state"])
        process = psutil.Process(pid_of(hangs))
        with standing_still(process, *process.children(recursive=True)):
            waits = stack.start("ingest/ingest-files", parameters)
            wait_until(
                lambda: stack.run(hangs)["state_type"] == "CRASHED", 600, lambda: stack.run(hangs)["state"]
            )
            assert stack.run(hangs)["state"]["message"].startswith("no heartbeat for four minutes")
            done = stack.end_of(waits)
            assert done["state_type"] == "COMPLETED", stack.log("worker")[-3000:]
            wait_until(lambda: "ingest Crashed" in notices(stack), 60, lambda: notices(stack))
            process.kill()
        revisions, distinct = articles(stack.lake)
        assert revisions == distinct > 2000


@pytest.mark.timeout(600)
def test_a_late_run_is_told_and_runs_when_the_worker_is_back(posts: Path, tmp_path: Path) -> None:
    with up(tmp_path / "lake") as stack:
        with standing_still(part_of(stack, "worker")):
            late = stack.start("ingest/ingest-files", {"sources": [str(posts)], "workers": 1})
            wait_until(
                lambda: stack.run(late)["state"]["name"] == "Late", 120, lambda: stack.run(late)["state"]
            )
            wait_until(lambda: "ingest Late" in notices(stack), 60, lambda: notices(stack))
        assert stack.end_of(late)["state_type"] == "COMPLETED", stack.log("worker")[-3000:]


class Apart:
    """Prefect's server and a worker as processes of their own, set up as `newslake up` sets them up."""

    def __init__(self, folder: Path) -> None:
        self.stack = Stack(lake_root(folder / "lake"), free_port(4400))
        self.stack.home.mkdir(parents=True)
        self.log = folder / "prefect.log"
        (folder / "lake" / "sources.toml").write_text(all_off())
        nobody = subprocess.Popen(["true"], text=True)
        self.asked = Running(nobody, folder / "lake", {"api": self.stack.api})

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "prefect", *arguments],
                env=environment(self.stack, os.environ),
                cwd=ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def serve(self) -> subprocess.Popen[bytes]:
        """The server, once it answers."""
        server = self.start("server", "start", "--host", HOST, "--port", str(self.stack.port))
        wait_until(lambda: call(self.stack, "/health") is True, PATIENCE, self.log.read_text)
        return server


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    found = Apart(tmp_path)
    yield found
    for process in psutil.process_iter():  # all that were started for this lake carry it in their environment
        with contextlib.suppress(psutil.Error):
            if process.environ().get("NEWSLAKE_ROOT") == str(found.stack.root.path):
                process.kill()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_restarted_alone_loses_no_run(
    many_posts: Path, apart: Apart, signal_: signal.Signals
) -> None:
    """The server goes while a run writes, stays away for some seconds, and comes back; the worker stays."""
    server = apart.serve()
    assert apart.start("work-pool", "create", POOL, "--type", "process").wait(60) == 0
    assert apart.start("--no-prompt", "deploy", "--name", "ingest-files").wait(120) == 0
    apart.start("worker", "start", "--pool", POOL)
    parameters = {"sources": [str(many_posts)], "workers": 1}
    first = apart.asked.start("ingest/ingest-files", parameters)
    wait_until(lambda: begun(apart.asked, first), 120, apart.log.read_text)
    server.send_signal(signal_)
    server.wait(30)
    time.sleep(10)
    apart.serve()
    assert apart.asked.end_of(first)["state_type"] == "COMPLETED", apart.log.read_text()[-5000:]
    again = apart.asked.start("ingest/ingest-files", parameters)
    assert apart.asked.end_of(again)["state_type"] == "COMPLETED", apart.log.read_text()[-5000:]
    revisions, distinct = articles(apart.asked.lake)
    assert revisions == distinct > 2000
