"""The sixty days of a security as a small picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lake.daily.drawing import Spec, drawn
from lake.daily.gathering import Daily

__all__ = ["sparks"]

_DAYS = 60  # as queries/abnormal_days.sql has them


def sparks(daily: Daily) -> dict[tuple[int | None, str], str]:
    """For each security with unusual attention its sixty days as a small picture, the day itself marked."""
    counts: dict[tuple[int | None, str], dict[dt.date, int]] = {
        (row["market"], row["code"]): {} for row in daily.rows("abnormal")
    }
    for row in daily.rows("abnormal_days"):
        if (found := counts.get((row["market"], row["code"]))) is not None:
            found[row["date"]] = row["articles"]
    dates = [daily.day - dt.timedelta(days=back) for back in range(_DAYS - 1, -1, -1)]
    return {key: drawn(_spark([found.get(day, 0) for day in dates])) for key, found in counts.items()}


def _spark(counts: Sequence[int]) -> Spec:
    values = [{"day": day, "articles": count, "last": day == _DAYS - 1} for day, count in enumerate(counts)]
    colour = {"condition": {"test": "datum.last", "value": "var(--accent)"}, "value": "var(--usual)"}
    return {
        "data": {"values": values},
        "width": 150,
        "height": 30,
        "padding": 0,
        "mark": {"type": "bar", "binSpacing": 0},
        "encoding": {
            "x": {"field": "day", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.25}},
            "y": {"field": "articles", "type": "quantitative", "axis": None},
            "color": colour,
            "description": {"value": ""},
        },
    }
