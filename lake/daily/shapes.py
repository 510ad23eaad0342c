"""The shapes that the report's charts have in common: ranked bars with names, axes of names and of counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lake.daily.drawing import Spec
from lake.daily.gathering import Row
from lake.daily.wording import clip
from lake.table import fit

__all__ = ["colours", "counts", "named", "names", "ranked"]

_LEFT = 112  # px left of bars, for names
_TICKS = 5  # steps of an axis
_NAME = 17  # columns of a name beside its bar, of which a Chinese character takes two
_CHARACTER = 7  # px of a digit or Latin letter at the size of texts


def ranked(bars: Sequence[tuple[str, float, str, str]], width: int) -> Spec:
    """Horizontal bars in the order given: (name, length, text at the end, what a pointer is told)."""
    values = [
        {"name": named(name, index), "length": length, "text": text, "said": said}
        for index, (name, length, text, said) in enumerate(bars)
    ]
    most = max(length for _, length, _, _ in bars)
    room = max(len(text) for _, _, text, _ in bars) * _CHARACTER + 10  # px, for the longest text
    x = {
        "field": "length",
        "type": "quantitative",
        "scale": {"domain": [0, most * (1 + room / (width - _LEFT - room))], "nice": False},
        "axis": {"title": None, "values": _ticks(most), "format": ",.0f"},
    }
    return {
        "data": {"values": values},
        "width": width,
        "height": {"step": 24},
        "encoding": {"y": names(values), "x": x},
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


def counts(rows: Sequence[Row]) -> Spec:
    """An axis of articles."""
    values = _ticks(max(row["articles"] for row in rows))
    axis = {"title": None, "values": values, "domain": False, "ticks": False, "format": ",.0f"}
    return {"field": "articles", "type": "quantitative", "axis": axis}


def names(values: Iterable[Mapping[str, Any]]) -> Spec:
    """An axis of names in the order given, which leaves them the same room whatever fonts there are."""
    axis = {"title": None, "domain": False, "ticks": False, "labelColor": "var(--ink)", "minExtent": _LEFT}
    axis |= {"maxExtent": _LEFT, "labelExpr": "split(datum.label, '\\t')[0]"}
    return {"field": "name", "type": "nominal", "sort": [value["name"] for value in values], "axis": axis}


def named(name: str, index: int) -> str:
    """A name that fits beside its bar, and its row's number behind a tab: two may have the same name."""
    return f"{fit(clip(name), _NAME)}\t{index}"


def colours(field: str, palette: Mapping[str, str], there: set[str], columns: int = 3) -> Spec:
    """Colours of what is ``there``, with a legend above the chart."""
    domain = [name for name in palette if name in there]
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": domain, "range": [palette[name] for name in domain]},
        "legend": {"orient": "top", "columns": columns, "columnPadding": 14},
    }


def _ticks(most: float) -> list[int]:
    """Round whole numbers from 0 to ``most``, six at the most."""
    steps = (factor * 10**power for power in range(12) for factor in (1, 2, 5))
    step = next(step for step in steps if most / step <= _TICKS)
    return list(range(0, int(most) + 1, step))
