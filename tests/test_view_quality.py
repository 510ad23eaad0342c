"""Delay, season, gaps, revisions, topics and completeness, worked by hand."""

from __future__ import annotations

import datetime as dt
from math import exp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_lake import SHANGHAI
from tests.view_answers import answer, on

DELAYS = "SELECT articles, without_time, negative, fastest, p50, p90, slowest FROM publish_delay"


def seen_after(minutes: float, number: int = 0, **fields: Any) -> dict[str, Any]:
    row = on("2022-05-26", f"a{number}", **fields)
    return row | {"first_seen_at": row["published_at"] + dt.timedelta(minutes=minutes)}


def test_delays_have_percentiles() -> None:
    articles = [seen_after(minutes, minutes) for minutes in range(0, 101, 10)]
    assert answer(DELAYS, articles=articles) == [(11, 0, 0, 0, 50, 90, 100)]


def test_one_article_is_every_percentile() -> None:
    assert answer(DELAYS, articles=[seen_after(7)]) == [(1, 0, 0, 7, 7, 7, 7)]


def test_a_negative_delay_is_counted_and_kept() -> None:
    assert answer(DELAYS, articles=[seen_after(-30, 1), seen_after(30, 2)]) == [(2, 0, 1, -30, 0, 24, 30)]


def test_dates_without_a_time_are_not_measured() -> None:
    articles = [seen_after(5, 1, time="00:00"), seen_after(0, 2, date_origin="capture")]
    assert answer(DELAYS, articles=articles) == [(0, 2, 0, None, None, None, None)]


def test_sources_and_days_are_apart() -> None:
    articles = [
        on("2022-05-26", "a", source="x"),
        on("2022-05-26", "b", source="y"),
        on("2022-05-27", "c", source="y"),
    ]
    assert answer("SELECT count(*) FROM publish_delay", articles=articles) == [(3,)]


SEASON = "SELECT weekday, hour, session, articles, days FROM seasonality ORDER BY ALL"


@pytest.mark.parametrize(
    ("time", "hour", "session"),
    [
        ("00:00:01", 0, "pre_open"),
        ("09:29:59", 9, "pre_open"),
        ("09:30:00", 9, "morning"),
        ("11:29:59", 11, "morning"),
        ("11:30:00", 11, "lunch"),
        ("13:00:00", 13, "afternoon"),
        ("14:59:59", 14, "afternoon"),
        ("15:00:00", 15, "after_close"),
        ("23:59:59", 23, "after_close"),
    ],
)
def test_parts_of_a_trading_day(time: str, hour: int, session: str) -> None:
    assert answer(SEASON, articles=[on("2022-05-26", "a", time=time)]) == [(4, hour, session, 1, 1)]


@pytest.mark.parametrize(
    ("day", "weekday", "session"),
    [("2022-05-28", 6, "off_day"), ("2022-05-03", 2, "off_day"), ("2027-06-01", 2, "unknown")],
)
def test_other_days(day: str, weekday: int, session: str) -> None:
    assert answer(SEASON, articles=[on(day, "a", time="10:00")]) == [(weekday, 10, session, 1, 1)]


def test_an_hour_is_split_where_the_session_changes_and_midnight_left_out() -> None:
    articles = [on("2022-05-26", f"{time}", time=time) for time in ("09:00", "09:30", "09:45", "00:00")]
    articles += [on("2022-05-19", "earlier", time="09:30")]
    assert answer(SEASON, articles=articles) == [(4, 9, "morning", 3, 2), (4, 9, "pre_open", 1, 1)]
    assert answer("SELECT sum(share) FROM seasonality", articles=articles) == [(pytest.approx(1),)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1_262_304_000, 1_798_675_200), min_size=1, max_size=15))
def test_weekday_and_hour_are_those_of_shanghai(seconds: list[int]) -> None:
    times = [dt.datetime.fromtimestamp(second, SHANGHAI) for second in seconds]
    articles = [on(time.date(), str(n), published_at=time) for n, time in enumerate(times)]
    found = answer(
        "SELECT weekday, hour, sum(articles)::INTEGER FROM seasonality GROUP BY ALL", articles=articles
    )
    timed = [time for time in times if time.time() != dt.time()]
    wanted = {(time.isoweekday(), time.hour) for time in timed}
    assert {row[:2] for row in found} == wanted
    assert sum(row[2] for row in found) == len(timed)


