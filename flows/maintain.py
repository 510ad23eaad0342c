"""Keeping a lake as Prefect flows: maintain merges and removes files, verify checks them all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.parameters import start_text
from lake.errors import Stop
from lake.locations import lake_root
from lake.storage import snapshots
from tasks import upkeep as steps
from tasks.logs import lake_log

__all__ = ["maintain", "verify"]


def maintain_name() -> str:
    """Says what is done and when."""
    return f"maintain · {start_text()}"


def verify_name() -> str:
    """Says what is done and when."""
    return f"verify · {start_text()}"


@flow(name="maintain", flow_run_name=maintain_name, persist_result=False)
def maintain(lake: str | None = None) -> dict[str, Any] | State[Any]:
    """Merge small files, publish the views anew, and remove left-overs older than a week. No row changes.

    Args:
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
    """
    root = lake_root(lake)
    if not snapshots.exists(root):
        return Completed(name="Skipped", message=f"nothing was ingested into {root.path} yet")
    with lake_log():
        done = steps.merge(root)
        steps.publish(root, done)
        removed = steps.remove(root)
    return {**asdict(done), "removed": removed}


@flow(name="verify", flow_run_name=verify_name, persist_result=False)
def verify(lake: str | None = None, bodies: bool = True) -> dict[str, Any]:
    """Check that everything the lake promised is still true on disk. The run fails if anything is wrong.

    Args:
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
        bodies: Hash the bytes of every capture, too, which is most of the work.
    """
    root = lake_root(lake)
    with lake_log():
        findings = steps.verify(root, bodies)
    if findings:
        first = findings[0]
        raise Stop(f"{len(findings)} faults in {root.path}; {first.kind}: {first.where} {first.what}")
    return {"sound": True, "findings": []}
