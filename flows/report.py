"""The report of a day as a Prefect flow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.parameters import start_text
from lake.locations import lake_root
from tasks.daily import report_day
from tasks.logs import lake_log

__all__ = ["report"]


def run_name() -> str:
    """Says which day is reported on and when."""
    return f"report {flow_run.parameters.get('day') or 'of the newest day'} · {start_text()}"


@flow(name="report", flow_run_name=run_name, persist_result=False)
def report(day: dt.date | None = None, lake: str | None = None) -> dict[str, Any] | State[Any]:
    """Write the report of a day: one HTML page, and its summary as artifacts.

    Doing so again for the same day and an unchanged lake writes the same page.

    Args:
        day: The day, in Shanghai. Empty: the newest that has articles.
        lake: Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).
    """
    root = lake_root(lake)
    if not root.database.exists():
        return Completed(name="Skipped", message=f"nothing was ingested into {root.path} yet")
    with lake_log():
        return report_day(root, day)
