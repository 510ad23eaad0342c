"""Articles per hour over a week, as one small picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from lake.locations import LakeRoot
from lake.storage.published import opened

__all__ = ["HOURS", "draw", "hourly", "last_hour"]

HOURS = 7 * 24
_ZONE = ZoneInfo("Asia/Shanghai")  # whose days the picture shows: that of the sources that ship configured
_HOUR = dt.timedelta(hours=1)
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 840, 240, 44, 34, 26
_STEP = (_WIDTH - _LEFT - 6) / HOURS


def last_hour(root: LakeRoot, now: dt.datetime) -> dt.datetime:
    """The hour (its begin, aware) at which a picture ends: the present one, or, in a lake whose articles are
    all older than a week, that of its newest article."""
    newest = None
    if root.database.exists():
        with opened(root) as connection:
            row = connection.execute("SELECT max(published_at) FROM articles WHERE published_at <= $1", [now])
            newest = (row.fetchone() or (None,))[0]
    end = now if newest is None or now - newest < HOURS * _HOUR else newest
    return end.astimezone(_ZONE).replace(minute=0, second=0, microsecond=0)


def hourly(root: LakeRoot, last: dt.datetime) -> dict[dt.datetime, int]:
    """Articles in each of the 168 hours up to the one that begins at ``last``; hours without any are left out."""
    if not root.database.exists():
        return {}
    query = """
        SELECT time_bucket(INTERVAL 1 HOUR, published_at), count(*) FROM articles
        WHERE published_at >= $since AND published_at < $until AND published_date >= $day
        GROUP BY 1
    """
    since = last - (HOURS - 1) * _HOUR
    values = {"since": since, "until": last + _HOUR, "day": since.date() - dt.timedelta(days=1)}
    with opened(root) as connection:
        return {hour.astimezone(_ZONE): count for hour, count in connection.execute(query, values).fetchall()}


def draw(counts: Mapping[dt.datetime, int], last: dt.datetime) -> str:
    """The picture as SVG: a bar an hour, days parted by lines."""
    most = max(counts.values(), default=0)
    first = last - (HOURS - 1) * _HOUR
    height = _HEIGHT - _TOP - _BOTTOM
    shapes = []
    for number in range(HOURS):
        hour = first + number * _HOUR
        x = _LEFT + number * _STEP
        if hour.hour == 0:
            shapes.append(
                f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_HEIGHT - _BOTTOM}" stroke="#ddd"/>'
            )
            shapes.append(f'<text x="{x + 4:.1f}" y="{_HEIGHT - 8}">{hour:%a %d %b}</text>')
        if count := counts.get(hour, 0):
            tall = height * count / most
            top = _HEIGHT - _BOTTOM - tall
            shapes.append(
                f'<rect x="{x:.1f}" y="{top:.1f}" width="{_STEP - 0.8:.1f}" height="{tall:.1f}" fill="#2f6fb0">'
                f"<title>{hour:%Y-%m-%d %H}:00 {count:,}</title></rect>"
            )
    title = f"Articles per hour, {first:%Y-%m-%d} to {last:%Y-%m-%d %H}:59 Asia/Shanghai"
    total = f"{sum(counts.values()):,} articles, {most:,} at most in one hour"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" font-family="sans-serif" font-size="11" fill="#333">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{_LEFT}" y="20" font-size="13">{title}: {total}</text>'
        f'<text x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">{most:,}</text>'
        f'<text x="{_LEFT - 6}" y="{_HEIGHT - _BOTTOM}" text-anchor="end">0</text>'
        f'{"".join(shapes)}<line x1="{_LEFT}" y1="{_HEIGHT - _BOTTOM}" x2="{_WIDTH - 6}" '
        f'y2="{_HEIGHT - _BOTTOM}" stroke="#333"/></svg>'
    )
