"""Securities, the calendar, co-mentions and shares of media, worked by hand."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from math import log
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view_answers import answer, named, on


def test_a_security_has_its_names_over_time() -> None:
    articles = [
        on(
            "2022-03-01",
            "a",
            mentions=[named("1", name="青禾特钢"), named("2") | {"name": None}],
        ),
        on("2022-03-02", "b", mentions=[named("1", name="青禾特钢")]),
        on("2022-03-03", "c", mentions=[named("1", name="青禾钢铁", mic="XSHG")]),
        on("2022-03-03", "d", mentions=[named("1", name="青禾钢铁")]),
        on("2022-03-03", "e", mentions=[named("1", name="ST青禾")]),
    ]
    query = "SELECT code, symbol, mic, name, aliases, names, articles, first_seen, last_seen FROM securities ORDER BY 1"
    one, two = answer(query, articles=articles)
    assert one[:5] == ("1", "1.SH", "XSHG", "青禾钢铁", ["ST青禾", "青禾特钢"])
    assert [
        (name["name"], name["first_date"].day, name["last_date"].day, name["articles"]) for name in one[5]
    ] == [
        ("青禾特钢", 1, 2, 2),
        ("ST青禾", 3, 3, 1),
        ("青禾钢铁", 3, 3, 2),
    ]
    assert one[6:] == (5, articles[0]["published_at"], articles[4]["published_at"])
    assert two[3:7] == (None, [], [], 1)


CALENDAR = "SELECT date, weekday, is_session, session, previous_session, next_session FROM calendar"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_calendar_spans_whole_years_and_one_on_each_side() -> None:
    articles = [on("2021-12-06", "a"), on("2022-05-26", "b"), on("2022-05-26", "c")]
    query = "SELECT min(date), max(date), count(*), sum(articles)::INTEGER, max(articles) FROM calendar"
    assert answer(query, articles=articles) == [(day("2020-01-01"), day("2023-12-31"), 1461, 3, 2)]


def test_a_holiday_is_between_its_sessions() -> None:
    """Labour Day 2022: closed from Saturday, 30 April, to Wednesday, 4 May."""
    found = answer(
        f"{CALENDAR} WHERE date BETWEEN '2022-04-29' AND '2022-05-05'", articles=[on("2022-05-26", "a")]
    )
    friday, thursday = day("2022-04-29"), day("2022-05-05")
    assert found[0] == (friday, 5, True, friday, day("2022-04-28"), thursday)
    assert [row[2:] for row in found[1:6]] == [(False, thursday, friday, thursday)] * 5
    assert found[6] == (thursday, 4, True, thursday, friday, day("2022-05-06"))


def test_sessions_are_numbered_whatever_the_lake_holds() -> None:
    query = "SELECT session_number FROM calendar WHERE date IN ('2022-04-29', '2022-05-02', '2022-05-05') ORDER BY date"
    later = answer(query, articles=[on("2022-05-26", "a")])
    assert later == answer(query, articles=[on("2010-01-04", "z"), on("2022-05-26", "a")])
    assert [number for (number,) in later] == [later[0][0], later[0][0], later[0][0] + 1]
    first = "SELECT session_number FROM calendar WHERE date = '2010-01-04'"
    assert answer(first, articles=[on("2010-01-04", "z")]) == [(1,)]


def test_a_year_has_as_many_sessions_as_the_exchange_counts() -> None:
    """Sessions in Shanghai: 242 in 2022 and in 2024, 243 in 2021 and in 2025."""
    query = "SELECT year(date), count(*) FILTER (WHERE is_session) FROM calendar GROUP BY 1 ORDER BY 1"
    found = dict(answer(query, articles=[on("2021-06-01", "a"), on("2025-06-01", "b")]))
    assert (found[2021], found[2022], found[2024], found[2025]) == (243, 242, 242, 243)


def test_beyond_the_known_years_there_is_no_session() -> None:
    found = answer(
        f"{CALENDAR} WHERE date IN ('2009-06-02', '2027-06-01')",
        articles=[on("2009-06-02", "a"), on("2027-06-01", "b")],
    )
    assert [row[2:] for row in found] == [(None, None, None, None)] * 2


PAIRS = "SELECT code, other_code, together, articles, other_articles FROM co_mentions ORDER BY ALL"


def naming(*codes: str, number: int = 0, **fields: Any) -> dict[str, Any]:
    return on("2022-03-01", f"{codes}{number}", mentions=[named(code) for code in codes], **fields)


def test_npmi_of_the_worked_example() -> None:
    """Of 10,000 articles 120 name the one, 80 the other, 30 both: lift 31.25, NPMI 0.593, here with a tenth."""
    articles = [naming("1", "2", number=n) for n in range(3)]
    articles += [naming("1", number=n) for n in range(9)] + [naming("2", number=n) for n in range(5)]
    articles += [naming("3", number=n) for n in range(983)]
    query = "SELECT lift, npmi, share, jaccard FROM co_mentions WHERE code = '1'"
    ((lift, npmi, share, jaccard),) = answer(query, articles=articles)
    assert lift == pytest.approx(31.25)
    assert npmi == pytest.approx(log(31.25) / -log(0.003))
    assert (share, jaccard) == (0.25, pytest.approx(3 / 17))


def test_a_pair_stands_both_ways_from_three_articles_on() -> None:
    articles = [naming("1", "2", number=n) for n in range(3)] + [naming("2", "3", number=n) for n in range(2)]
    assert answer(PAIRS, articles=articles) == [("1", "2", 3, 3, 5), ("2", "1", 3, 5, 3)]


def test_where_all_articles_name_both_npmi_is_null() -> None:
    articles = [naming("1", "2", number=n, media=media) for n, media in enumerate(["甲报", "甲报", None])]
    assert answer("SELECT lift, npmi, media FROM co_mentions", articles=articles) == [(1, None, 1)] * 2


def test_never_apart_is_one() -> None:
    articles = [naming("1", "2", number=n) for n in range(3)] + [naming("3")]
    assert answer("SELECT npmi FROM co_mentions", articles=articles) == [(pytest.approx(1),)] * 2


@pytest.mark.parametrize(("securities", "pairs"), [(10, 90), (11, 0)])
def test_long_lists_are_left_out(securities: int, pairs: int) -> None:
    codes = [str(n) for n in range(100, 100 + securities)]
    articles = [naming(*codes, number=n) for n in range(3)]
    assert answer("SELECT count(*) FROM co_mentions", articles=articles) == [(pairs,)]


def test_boards_make_no_pairs() -> None:
    mentions = [named("1"), named("BK1", kind="board", market=90)]
    articles = [on("2022-03-01", str(n), mentions=mentions) for n in range(3)]
    assert answer("SELECT count(*) FROM co_mentions", articles=articles) == [(0,)]


def test_equal_codes_of_two_markets_are_two_securities() -> None:
    mentions = [named("000001", market=0), named("000001", market=1), named("ZQVX", market=None)]
    articles = [on("2022-03-01", str(n), mentions=mentions) for n in range(3)]
    found = answer("SELECT DISTINCT market, code FROM co_mentions ORDER BY ALL NULLS LAST", articles=articles)
    assert found == [(0, "000001"), (1, "000001"), (None, "ZQVX")]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.sampled_from("123456"), max_size=5), max_size=25))
def test_pairs_equal_a_plain_count(drawn: list[set[str]]) -> None:
    articles = [naming(*sorted(codes), number=n) for n, codes in enumerate(drawn)]
    found = {(one, two): together for one, two, together, *_ in answer(PAIRS, articles=articles)}
    counts = {pair: sum(set(pair) <= codes for codes in drawn) for pair in combinations("123456", 2)}
    wanted = {pair: count for pair, count in counts.items() if count >= 3}
    assert found == wanted | {(two, one): count for (one, two), count in wanted.items()}
    bounds = answer("SELECT npmi, jaccard, share FROM co_mentions", articles=articles)
    assert all(-1 <= (npmi or 0) <= 1 + 1e-9 and 0 < jaccard <= share <= 1 for npmi, jaccard, share in bounds)


SHARES = "SELECT media, articles, share, total, hhi, effective_media FROM media_share ORDER BY media"


def covered(**media: int) -> list[dict[str, Any]]:
    return [
        on("2022-05-26", f"{name}{n}", media=name, mentions=[named("1")])
        for name, many in media.items()
        for n in range(many)
    ]


def test_concentration_is_the_sum_of_squared_shares() -> None:
    """Shares of 0.3, 0.3, 0.2 and 0.2 give 0.26."""
    found = answer(SHARES, articles=covered(甲=3, 乙=3, 丙=2, 丁=2))
    assert [row[:4] for row in found] == [
        ("丁", 2, 0.2, 10),
        ("丙", 2, 0.2, 10),
        ("乙", 3, 0.3, 10),
        ("甲", 3, 0.3, 10),
    ]
    assert [row[4:] for row in found] == [(pytest.approx(0.26), pytest.approx(1 / 0.26))] * 4


def test_one_medium_is_full_concentration_and_few_articles_none() -> None:
    assert answer(SHARES, articles=covered(甲=10)) == [("甲", 10, 1, 10, 1, 1)]
    assert answer(SHARES, articles=covered(甲=9)) == [("甲", 9, 1, 9, None, None)]


def test_months_are_apart_and_unnamed_media_left_out() -> None:
    articles = [
        *covered(甲=1),
        on("2022-06-01", "x", media="甲", mentions=[named("1")]),
        on("2022-06-01", "y", mentions=[named("1")]),
    ]
    assert answer("SELECT month, total FROM media_share ORDER BY 1", articles=articles) == [
        (day("2022-05-01"), 1),
        (day("2022-06-01"), 1),
    ]
