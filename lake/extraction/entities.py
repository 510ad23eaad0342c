"""Mentions: what the marks, charts and tickers of one body say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lake.extraction.false_marks import genuine
from lake.extraction.markets import kind_of, mic_of, symbol_of
from lake.extraction.marks import Mark, Pair
from lake.extraction.tickers import find_tickers
from lake.model import Chart, Mention

__all__ = ["mentions"]


@dataclass(slots=True)
class _Found:
    marks: list[Mark] = field(default_factory=list)
    tickers: list[Mark] = field(default_factory=list)


def mentions(marks: Sequence[Mark], charts: Sequence[Chart], text: str) -> tuple[Mention, ...]:
    """The distinct pairs that a body mentions, in order of first appearance, those only charted last.

    ``count`` is the number of marked occurrences in ``text`` that are mentions (see ``false_marks``); where
    there is no markup, of tickers; 0 for a chart alone. ``name`` is the first marked occurrence's surface,
    None for tickers and charts. ``first_offset`` counts characters of ``text`` from 0, None for a chart alone.
    """
    tickers = find_tickers(text)
    charted = [(chart.market, chart.code) for chart in charts if chart.code]
    named = frozenset(charted) | {ticker.pair for ticker in tickers}
    found: dict[Pair, _Found] = {}
    for mark in genuine(marks, text, named=named):
        found.setdefault(mark.pair, _Found()).marks.append(mark)
    for ticker in tickers:
        found.setdefault(_resolved(ticker, found, charted), _Found()).tickers.append(ticker)
    placed = [_placed(pair, group) for pair, group in found.items()]
    placed.sort(key=lambda mention: mention.first_offset or 0)
    return (*placed, *(_charted(pair) for pair in dict.fromkeys(charted) if pair not in found))


def _resolved(ticker: Mark, found: dict[Pair, _Found], charted: Sequence[Pair]) -> Pair:
    """A ticker without market is the pair of the same code that the text marks or charts, if any."""
    if ticker.market is not None:
        return ticker.pair
    return next((pair for pair in (*found, *charted) if pair[1] == ticker.code), ticker.pair)


def _placed(pair: Pair, group: _Found) -> Mention:
    first, *_ = group.marks or group.tickers
    return Mention(
        kind=kind_of(*pair),
        market=pair[0],
        code=pair[1],
        symbol=symbol_of(*pair),
        mic=mic_of(*pair),
        name=" ".join(first.name.split()) if group.marks else None,
        count=len(group.marks or group.tickers),
        first_offset=first.start,
        marked_by="markup" if group.marks else "ticker",
    )


def _charted(pair: Pair) -> Mention:
    return Mention(kind_of(*pair), *pair, symbol_of(*pair), mic_of(*pair), None, 0, None, "chart")
