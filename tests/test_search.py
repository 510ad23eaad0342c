"""The macro ``search``: what it finds, in which order, and that a phrase finds what LIKE finds."""

from __future__ import annotations

import re
import string
from itertools import pairwise
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lake.derived import upkeep
from lake.derived.places import pair_key, places, word_key
from lake.history import past_views
from lake.locations import LakeRoot
from lake.views.header import load
from lake.views.publish import publish
from tests.small_lake import article, commit
from tests.view_answers import answer, on

NEWS = [
    on("2022-03-01", "plant", title="澜川储能新工厂投产", body_text="青石市的新工厂今天投产。"),
    on("2022-03-02", "shares", title="午间公告", body_text="澜川储能回购股份，每股12.50元。"),
    on(
        "2022-03-03",
        "english",
        title="Lanchuan opens a plant",
        body_text="The Plant makes LC-50A cells.\n\nCells!",
    ),
    on("2022-03-04", "other", title="海运周报", body_text="运价回落，川江航道通畅，储备充足。"),
    on("2022-03-05", "bare", title=None, body_text=None),
]


def found(query: str, mode: str = "any", articles: Any = NEWS) -> list[str]:
    """Ids, the best first."""
    asked = f"SELECT article_id FROM search('{query.replace(chr(39), chr(39) * 2)}', mode := '{mode}')"
    return [row[0] for row in answer(asked, articles=articles)]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("澜川储能", ["plant", "shares"]),  # the headline counts more
        ("新工厂 澜川", ["plant", "shares"]),
        ("工厂", ["plant"]),
        ("投产 回购", ["plant", "shares"]),
        ("回购了些股份", ["shares"]),  # no article has it, this one has parts of it
        ("PLANT", ["english"]),
        ("plan", []),
        ("lc-50a", ["english"]),
        ("12.50", ["shares"]),
        ("江", ["other"]),
        ("", []),
        (" \u3000 ", []),
        ('"', []),
        ('""', []),
        ("鲸", []),
        ("'; DROP VIEW articles; --", []),
    ],
)
def test_words(query: str, ids: list[str]) -> None:
    assert found(query) == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ('"川储能"', ["plant", "shares"]),
        ('"储能" 回购', ["shares", "plant"]),  # words order what phrases find
        ('"储能" "回购"', ["shares"]),
        ('"储能"回购', ["shares", "plant"]),
        ('"储能航道"', []),
        ('"plan"', ["english"]),  # part of a word, in small letters
        ('"PLANT"', []),
        ('"50A c"', ["english"]),
        ('"LC-50A cells.\n\nC"', ["english"]),
        ('"2.5"', ["shares"]),
        ('"，"', ["other", "shares"]),
        ('"产青"', []),  # the headline's end and the text's beginning
        ('"投产', ["plant"]),  # a quotation mark that nothing closes says nothing
        ('"%"', []),
        ('"储_"', []),
    ],
)
def test_phrases(query: str, ids: list[str]) -> None:
    assert sorted(found(query)) == sorted(ids)
    assert found(query)[:1] == ids[:1] or query == '"，"'


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("储能 回购", ["shares"]),
        ("储能航道", []),
        ("the plant", ["english"]),
        ("plan", []),
        ("澜川储能 投产", ["plant"]),
        ("12.5", []),
        ("股 份", ["shares"]),
        ('澜川 "新工厂"', ["plant"]),
        ("", []),
    ],
)
def test_all_words_must_be_there(query: str, ids: list[str]) -> None:
    assert found(query, "all") == ids


def test_another_mode_is_refused() -> None:
    with pytest.raises(duckdb.Error, match="mode is any or all"):
        found("澜川", "some")


