"""Mentions from marks, charts and tickers."""

from __future__ import annotations

from collections.abc import Sequence

from lake.extraction.marks import Mark
from lake.model import Chart, Mention

__all__ = ["mentions"]


def mentions(marks: Sequence[Mark], charts: Sequence[Chart], text: str) -> tuple[Mention, ...]:
    """The distinct pairs that a text mentions."""
    return ()