GAPS = "SELECT source, gap_start, gap_end, hours, expected, sessions FROM coverage_gaps"
WEDNESDAY = dt.date(2022, 4, 6)


def weekly(counts: list[int], source: str = "wire") -> list[dict[str, Any]]:
    """Articles at nine on Wednesdays, so many a week."""
    return [
        on(WEDNESDAY + dt.timedelta(weeks=week), f"{source}{week}-{n}", source=source)
        for week, many in enumerate(counts)
        for n in range(many)
    ]


def test_an_empty_hour_that_had_eight_articles_each_week_is_a_gap() -> None:
    """The run lasts from ten on the fifth Wednesday to nine on the seventh: 14 days less an hour."""
    start = dt.datetime(2022, 5, 4, 10, tzinfo=SHANGHAI)
    end = dt.datetime(2022, 5, 18, 9, tzinfo=SHANGHAI)
    articles = weekly([8, 8, 8, 8, 8, 0, 8])
    # sessions from the 5th to the 18th of May: the 4th was a holiday
    assert answer(GAPS, articles=articles) == [("wire", start, end, 335, 8, 10)]
    assert answer("SELECT chance FROM coverage_gaps", articles=articles) == [(pytest.approx(exp(-8)),)]


@pytest.mark.parametrize(
    "counts",
    [
        [6, 6, 6, 6, 6, 0, 6],  # 6 expected: an empty hour comes by chance more often than 1 in 1000
        [8, 8, 8, 0, 8],  # three weeks are too few to expect anything
        [40, 0, 0, 0, 40, 0, 0, 1],  # bursts: the median of the weeks before is 0, their mean 16
        [8, 8, 8, 8, 8],  # it stopped for good, which no later article shows
    ],
)
def test_no_gap(counts: list[int]) -> None:
    assert answer(GAPS, articles=weekly(counts)) == []


def test_sources_do_not_fill_each_others_gaps() -> None:
    articles = weekly([8, 8, 8, 8, 8, 0, 8]) + weekly([8] * 7, "other")
    assert [row[0] for row in answer(GAPS, articles=articles)] == ["wire"]


def revised(**second: Any) -> list[dict[str, Any]]:
    first = on("2022-05-26", "a", title="旧", body_text="一\n\n二", extractor="x 1", media="甲")
    return [first, first | {"revision": 2} | second]


def changes(query: str, *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    return answer(f"SELECT {query} FROM revisions_diff ORDER BY article_id, revision", articles=rows)


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        ({}, []),
        ({"title": "新"}, ["title"]),
        ({"title": None, "body_text": "一"}, ["title", "text"]),
        ({"media": None, "tags": ["快讯"], "url": "https://a.example/"}, ["media", "tags", "url"]),
        ({"mentions": [{"code": "1"}], "digest": "要"}, ["digest", "mentions"]),
    ],
)
def test_what_changed(second: dict[str, Any], wanted: list[str]) -> None:
    assert changes("changed", *revised(**second)) == [(wanted,)]


def test_paragraphs_removed_and_added() -> None:
    query = "removed, added, characters_before, characters, title_before, title"
    found = changes(query, *revised(title="新", body_text="二\n\n三三"))
    assert found == [(["一"], ["三三"], 4, 5, "旧", "新")]


def test_another_extractor_and_a_moved_time_are_told() -> None:
    later = dt.datetime(2022, 5, 26, 10, 30, tzinfo=SHANGHAI)
    assert changes("same_extractor, moved_by", *revised(extractor="x 2", published_at=later)) == [
        (False, 3600)
    ]
    assert changes("same_extractor, moved_by", *revised()) == [(True, 0)]


def test_each_revision_is_compared_with_the_one_before_it() -> None:
    rows = [*revised(title="二"), revised()[0] | {"revision": 5, "title": "五"}, on("2022-05-26", "b")]
    assert changes("article_id, revision, previous_revision, title_before", *rows) == [
        ("a", 2, 1, "旧"),
        ("a", 5, 2, "二"),
    ]


