"""The report as one HTML page: style and charts inside, no script, nothing fetched.

Everything from the lake is hostile text: the template escapes it, links are http and https alone, and the page
forbids itself scripts and requests by a Content-Security-Policy, should anything slip through.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from lake.daily.charts import charts
from lake.daily.drawing import Chart
from lake.daily.gathering import ZONE, Daily
from lake.daily.sparks import sparks
from lake.daily.summary import lead
from lake.daily.wording import clip, clock, compared, counted, duration, edits, few, number, percent
from lake.storage.files import Place, write_whole

__all__ = ["render", "write"]


def render(daily: Daily) -> str:
    """The page. The same answers give the same page."""
    inside = _environment()
    return inside.get_template("page").render(
        daily=daily,
        rows=daily.rows,
        row=daily.row,
        charts={name: _markup(chart) for name, chart in charts(daily).items()},
        sparks={key: Markup(svg) for key, svg in sparks(daily).items()},
        lead=lead(daily),
        style=Markup(_text("style.css")),
    )


def write(page: str, place: Place) -> None:
    """Write the page to ``place`` as a whole: a reader sees the one before or this one."""
    with write_whole(place) as fresh:
        fresh.write_text(page, "utf-8")


def _markup(chart: Chart) -> dict[str, Markup]:
    return {"wide": Markup(chart.wide), "narrow": Markup(chart.narrow)}


def _text(name: str) -> str:
    return (files(__package__) / "template" / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FunctionLoader(lambda name: _text(f"{name}.html.j2")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "clip": clip,
        "clock": clock,
        "compared": compared,
        "counted": counted,
        "duration": duration,
        "edits": edits,
        "few": few,
        "href": _href,
        "local": _local,
        "number": number,
        "percent": percent,
    }
    return found


def _href(url: Any) -> str:
    """The address, if a browser may follow it; else nothing."""
    try:
        return url if urlsplit(url or "").scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _local(time: dt.datetime | None) -> str:
    return f"{time.astimezone(ZONE):%Y-%m-%d %H:%M}" if time else "–"
