"""Relevance, attention, abnormal attention and heat of boards, worked by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from statistics import mean, stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view_answers import answer, named, on

DAY = dt.date(2022, 6, 30)


def before(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def relevance(*mentions: dict[str, Any], **fields: Any) -> list[int]:
    rows = answer(
        "SELECT relevance FROM relevance ORDER BY position",
        articles=[on(DAY, "a", mentions=[*mentions], **fields)],
    )
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("mention", "fields", "points"),
    [
        ({"name": "青禾钢铁"}, {"title": "青禾钢铁扩产"}, 100),
        ({"name": None, "code": "699001"}, {"title": "699001停牌"}, 100),
        ({"name": None, "code": "A"}, {"title": "A股收涨"}, 50),
        ({"first_offset": 199}, {}, 90),
        ({"first_offset": 200}, {}, 50),
        ({"first_offset": None, "count": 0}, {"charts": [{"market": 1, "code": "699001"}]}, 90),
        ({}, {"charts": [{"market": 0, "code": "699001"}]}, 50),
        ({"count": 2}, {}, 75),
        ({}, {"title": None, "charts": None}, 50),
    ],
)
def test_the_steps_of_relevance(mention: dict[str, Any], fields: dict[str, Any], points: int) -> None:
    assert relevance(named("699001") | mention, **fields) == [points]


def test_one_named_later_and_once_is_named_in_passing() -> None:
    assert relevance(named("1"), named("2"), named("3", count=2)) == [50, 20, 75]


@pytest.mark.parametrize(("securities", "wanted"), [(10, [90, 75, 20]), (11, [20, 20, 0])])
def test_a_list_of_more_than_ten_securities_is_about_none(securities: int, wanted: list[int]) -> None:
    mentions = [
        named("1", first_offset=5),
        named("2", count=2),
        *(named(str(n)) for n in range(3, securities + 1)),
    ]
    assert relevance(*mentions)[:3] == wanted
    assert relevance(*mentions, title="甲2领涨")[1] == 100


def test_boards_do_not_make_a_list() -> None:
    boards = [named(f"BK{n}", kind="board", market=90) for n in range(20)]
    assert relevance(named("1", first_offset=5), *boards)[0] == 90


ATTENTION = "SELECT code, articles, relevant, media, weight FROM attention_daily ORDER BY published_date, code, market"


def test_attention_counts_articles_media_and_weight() -> None:
    articles = [
        on(before(1), "y", media="甲报", mentions=[named("1")]),
        on(DAY, "a", media="甲报", mentions=[named("1", first_offset=0), named("2")]),
        on(DAY, "b", media="甲报", mentions=[named("1", count=2)]),
        on(DAY, "c", media="乙报", mentions=[named("1")]),
        on(DAY, "d", media=None, mentions=[named("2", market=0)]),
    ]
    assert answer(ATTENTION, articles=articles) == [
        ("1", 1, 0, 1, 0.5),
        ("1", 3, 2, 2, pytest.approx(0.9 + 0.75 + 0.5)),
        ("2", 1, 0, 0, 0.5),
        ("2", 1, 0, 1, 0.2),
    ]


def test_a_pair_without_a_market_is_one_pair() -> None:
    articles = [on(DAY, name, mentions=[named("ZQVX", market=None)]) for name in "ab"]
    assert answer("SELECT market, code, articles FROM attention_daily", articles=articles) == [
        (None, "ZQVX", 2)
    ]


def only_revision_two() -> list[dict[str, Any]]:
    return [on(DAY, "a", mentions=[named("1")]), on(DAY, "a", revision=2, mentions=[named("2")])]


def test_superseded_revisions_draw_no_attention() -> None:
    assert answer("SELECT code FROM attention_daily", articles=only_revision_two()) == [("2",)]


def daily(counts: dict[int, int], code: str = "1") -> list[dict[str, Any]]:
    """Articles naming ``code``: days before DAY -> how many."""
    return [
        on(before(days), f"{code}-{days}-{n}", mentions=[named(code)])
        for days, many in counts.items()
        for n in range(many)
    ]


def filler(days: range) -> list[dict[str, Any]]:
    """An article that names nobody, on each of the days."""
    return [on(before(number), f"f{number}") for number in days]


Z = (
    "SELECT baseline_days, baseline_articles, baseline_mean, baseline_sd, z FROM abnormal_attention "
    "WHERE code = '1' AND published_date = DATE '2022-06-30'"
)


def z(articles: list[dict[str, Any]]) -> tuple[Any, ...]:
    (row,) = answer(Z, articles=articles)
    return row


def test_the_score_is_against_the_sixty_days_before() -> None:
    """20 articles on 20 of 60 days, 0 on 40: mean 1/3, variance (20 - 400/60) / 59, three today."""
    found = z(filler(range(61)) + daily({0: 3} | dict.fromkeys(range(1, 21), 1)))
    deviation = ((20 - 400 / 60) / 59) ** 0.5
    assert found == (
        60,
        20,
        pytest.approx(1 / 3),
        pytest.approx(deviation),
        pytest.approx((3 - 1 / 3) / deviation),
    )


def test_day_sixty_one_before_does_not_count_and_today_neither() -> None:
    assert z(filler(range(62)) + daily({0: 2, 60: 1, 61: 9}))[:2] == (60, 1)


@pytest.mark.parametrize(("known", "scored"), [(19, False), (20, True)])
def test_below_twenty_days_there_is_no_score(known: int, scored: bool) -> None:
    days, _, usual, deviation, score = z(filler(range(known + 1)) + daily({0: 2, 1: 1}))
    assert (days, score is not None) == (known, scored)
    assert usual == pytest.approx(1 / known)
    assert deviation > 0


def test_zero_variance_gives_no_score() -> None:
    assert z(filler(range(61)) + daily({0: 5})) == (60, 0, 0, 0, None)
    assert z(daily(dict.fromkeys(range(41), 2))) == (40, 80, 2, 0, None)


def test_the_first_day_of_a_lake_has_no_baseline() -> None:
    assert z(daily({0: 1})) == (0, 0, None, None, None)


def test_days_without_any_news_are_gaps_and_not_zeros() -> None:
    assert z(filler(range(0, 61, 2)) + daily({0: 1}))[0] == 30


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=21, max_size=65), st.integers(1, 5))
def test_the_score_equals_plain_statistics(past: list[int], today: int) -> None:
    counts = {0: today} | dict(enumerate(past, start=1))
    found = z(filler(range(len(past) + 1)) + daily(counts))
    window = past[:60]
    assert found[:3] == (len(window), sum(window), pytest.approx(mean(window)))
    deviation = stdev(window)
    assert found[4] == (pytest.approx((today - mean(window)) / deviation) if deviation else None)


HEAT = (
    "SELECT code, articles, articles_20d, before_20d, share, share_before, change, rank FROM board_heat "
    "WHERE published_date = DATE '2022-06-30' ORDER BY rank, code"
)


def board(days: int, code: str, number: int = 0) -> dict[str, Any]:
    return on(before(days), f"{code}-{days}-{number}", mentions=[named(code, kind="board", market=90)])


def test_heat_is_the_share_of_twenty_days() -> None:
    articles = [
        board(0, "BK1"),
        board(19, "BK1"),
        board(20, "BK1"),
        board(40, "BK1"),
        board(3, "BK2"),
        *filler(range(40)),
    ]
    assert answer(HEAT, articles=articles) == [
        (
            "BK1",
            1,
            2,
            1,
            pytest.approx(200 / 23),
            pytest.approx(100 / 21),
            pytest.approx(200 / 23 - 100 / 21),
            1,
        ),
        ("BK2", 0, 1, 0, pytest.approx(100 / 23), 0, pytest.approx(100 / 23), 2),
    ]


def test_boards_of_equal_heat_share_a_rank_and_securities_have_none() -> None:
    articles = [board(0, "BK1"), board(1, "BK2"), on(DAY, "s", mentions=[named("1")])]
    assert [row[0:1] + row[5:] for row in answer(HEAT, articles=articles)] == [
        ("BK1", None, None, 1),
        ("BK2", None, None, 1),
    ]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["BK1", "BK2", "BK3"])), min_size=1, max_size=40)
)
def test_articles_of_all_days_are_all_mentions(drawn: list[tuple[int, str]]) -> None:
    articles = [board(days, code, number) for number, (days, code) in enumerate(drawn)]
    found = answer("SELECT code, sum(articles)::INTEGER FROM board_heat GROUP BY code", articles=articles)
    assert dict(found) == Counter(code for _, code in drawn)
    shares = answer("SELECT share FROM board_heat WHERE articles_20d > 0", articles=articles)
    assert all(0 < share <= 100 for (share,) in shares)
