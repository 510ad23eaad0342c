"""The charts of the report, each a Vega-Lite specification made from the rows of one answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from lake.daily.drawing import Chart, Spec, both
from lake.daily.gathering import Daily, Row
from lake.daily.shapes import colours, counts, named, names, ranked
from lake.daily.wording import counted

__all__ = ["charts"]

_PARTS = {
    "before the open": "var(--early)",
    "morning": "var(--morning)",
    "lunch": "var(--lunch)",
    "afternoon": "var(--afternoon)",
    "after the close": "var(--late)",
    "day off": "var(--late)",
}
_KINDS = {"this day": "var(--accent)", "trading day": "var(--usual)", "day off": "var(--faint)"}


def charts(daily: Daily) -> dict[str, Chart]:
    """Every chart that has something to show, by the name of its question."""
    found = {}
    for name, make in _MAKERS.items():
        rows = daily.rows(name)
        if any(row["articles"] for row in rows):
            found[name] = both(partial(make, rows, daily.day))
    return found


def days(rows: Sequence[Row], day: dt.date, width: int) -> Spec:
    """Articles of sixty days, this one marked, days without trading paler."""

    def kind(row: Row) -> str:
        if row["date"] == day:
            return "this day"
        return "day off" if row["is_session"] is False else "trading day"

    values = [
        {
            "date": f"{row['date']}",
            "articles": row["articles"],
            "kind": kind(row),
            "said": f"{row['date']:%a %d %b %Y}: {counted(row['articles'])}",
        }
        for row in rows
    ]
    date = {"field": "date", "type": "temporal", "timeUnit": "utcyearmonthdate"}
    axis = {"format": "%-d %b", "grid": False, "title": None, "tickCount": width // 90, "labelFlush": False}
    return {
        "data": {"values": values},
        "width": width,
        "height": 150,
        "mark": {"type": "bar"},
        "encoding": {
            "x": {**date, "scale": {"type": "utc"}, "axis": axis},
            "y": counts(rows),
            "color": colours("kind", _KINDS, {value["kind"] for value in values}),
            "description": {"field": "said"},
        },
    }


def hours(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """Articles of each half hour, coloured by the part of the trading day."""
    values = [
        {
            "begin": row["minute"],
            "end": row["minute"] + 30,
            "articles": row["articles"],
            "part": row["part"],
            "said": f"{_clock(row['minute'])}, {row['part']}: {counted(row['articles'])}",
        }
        for row in rows
    ]
    step = 180 if width > 400 else 360
    axis = {
        "values": list(range(0, 1441, step)),
        "labelExpr": "floor(datum.value / 60) + ':00'",
        "grid": False,
        "title": None,
        "labelFlush": True,
    }
    return {
        "data": {"values": values},
        "width": width,
        "height": 170,
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "begin", "type": "quantitative", "scale": {"domain": [0, 1440]}, "axis": axis},
            "x2": {"field": "end"},
            "y": counts(rows),
            "y2": {"datum": 0},
            "color": colours("part", _PARTS, {row["part"] for row in rows}, 5 if width > 400 else 3),
            "description": {"field": "said"},
        },
    }


def attention(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """The securities with most attention, with the number of their articles."""
    bars = [
        (
            row["name"] or row["code"],
            row["weight"],
            f"{row['articles']:,}",
            f"{row['name'] or row['code']} {row['symbol'] or ''}: {counted(row['articles'])} of "
            f"{row['media']:,} media, {row['relevant']:,} mainly about it",
        )
        for row in rows
    ]
    return ranked(bars, width)


def media(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """The media that published most."""
    bars = [
        (row["media"], row["articles"], f"{row['articles']:,}", f"{row['media']}: {counted(row['articles'])}")
        for row in rows
    ]
    return ranked(bars, width)


def breakers(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """The media that were first with a story, and how many stories of several media they had."""
    bars = [
        (
            row["media"],
            row["articles"],
            f"{row['articles']:,} of {row['stories']:,}",
            f"{row['media']}: first with {row['articles']:,} of the {row['stories']:,} that others had, too",
        )
        for row in rows
    ]
    return ranked(bars, width)


def boards(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """Where each board's share of the news stood before and stands now."""
    values = [
        {
            "name": named(row["name"] or "", index),
            "before": row["share_before"],
            "now": row["share"],
            "text": f"{row['change']:+.1f}" if row["change"] is not None else "",
            "said": f"{row['name']}: {row['share']:.1f} % of the articles of 20 days"
            + (f", {row['share_before']:.1f} % before" if row["share_before"] is not None else ""),
        }
        for index, row in enumerate(rows)
    ]
    now = {"field": "now", "type": "quantitative", "axis": {"title": None, "tickCount": 5}}
    said = {"description": {"field": "said"}}
    return {
        "data": {"values": values},
        "width": width,
        "height": {"step": 24},
        "encoding": {"y": names(values)},
        "layer": [
            {
                "mark": {"type": "rule", "stroke": "var(--usual)", "strokeWidth": 3},
                "encoding": {"x": {"field": "before", "type": "quantitative"}, "x2": {"field": "now"}},
            },
            {
                "mark": {
                    "type": "point",
                    "fill": "var(--paper)",
                    "stroke": "var(--usual)",
                    "size": 60,
                    "opacity": 1,
                },
                "encoding": {"x": {"field": "before", "type": "quantitative"}, **said},
            },
            {
                "mark": {
                    "type": "point",
                    "fill": "var(--accent)",
                    "stroke": "var(--accent)",
                    "size": 80,
                    "opacity": 1,
                },
                "encoding": {"x": now, **said},
            },
        ],
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


_MAKERS = {
    "days": days,
    "hours": hours,
    "attention": attention,
    "breakers": breakers,
    "boards": boards,
    "media": media,
}