@pytest.mark.parametrize(
    ("url", "category", "host", "section"),
    [
        ("http://Stock.qinghe.example/a/202205262391921712.html", None, "stock.qinghe.example", None),
        ("https://www.qinghe.example:8080/Steel/2022/1.html", None, "www.qinghe.example", "steel"),
        ("https://www.qinghe.example/steel/1.html", "钢铁", "www.qinghe.example", "钢铁"),
        ("https://www.qinghe.example/20220526/1.html", "", "www.qinghe.example", None),
        ("https://www.qinghe.example", None, "www.qinghe.example", None),
        ("not an address", None, None, None),
        (None, None, None, None),
    ],
)
def test_host_and_section(
    url: str | None, category: str | None, host: str | None, section: str | None
) -> None:
    found = answer(
        "SELECT host, section FROM topics", articles=[on("2022-05-26", "a", url=url, category=category)]
    )
    assert found == [(host, section)]


def test_topics_share_their_day() -> None:
    articles = [
        on("2022-05-26", "a", category="钢铁", media="甲", mentions=[{"code": "1"}]),
        on("2022-05-26", "b", category="钢铁", media="乙"),
        on("2022-05-26", "c", category="汽车"),
        on("2022-05-27", "d", category="汽车"),
    ]
    query = "SELECT day(published_date), section, articles, media, securities, share FROM topics ORDER BY ALL"
    assert answer(query, articles=articles) == [
        (26, "汽车", 1, 0, 0, pytest.approx(1 / 3)),
        (26, "钢铁", 2, 2, 1, pytest.approx(2 / 3)),
        (27, "汽车", 1, 0, 0, 1),
    ]


def quality(query: str, **rows: Any) -> list[tuple[Any, ...]]:
    return answer(f"SELECT {query} FROM quality_daily ORDER BY source, date", **rows)


def test_completeness_of_each_field() -> None:
    full = on(
        "2022-05-26",
        "a",
        digest="要",
        media="甲",
        category="钢铁",
        tags=["x"],
        url="u",
        mentions=[{"code": "1"}],
    )
    bare = on("2022-05-26", "b", time="00:00", title="", body_text=None, authors=None, mentions=None)
    query = "articles, title, digest, text, media, authors, category, tags, url, mentions, time"
    assert quality(query, articles=[full, bare]) == [(2, *([0.5] * 10))]


def day_of(days: int, titled: int, articles: int = 20, source: str = "s") -> list[dict[str, Any]]:
    date = dt.date(2022, 5, 1) + dt.timedelta(days=days)
    return [
        on(date, f"{source}{days}-{n}", source=source, title="题" if n < titled else None)
        for n in range(articles)
    ]


def drifted(*days: list[dict[str, Any]]) -> tuple[Any, ...]:
    return quality("baseline_days, drifted, drift", articles=[row for day in days for row in day])[-1]


def test_a_part_that_falls_is_drift() -> None:
    assert drifted(*(day_of(n, 20) for n in range(7)), day_of(7, 18)) == (7, ["title"], True)


def test_less_than_five_points_are_none() -> None:
    assert drifted(*(day_of(n, 20) for n in range(7)), day_of(7, 19)) == (7, [], False)


def test_within_three_deviations_is_none() -> None:
    """Shares of 1 and 0.8 in turn: mean 0.9, deviation about 0.1."""
    past = [day_of(n, 20 if n % 2 else 16) for n in range(8)]
    assert drifted(*past, day_of(8, 13)) == (8, [], False)
    assert drifted(*past, day_of(8, 11)) == (8, ["title"], True)


def test_too_few_days_or_articles_tell_nothing() -> None:
    assert drifted(*(day_of(n, 20) for n in range(6)), day_of(6, 0)) == (6, None, False)
    assert drifted(*(day_of(n, 20) for n in range(7)), day_of(7, 0, articles=19)) == (7, None, False)


def test_only_the_fourteen_days_before_count() -> None:
    assert drifted(*(day_of(n, 20) for n in range(7)), day_of(30, 0))[:2] == (0, None)


def test_rejects_stand_on_the_day_in_shanghai_even_without_articles() -> None:
    rejects = [
        {"reject_id": "1", "source": "s", "rejected_at": dt.datetime(2022, 5, 26, 17, tzinfo=dt.UTC)},
        {"reject_id": "2", "source": None, "rejected_at": dt.datetime(2022, 5, 26, 3, tzinfo=dt.UTC)},
    ]
    articles = [on("2022-05-26", "a")]
    found = quality("source, date::VARCHAR, articles, rejects, title", articles=articles, rejects=rejects)
    assert sorted(found, key=repr) == [("s", "2022-05-27", 0, 1, None), (None, "2022-05-26", 1, 1, 1.0)]
