"""Commands that keep a lake and its server: up."""

from __future__ import annotations

import logging
from typing import Annotated

from cyclopts import Parameter

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json

__all__ = ["up"]


def up(
    *,
    port: Annotated[
        int, Parameter(help="Port of the UI; the next free one is taken if it is in use.")
    ] = 4200,
    common: Common = DEFAULT,
) -> int:
    """Start Prefect's server, UI and a worker for this lake, deploy the flows, and stay until Ctrl-C.

    All of it listens on this machine alone. Run again while it runs, it tells the address and ends.

    Examples:
        newslake up
        newslake up --lake /data/news --port 4300
    """
    from flows.up import Stack, run

    log_to_stderr(logging.INFO)

    def ready(stack: Stack, already: bool) -> None:
        if common.json:
            print_json({"ui": stack.ui, "api": stack.api, "lake": str(stack.root.path), "already": already})
            return
        print(
            f"Prefect {'already runs' if already else 'is ready'} at {stack.ui} for the lake {stack.root.path}"
        )
        if not already:
            print("Open it, go to Deployments, run ingest-files. Ctrl-C here stops everything.", flush=True)

    run(common.root, port, ready)
    return 0
