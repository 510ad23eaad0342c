"""Structuring on a Dask cluster: two worker processes on loopback, one killed in mid-run, the same lake."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from benchmarks.generate import generate
from flows.restructure import restructure
from lake.errors import Usage
from lake.ingest import IngestRequest, capture, discover
from lake.locations import LakeRoot, lake_root
from lake.settings import Sizes
from lake.storage.maintain import maintain
from lake.views.publish import publish
from tasks.cluster import groups, task_runner
from tests.stack import PATIENCE, ROOT, wait_until

pytest.importorskip("distributed")

POSTS = 600


@dataclass(frozen=True)
class Cluster:
    """A Dask scheduler and its two workers."""

    address: str
    workers: tuple[subprocess.Popen[bytes], ...]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    here = ["--host", "127.0.0.1"]
    alone = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)]
    commands = [
        ["scheduler", *here, "--port", str(port), "--no-dashboard"],
        *2 * [["worker", address, *here, *alone]],
    ]
    with ExitStack() as started, (tmp_path / "dask.log").open("wb") as log:
        processes = []
        for command in commands:
            process = started.enter_context(
                subprocess.Popen([sys.executable, "-m", "dask", *command], cwd=ROOT, stdout=log, stderr=log)
            )
            started.callback(process.kill)
            processes.append(process)
        ready = (tmp_path / "dask.log").read_text
        wait_until(lambda: ready().count("Registered to:") == 2, PATIENCE, ready)
        yield Cluster(address, tuple(processes[1:]))


@pytest.fixture
def captured(tmp_path: Path) -> LakeRoot:
    """A lake with captures that no run has structured, in many small files, so that batches are many."""
    folder = tmp_path / "posts"
    for name, body in generate(POSTS, seed=9):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    root = lake_root(tmp_path / "lake")
    request = IngestRequest((str(folder),), root, sizes=Sizes(batch_items=20))
    capture(request, discover(request))
    maintain(root)  # makes a snapshot of what no run has finished
    publish(root)
    return root


def contents(root: LakeRoot) -> list[tuple[object, ...]]:
    """Every article, but for what names the run."""
    query = "SELECT * EXCLUDE (run_id) FROM articles ORDER BY article_id"
    with duckdb.connect(str(root.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def done(root: LakeRoot) -> int:
    """Batches of the run under way that have a result."""
    return len(list(root.staging("x").parent.rglob("*.articles.arrow")))


@pytest.mark.usefixtures("prefect_api")
def test_a_cluster_that_loses_a_worker_gives_the_same_lake(
    cluster: Cluster, captured: LakeRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = lake_root(tmp_path / "alone")
    shutil.copytree(captured.path, alone.path, symlinks=True)
    publish(alone)
    monkeypatch.setattr("flows.restructure.sizes", lambda workers: Sizes(batch_items=20, workers=1))
    expected = restructure(lake=str(alone.path))
    assert expected["new"] > POSTS / 2

    at_death: list[int] = []

    def kill_one() -> None:
        while done(captured) < 3:
            time.sleep(0.01)
        cluster.workers[0].kill()
        at_death.append(done(captured))

    killer = threading.Thread(target=kill_one, daemon=True)
    killer.start()
    found = restructure(lake=str(captured.path), cluster=cluster.address)
    killer.join(10)
    assert cluster.workers[0].poll() is not None
    assert 3 <= at_death[0] < POSTS // 20
    assert cluster.workers[1].poll() is None
    counts = ("captured", "new", "revised", "merged", "unchanged", "rejected")
    assert {name: found[name] for name in counts} == {name: expected[name] for name in counts}
    assert contents(captured) == contents(alone)


def test_batches_become_so_many_tasks_that_a_server_bears_them() -> None:
    specs = [str(number) for number in range(1001)]
    found = groups(specs, 150)
    assert len(found) <= 150
    assert [each for group in found for each in group] == specs
    assert groups(["a", "b"], 150) == [["a"], ["b"]]
    assert groups([], 150) == []


def test_an_address_tells_the_kind_of_cluster() -> None:
    assert type(task_runner("tcp://127.0.0.1:8786")).__name__ == "DaskTaskRunner"
    with pytest.raises(Usage, match="no cluster"):
        task_runner("http://127.0.0.1:8786")
