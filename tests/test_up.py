"""The parts of `newslake up`; tests/test_deployment.py starts the whole of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from flows.children import child, wait_for
from flows.commands.upkeep import chosen_password
from flows.stack import HOST, Stack, environment, free_port
from flows.up import prefect_file, run
from lake.errors import Stop, Usage
from lake.locations import lake_root

BUSY = "import time; print('busy', flush=True); time.sleep(600)"


def said(log: Path, text: str) -> bool:
    return text in log.read_text()


def gone(pid: int) -> bool:
    """Whether the process has ended (a dead child that nobody has waited for counts as ended)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_port_in_use_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(port) < port + 50


def test_children_see_our_prefect_alone(tmp_path: Path) -> None:
    stack = Stack(lake_root(tmp_path), 4999)
    base = {
        "HOME": "/home/x",
        "PREFECT_API_KEY": "secret",
        "PREFECT_PROFILE": "cloud",
        "no_proxy": "intranet",
    }
    env = environment(stack, base)
    assert env["PREFECT_API_URL"] == "http://127.0.0.1:4999/api"
    assert env["PREFECT_HOME"] == f"{tmp_path}/.prefect"
    assert env["NEWSLAKE_ROOT"] == str(tmp_path)
    assert env["PREFECT_SERVER_UI_STATIC_DIRECTORY"].startswith(f"{tmp_path}/")  # the code may be read-only
    assert env["HOME"] == "/home/x"
    assert env["NO_PROXY"] == "intranet,127.0.0.1"
    assert not {"PREFECT_API_KEY", "PREFECT_PROFILE"} & set(env)


def test_a_password_reaches_server_and_clients_and_shows_in_no_message(tmp_path: Path) -> None:
    stack = Stack(lake_root(tmp_path), 4999, "open sesame")
    env = environment(stack, {"PREFECT_SERVER_API_AUTH_STRING": "another"})
    assert env["PREFECT_SERVER_API_AUTH_STRING"] == "newslake:open sesame"
    assert env["PREFECT_API_AUTH_STRING"] == "newslake:open sesame"
    assert "sesame" not in repr(stack)
    assert "AUTH" not in " ".join(environment(Stack(lake_root(tmp_path), 4999), {}))


@pytest.mark.parametrize("given", ["", "秘密", "two\nlines"])
def test_a_password_that_prefect_cannot_compare_is_refused(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLAKE_PASSWORD", given)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(Usage):
        chosen_password()


def test_prefect_yaml_is_found() -> None:
    assert prefect_file().name == "prefect.yaml"


def test_a_stack_that_runs_already_is_told_and_nothing_is_started(tmp_path: Path) -> None:
    holder = textwrap.dedent(
        f"""
        import fcntl, pathlib, time
        home = pathlib.Path({str(tmp_path)!r}) / ".prefect"
        home.mkdir()
        lock = (home / "up.lock").open("a+")
        fcntl.flock(lock, fcntl.LOCK_EX)
        (home / "up.lock").write_text("4321")
        print("held", flush=True)
        time.sleep(600)
        """
    )
    log = tmp_path / "holder.log"
    with child(
        "holder", [sys.executable, "-c", holder], env=os.environ, cwd=tmp_path, log=log, patience=5
    ) as other:
        wait_for(lambda: said(log, "held"), other, seconds=30)
        told: list[tuple[str, bool]] = []
        run(lake_root(tmp_path), 4200, lambda stack, already: told.append((stack.ui, already)))
    assert told == [("http://127.0.0.1:4321", True)]


@pytest.mark.parametrize(
    ("program", "last"),
    [
        (f"try:\n {BUSY}\nexcept KeyboardInterrupt:\n print('goodbye', flush=True)", "goodbye"),
        (f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {BUSY}", "busy"),
    ],
    ids=["polite", "deaf"],
)
def test_a_child_is_interrupted_first_and_killed_when_it_does_not_listen(
    program: str, last: str, tmp_path: Path
) -> None:
    log = tmp_path / "child.log"
    command = [sys.executable, "-c", program]
    with child("child", command, env=os.environ, cwd=tmp_path, log=log, patience=2) as started:
        wait_for(lambda: said(log, "busy"), started, seconds=30)
    assert started.ended
    assert log.read_text().split()[-1] == last


def test_a_child_that_ends_while_starting_is_an_error_that_quotes_its_log(tmp_path: Path) -> None:
    log = tmp_path / "broken.log"
    command = [sys.executable, "-c", "raise SystemExit('the port is taken')"]
    with (
        pytest.raises(Stop, match=r"(?s)broken ended while starting.*the port is taken"),
        child("broken", command, env=os.environ, cwd=tmp_path, log=log, patience=1) as started,
    ):
        wait_for(lambda: False, started, seconds=30)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux to end children with their parent")
def test_children_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = textwrap.dedent(
        f"""
        import os, sys, time
        from pathlib import Path
        from flows.children import child
        here = Path({str(tmp_path)!r})
        with child("c", [sys.executable, "-c", {BUSY!r}], env=os.environ, cwd=here, log=here / "c.log", patience=1) as c:
            print(c.process.pid, flush=True)
            time.sleep(600)
        """
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    deadline = time.monotonic() + 30
    while not gone(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gone(pid)
