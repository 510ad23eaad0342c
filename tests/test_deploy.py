"""docs/deploy as far as it can be checked without Docker: what it names is there and is understood."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.settings import Settings

from flows.cli import app
from tests.stack import ROOT

DEPLOY = ROOT / "docs" / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
OWN = {"NEWSLAKE_CONTACT"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "newslake.service").read_text("utf-8")
    command = re.search(r"^ExecStart=(\S+) (.*)$", unit, re.MULTILINE)
    assert command is not None
    here = tmp_path / "newslake.service"
    here.write_text(unit.replace(command[1], sys.executable))  # only the path of the example is not there
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True, check=False
    )
    if "Failed to" in done.stderr and "initialize" in done.stderr:
        pytest.skip(f"systemd does not run here: {done.stderr}")
    assert (done.returncode, done.stderr) == (0, "")
    parsed, bound, _ = app.parse_args(shlex.split(command[2]), exit_on_error=False)
    assert parsed.__name__ == "up"
    assert bound.kwargs["common"].lake == "/data/news"


def test_compose_refers_to_what_it_declares() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for other, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert services[other].get("healthcheck")
            else:
                assert services[other]["restart"] == "on-failure"  # one that runs on never completes
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in COMPOSE["volumes"]
    build = services["server"]["build"]
    context = (DEPLOY / build["context"]).resolve()
    assert (context, context / build["dockerfile"]) == (ROOT, DEPLOY / "Dockerfile")


def test_every_setting_of_compose_is_one_of_prefect_s() -> None:
    known = {name.upper() for name in _settings(Settings)}
    for name in ("server", "setup", "worker"):
        for setting in COMPOSE["services"][name]["environment"]:
            assert setting in known | OWN


def _settings(model: Any) -> set[str]:
    """The environment variables of Prefect's settings, those of nested models included."""
    found: set[str] = set()
    prefix = model.model_config.get("env_prefix", "")
    for name, field in model.model_fields.items():
        if hasattr(field.annotation, "model_fields"):
            found |= _settings(field.annotation)
            continue
        found.add(f"{prefix}{name}")
        choices = getattr(field.validation_alias, "choices", ())
        found |= {choice for choice in choices if isinstance(choice, str)}
    return found


def test_the_commands_of_compose_are_prefect_s_and_ours() -> None:
    lines = [shlex.split(line) for line in COMPOSE["services"]["setup"]["command"][-1].split("&&")]
    assert lines.pop() == ["python", "-m", "flows.automations"]
    for words in [*lines, COMPOSE["services"]["worker"]["command"]]:
        assert words[0] == "prefect"
        command = [word for word in words[1:] if not word.startswith("-")]
        depth = 1 if command[0] == "deploy" else 2
        shown = subprocess.run(
            [sys.executable, "-m", "prefect", *command[:depth], "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={"COLUMNS": "200", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "NO_COLOR": "1"},
        ).stdout
        for option in (word for word in words if word.startswith("--") and word != "--no-prompt"):
            assert option in shown, (words, shown)


def test_the_image_is_built_as_the_readme_sets_up() -> None:
    """pip refuses the lock without --no-deps: it names no extra of a package that it pins."""
    readme = (ROOT / "README.md").read_text("utf-8")
    lines = re.findall(r"pip install ((?:--no-cache-dir )?--no-deps[^\n\\]*)", DOCKERFILE)
    assert len(lines) == 2
    for line in lines:
        assert line.replace("--no-cache-dir ", "").strip() in readme
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {".git", ".venv", "data"} <= set(ignored)
