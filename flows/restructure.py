"""Restructure as a Prefect flow: stored captures become articles again, with today's extractor."""

from __future__ import annotations

import datetime as dt
from typing import Any

from prefect import flow
from prefect.runtime import flow_run

from flows.parameters import Workers, sizes, start_text
from lake.locations import lake_root
from lake.restructure import RestructureRequest
from tasks import restructure as steps
from tasks.logs import lake_log

__all__ = ["restructure", "run_name"]


def run_name() -> str:
    """Says what is restructured and when, from the parameters of the run at hand."""
    given = flow_run.parameters
    chosen = [f"{name} {given[name]}" for name in ("site", "since", "until") if given.get(name)]
    if given.get("rejects"):
        chosen.append("rejects")
    return f"{', '.join(chosen) or 'everything'} · {start_text()}"


@flow(name="restructure", flow_run_name=run_name, persist_result=False)
def restructure(
    since: dt.date | None = None,
    until: dt.date | None = None,
    site: str | None = None,
    rejects: bool = False,
    lake: str | None = None,
    workers: Workers = None,
) -> dict[str, Any]:
    """Extract stored captures again with today's extractor; what comes out differently is a new revision.

    Nothing is fetched. The result is that of `newslake restructure --json`.

    Args:
        since: First publication date, included. None: from the first.
        until: Last publication date, included. None: to the last.
        site: Only articles of this site, such as eastmoney. Empty: all sites.
        rejects: Only captures that gave no article.
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
        workers: Processes that structure pages. Empty: one for each core.
    """
    with lake_log():
        request = RestructureRequest(lake_root(lake), since, until, site, rejects, sizes(workers))
        return steps.restructure(request).to_json()
