"""Maintenance and verification as tasks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prefect.artifacts import create_table_artifact

from lake.locations import LakeRoot
from lake.storage import maintain as steps
from lake.storage.maintain import Maintained
from lake.storage.verify import Finding
from lake.storage.verify import verify as check
from lake.views.publish import publish as publish_views
from tasks.patience import told
from tasks.steps import step

__all__ = ["merge", "publish", "remove", "verify"]


@step
def merge(root: LakeRoot) -> Maintained:
    """Merge small files and pin the result as a snapshot."""
    return steps.maintain(root)


@step
def publish(root: LakeRoot, _after: Maintained) -> None:
    """Publish the views anew; files that the old ones name may go only then."""
    publish_views(root, always=True)


@step
def remove(root: LakeRoot) -> int:
    """Remove files that nothing has needed for a week; returns their number."""
    return steps.vacuum(root)


@step
def verify(root: LakeRoot, bodies: bool) -> list[Finding]:
    """Check the lake, and leave what is wrong as a table."""
    findings = check(root, bodies=bodies)
    sentence = f"{len(findings)} faults in {root.path}" if findings else f"{root.path} is sound"
    rows = [asdict(each) for each in findings]
    told(lambda: _leave(rows, sentence), "table of findings")
    return findings


def _leave(rows: list[dict[str, Any]], sentence: str) -> None:
    create_table_artifact(rows, key="verify-findings", description=sentence)
