"""`newslake doctor`: each thing that can be wrong is named with its remedy, and nothing is called wrong that is not."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from flows import health
from flows.cli import main
from flows.health import Check, examine, running_stack
from flows.stack import HOST
from lake.locations import LakeRoot, lake_root
from lake.sources.configuration import CONTACT
from tests.stack import Running, all_off


def found(checks: list[Check]) -> dict[str, Check]:
    for each in checks:
        assert (each.mend is None) is (each.state == "fine"), each
    return {each.name: each for each in checks}


@pytest.fixture
def root(posts: Path, tmp_path: Path) -> LakeRoot:
    assert main(["ingest", str(posts), "--lake", str(tmp_path / "lake"), "--json"]) == 0
    return lake_root(tmp_path / "lake")


def test_a_sound_lake_without_a_server_is_sound(root: LakeRoot, capsys: pytest.CaptureFixture[str]) -> None:
    assert all(each.state == "fine" for each in health.of_lake(root))
    capsys.readouterr()
    assert main(["doctor", "--lake", str(root.path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sound"] is True
    assert {"python", "disk", "folder", "tables", "published file", "key index", "prefect"} <= {
        each["name"] for each in told["checks"]
    }


def test_requests_that_name_nobody_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = LakeRoot(tmp_path)
    monkeypatch.delenv(CONTACT, raising=False)
    told = found(list(health.of_sources(root)))
    assert told["sources"].found.startswith("switched on: eastmoney")
    assert CONTACT in str(told["contact"].mend)
    monkeypatch.setenv(CONTACT, "desk@newslake.example")
    assert "contact" not in found(list(health.of_sources(root)))
    monkeypatch.delenv(CONTACT)
    root.configuration.write_text(all_off())
    assert "contact" not in found(list(health.of_sources(root)))
    root.configuration.write_text('[fetch]\ncontact = "https://newslake.example/bot"\n')
    assert "contact" not in found(list(health.of_sources(root)))
    root.configuration.write_text("[eastmoney]\nshape = 3\n")
    assert found(list(health.of_sources(root)))["sources"].state == "wrong"


def test_no_lake_yet_is_said_and_is_not_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--lake", str(tmp_path / "nowhere")]) == 0
    told = capsys.readouterr()
    assert "newslake ingest" in told.out
    assert "0 wrong" in told.err
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_shows_an_older_snapshot_or_is_gone_is_named(posts: Path, root: LakeRoot) -> None:
    older = root.database.read_bytes()
    assert main(["ingest", str(next(posts.rglob("*.md"))), "--lake", str(root.path), "--json"]) == 0
    extra = posts.parent / "extra.html"
    extra.write_text("<html><body>no article</body></html>")
    assert main(["ingest", str(extra), "--lake", str(root.path), "--json"]) == 0
    root.database.unlink()
    root.database.write_bytes(older)
    assert found(list(health.of_lake(root)))["published file"].state == "warning"
    root.database.unlink()
    gone = found(list(health.of_lake(root)))["published file"]
    assert gone.state == "wrong"
    assert "newslake maintain" in str(gone.mend)


def test_a_moved_lake_and_a_damaged_index_are_named(root: LakeRoot, tmp_path: Path) -> None:
    moved = lake_root(shutil.move(root.path, tmp_path / "moved"))
    moved.index.write_bytes(b"not a database, but long enough to be read as the head of one" * 20)
    checks = found(list(health.of_lake(moved)))
    assert checks["published file"].state == "wrong"
    assert checks["key index"].state == "wrong"
    assert main(["maintain", "--lake", str(moved.path)]) == 0
    assert found(list(health.of_lake(moved)))["published file"].state == "fine"


def test_a_table_without_its_log_is_named_and_no_run_hides_it(
    posts: Path, root: LakeRoot, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(root.table("articles") / "_delta_log")
    tables = found(list(health.of_lake(root)))["tables"]
    assert (tables.state, "articles" in tables.found) == ("wrong", True)
    lake = ["--lake", str(root.path)]
    capsys.readouterr()
    assert main(["ingest", str(posts), *lake]) == 1
    assert "newslake verify --repair" in capsys.readouterr().err
    assert main(["verify", *lake]) == 1
    assert main(["verify", "--repair", *lake]) == 0
    assert main(["ingest", str(posts), *lake, "--json"]) == 0
    assert found(list(health.of_lake(root)))["tables"].state == "fine"


def test_a_full_disk_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_DISK_LOW", 2**62)
    assert found(list(health.of_machine(lake_root(tmp_path))))["disk"].state == "warning"
    monkeypatch.setattr(health, "_DISK_OUT", 2**62)
    assert found(list(health.of_machine(lake_root(tmp_path))))["disk"].state == "wrong"


def test_a_port_in_use_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        monkeypatch.setattr(health, "_PORT", taken.getsockname()[1])
        assert "in use" in found(examine(lake_root(tmp_path)))["ports"].found


def test_a_running_stack_is_fine_and_a_paused_schedule_and_pool_are_named(stack: Running) -> None:
    root = lake_root(stack.lake)
    running = running_stack(root)
    assert running is not None
    assert running.api == stack.api
    checks = found(list(health.of_prefect(running)))
    assert {each.state for each in checks.values()} == {"fine"}, checks

    maintain = stack.ask("/deployments/name/maintain/maintain")["id"]
    stack.ask_nothing(f"/deployments/{maintain}/pause_deployment", {})
    stack.ask_nothing("/work_pools/lake", {"is_paused": True}, "PATCH")
    checks = found(list(health.of_prefect(running)))
    assert "maintain" in checks["schedules"].found
    assert checks["work pool"].state == "wrong"
    stack.ask_nothing("/work_pools/lake", {"is_paused": False}, "PATCH")
    stack.ask_nothing(f"/deployments/{maintain}/resume_deployment", {})
    assert found(list(health.of_prefect(running)))["schedules"].state == "fine"


def test_a_server_that_does_not_answer_is_wrong(tmp_path: Path) -> None:
    stack = health.Stack(lake_root(tmp_path), 1)
    checks = found(list(health.of_prefect(stack)))
    assert checks["server"].state == "wrong"
