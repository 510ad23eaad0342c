"""The report in words: a sentence for a terminal, Markdown and rows for Prefect."""

from __future__ import annotations

from typing import Any

from lake.daily.gathering import Daily, Row
from lake.daily.wording import clip, compared, counted, few

__all__ = ["figures", "lead", "markdown", "sentence"]

_NAMED = 3  # securities that the sentence names
_HEADLINES = 5
_NAME = 30  # characters


def sentence(daily: Daily) -> str:
    """The day and what it was, in a line or two."""
    return f"{daily.day:%A}, {daily.day.day} {daily.day:%B %Y}: {lead(daily)}"


def lead(daily: Daily) -> str:
    """What the day was, in a line or two."""
    if not daily.articles:
        return "The lake has no article of this day."
    row = daily.row("figures")
    media = f" from {row['media']:,} {'medium' if row['media'] == 1 else 'media'}" if row["media"] else ""
    usual = compared(daily.articles, row["usual"])
    more = f", {usual}" if usual else ""
    return f"{counted(daily.articles)}{media}{more}.{_unusual(daily.rows('abnormal'))}"


def _unusual(rows: tuple[Row, ...]) -> str:
    if not rows:
        return ""
    named = [
        f"{clip(row['name'] or row['code'], _NAME)} ({counted(row['articles'])}, usually {few(row['usual'])})"
        for row in rows[:_NAMED]
    ]
    return f" Unusual attention: {', '.join(named)}."


def figures(daily: Daily) -> list[dict[str, Any]]:
    """The securities with most attention as rows of a table."""
    unusual = {(row["symbol"], row["code"]): row["z"] for row in daily.rows("abnormal")}
    return [
        {
            "security": row["name"] or row["code"],
            "symbol": row["symbol"],
            "articles": row["articles"],
            "media": row["media"],
            "weight": round(row["weight"], 1),
            "z": None if (z := unusual.get((row["symbol"], row["code"]))) is None else round(z, 1),
        }
        for row in daily.rows("attention")
    ]


def markdown(daily: Daily, place: str) -> str:
    """The summary that a run leaves in Prefect's UI; ``place`` is where the page lies."""
    lines = [f"## {_safe(sentence(daily))}", "", f"The whole report: `{place}`", ""]
    if headlines := daily.rows("headlines")[:_HEADLINES]:
        lines += ["### Headlines", ""]
        lines += [f"- {_safe(row['title'])}{_medium(row)}" for row in headlines]
    if stories := daily.rows("stories")[:_HEADLINES]:
        lines += ["", "### Stories, and who was first", ""]
        lines += [f"- {_safe(row['title'])}{_medium(row)}, {row['media_count']:,} media" for row in stories]
    if corrections := daily.rows("corrections"):
        lines += ["", f"### {counted(corrections[0]['all_corrections'], 'correction')}", ""]
        lines += [f"- {_safe(row['title'])}{_medium(row)}" for row in corrections[:_HEADLINES]]
    if rejects := daily.rows("rejects"):
        lines += ["", "### Rejects", ""]
        lines += [f"- {row['rejects']:,} {_safe(row['stage'])}/{_safe(row['reason'])}" for row in rejects]
    return "\n".join(lines) + "\n"


def _medium(row: Row) -> str:
    return f" ({_safe(row['media'])})" if row["media"] else ""


def _safe(text: str | None) -> str:
    """A text from the lake as Markdown that says just that: no link, picture, code or tag comes of it."""
    line = clip(text)
    for sign in "\\`*_[]<>|#!":
        line = line.replace(sign, f"\\{sign}")
    return line
