"""The operations that are killed, each as the command line does it, in a process of its own."""

from __future__ import annotations

import logging
from pathlib import Path

from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.restructure import RestructureRequest, restructure
from lake.settings import Sizes
from lake.storage.maintain import maintain, vacuum
from lake.views.publish import publish

__all__ = ["KINDS", "work"]

KINDS = ("ingest", "maintain", "restructure", "publish")


def work(kind: str, lake: str, source: str | None = None) -> None:
    """Do one operation on a lake; ``source`` is the folder to ingest."""
    logging.disable(logging.WARNING)
    root, sizes = LakeRoot(Path(lake)), Sizes(workers=1, own_dates=2)
    if kind == "ingest":
        ingest(IngestRequest((str(source),), root, sizes=sizes))
    elif kind == "restructure":
        restructure(RestructureRequest(root, sizes=sizes))
    elif kind == "maintain":
        maintain(root, sizes=sizes)
        publish(root)
        vacuum(root)
    else:
        publish(root)
