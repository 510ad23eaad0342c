"""Stories, reposts, novelty and similar articles, worked by hand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view_answers import answer, named, on

DAY = dt.date(2022, 6, 30)


def told(
    article_id: str, story_id: str, hours: float = 0, media: str | None = "甲报", **fields: Any
) -> dict[str, Any]:
    """A row of the derived table, so many hours after noon of DAY in Shanghai."""
    article = on(DAY, article_id, time="12:00")
    published = article["published_at"] + dt.timedelta(hours=hours)
    return {
        "article_id": article_id,
        "revision": 1,
        "published_at": published,
        "published_date": published.date(),
        "media": media,
        "source": "wire",
        "title": f"标题{article_id}",
        "story_id": story_id,
        "story_date": DAY,
        "leads": article_id == story_id,
        "jaccard": None if article_id == story_id else 0.8,
        "contained": None if article_id == story_id else 0.95,
        "marks": [],
        "bands": [],
    } | fields


STORIES = (
    "SELECT story_id, article_id, media, title, articles, media_count, span FROM stories ORDER BY story_id"
)


def test_a_story_begins_with_what_was_published_first() -> None:
    rows = [
        told("b", "b", 1, "甲报"),
        told("a", "b", 0, "乙报"),  # came later, but had it first
        told("c", "b", 2.5, "甲报"),
        told("d", "d", 9),
    ]
    assert answer(STORIES, stories=rows) == [
        ("b", "a", "乙报", "标题a", 3, 2, 2.5),
        ("d", "d", "甲报", "标题d", 1, 1, 0),
    ]
    [(first, last, date)] = answer(
        "SELECT published_at, last_at, story_date FROM stories WHERE story_id = 'b'", stories=rows
    )
    assert (first, last, date) == (rows[1]["published_at"], rows[2]["published_at"], DAY)


def test_of_equal_times_the_lower_id_is_first_and_an_unknown_medium_is_none() -> None:
    rows = [told("c", "b", 0, "乙报"), told("b", "b", 0, None, source=None, title=None)]
    assert answer(STORIES, stories=rows) == [("b", "b", None, None, 2, 1, 0)]


REPOSTS = "SELECT article_id, rank, lag, media_rank, first_article_id, first_media FROM reposts ORDER BY story_id, rank"


def test_reposts_are_ranked_by_time() -> None:
    rows = [
        told("a", "a", 0, "甲报"),
        told("b", "a", 0.5, "乙报"),
        told("c", "a", 1, "甲报"),
        told("e", "a", 2, None),
        told("d", "a", 2, "丙报"),
        told("z", "z", 0, "乙报"),  # nobody repeats it
    ]
    assert answer(REPOSTS, stories=rows) == [
        ("a", 1, 0, 1, "a", "甲报"),
        ("b", 2, 30, 2, "a", "甲报"),
        ("c", 3, 60, 1, "a", "甲报"),
        ("d", 4, 120, 3, "a", "甲报"),
        ("e", 5, 120, None, "a", "甲报"),
    ]


def test_media_of_equal_times_have_ranks_of_their_own() -> None:
    rows = [told("a", "a", 0, "乙报"), told("b", "a", 0, "甲报")]
    assert answer(REPOSTS, stories=rows) == [
        ("a", 1, 0, 1, "a", "乙报"),
        ("b", 2, 0, 2, "a", "乙报"),
    ]


def test_likeness_is_that_to_the_article_that_the_lake_had_first() -> None:
    rows = [told("a", "b", 0), told("b", "b", 1)]
    assert answer("SELECT article_id, jaccard, contained FROM reposts ORDER BY rank", stories=rows) == [
        ("a", 0.8, 0.95),
        ("b", None, None),
    ]


def novelty(rows: list[dict[str, Any]], mentions: dict[str, list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    articles = [
        on(row["published_date"], row["article_id"], mentions=mentions.get(row["article_id"], []))
        for row in rows
    ]
    return answer(
        "SELECT article_id, code, similar_24h, novelty, gap FROM novelty ORDER BY published_at, article_id, code",
        stories=rows,
        articles=articles,
    )


def test_the_scale_of_novelty() -> None:
    rows = [told(f"a{n:02d}", "a00", n) for n in range(21)]
    found = novelty(rows, {row["article_id"]: [named("1")] for row in rows})
    scale = [100, 75, 56, 42, 32, 24, 18, 13, 10, 8, 6, 4, 3, 2, 2, 1, 1, 1, 1, 0, 0]
    assert [row[3] for row in found] == scale


def test_after_a_day_without_it_is_new_again() -> None:
    rows = [told("a", "a", 0), told("b", "a", 24), told("c", "a", 48.1)]
    assert novelty(rows, {each: [named("1")] for each in "abc"}) == [
        ("a", "1", 0, 100, 100),
        ("b", "1", 1, 75, 1),
        ("c", "1", 0, 100, pytest.approx(24.1 / 24)),
    ]


def test_each_security_has_its_own_novelty() -> None:
    rows = [told("a", "a", 0), told("b", "a", 1), told("c", "c", 1)]
    mentions = {"a": [named("1")], "b": [named("1"), named("2")], "c": [named("1")]}
    assert [row[:4] for row in novelty(rows, mentions)] == [
        ("a", "1", 0, 100),
        ("b", "1", 1, 75),
        ("b", "2", 0, 100),
        ("c", "1", 0, 100),
    ]


def test_of_equal_times_the_lower_id_is_new() -> None:
    rows = [told("b", "b", 0), told("a", "b", 0)]
    found = novelty(rows, {each: [named("1")] for each in "ab"})
    assert [(row[0], row[3]) for row in found] == [("a", 100), ("b", 75)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from("xy"), st.sampled_from("甲乙")), max_size=20))
def test_views_agree_with_counting(drawn: list[tuple[int, str, str]]) -> None:
    rows = [told(f"a{n:02d}", story, hours, media) for n, (hours, story, media) in enumerate(drawn)]
    articles = [on(row["published_date"], row["article_id"], mentions=[named("1")]) for row in rows]
    by_story: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["published_at"], row["article_id"])):
        by_story[row["story_id"]].append(row)
    found = answer("SELECT story_id, articles, media_count, article_id FROM stories", stories=rows)
    assert {row[0]: row[1:] for row in found} == {
        story: (len(of), len({row["media"] for row in of}), of[0]["article_id"])
        for story, of in by_story.items()
    }
    reposts = answer("SELECT story_id, rank, article_id FROM reposts", stories=rows)
    assert sorted(reposts) == sorted(
        (story, rank, row["article_id"])
        for story, of in by_story.items()
        if len(of) > 1
        for rank, row in enumerate(of, start=1)
    )
    new = answer("SELECT article_id, similar_24h, novelty FROM novelty", stories=rows, articles=articles)
    day = dt.timedelta(hours=24)
    wanted = {
        row["article_id"]: sum(row["published_at"] - other["published_at"] <= day for other in of[:n])
        for of in by_story.values()
        for n, row in enumerate(of)
    }
    assert {row[0]: row[1] for row in new} == wanted
    assert all(points == round(100 * 0.75**before) for _, before, points in new)


SIMILAR = "SELECT article_id, same_story, jaccard, contained FROM similar('a') ORDER BY article_id"


def test_similar_articles_share_marks_or_the_story() -> None:
    rows = [
        told("a", "a", marks=list(range(20))),
        told("b", "a", 1, marks=list(range(10))),
        told("c", "c", 2, marks=list(range(15, 35))),  # 5 of 35
        told("d", "d", 2, marks=list(range(12, 32))),  # 8 of 32
        told("e", "e", 2, marks=[0, 1, 2, 3, 90]),  # 4 of its own 5
        told("f", "f", 2, marks=[0, 1, 2]),  # too few to tell
        told("g", "a", 2, marks=[]),
        told("h", "h", 24 * 9, marks=list(range(20))),  # too long after
    ]
    assert answer(SIMILAR, stories=rows) == [
        ("b", True, 0.5, 1),
        ("d", False, 0.25, 0.4),
        ("e", False, pytest.approx(4 / 21), 0.8),
        ("g", True, 0, None),
    ]
    wider = answer("SELECT article_id FROM similar('a', days := 9) WHERE NOT same_story", stories=rows)
    assert {row[0] for row in wider} == {"d", "e", "h"}


def test_very_short_texts_are_similar_in_their_story_alone() -> None:
    rows = [told("a", "a"), told("b", "a"), told("c", "c")]
    assert answer(SIMILAR, stories=rows) == [("b", True, None, None)]


@pytest.mark.parametrize("view", ["stories", "reposts", "novelty", "similar('a')"])
def test_an_empty_lake_has_none(view: str) -> None:
    assert answer(f"SELECT count(*) FROM {view}") == [(0,)]


def test_one_article_is_a_story_and_no_repost() -> None:
    rows = [told("a", "a")]
    assert answer("SELECT count(*) FROM stories", stories=rows) == [(1,)]
    assert answer("SELECT count(*) FROM reposts", stories=rows) == [(0,)]
    assert answer("SELECT count(*) FROM similar('a')", stories=rows) == [(0,)]
