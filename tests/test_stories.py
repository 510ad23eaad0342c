"""The derived table of stories: who is with whom, whatever the order of work, and for good."""

from __future__ import annotations

import datetime as dt
import gc
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.edits import labelled
from benchmarks.reposts import rows, score, segment, stories
from lake.derived.texts import Texts
from lake.locations import LakeRoot
from lake.views.publish import publish
from tests.small_lake import commit
from tests.test_likeness import prose

NOON = dt.datetime(2022, 3, 1, 12, tzinfo=dt.UTC)


def article(article_id: str, text: str, *, hours: float = 0, run: int = 0, **fields: Any) -> dict[str, Any]:
    published = NOON + dt.timedelta(hours=hours)
    return {
        "article_id": article_id,
        "revision": 1,
        "title": f"标题{article_id}",
        "body_text": text,
        "published_at": published,
        "published_date": published.date(),
        "run_id": f"20220301T{run:06d}-000000",
        "mentions": [],
    } | fields


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


class Table:
    """Segments one after another, as upkeep makes them of runs."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._past: list[Path] = []

    def add(self, *given: dict[str, Any]) -> dict[str, str]:
        """A segment of these articles; article -> story."""
        name = f"segment-{len(self._past)}"
        found = segment(self._connection, name, given, self._folder, self._past)
        self._past.append(self._folder / f"{name}.parquet")
        pq.write_table(found, self._past[-1])
        self.rows = found
        return dict(
            zip(found.column("article_id").to_pylist(), found.column("story_id").to_pylist(), strict=True)
        )


@pytest.fixture
def table(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Table:
    return Table(connection, tmp_path)


def test_a_repost_joins_the_story_of_the_first(table: Table) -> None:
    text = prose(400)
    assert table.add(article("a", text), article("b", text[:150], hours=1), article("c", prose(400, 2))) == {
        "a": "a",
        "b": "a",
        "c": "c",
    }
    assert table.add(article("d", prose(40, 3) + text, hours=2, run=1)) == {"d": "a"}
    [row] = table.rows.to_pylist()
    assert (row["story_date"], row["leads"], row["contained"]) == (NOON.date(), False, 1.0)
    assert 0.85 < row["jaccard"] < 0.95


def test_compared_texts_do_not_wait_for_the_garbage_collector(table: Table) -> None:
    """A thousand articles' texts each time would be hundreds of MB until it runs."""
    gc.collect()
    gc.disable()
    try:
        table.add(article("a", prose(400)), article("b", prose(400), hours=1))
        assert not [each for each in gc.get_objects() if isinstance(each, Texts)]
    finally:
        gc.enable()


@pytest.mark.parametrize(("days", "story"), [(7, "a"), (7.01, "b"), (-7, "a"), (-7.01, "b")])
def test_a_repost_comes_within_seven_days(days: float, story: str, table: Table) -> None:
    table.add(article("a", prose(200)))
    assert table.add(article("b", prose(200), hours=24 * days, run=1)) == {"b": story}


def test_there_are_no_chains(table: Table) -> None:
    """Each text shares enough with the one before, the last nothing with the first."""
    texts = [prose(2000).replace("，", "")[n * 50 : n * 50 + 400] for n in range(8)]
    found = table.add(*(article(f"a{n}", text, hours=n) for n, text in enumerate(texts)))
    assert found["a1"] == "a0"
    assert len(set(found.values())) > 2


def test_one_that_is_like_two_stories_joins_the_more_alike_and_leaves_both(table: Table) -> None:
    one, other = prose(300), prose(300, 2)
    found = table.add(article("a", one), article("b", other), article("c", other + one[:200], hours=1))
    assert found == {"a": "a", "b": "b", "c": "b"}
    assert table.add(article("d", one, hours=2, run=1)) == {"d": "a"}


def test_of_two_alike_it_joins_the_first(table: Table) -> None:
    text = prose(300)
    table.add(article("a", text), article("b", text, hours=24 * 8))  # too far apart for one story
    assert table.add(article("c", text, hours=24 * 4, run=1)) == {"c": "a"}


def test_what_comes_late_joins_and_does_not_rename(table: Table) -> None:
    table.add(article("b", prose(300)))
    assert table.add(article("a", prose(300), hours=-3, run=1)) == {"a": "b"}


def test_a_revision_keeps_its_story_and_what_leads_is_found_by_its_newest_text(table: Table) -> None:
    table.add(article("a", prose(300)), article("b", prose(300), hours=1))
    again = [
        article("a", prose(300, 2), run=1, revision=2),
        article("b", prose(300, 3), hours=1, run=1, revision=2),
    ]
    assert table.add(*again) == {"a": "a", "b": "a"}
    assert {row["article_id"]: row["leads"] for row in table.rows.to_pylist()} == {"a": True, "b": False}
    later = [article("c", prose(300, 2), hours=2, run=2), article("d", prose(300), hours=2, run=2)]
    assert table.add(*later) == {"c": "a", "d": "d"}


