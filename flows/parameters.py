"""Parameters that several flows share. Their titles and descriptions are what the UI's form shows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from prefect.runtime import flow_run
from pydantic import Field

from lake.settings import Sizes, cores

__all__ = ["Lake", "Workers", "sizes", "start_text"]

Lake = Annotated[
    str | None,
    Field(
        title="Lake",
        description="Folder that holds the lake. Empty: the worker's own (its NEWSLAKE_ROOT, else ./data).",
    ),
]
Workers = Annotated[
    int | None,
    Field(
        ge=1, le=256, title="Workers", description="Processes that structure pages. Empty: one for each core."
    ),
]


def sizes(workers: int | None) -> Sizes:
    """How work is cut, with so many processes."""
    return Sizes(workers=workers or cores())


def start_text() -> str:
    """When the run at hand was to start, in this machine's zone, for its name."""
    start: datetime = flow_run.scheduled_start_time
    return f"{start.astimezone():%Y-%m-%d %H:%M:%S}"