def test_columns_ranks_and_ties() -> None:
    same = [on("2022-03-01", "old"), on("2022-03-02", "new"), on("2022-03-02", "two")]
    rows = answer("SELECT rank, article_id, score FROM search('青禾')", articles=same)
    assert [row[:2] for row in rows] == [(1, "new"), (2, "two"), (3, "old")]
    assert len({row[2] for row in rows}) == 1
    rows = answer("SELECT * EXCLUDE (published_at, score) FROM search('回购')", articles=NEWS)
    assert [tuple(map(str, row)) for row in rows] == [("1", "shares", "2022-03-02", "None", "午间公告")]


def test_a_word_counts_by_its_rarity_and_an_article_by_its_length() -> None:
    common = [on("2022-03-01", f"n{n}", title="", body_text="甲乙丙丁。") for n in range(8)]
    rare = on("2022-03-01", "rare", title="", body_text="甲乙戊己。")
    long = on("2022-03-01", "long", title="", body_text="甲乙戊己。" + "庚" * 50)
    assert found("丙丁 戊己", articles=[*common, rare, long])[:2] == ["rare", "long"]


def test_all_parts_standing_together_lead() -> None:
    often = on("2022-03-01", "often", title="甲乙丙丁甲乙丙丁", body_text="甲乙丙丁出口。")
    both = on("2022-03-01", "both", title="", body_text="庚辛壬癸。" * 9 + "甲乙丙丁减产。")
    parts = on("2022-03-01", "parts", title="甲乙", body_text="乙丙，丙丁，减，产。")
    assert found("甲乙丙丁 减产", articles=[often, both, parts])[0] == "both"


def test_long_queries() -> None:
    long = "".join(chr(0x4E00 + n) for n in range(150))
    articles = [
        on("2022-03-01", "long", body_text=long),
        on("2022-03-02", "cut", body_text=long[:100] + "。" + long[101:]),
    ]
    assert found(f'"{long}"', articles=articles) == ["long"]
    assert sorted(found(f'"{long[:100]}"', articles=articles)) == ["cut", "long"]
    assert found(long, articles=articles) == ["cut", "long"]  # by their first pairs


# a few characters, so that texts share them; surrogate pairs in UTF-16 and what SQL and LIKE know among them
TEXTS = st.text(st.sampled_from("储能新工aB1 ，\n'\"%_\\𠀀é"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5), TEXTS.filter(bool), st.data())
@example([("储能", "能储")], "能能", None)
@example([("aB1", "1aB1a")], "B1a", None)
def test_a_phrase_finds_what_like_finds(texts: list[tuple[str, str]], phrase: str, data: Any) -> None:
    whole = [part for pair in texts for part in pair if part]
    if whole and data is not None and data.draw(st.booleans()):
        text = data.draw(st.sampled_from(whole))
        begin = data.draw(st.integers(0, len(text) - 1))
        phrase = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    rows = [
        on("2022-03-01", f"{n}", title=title or None, body_text=text) for n, (title, text) in enumerate(texts)
    ]
    pattern = "'%" + re.sub(r"([%_\\])", r"\\\1", phrase).replace("'", "''") + "%'"
    like = f"SELECT article_id FROM articles WHERE title LIKE {pattern} ESCAPE '\\' OR body_text LIKE {pattern} ESCAPE '\\'"
    assert sorted(found('"' + phrase.replace('"', '""') + '"', articles=rows)) == sorted(
        row[0] for row in answer(like, articles=rows)
    )


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["any", "all"]))
def test_any_text_is_a_query(query: str, mode: str) -> None:
    query = query.replace("\0", "")  # DuckDB takes none in a statement
    assert set(found(query, mode)) <= {row["article_id"] for row in NEWS}


def test_a_client_that_repeats_each_step_for_each_mention_repeats_few() -> None:
    """DuckDB before 1.4 does, for a database file doesn't keep ``materialized``: 4,600 took it a minute to plan."""
    copies: dict[str, int] = {}
    code = re.sub("--.*", "", load(["search"])[0].sql)
    parts = re.split(r"^(\w+) as (?:materialized )?\(", code, flags=re.MULTILINE)
    for name, step in zip(parts[1::2], parts[2::2], strict=True):
        mentioned = re.findall(r"\b(?:from|join) (\w+)", step)
        copies[name] = 1 + sum(copies.get(each, 0) for each in mentioned)
    assert len(copies) > 10
    assert max(copies.values()) < 500


