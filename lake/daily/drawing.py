"""Vega-Lite charts as SVG for a page: drawn here, so the page needs no script and no library.

Colours are the page's own CSS variables, so a chart follows light and dark. What a mark says (its
``description``) is shown when a pointer rests on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import vl_convert

__all__ = ["Chart", "Spec", "both", "drawn"]

Spec = dict[str, Any]

WIDE, NARROW = 520, 350  # px; half of the page, and the whole of a phone of 390 px
_CONFIG: Spec = {
    "background": "transparent",
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "gridColor": "var(--grid)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 130,
    },
    "legend": {"labelColor": "var(--muted)", "labelFontSize": 12, "symbolType": "square", "title": None},
    "text": {"fill": "var(--ink)", "fontSize": 12},
    "bar": {"color": "var(--accent)"},
}
_SAID = re.compile(r'<(path|line) aria-label="([^"]*)"([^>]*?)/>')
_SIZE = re.compile(r' width="[\d.]+" height="[\d.]+"(?= viewBox)')


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart drawn for a wide page and for a phone."""

    wide: str
    narrow: str


def both(spec: Callable[[int], Spec]) -> Chart:
    """A chart for both widths from a function of the width in px."""
    return Chart(drawn(spec(WIDE)), drawn(spec(NARROW)))


def drawn(spec: Spec) -> str:
    """The SVG of a Vega-Lite chart, to stand in an HTML page and grow to its column."""
    whole = {"config": _CONFIG, "autosize": {"type": "fit-x", "contains": "padding"}, **spec}
    svg: str = vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
    svg = svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "", 1)
    svg = _SIZE.sub("", svg, count=1)
    return _SAID.sub(r"<\1\3><title>\2</title></\1>", svg)
