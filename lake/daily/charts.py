"""The charts of the report, each a Vega-Lite specification made from the rows of one answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from lake.daily.drawing import Chart, Spec, both, drawn
from lake.daily.gathering import Daily, Row
from lake.daily.wording import clip, counted
from lake.table import fit

__all__ = ["charts", "sparks"]

_PARTS = {
    "before the open": "var(--early)",
    "morning": "var(--morning)",
    "lunch": "var(--lunch)",
    "afternoon": "var(--afternoon)",
    "after the close": "var(--late)",
    "day off": "var(--late)",
}
_KINDS = {"this day": "var(--accent)", "trading day": "var(--usual)", "day off": "var(--faint)"}
_DAYS = 60  # as queries/days.sql and queries/abnormal_days.sql have them
_LEFT = 112  # px left of bars, for names
_TICKS = 5  # steps of an axis
_NAME = 17  # columns of a name beside its bar, of which a Chinese character takes two


def charts(daily: Daily) -> dict[str, Chart]:
    """Every chart that has something to show, by the name of its question."""
    found = {}
    for name, make in _MAKERS.items():
        rows = daily.rows(name)
        if any(row["articles"] for row in rows):
            found[name] = both(partial(make, rows, daily.day))
    return found


def sparks(daily: Daily) -> dict[tuple[int | None, str], str]:
    """For each security with unusual attention its sixty days as a small picture, the day itself marked."""
    counts: dict[tuple[int | None, str], dict[dt.date, int]] = {}
    for row in daily.rows("abnormal_days"):
        counts.setdefault((row["market"], row["code"]), {})[row["date"]] = row["articles"]
    dates = [daily.day - dt.timedelta(days=back) for back in range(_DAYS - 1, -1, -1)]
    return {key: drawn(_spark([found.get(day, 0) for day in dates])) for key, found in counts.items()}


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
    axis = {"format": "%-d %b", "grid": False, "title": None, "tickCount": width // 90, "labelFlush": True}
    return {
        "data": {"values": values},
        "width": width,
        "height": 150,
        "mark": {"type": "bar"},
        "encoding": {
            "x": {**date, "scale": {"type": "utc"}, "axis": axis},
            "y": _count(rows),
            "color": _scale("kind", _KINDS, {value["kind"] for value in values}),
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
            "y": _count(rows),
            "y2": {"datum": 0},
            "color": _scale("part", _PARTS, {row["part"] for row in rows}, 5 if width > 400 else 3),
            "description": {"field": "said"},
        },
    }


def attention(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """The securities with most attention as bars, with the number of their articles."""
    values = [
        {
            "name": _named(row["name"] or row["code"], index),
            "weight": row["weight"],
            "text": f"{row['articles']:,}",
            "said": f"{row['name'] or row['code']} {row['symbol'] or ''}: {counted(row['articles'])} of "
            f"{row['media']:,} media, {row['relevant']:,} mainly about it",
        }
        for index, row in enumerate(rows)
    ]
    return _bars(values, "weight", width)


def media(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """The media that published most."""
    values = [
        {
            "name": _named(row["media"], index),
            "articles": row["articles"],
            "text": f"{row['articles']:,}",
            "said": f"{row['media']}: {counted(row['articles'])}",
        }
        for index, row in enumerate(rows)
    ]
    return _bars(values, "articles", width)


def breakers(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """The media that were first with a story, and how many stories of several media they had."""
    values = [
        {
            "name": _named(row["media"], index),
            "first": row["articles"],
            "text": f"{row['articles']:,} of {row['stories']:,}",
            "said": f"{row['media']}: first with {row['articles']:,} of the {row['stories']:,} that others had, too",
        }
        for index, row in enumerate(rows)
    ]
    return _bars(values, "first", width)


def boards(rows: Sequence[Row], _day: dt.date, width: int) -> Spec:
    """Where each board's share of the news stood before and stands now."""
    values = [
        {
            "name": _named(row["name"] or "", index),
            "before": row["share_before"],
            "now": row["share"],
            "text": f"{row['change']:+.1f}" if row["change"] is not None else "",
            "said": f"{row['name']}: {row['share']:.1f} % of the articles of 20 days"
            + (f", {row['share_before']:.1f} % before" if row["share_before"] is not None else ""),
        }
        for index, row in enumerate(rows)
    ]
    names = _names(values)
    now = {"field": "now", "type": "quantitative", "axis": {"title": None, "tickCount": 5}}
    said = {"description": {"field": "said"}}
    return {
        "data": {"values": values},
        "width": width,
        "height": {"step": 24},
        "encoding": {"y": names},
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


def _bars(values: list[dict[str, Any]], field: str, width: int) -> Spec:
    """Horizontal bars with a text at their ends."""
    most = max(value[field] for value in values)
    room = (
        max(len(value["text"]) for value in values) * 7 + 10
    )  # px that the longest text needs after its bar
    x = {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, most * (1 + room / (width - _LEFT - room))], "nice": False},
        "axis": {"title": None, "values": _ticks(most), "format": ",.0f"},
    }
    return {
        "data": {"values": values},
        "width": width,
        "height": {"step": 24},
        "encoding": {"y": _names(values), "x": x},
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.7}},
                "encoding": {"description": {"field": "said"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"text": {"field": "text", "type": "nominal"}},
            },
        ],
    }


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


def _count(rows: Sequence[Row]) -> Spec:
    """An axis of articles."""
    values = _ticks(max(row["articles"] for row in rows))
    axis = {"title": None, "values": values, "domain": False, "ticks": False, "format": ",.0f"}
    return {"field": "articles", "type": "quantitative", "axis": axis}


def _ticks(most: float) -> list[int]:
    """Round whole numbers from 0 to ``most``, six at the most."""
    steps = (factor * 10**power for power in range(12) for factor in (1, 2, 5))
    step = next(step for step in steps if most / step <= _TICKS)
    return list(range(0, int(most) + 1, step))


def _names(values: Iterable[Mapping[str, Any]]) -> Spec:
    """An axis of names in the order given, which leaves them the same room whatever fonts there are."""
    axis = {"title": None, "domain": False, "ticks": False, "labelColor": "var(--ink)", "minExtent": _LEFT}
    axis |= {"maxExtent": _LEFT, "labelExpr": "split(datum.label, '\\t')[0]"}
    return {"field": "name", "type": "nominal", "sort": [value["name"] for value in values], "axis": axis}


def _named(name: str, index: int) -> str:
    """A name that fits beside its bar, and its row's number behind a tab: two may have the same name."""
    return f"{fit(clip(name), _NAME)}\t{index}"


def _scale(field: str, colours: Mapping[str, str], there: set[str], columns: int = 3) -> Spec:
    domain = [name for name in colours if name in there]
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": domain, "range": [colours[name] for name in domain]},
        "legend": {"orient": "top", "columns": columns, "columnPadding": 14},
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
