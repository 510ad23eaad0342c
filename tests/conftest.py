"""What test files share: one Prefect server for all flow tests, and a few posts on disk."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.generate import generate
from tests.stack import Running, up

os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"  # before anything imports Prefect
os.environ["DO_NOT_TRACK"] = "1"


@pytest.fixture(autouse=True)
def _plain_loggers() -> None:
    """Commands set up the log for their whole process, the chaos tests' work switches it off: each begins plain."""
    logging.disable(logging.NOTSET)
    for log in map(logging.getLogger, ("lake", "flows")):
        log.setLevel(logging.NOTSET)
        log.propagate, log.handlers[:] = True, []


@pytest.fixture(scope="session")
def posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 30 invented posts, and beside them an empty file, which becomes a reject."""
    folder = tmp_path_factory.mktemp("posts")
    for name, body in generate(30, seed=11):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
    (folder / "empty.md").write_bytes(b"")
    return folder


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One `newslake up` for all tests that look at it from outside."""
    with up(tmp_path_factory.mktemp("stack") / "lake") as running:
        yield running


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Prefect server with a database of its own; heartbeats off, whose thread costs each run a second."""
    home = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(home))
        patch.delenv("PREFECT_API_URL", raising=False)
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
        from prefect.testing.utilities import prefect_test_harness

        with (
            prefect_test_harness(server_startup_timeout=120),
            temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
        ):
            yield
