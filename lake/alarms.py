"""What deserves an operator's attention: a source gone silent, a run that rejects more than usual.

Decisions over values alone; `arrivals` and `past_shares` read those values from the published views. The
thresholds are newslake's own rules, chosen so that nights, weekends and tiny runs raise no alarm.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from lake.locations import LakeRoot
from lake.report import Report
from lake.storage.published import opened

__all__ = ["Silence", "Spike", "arrivals", "past_shares", "reject_share", "silence", "spike"]

DAYS = 14
"""How far back "usual" looks: two weekends are in it."""
_DAYS_NEEDED = 5  # days of the last 14 that must have known the source, before anything is usual
_WEEKEND_SHARE = 0.9  # rank among the days: 4 of 14 lie on a weekend, so theirs count as usual
_TIMES = 3  # the usual gap is exceeded so many times: what operators asked for
_SHORTEST = dt.timedelta(minutes=15)  # three ticks: less is a late tick, not silence

_RUNS_NEEDED = 3  # earlier runs that must have judged something, before a share is usual
_JUDGED_NEEDED = 20  # captures: below it one reject moves the share by more than 5 %
_SHARE_ABOVE = 0.10  # a spike exceeds the usual share by this and is at least twice as large


@dataclass(frozen=True, slots=True)
class Silence:
    """A source that has been silent for ``lasting`` since ``last``; at this hour ``usual`` is usual."""

    source: str
    last: dt.datetime
    lasting: dt.timedelta
    usual: dt.timedelta

    def sentence(self) -> str:
        """It in one line, times in UTC."""
        return (
            f"{self.source}: no article since {self.last.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC, "
            f"{_minutes(self.lasting)}; usual at this hour is {_minutes(self.usual)}"
        )


@dataclass(frozen=True, slots=True)
class Spike:
    """A run that rejected the share ``share`` of what it judged, where ``usual`` is the median of earlier runs."""

    share: float
    usual: float

    def sentence(self) -> str:
        """It in one line."""
        return f"{self.share:.0%} of the captures were rejected; usual is {self.usual:.0%}"


def silence(source: str, published: Sequence[dt.datetime], now: dt.datetime) -> Silence | None:
    """Whether a source that published at these aware times (sorted) is silent for unusually long.

    The usual gap is that which covered the same time of day on the last 14 days, nearly the longest of
    them. None too where the source is not known long enough.
    """
    past = published[: bisect_right(published, now)]
    gaps = []
    for day in range(1, DAYS + 1):
        after = bisect_right(past, now - dt.timedelta(days=day))
        if 0 < after < len(past):
            gaps.append(past[after] - past[after - 1])
    if len(gaps) < _DAYS_NEEDED:
        return None
    usual = sorted(gaps)[min(len(gaps) - 1, int(_WEEKEND_SHARE * len(gaps)))]
    lasting = now - past[-1]
    if lasting <= max(_TIMES * usual, _SHORTEST):
        return None
    return Silence(source, past[-1], lasting, usual)


def reject_share(report: Report) -> tuple[int, int]:
    """(rejected, judged) captures of a run; what the lake knew before it counts in neither."""
    known = report.rejects.get("known from an earlier run", 0)
    rejected = report.rejected - known
    return rejected, rejected + report.new + report.revised + report.merged


def spike(rejected: int, judged: int, past: Sequence[tuple[int, int]]) -> Spike | None:
    """Whether a run rejects unusually much; ``past`` holds (rejected, judged) of earlier runs."""
    shares = [refused / of for refused, of in past if of >= _JUDGED_NEEDED]
    if judged < _JUDGED_NEEDED or len(shares) < _RUNS_NEEDED:
        return None
    share, usual = rejected / judged, median(shares)
    return Spike(share, usual) if share > max(usual + _SHARE_ABOVE, 2 * usual) else None


def arrivals(root: LakeRoot, source: str, now: dt.datetime) -> list[dt.datetime]:
    """When the source's articles of the last 15 days were published, sorted; empty without a lake."""
    since = now - dt.timedelta(days=DAYS + 1)
    query = """
        SELECT published_at FROM articles
        WHERE source = $source AND published_at BETWEEN $since AND $now AND published_date >= $day
        ORDER BY published_at
    """
    day = since.date() - dt.timedelta(days=1)  # the folder's date is the site's own
    return [row[0] for row in _rows(root, query, {"source": source, "since": since, "now": now, "day": day})]


def past_shares(root: LakeRoot, run_id: str, runs: int = 50) -> list[tuple[int, int]]:
    """(rejected, judged) of the ingests before the run, newest first."""
    query = """
        SELECT rejected, rejected + new + revised + merged FROM snapshots
        WHERE operation = 'ingest' AND run_id <> $run_id ORDER BY snapshot DESC LIMIT $runs
    """
    return _rows(root, query, {"run_id": run_id, "runs": runs})


def _rows(root: LakeRoot, query: str, values: dict[str, object]) -> list[Any]:
    if not root.database.exists():
        return []
    with opened(root) as connection:
        return connection.execute(query, values).fetchall()


def _minutes(span: dt.timedelta) -> str:
    hours, minutes = divmod(round(span.total_seconds() / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
