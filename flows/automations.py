"""The automations of automations.yaml, made and kept through the API of a running server.

    PREFECT_API_URL=http://prefect.example.internal:4200/api python -m flows.automations

does for a server of your own, after ``prefect deploy --all``, what `newslake up` does for its own.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

from flows.stack import Server, Stack, call, shipped
from lake.errors import Stop

__all__ = ["declared", "establish", "main"]

log = logging.getLogger(__name__)


def declared() -> list[dict[str, Any]]:
    """The automations as automations.yaml has them."""
    import yaml  # Prefect brings it; commands that need no Prefect need not load it

    found: list[dict[str, Any]] = yaml.safe_load(shipped("automations.yaml").read_text("utf-8"))
    return found


def establish(stack: Stack | Server) -> None:
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


def _with_id(stack: Stack | Server, action: dict[str, Any]) -> dict[str, Any]:
    """The action with its deployment's id in the place of ``flow/name``."""
    if "deployment" not in action:
        return action
    deployment = call(stack, f"/deployments/name/{action['deployment']}")
    if deployment is None:
        raise Stop(f"automations.yaml names the deployment {action['deployment']}, which is not there")
    rest = {name: value for name, value in action.items() if name != "deployment"}
    return {**rest, "source": "selected", "deployment_id": deployment["id"]}


def main() -> int:
    """Make and renew the automations of the server that Prefect's own variables name; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    api = os.environ.get("PREFECT_API_URL", "").rstrip("/")
    server = Server(api, os.environ.get("PREFECT_API_AUTH_STRING"))
    try:
        if not api.startswith(("http://", "https://")):
            raise Stop("set PREFECT_API_URL to the server's API, such as http://127.0.0.1:4200/api")
        if call(server, "/deployments/count", {}) is None:
            raise Stop(f"no answer from {api}, or it wants PREFECT_API_AUTH_STRING")
        establish(server)
    except Stop as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
