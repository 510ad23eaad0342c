"""What a run leaves in the Prefect UI."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from prefect.artifacts import (
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from prefect.settings import PREFECT_UI_URL

from lake import activity
from lake.locations import LakeRoot
from lake.report import Report

__all__ = ["leave_report", "report_rows"]


def leave_report(root: LakeRoot, report: Report) -> None:
    """Leave the report as Markdown, its figures as a table, a picture of the week, and links."""
    told = create_markdown_artifact(report.to_markdown(), key="ingest-report", description=report.sentence())
    create_table_artifact(report_rows(report), key="ingest-figures", description=report.sentence())
    if ui := PREFECT_UI_URL.value():
        page = f"{ui}/artifacts/artifact/{told}"
        create_link_artifact(page, "The report", key="ingest-report-link", description=report.sentence())
    if report.database is not None:
        _leave_picture(root)
        create_link_artifact(
            root.database.as_uri(),
            link_text=report.database,
            key="lake-database",
            description=f"The views of snapshot {report.snapshot}: open it in any DuckDB client.",
        )


def _leave_picture(root: LakeRoot) -> None:
    last = activity.last_hour(root, dt.datetime.now(dt.UTC))
    picture = activity.draw(activity.hourly(root, last), last)
    address = "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()
    create_image_artifact(
        address, key="articles-per-hour", description="Articles per hour of publication over 7 days."
    )


def report_rows(report: Report) -> list[dict[str, Any]]:
    """The report's figures as rows of (part, figure, value)."""
    rows: list[tuple[str, str, object]] = [
        ("captures", name, value) for name, value in report.counts().items()
    ]
    rows += [("rejects", reason, value) for reason, value in report.rejects.items()]
    rows += [("snapshot", "id", "none" if report.snapshot is None else report.snapshot)]
    slowest_first = sorted(report.stages.items(), key=lambda item: -item[1])
    rows += [("seconds", stage, round(seconds, 2)) for stage, seconds in slowest_first]
    rows += [("slowest capture, ms", origin, round(1000 * seconds)) for seconds, origin in report.slowest]
    return [{"part": part, "figure": figure, "value": value} for part, figure, value in rows]
