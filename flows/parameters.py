"""Parameters that several flows share, and what the run at hand says of itself.

What the UI's form says of a parameter is its line under ``Args`` in the flow's docstring: Prefect reads it
from there, and not from the annotation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from prefect.runtime import flow_run
from pydantic import Field

from lake.settings import Sizes, cores

__all__ = ["Cluster", "Workers", "scheduled_start", "sizes", "start_text"]

Workers = Annotated[int | None, Field(ge=1, le=256)]
Cluster = Annotated[str | None, Field(pattern="^(tcp|tls|ray)://.+$")]


def sizes(workers: int | None) -> Sizes:
    """How work is cut, with so many processes."""
    return Sizes(workers=workers or cores())


def scheduled_start() -> datetime:
    """When the run at hand was to start, aware."""
    start: datetime = flow_run.scheduled_start_time
    return start


def start_text() -> str:
    """When the run at hand was to start, in this machine's zone, for its name."""
    return f"{scheduled_start().astimezone():%Y-%m-%d %H:%M:%S}"
