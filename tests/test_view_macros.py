"""The table macros, worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_lake import SHANGHAI
from tests.view_answers import answer, named, on

STEEL = [
    on("2022-05-26", "a", title="旧名扩产", mentions=[named("699001", name="旧名")]),
    on("2022-05-27", "b", mentions=[named("699001", name="青禾钢铁")]),
    on("2022-05-27", "c", mentions=[named("699001", market=116, name="青禾海外"), named("5")]),
]


@pytest.mark.parametrize(
    ("security", "ids"),
    [
        ("699001.SH", "abc"),  # the made-up symbol of both markets
        ("1.699001", "ab"),
        ("116.699001", "c"),
        ("699001", "abc"),
        ("旧名", "ab"),
        ("青禾海外", "c"),
        ("青禾", ""),
        ("", ""),
    ],
)
def test_articles_about_a_security(security: str, ids: str) -> None:
    found = answer(f"SELECT article_id FROM articles_about('{security}') ORDER BY 1", articles=STEEL)
    assert "".join(row[0] for row in found) == ids


def test_articles_about_a_pair_without_market() -> None:
    articles = [on("2022-05-26", "a", mentions=[named("ZQVX", market=None, symbol="ZQVX")])]
    assert answer("SELECT market, relevance FROM articles_about('ZQVX')", articles=articles) == [(None, 50)]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 70), st.sampled_from("123")), min_size=1, max_size=60),
    st.integers(0, 70),
)
def test_abnormal_attention_on_a_day_is_that_of_the_view(drawn: list[tuple[int, str]], day: int) -> None:
    start = dt.date(2022, 3, 1)
    articles = [
        on(start + dt.timedelta(days=days), f"{n}", mentions=[named(code)])
        for n, (days, code) in enumerate(drawn)
    ]
    date = start + dt.timedelta(days=day)
    macro = answer(f"FROM abnormal_attention_on('{date}') ORDER BY code", articles=articles)
    view = answer(f"FROM abnormal_attention WHERE published_date = '{date}' ORDER BY code", articles=articles)
    assert [row[:9] for row in macro] == [row[:9] for row in view]
    assert [row[9:] for row in macro] == [pytest.approx(row[9:], nan_ok=True) for row in view]


def test_a_timeline_has_every_day_with_news_and_the_total() -> None:
    articles = [
        on("2022-05-25", "a", title="储能大起", body_text="", media="甲"),
        on("2022-05-25", "b", title=None, body_text="说到储能", media="甲"),
        on("2022-05-25", "c", title="无关", body_text=None),
        on("2022-05-27", "d", title="无关", body_text="也无关"),
    ]
    found = answer(
        "SELECT day(published_date), articles, total, share, media FROM timeline('储能') ORDER BY 1",
        articles=articles,
    )
    assert found == [(25, 2, 3, pytest.approx(200 / 3), 1), (27, 0, 1, 0, 0)]


def test_a_timeline_takes_signs_as_they_are() -> None:
    articles = [on("2022-05-25", "a", body_text="涨100%"), on("2022-05-25", "b", body_text="涨1000")]
    assert answer("SELECT articles FROM timeline('100%')", articles=articles) == [(1,)]


def at(hour: int) -> dt.datetime:
    return dt.datetime(2022, 5, 26, hour, tzinfo=SHANGHAI)


SNAPSHOTS = [
    {"snapshot": 1, "run_id": "one", "committed_at": at(10)},
    {"snapshot": 2, "run_id": "two", "committed_at": at(12)},
]
VERSIONS = [
    on("2022-05-26", "a", run_id="one", captured_at=at(9)),
    on("2022-05-26", "a", revision=2, run_id="two", captured_at=at(11)),
    on("2022-05-26", "b", run_id="two", captured_at=at(9)),
    on("2022-05-26", "c", run_id="forgotten", captured_at=at(11)),
]


@pytest.mark.parametrize(
    ("hour", "known"),
    [(9, []), (10, [("a", 1)]), (11, [("a", 1), ("c", 1)]), (12, [("a", 2), ("b", 1), ("c", 1)])],
)
def test_what_was_known_at_a_time(hour: int, known: list[tuple[str, int]]) -> None:
    query = f"SELECT article_id, revision FROM as_of('{at(hour)}') ORDER BY 1"
    assert answer(query, articles=VERSIONS, snapshots=SNAPSHOTS) == known


@pytest.mark.parametrize(("hour", "known"), [(9, []), (10, [("a", 1)]), (12, [("a", 2)]), (14, [("a", 3)])])
def test_what_was_known_of_revisions_that_lie_apart(hour: int, known: list[tuple[str, int]]) -> None:
    """As maintenance leaves them: superseded revisions in files of their own."""
    found = answer(
        f"SELECT article_id, revision FROM as_of('{at(hour)}') ORDER BY 1, 2",
        superseded=VERSIONS[:2],
        articles=[on("2022-05-26", "a", revision=3, run_id="three", captured_at=at(13))],
        snapshots=SNAPSHOTS,
    )
    assert found == known


def test_in_the_end_all_is_known() -> None:
    query = "(FROM as_of('2122-01-01') EXCEPT FROM articles) UNION ALL (FROM articles EXCEPT FROM as_of('2122-01-01'))"
    assert answer(query, articles=VERSIONS, snapshots=SNAPSHOTS) == []


def about(day: str, article_id: str, time: str = "10:00", **fields: Any) -> dict[str, Any]:
    return on(day, article_id, time=time, mentions=[named("1", count=2)], **fields)


def window(arguments: str, *articles: dict[str, Any]) -> list[tuple[Any, ...]]:
    query = 'SELECT event_session::VARCHAR, "offset", session::VARCHAR, articles, alone'
    return answer(f"{query} FROM event_window('1', {arguments}) ORDER BY 1, 2", articles=articles)


def test_a_window_counts_sessions_over_holidays() -> None:
    """The 29th of April is a Friday, then it is Labour Day until the 5th of May."""
    assert window("before := 1, after := 1", about("2022-04-29", "a")) == [
        ("2022-04-29", -1, "2022-04-28", 0, True),
        ("2022-04-29", 0, "2022-04-29", 1, True),
        ("2022-04-29", 1, "2022-05-05", 0, True),
    ]


@pytest.mark.parametrize(
    ("day", "time", "session"),
    [
        ("2022-05-26", "08:00", "2022-05-26"),
        ("2022-05-26", "14:59:59", "2022-05-26"),
        ("2022-05-26", "15:00", "2022-05-27"),
        ("2022-05-27", "23:00", "2022-05-30"),
        ("2022-05-28", "09:00", "2022-05-30"),
        ("2022-05-28", "16:00", "2022-05-30"),
        ("2022-12-31", "16:00", "2023-01-03"),
        ("2022-05-26", "00:00", "2022-05-26"),
    ],
)
def test_news_belongs_to_the_first_session_that_closes_after_it(day: str, time: str, session: str) -> None:
    ((event, offset, *_),) = window("before := 0, after := 0", about(day, "a", time))
    assert (event, offset) == (session, 0)


def test_events_in_each_others_windows_do_not_stand_alone() -> None:
    articles = [about("2022-05-23", "a"), about("2022-05-25", "b"), about("2022-05-25", "c")]
    near = window("before := 0, after := 2", *articles)
    assert [row[4] for row in near] == [False] * 3 + [True] * 3
    assert [row[3] for row in near] == [1, 0, 2, 2, 0, 0]
    assert all(row[4] for row in window("before := 1, after := 1", *articles))


def test_passing_mentions_and_unknown_years_make_no_event() -> None:
    passing = on("2022-05-26", "a", mentions=[named("1")])
    assert window("before := 0, after := 0", passing, about("2030-05-27", "b")) == []


def test_the_first_headline_names_the_event() -> None:
    articles = [
        about("2022-05-26", "late", "11:00", title="后"),
        about("2022-05-26", "soon", "09:00", title="先"),
        about("2022-05-26", "soon too", "09:00", title="同时"),
    ]
    query = "SELECT event_title, event_articles FROM event_window('1', before := 0, after := 0)"
    assert answer(query, articles=articles) == [("先", 3)]
    assert answer(query, articles=articles[::-1]) == [("先", 3)]
