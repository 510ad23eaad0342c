"""One article alone in every view of the analytics, days without news, and ties: worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.view_answers import answer, named, on

DAY = dt.date(2022, 6, 30)

ALONE = on(  # a Thursday, 9:30, half an hour before the lake has it
    DAY,
    "a",
    title="甲一扩产",
    body_text="甲一与甲二签约。",
    media="北岸日报",
    source="wire",
    url="https://stock.example.com/steel/1.html",
    mentions=[
        named("1", name="甲一", first_offset=0),
        named("2", name="甲二"),
        named("BK1", name="钢铁", kind="board", market=90),
    ],
)
ALONE["first_seen_at"] = ALONE["published_at"] + dt.timedelta(minutes=30)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT code, relevance FROM relevance ORDER BY position", [("1", 100), ("2", 20), ("BK1", 20)]),
        (
            "SELECT code, articles, relevant, media, weight FROM attention_daily ORDER BY 1",
            [("1", 1, 1, 1, 1), ("2", 1, 0, 1, 0.2), ("BK1", 1, 0, 1, 0.2)],
        ),
        (
            "SELECT articles, baseline_days, baseline_articles, baseline_mean, baseline_sd, z "
            "FROM abnormal_attention WHERE code = '1'",
            [(1, 0, 0, None, None, None)],
        ),
        (
            "SELECT articles, baseline_days, z FROM abnormal_attention_on('2022-06-30') WHERE code = '1'",
            [(1, 0, None)],
        ),
        (
            "SELECT articles_20d, before_20d, share, share_before, change, rank FROM board_heat",
            [(1, 0, 100, None, None, 1)],
        ),
        ("SELECT count(*), sum(len(aliases)), sum(articles) FROM securities", [(3, 0, 3)]),
        ("SELECT count(*) FROM co_mentions", [(0,)]),
        ("SELECT DISTINCT share, total, hhi FROM media_share", [(1, 1, None)]),
        ("SELECT articles, fastest, p50, p99, slowest FROM publish_delay", [(1, 30, 30, 30, 30)]),
        (
            "SELECT weekday, hour, session, articles, days, share FROM seasonality",
            [(4, 9, "morning", 1, 1, 1)],
        ),
        ("SELECT count(*) FROM coverage_gaps", [(0,)]),
        ("SELECT count(*) FROM revisions_diff", [(0,)]),
        (
            "SELECT host, section, articles, media, securities, share FROM topics",
            [("stock.example.com", "steel", 1, 1, 1, 1)],
        ),
        (
            "SELECT articles, rejects, title, authors, mentions, baseline_days, drifted, drift FROM quality_daily",
            [(1, 0, 1, 1, 1, 0, None, False)],
        ),
        ("SELECT sum(articles) FROM calendar", [(1,)]),
        ("SELECT article_id, relevance FROM articles_about('甲一')", [("a", 100)]),
        ("SELECT articles, total, share, media FROM timeline('扩产')", [(1, 1, 100, 1)]),
        ("SELECT articles, total, share, media FROM timeline('停产')", [(0, 1, 0, 0)]),
        ("SELECT article_id, revision FROM as_of('2122-01-01')", [("a", 1)]),
        (
            "SELECT event_articles, \"offset\", session, alone FROM event_window('甲一', before := 1, after := 0)",
            [(1, -1, DAY - dt.timedelta(1), True), (1, 0, DAY, True)],
        ),
        ("SELECT rank, article_id FROM search('扩产')", [(1, "a")]),
        ("SELECT count(*) FROM search('停工')", [(0,)]),
        ("SELECT count(*) FROM similar('a')", [(0,)]),
    ],
)
def test_one_article(query: str, rows: list[tuple[Any, ...]]) -> None:
    assert answer(query, articles=[ALONE]) == rows


def days(*numbers: int) -> list[dict[str, Any]]:
    return [
        on(DAY - dt.timedelta(number), f"d{number}", source="wire", mentions=[named("1")])
        for number in numbers
    ]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT count(*) FROM attention_daily", 3),
        ("SELECT count(*) FROM timeline('x')", 3),
        ("SELECT count(*) FROM publish_delay", 3),
        ("SELECT count(*) FROM topics", 3),
        ("SELECT count(*) FROM quality_daily", 3),
        ("SELECT max(baseline_days) FROM abnormal_attention", 2),
        ("SELECT max(baseline_days) FROM quality_daily", 1),  # of the fourteen days before
        ("SELECT count(*) FROM abnormal_attention_on('2022-06-20')", 0),
        (
            "SELECT count(*) FROM calendar WHERE articles = 0 AND date BETWEEN '2022-06-10' AND '2022-06-30'",
            18,
        ),
    ],
)
def test_days_without_news_have_no_row_and_are_no_baseline(query: str, rows: int) -> None:
    assert answer(query, articles=days(0, 1, 20)) == [(rows,)]


def test_a_board_stays_on_days_without_news_and_cools() -> None:
    """Named once; for 20 days it is in the one article that there is, then there is none, until another comes."""
    articles = [
        on("2022-05-01", "b", mentions=[named("BK1", kind="board", market=90)]),
        on("2022-06-15", "c"),
    ]
    query = "SELECT share, count(*) FROM board_heat GROUP BY share ORDER BY min(published_date)"
    assert answer(query, articles=articles) == [(100, 20), (None, 25), (0, 1)]


def test_of_names_used_equally_last_and_often_the_first_in_code_order_is_shown() -> None:
    articles = [on(DAY, name, mentions=[named("1", name=name)]) for name in ("乙", "丙", "甲")]
    assert answer("SELECT name, aliases FROM securities", articles=articles) == [("丙", ["乙", "甲"])]


def test_pairs_that_never_vary_have_no_score_and_equal_ones_equal_scores() -> None:
    articles = [
        on(DAY - dt.timedelta(number), f"{number}-{n}", mentions=[named("1"), *rare])
        for number in range(31)
        for n in range(2 if number == 0 else 1)
        for rare in ([named("2"), named("3")] if number in (0, 9) else [],)
    ]
    query = "SELECT code, z FROM abnormal_attention_on('2022-06-30') ORDER BY code"
    (constant, none), (_, two), (_, three) = answer(query, articles=articles)
    assert (constant, none) == ("1", None)  # 2 articles today, and always 1 before
    assert (
        two == three == pytest.approx((2 - 1 / 30) / (1 / 30) ** 0.5)
    )  # once in 30 days: the variance is 1/30
