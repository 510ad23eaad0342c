"""Asking a lake: formats, widths, errors, and the lake at a glance."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake import query, table
from lake.errors import Stop, Usage
from lake.locations import LakeRoot
from lake.views.publish import publish
from tests.small_lake import article, at, commit


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    root = LakeRoot(tmp_path_factory.mktemp("lake"))
    mention = {"kind": "security", "market": 1, "code": "699001", "name": "青禾钢铁", "count": 2}
    commit(
        root,
        run_id="first",
        articles=[
            article("a", title="青禾钢铁扩产，二期“年内”投产", mentions=[mention]),
            article("b", day=4),
        ],
        captures=[{"capture_id": "c1", "origin": "/in/a.md", "length": 1, "body": b"a"}],
        rejects=[
            {
                "reject_id": "r1",
                "origin": "/in/x.md",
                "rejected_at": at(1),
                "reason": "empty",
                "stage": "decode",
            },
            {
                "reject_id": "r2",
                "origin": "/in/a.md",
                "rejected_at": at(1),
                "reason": "binary",
                "stage": "decode",
            },
        ],
        outcomes=[{"capture_id": "c1", "outcome": "new", "article_id": "a", "recorded_at": at(2)}],
    )
    commit(root, run_id="second", articles=[article("b", 2, day=5)])
    publish(root)
    return root


def text(root: LakeRoot, sql: str, form: query.Format, columns: int | None = None) -> str:
    with query.ask(root, sql) as answer:
        return "".join(query.written(answer, form, columns=columns))


def test_json_is_an_array_of_objects(root: LakeRoot) -> None:
    sql = "SELECT article_id, title, mentions, published_at, published_date, media FROM articles ORDER BY 1"
    first, second = json.loads(text(root, sql, "json"))
    assert first["title"] == "青禾钢铁扩产，二期“年内”投产"
    assert first["mentions"][0]["name"] == "青禾钢铁"
    assert dt.datetime.fromisoformat(first["published_at"]) == dt.datetime(2022, 3, 1, 1, 30, tzinfo=dt.UTC)
    assert (second["published_date"], second["media"]) == ("2022-03-05", None)


def test_an_answer_without_rows_is_still_json_and_csv(root: LakeRoot) -> None:
    assert json.loads(text(root, "FROM links", "json")) == []
    assert text(root, "SELECT url, text FROM links", "csv") == "url,text\n"


def test_one_object_holds_columns_and_rows(root: LakeRoot) -> None:
    with query.ask(root, "SELECT 1 AS n, 'x' AS n, [1.5] AS n") as answer:
        found = json.loads(json.dumps(answer.to_object()))
    assert found["rows"] == [{"n": 1, "n_1": "x", "n_2": [1.5]}]
    assert [column["type"] for column in found["columns"]] == ["INTEGER", "VARCHAR", "DECIMAL(2,1)[]"]


def test_csv_reads_back(root: LakeRoot) -> None:
    sql = "SELECT 'a,\"b\"\nc' AS words, NULL AS nothing, authors, true AS yes, 1.5::DOUBLE AS x FROM articles LIMIT 1"
    head, row = csv.reader(io.StringIO(text(root, sql, "csv")))
    assert head == ["words", "nothing", "authors", "yes", "x"]
    assert row == ['a,"b"\nc', "", '["林远"]', "true", "1.5"]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT 'nan'::DOUBLE", None),
        ("SELECT '\\xAA'::BLOB", "aa"),
        ("SELECT MAP {'k': DATE '2022-03-01'}", {"k": "2022-03-01"}),
        ("SELECT INTERVAL 1 DAY", "1 day, 0:00:00"),
        ("SELECT 170141183460469231731687303715884105727", 170141183460469231731687303715884105727),
        ("SELECT uuid '00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_any_value_fits_into_json(root: LakeRoot, sql: str, value: Any) -> None:
    (record,) = json.loads(text(root, sql, "json"))
    assert list(record.values()) == [value]


def test_a_table_is_aligned_with_chinese_text() -> None:
    shown = table.as_table(["名", "n"], [["青禾钢铁", 5], ["ab", None], ["二\n行", 12]], columns=None)
    assert shown.splitlines() == [
        "名         n",
        "────────  ──",
        "青禾钢铁   5",
        "ab",
        "二 行     12",
    ]


def test_a_wide_table_is_cut_to_the_terminal(root: LakeRoot) -> None:
    shown = text(
        root, "SELECT title, article_id, title AS again FROM articles ORDER BY 2", "table", 40
    ).splitlines()
    assert all(table.width(line) <= 40 for line in shown)
    assert "…" in shown[2]
    assert "  a  " in shown[2] + shown[3]


def test_columns_without_room_are_named(root: LakeRoot) -> None:
    shown = text(root, "FROM articles", "table", 60).splitlines()
    assert shown[-1].startswith("… ")
    assert "provenance" in shown[-1]
    assert all(table.width(line) <= 60 for line in shown[:-1])


def test_a_table_shows_the_first_rows_and_says_so(root: LakeRoot) -> None:
    shown = text(root, f"FROM range({query.SHOWN + 1})", "table").splitlines()
    assert len(shown) == query.SHOWN + 3
    assert "--format" in shown[-1]
    assert "--format" not in text(root, f"FROM range({query.SHOWN})", "table")
    assert len(json.loads(text(root, "FROM range(2500)", "json"))) == 2500


@given(st.text(), st.integers(min_value=1, max_value=30))
def test_fitted_text_fits_and_is_a_beginning(words: str, size: int) -> None:
    shown = table.fit(words, size)
    assert table.width(shown) <= size
    assert shown == words or words.startswith(shown.removesuffix("…"))


@given(st.lists(st.lists(st.text(max_size=30), min_size=3, max_size=3), max_size=5), st.integers(30, 100))
def test_no_line_of_a_table_is_wider_than_the_terminal(rows: list[list[str]], columns: int) -> None:
    for line in table.as_table(["a", "标题", "c"], rows, columns=columns).splitlines():
        assert table.width(line) <= columns


def test_an_unknown_view_is_answered_with_the_views_there_are(root: LakeRoot) -> None:
    with pytest.raises(Stop, match=r"artcles(?s:.*)views: (?s:.*)articles, (?s:.*)captures, charts"):
        text(root, "FROM artcles", "table")


def test_an_unknown_column_is_answered_with_candidates(root: LakeRoot) -> None:
    with pytest.raises(Stop, match="published_at"):
        text(root, "SELECT publishedat FROM articles", "table")


@pytest.mark.parametrize("sql", ["CREATE TABLE mine (n INTEGER)", "SELEC 1", "SELECT 1 / 'x'"])
def test_a_refused_query_stops_with_a_message(root: LakeRoot, sql: str) -> None:
    with pytest.raises(Stop) as caught:
        text(root, sql, "csv")
    assert not isinstance(caught.value, Usage)
    assert "Error" in str(caught.value)


@pytest.mark.parametrize("sql", ["", "  ", "-- nothing", ";"])
def test_no_statement_is_a_usage_error(root: LakeRoot, sql: str) -> None:
    with pytest.raises(Usage):
        text(root, sql, "csv")


def test_the_last_of_several_statements_answers(root: LakeRoot) -> None:
    assert text(root, "SET TimeZone = 'Asia/Shanghai'; SELECT 2 AS n", "csv") == "n\n2\n"


@pytest.mark.parametrize(
    "call", [query.status, query.open_rejects, lambda root: text(root, "SELECT 1", "csv")]
)
def test_without_a_lake_the_message_says_what_to_run(call: Any, tmp_path: Path) -> None:
    with pytest.raises(Stop, match="newslake ingest"):
        call(LakeRoot(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "lake.duckdb").write_bytes(b"x" * 5000)
    with pytest.raises(Stop, match=r"lake\.duckdb can't be opened"):
        query.status(LakeRoot(tmp_path))


def test_a_moved_lake_is_told_how_to_go_on(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    commit(root, articles=[article("a")])
    publish(root)
    moved = LakeRoot(root.path.rename(tmp_path / "moved"))
    with pytest.raises(Stop, match="newslake maintain"):
        text(moved, "FROM articles", "csv")
    with pytest.raises(Stop, match="newslake maintain"):
        query.status(moved)


def test_status_tells_the_lake_at_a_glance(root: LakeRoot) -> None:
    status = query.status(root)
    assert (status.captures, status.articles, status.revisions, status.days) == (1, 2, 3, 2)
    assert (status.since, status.until) == (dt.date(2022, 3, 1), dt.date(2022, 3, 5))
    assert status.rejects == {"empty": 1}
    assert (status.snapshot, status.run_id, status.operation) == (2, "second", "ingest")
    files = sum(path.stat().st_size for path in root.table("articles").rglob("*") if path.is_file())
    assert status.bytes["articles"] == files
    assert json.loads(json.dumps(status.to_object()))["until"] == "2022-03-05"


def test_open_rejects_are_those_not_resolved(root: LakeRoot) -> None:
    (found,) = query.open_rejects(root)
    assert (found["reject_id"], found["origin"], found["reason"]) == ("r1", "/in/x.md", "empty")


def test_asking_loads_nothing_heavy(root: LakeRoot) -> None:
    script = """
import sys
from lake.locations import LakeRoot
from lake import query
from pathlib import Path
with query.ask(LakeRoot(Path(sys.argv[1])), "SELECT published_at, mentions FROM articles") as answer:
    list(query.written(answer, "table", columns=80))
query.status(LakeRoot(Path(sys.argv[1])))
print(*{name.split(".")[0] for name in sys.modules} & {"prefect", "pyarrow", "deltalake", "pandas", "rich", "numpy"})
"""
    answer = subprocess.run(
        [sys.executable, "-c", script, str(root.path)], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == ""
