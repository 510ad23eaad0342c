"""The report of a day as a task: the page, and what it leaves in the Prefect UI."""

from __future__ import annotations

import datetime as dt
from typing import Any

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from lake.daily import Daily, gather, render, write
from lake.daily.summary import figures, markdown, sentence
from lake.locations import LakeRoot
from lake.storage.files import Place
from tasks.patience import told
from tasks.steps import step

__all__ = ["report_day"]


@step
def report_day(root: LakeRoot, day: dt.date | None) -> dict[str, Any]:
    """Write the page of ``day``, and tell Prefect; returns what it was about and where the page lies."""
    daily = gather(root, day)
    page = root.report(daily.day)
    write(render(daily), page)
    told(lambda: _leave(daily, page), "summary")
    return {
        "date": daily.day.isoformat(),
        "articles": daily.articles,
        "page": str(page),
        "sentence": sentence(daily),
    }


def _leave(daily: Daily, page: Place) -> None:
    """The summary as Markdown, the securities with most attention as a table, and a link to the page."""
    said = sentence(daily)
    create_markdown_artifact(markdown(daily, str(page)), key="daily-report", description=said)
    create_table_artifact(figures(daily), key="daily-attention", description=said)
    create_link_artifact(page.as_uri(), link_text=str(page), key="daily-report-page", description=said)
