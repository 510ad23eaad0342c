"""What a run leaves in the Prefect UI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from lake.report import Report

__all__ = ["publish_report", "report_rows"]


def publish_report(report: Report) -> None:
    """Leave the report as Markdown, its figures as a table, and a link to the database."""
    create_markdown_artifact(report.to_markdown(), key="ingest-report", description=report.sentence())
    create_table_artifact(report_rows(report), key="ingest-figures", description=report.sentence())
    if report.database is not None:
        create_link_artifact(
            Path(report.database).as_uri(),
            link_text=report.database,
            key="lake-database",
            description=f"The views of snapshot {report.snapshot}: open it in any DuckDB client.",
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
