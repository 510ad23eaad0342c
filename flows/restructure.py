"""Restructure as a Prefect flow: stored captures become articles again, with today's extractor."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from flows.parameters import Lake, Workers, sizes, start_text
from lake.locations import lake_root
from lake.restructure import RestructureRequest
from tasks import restructure as steps
from tasks.logs import lake_log

__all__ = ["restructure", "run_name"]

Since = Annotated[
    dt.date | None,
    Field(title="Since", description="First publication date, included. None: from the first."),
]
Until = Annotated[
    dt.date | None, Field(title="Until", description="Last publication date, included. None: to the last.")
]
Site = Annotated[
    str | None, Field(title="Site", description="Only articles of this site, such as eastmoney. Empty: all.")
]
Rejects = Annotated[bool, Field(title="Rejects only", description="Only captures that gave no article.")]


def run_name() -> str:
    """Says what is restructured and when, from the parameters of the run at hand."""
    given = flow_run.parameters
    chosen = [str(given[name]) for name in ("site", "since", "until") if given.get(name)]
    if given.get("rejects"):
        chosen.append("rejects")
    return f"{' '.join(chosen) or 'everything'} · {start_text()}"


@flow(name="restructure", flow_run_name=run_name, persist_result=False)
def restructure(
    since: Since = None,
    until: Until = None,
    site: Site = None,
    rejects: Rejects = False,
    lake: Lake = None,
    workers: Workers = None,
) -> dict[str, Any]:
    """Extract stored captures again with today's extractor; what comes out differently is a new revision.

    Nothing is fetched. Returns the counts, as `newslake restructure --json`.
    """
    with lake_log():
        request = RestructureRequest(lake_root(lake), since, until, site, rejects, sizes(workers))
        return steps.restructure(request).to_json()