def test_places_of_a_text() -> None:
    given = places(["新A"], ["储能 b2"])
    rows = sorted(
        zip(given.key.to_pylist(), given.article.to_pylist(), given.position.to_pylist(), strict=True)
    )
    assert rows == sorted(
        [
            (pair_key("新", ""), 0, -3),
            (word_key("A"), 0, -2),
            (pair_key("储", "能"), 0, 0),
            (pair_key("能", " "), 0, 1),
            (pair_key(" ", ""), 0, 2),
            (word_key("b2"), 0, 3),
        ]
    )
    assert set(given.words) == {"A", "b2"}


@given(st.lists(st.tuples(st.none() | st.text(), st.none() | st.text()), max_size=4))
def test_each_character_outside_of_words_has_one_place(articles: list[tuple[str | None, str | None]]) -> None:
    titles, texts = [pair[0] for pair in articles], [pair[1] for pair in articles]
    word = {*string.ascii_letters, *string.digits}
    none = {*word, chr(0)}
    given = places(titles, texts)
    characters = [
        (n, c) for n, pair in enumerate(articles) for field in pair for c in field or "" if c not in none
    ]
    keys = list(zip(given.article.to_pylist(), given.key.to_pylist(), strict=True))
    behind = pair_key("", "")
    assert sorted((n, chr(key >> 21)) for n, key in keys if 0 < key < behind) == sorted(characters)
    assert sorted((n, chr(key - behind)) for n, key in keys if key >= behind) == sorted(
        (n, c)
        for n, pair in enumerate(articles)
        for field in pair
        for last, c in pairwise(field or "")
        if last in word and c not in none
    )
    for n, position in zip(given.article.to_pylist(), given.position.to_pylist(), strict=True):
        assert -1 - len(titles[n] or "") <= position < -1 or 0 <= position < len(texts[n] or "")


def lake_found(root: LakeRoot, query: str) -> list[str]:
    with duckdb.connect(root.database, read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT article_id FROM search($1)", [query]).fetchall()]


def test_the_index_follows_the_lake(tmp_path: Any) -> None:
    root = LakeRoot(tmp_path / "lake")
    publish(root)
    assert lake_found(root, "钢铁") == []
    commit(root, articles=[article("a", body_text="钢铁扩产。"), article("b", body_text="钢铁减产。")])
    publish(root)
    assert sorted(lake_found(root, "钢铁")) == ["a", "b"]
    commit(root, articles=[article("a", 2, body_text="扩产推迟。"), article("c", body_text="钢铁出口。")])
    publish(root)
    assert sorted(lake_found(root, '"钢铁"')) == ["b", "c"]
    assert lake_found(root, "推迟") == ["a"]
    with past_views(root, "1") as database, duckdb.connect(database, read_only=True) as connection:
        rows = connection.execute("SELECT article_id FROM search('\"钢铁\"') ORDER BY 1").fetchall()
    assert rows == [("a",), ("b",)]


def test_merged_and_remade_indexes_find_the_same(tmp_path: Any) -> None:
    root = LakeRoot(tmp_path / "lake")
    for n in range(10):
        commit(
            root,
            articles=[
                article(f"a{n}", body_text=f"第{n}炉钢铁 heat{n}。"),
                article("x", n + 1, body_text=f"{n}钢"),
            ],
        )
        publish(root)
    merged = {query: sorted(lake_found(root, query)) for query in ("钢铁", "heat3", '"第4炉"', '"钢"')}
    assert merged == {
        "钢铁": sorted(f"a{n}" for n in range(10)),
        "heat3": ["a3"],
        '"第4炉"': ["a4"],
        '"钢"': sorted([*(f"a{n}" for n in range(10)), "x"]),
    }
    upkeep.remove(root)
    publish(root)
    assert {query: sorted(lake_found(root, query)) for query in merged} == merged