def test_two_revisions_in_one_segment(table: Table) -> None:
    found = table.add(
        article("a", prose(300)),
        article("a", prose(300, 2), run=1, revision=2),
        article("b", prose(300), hours=1, run=2),
        article("c", prose(300, 2), hours=1, run=2),
    )
    assert found == {"a": "a", "b": "b", "c": "a"}


def test_texts_without_words_are_alone(table: Table) -> None:
    empty = [article(f"a{n}", text) for n, text in enumerate(["", "", "……", None])]
    found = table.add(*empty)
    assert found == {row["article_id"]: row["article_id"] for row in empty}


def test_an_empty_segment(table: Table) -> None:
    assert table.add() == {}


def test_a_text_that_is_gone_is_an_error(table: Table, tmp_path: Path) -> None:
    table.add(article("a", prose(300)))
    for path in tmp_path.glob("date=*/*"):
        path.unlink()
    with pytest.raises(LookupError, match="articles of 2022-03-01"):
        table.add(article("b", prose(300), run=1))


def _drawn(numbers: Sequence[tuple[int, int, int]]) -> list[dict[str, Any]]:
    """Articles of few texts and their cuts, each in a run of its own, not in the order of publication."""
    return [
        article(f"a{n:02d}", prose(240, text)[: 240 - 60 * cut], hours=hours, run=n)
        for n, (text, cut, hours) in enumerate(numbers)
    ]


_DRAWN = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 300)), max_size=12)


@settings(max_examples=25, deadline=None)
@given(_DRAWN, st.lists(st.integers(0, 12), max_size=5), st.randoms())
def test_the_stories_are_the_same_however_runs_are_cut_into_segments(
    connection: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
    numbers: list[tuple[int, int, int]],
    cuts: list[int],
    random: Random,
) -> None:
    given = _drawn(numbers)
    cut, whole = (Table(connection, tmp_path_factory.mktemp("stories")) for _ in range(2))
    found: dict[str, str] = {}
    ends = sorted({*cuts, len(given)})
    for begin, end in zip([0, *ends], ends, strict=False):
        found |= cut.add(*given[begin:end])
    random.shuffle(given)
    assert whole.add(*given) == found
    ids = set(found)
    assert all(found[story] == story for story in set(found.values()) if story in ids)
    assert set(found.values()) <= ids


def committed(root: LakeRoot, run: int, *given: dict[str, Any]) -> None:
    """A run of its own; what it adds is published."""
    keys = {"content_hash": "00", "capture_ids": []}
    commit(root, run_id=f"20220301T{run:06d}-000000", articles=[row | keys for row in given])
    publish(root)


def told(root: LakeRoot) -> dict[str, str]:
    with duckdb.connect(root.database, read_only=True) as connection:
        return dict(connection.execute("SELECT article_id, story_id FROM stored.stories").fetchall())


def test_a_lake_made_anew_has_the_same_stories(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path)
    text = prose(300)
    committed(root, 0, article("b", text), article("x", prose(300, 2)))
    committed(root, 1, article("a", text, hours=-20, run=1), article("c", text[:120], hours=30, run=1))
    committed(root, 2, article("b", prose(300, 3), run=2, revision=2))
    committed(root, 3, article("d", prose(300, 3), hours=2, run=3), article("e", text, hours=2, run=3))
    wanted = {"a": "b", "b": "b", "c": "b", "d": "b", "e": "e", "x": "x"}
    assert told(root) == wanted
    shutil.rmtree(root.derived("stories"))
    committed(root, 4)
    assert told(root) == wanted


def test_the_stories_of_a_damaged_lake_wait_and_nothing_else_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = LakeRoot(tmp_path)
    steel = {"kind": "security", "market": 1, "code": "699001"}
    committed(root, 0, article("a", prose(300), mentions=[steel]))
    [path] = root.path.glob("articles/date=*/*.parquet")
    whole = path.read_bytes()
    pq.write_table(pq.read_table(path, partitioning=None).slice(0, 0), path)  # its rows are gone
    committed(root, 1, article("b", prose(300), hours=1, run=1, mentions=[steel]))
    assert "derived tables are not up to date" in caplog.text
    assert "b" not in told(root)
    with duckdb.connect(root.database, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (2,)
    path.write_bytes(whole)
    committed(root, 2)
    assert told(root) == {"a": "a", "b": "a"}


def test_reposts_are_told_from_what_is_only_alike(tmp_path: Path) -> None:
    """The floors that the project promises, on labelled articles that it was not tuned on."""
    articles = labelled(seed=5, texts=220)
    given = [row | {"run_id": f"{row['run_id'][:9]}000000-000000"} for row in rows(articles)]  # a run a day
    result = score(articles, stories(given, tmp_path))
    assert result.pairs > 300
    assert result.precision >= 0.98
    assert result.recall >= 0.95
