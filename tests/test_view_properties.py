"""What holds of the views whatever the lake has: against plain counts in Python."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.small_lake import SHANGHAI
from tests.view_answers import answer, named, on

DAY = dt.date(2022, 4, 1)
CODES = "123"

article_parts = st.tuples(
    st.integers(0, 45),  # days after DAY
    st.integers(0, 24 * 60 - 1),  # minutes of the day
    st.sampled_from(["甲报", "乙报", None]),
    st.lists(st.sampled_from(CODES), unique=True),
    st.sampled_from(["储能大涨", "甲1停牌", "无关", None]),
)
lakes = st.lists(article_parts, max_size=25)
few = settings(max_examples=25, deadline=None)


def articles(drawn: list[Any]) -> list[dict[str, Any]]:
    rows = []
    for number, (days, minute, media, codes, title) in enumerate(drawn):
        row = on(
            DAY + dt.timedelta(days=days),
            f"a{number:02d}",
            time=f"{minute // 60:02d}:{minute % 60:02d}",
            media=media,
            title=title,
            source="wire",
            mentions=[named(code, count=1 + number % 2) for code in codes],
        )
        rows.append(row | {"first_seen_at": row["published_at"] + dt.timedelta(minutes=number - 2)})
    return rows


@few
@given(lakes)
def test_relevance_follows_its_rule(drawn: list[Any]) -> None:
    rows = articles(drawn)
    found = answer("SELECT article_id, code, relevance FROM relevance", articles=rows)
    wanted = {}
    for row in rows:
        for position, mention in enumerate(row["mentions"]):
            in_title = mention["name"] in (row["title"] or "")
            points = 100 if in_title else 75 if mention["count"] >= 2 else 50 if position == 0 else 20
            wanted[row["article_id"], mention["code"]] = points
    assert {row[:2]: row[2] for row in found} == wanted


@few
@given(lakes)
def test_shares_of_media_are_parts_of_a_whole(drawn: list[Any]) -> None:
    rows = articles(drawn)
    found = answer("SELECT month, code, media, articles, share, total, hhi FROM media_share", articles=rows)
    counts = Counter(
        (row["published_date"].replace(day=1), mention["code"], row["media"])
        for row in rows
        if row["media"]
        for mention in row["mentions"]
    )
    assert {row[:3]: row[3] for row in found} == counts
    whole: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found:
        whole[row[:2]].append(row)
    for of in whole.values():
        assert sum(row[4] for row in of) == pytest.approx(1)
        assert {row[5] for row in of} == {sum(row[3] for row in of)}
        if of[0][5] >= 10:
            assert {row[6] for row in of} == {pytest.approx(sum(row[4] ** 2 for row in of))}
        else:
            assert {row[6] for row in of} == {None}


@few
@given(lakes)
def test_delays_are_counted_and_ordered(drawn: list[Any]) -> None:
    rows = articles(drawn)
    found = answer(
        "SELECT published_date, articles + without_time, fastest, p50, p90, p95, p99, slowest FROM publish_delay",
        articles=rows,
    )
    assert {row[0]: row[1] for row in found} == Counter(row["published_date"] for row in rows)
    for row in found:
        assert row[2] is None or list(row[2:]) == sorted(row[2:])


@few
@given(lakes)
def test_topics_have_every_article_once(drawn: list[Any]) -> None:
    rows = articles(drawn)
    found = answer(
        "SELECT published_date, sum(articles)::INTEGER, sum(share) FROM topics GROUP BY ALL", articles=rows
    )
    assert {row[0]: row[1] for row in found} == Counter(row["published_date"] for row in rows)
    assert all(row[2] == pytest.approx(1) for row in found)


@few
@given(lakes)
def test_completeness_is_the_part_that_is_there(drawn: list[Any]) -> None:
    rows = articles(drawn)
    found = answer("SELECT date, articles, title, media, mentions FROM quality_daily", articles=rows)
    by_day: dict[dt.date, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_day[row["published_date"]].append(row)
    assert {row[0]: row[1] for row in found} == {day: len(of) for day, of in by_day.items()}
    for day, number, *parts in found:
        for field, part in zip(("title", "media", "mentions"), parts, strict=True):
            assert part == pytest.approx(sum(bool(row[field]) for row in by_day[day]) / number)


@few
@given(lakes)
def test_a_timeline_counts_what_contains_the_words(drawn: list[Any]) -> None:
    rows = articles(drawn)
    found = answer("SELECT published_date, articles, total FROM timeline('储能')", articles=rows)
    having = Counter(row["published_date"] for row in rows if "储能" in (row["title"] or ""))
    total = Counter(row["published_date"] for row in rows)
    assert {row[0]: row[1:] for row in found} == {day: (having[day], total[day]) for day in total}


@few
@given(lakes)
def test_securities_are_those_that_are_mentioned(drawn: list[Any]) -> None:
    rows = articles(drawn)
    found = answer(
        "SELECT code, articles, name, len(names), first_seen, last_seen FROM securities", articles=rows
    )
    times: dict[str, list[dt.datetime]] = defaultdict(list)
    for row in rows:
        for mention in row["mentions"]:
            times[mention["code"]].append(row["published_at"])
    assert {row[0]: row[1:] for row in found} == {
        code: (len(of), f"甲{code}", 1, min(of), max(of)) for code, of in times.items()
    }


@few
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=12), st.integers(0, 10))
def test_what_was_known_is_what_had_been_committed(commits: list[tuple[str, int]], hour: int) -> None:
    """Revisions of three articles, each committed at an hour, in order."""
    day = dt.datetime(2022, 5, 26, tzinfo=SHANGHAI)
    rows, snapshots, revisions = [], [], Counter[str]()
    known: dict[str, int] = {}
    for number, (article, time) in enumerate(sorted(commits, key=lambda each: each[1])):
        revisions[article] += 1
        committed = day + dt.timedelta(hours=time)
        rows.append(on("2022-05-26", article, revision=revisions[article], run_id=f"run{number}"))
        snapshots.append({"snapshot": number, "run_id": f"run{number}", "committed_at": committed})
        if time <= hour:
            known[article] = revisions[article]
    query = f"SELECT article_id, revision FROM as_of('{day + dt.timedelta(hours=hour)}')"
    assert dict(answer(query, articles=rows, snapshots=snapshots)) == known


@few
@given(lakes, st.integers(0, 3), st.integers(0, 3))
def test_windows_are_sessions_around_events(drawn: list[Any], before: int, after: int) -> None:
    rows = articles([(*each[:3], ["1"], "甲1停牌") for each in drawn])
    found = answer(
        'SELECT event_session, event_articles, "offset", session, articles, alone '
        f"FROM event_window('1', before := {before}, after := {after}) ORDER BY event_session, \"offset\"",
        articles=rows,
    )
    events = {row[0]: row[1] for row in found}
    assert sum(events.values()) == len(rows)
    windows: dict[dt.date, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found:
        windows[row[0]].append(row)
    for event, window in windows.items():
        assert [row[2] for row in window] == list(range(-before, after + 1))
        assert window[before][3:5] == (event, events[event])
        assert [row[3] for row in window] == sorted(row[3] for row in window)
        assert all(row[4] == events.get(row[3], 0) for row in window)
        assert {row[5] for row in window} == {sum(row[3] in events for row in window) == 1}


@few
@given(st.dates(dt.date(2011, 1, 1), dt.date(2024, 12, 31)))
def test_sessions_follow_one_another(day: dt.date) -> None:
    around = f"date BETWEEN DATE '{day}' - 15 AND DATE '{day}' + 15"
    found = answer(
        f"SELECT date, weekday, is_session, session_number, session, previous_session, next_session FROM calendar "
        f"WHERE {around} ORDER BY date",
        articles=[on(day, "a")],
    )
    sessions = [row[0] for row in found if row[2]]
    assert len(found) == 31
    for date, weekday, is_session, number, session, previous, following in found:
        assert weekday == date.isoweekday()
        assert previous < date < following
        assert session == (date if is_session else following)
        assert not (is_session and weekday > 5)
        assert not any(previous < each < date or date < each < following for each in sessions)
        assert number - found[0][3] == sum(found[0][0] < each <= date for each in sessions)


@few
@given(st.lists(st.sampled_from("一二三四"), max_size=5), st.lists(st.sampled_from("一二三四"), max_size=5))
def test_paragraphs_that_went_and_came(was: list[str], now: list[str]) -> None:
    texts = ["\n\n".join(was) or None, "\n\n".join(now) or None]
    rows = [
        on("2022-05-26", "a", revision=number, body_text=text, title=f"第{number}版")
        for number, text in enumerate(texts, start=1)
    ]
    [(changed, removed, added)] = answer("SELECT changed, removed, added FROM revisions_diff", articles=rows)
    assert ("text" in changed) == (texts[0] != texts[1])
    assert set(removed or ()) == set(was) - set(now)
    assert set(added or ()) == set(now) - set(was)


@few
@given(st.lists(st.tuples(st.integers(0, 62), st.sampled_from([9, 10, 15])), max_size=60))
def test_no_gap_has_an_article_in_it(drawn: list[tuple[int, int]]) -> None:
    rows = [
        on(DAY + dt.timedelta(days=days), f"a{number}-{copy}", time=f"{hour:02d}:30", source="wire")
        for number, (days, hour) in enumerate(drawn)
        for copy in range(4)
    ]
    found = answer("SELECT gap_start, gap_end, hours, expected, chance FROM coverage_gaps", articles=rows)
    for start, end, hours, expected, chance in found:
        assert end - start == dt.timedelta(hours=hours)
        assert not any(start <= row["published_at"] < end for row in rows)
        assert expected >= 6.9
        assert chance <= 0.0011
