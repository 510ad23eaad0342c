"""A small lake of a month for the report's tests: quiet weeks, and one day on which much happens."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from lake.locations import LakeRoot
from lake.views.publish import publish
from tests.small_lake import SHANGHAI, commit
from tests.view_answers import named, on

DAY = dt.date(2022, 6, 24)
"""A Friday, with trading."""

STEEL = named("699001", name="青禾钢铁", first_offset=5)
BANK = named("699002", name="云岭银行", first_offset=5)
BOARD = named("BK9001", market=90, kind="board", name="低温储能")

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)></svg>{{ 7 * 7 }}\u202e"


def quiet(back: int, **fields: Any) -> dict[str, Any]:
    """The one article of a day so many days before: on the bank, every fifth day on steel, too."""
    mentions = [BANK, STEEL] if back % 5 == 0 else [BANK]
    return on(DAY - dt.timedelta(days=back), f"q:{back}", mentions=mentions, media="汐网") | fields


def busy(number: int, **fields: Any) -> dict[str, Any]:
    """The n-th article of the day, at half past nine and so many minutes."""
    return (
        on(DAY, f"b:{number:03d}", time=f"{9 + (30 + number) // 60:02d}:{(30 + number) % 60:02d}")
        | {
            "title": f"青禾钢铁第{number}号公告",
            "media": "晨汐日报",
            "source": "feed",
            "url": f"https://steel.example/news/{number}.html",
            "mentions": [STEEL, BOARD],
            "extractor": "newslake/1",
            "date_origin": "page",
            "first_seen_at": dt.datetime.combine(DAY, dt.time(12), SHANGHAI),
        }
        | fields
    )


def month(today: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Thirty quiet days and this one."""
    return [*(quiet(back) for back in range(30, 0, -1)), *today]


def lake(folder: Path, articles: list[dict[str, Any]], **rows: list[dict[str, Any]]) -> LakeRoot:
    """A published lake of these rows; a second revision of an article is a commit of its own."""
    root = LakeRoot(folder)
    articles = [{"run_id": "20220624T180000-aaaaaa"} | row for row in articles]
    commit(root, articles=[row for row in articles if row["revision"] == 1], **rows)
    if later := [row for row in articles if row["revision"] > 1]:
        commit(root, run_id="later", articles=later)
    publish(root)
    return root
