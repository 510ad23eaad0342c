"""The automations of automations.yaml, made and kept through the API of a running stack."""

from __future__ import annotations

import logging
from typing import Any

from flows.stack import Stack, call, shipped
from lake.errors import Stop

__all__ = ["declared", "establish"]

log = logging.getLogger(__name__)


def declared() -> list[dict[str, Any]]:
    """The automations as automations.yaml has them."""
    import yaml  # Prefect brings it; commands that need no Prefect need not load it

    found: list[dict[str, Any]] = yaml.safe_load(shipped("automations.yaml").read_text("utf-8"))
    return found


def establish(stack: Stack) -> None:
    """Make the automations that are missing, and renew those of ours that are there.

    An operator's automations are left alone, and so is the pause of one of ours.

    Raises:
        Stop: the API takes one of them not.
    """
    known = {each["name"]: each for each in call(stack, "/automations/filter", {}) or []}
    for automation in declared():
        wanted = {**automation, "actions": [_with_id(stack, action) for action in automation["actions"]]}
        present = known.get(automation["name"])
        if present is None:
            if call(stack, "/automations/", wanted) is None:
                raise Stop(f"Prefect refused the automation `{automation['name']}` of automations.yaml")
            log.info("made the automation %s", automation["name"])
        else:
            call(stack, f"/automations/{present['id']}", {**wanted, "enabled": present["enabled"]}, "PUT")


def _with_id(stack: Stack, action: dict[str, Any]) -> dict[str, Any]:
    """The action with its deployment's id in the place of ``flow/name``."""
    if "deployment" not in action:
        return action
    deployment = call(stack, f"/deployments/name/{action['deployment']}")
    if deployment is None:
        raise Stop(f"automations.yaml names the deployment {action['deployment']}, which is not there")
    rest = {name: value for name, value in action.items() if name != "deployment"}
    return {**rest, "source": "selected", "deployment_id": deployment["id"]}
