"""The views: rows in, rows out; headers, comments and docs agree with what the database says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake.locations import LakeRoot
from lake.schema import ARTICLES
from lake.views import MACROS, VIEWS
from lake.views.document import TARGET, document, main
from lake.views.header import Column, View, load, parse
from lake.views.publish import publish
from lake.views.stored import select_files
from tests.small_lake import article, at, commit

CONTRACT = {
    "article_id": "VARCHAR",
    "url": "VARCHAR",
    "site": "VARCHAR",
    "source": "VARCHAR",
    "title": "VARCHAR",
    "digest": "VARCHAR",
    "body_text": "VARCHAR",
    "body_markdown": "VARCHAR",
    "media": "VARCHAR",
    "authors": "VARCHAR[]",
    "category": "VARCHAR",
    "tags": "VARCHAR[]",
    "language": "VARCHAR",
    "published_at": "TIMESTAMP WITH TIME ZONE",
    "published_date": "DATE",
    "date_origin": "VARCHAR",
    "captured_at": "TIMESTAMP WITH TIME ZONE",
    "first_seen_at": "TIMESTAMP WITH TIME ZONE",
    "revision": "INTEGER",
    "content_hash": "VARCHAR",
    "capture_id": "VARCHAR",
    "extractor": "VARCHAR",
    "mentions": "STRUCT(kind VARCHAR, market INTEGER, code VARCHAR, symbol VARCHAR, mic VARCHAR, "
    '"name" VARCHAR, count INTEGER, first_offset INTEGER, marked_by VARCHAR)[]',
    "charts": "STRUCT(kind VARCHAR, market INTEGER, code VARCHAR, url VARCHAR)[]",
    "images": "STRUCT(url VARCHAR, original_url VARCHAR, caption VARCHAR, alt VARCHAR, width INTEGER, "
    "height INTEGER)[]",
    "glossary": "STRUCT(term_id VARCHAR, term VARCHAR)[]",
    "links": "STRUCT(url VARCHAR, text VARCHAR)[]",
}

STEEL = {
    "kind": "security",
    "market": 1,
    "code": "699001",
    "name": "青禾钢铁",
    "count": 2,
    "marked_by": "markup",
}
BOARD = {"kind": "board", "market": 90, "code": "BK9001", "name": "特种钢", "count": 1, "marked_by": "chart"}


@pytest.fixture
def root(tmp_path: Path) -> LakeRoot:
    return LakeRoot(tmp_path / "lake")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    root = LakeRoot(tmp_path_factory.mktemp("empty"))
    publish(root)
    with duckdb.connect(root.database, read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    root = LakeRoot(tmp_path_factory.mktemp("filled"))
    full = article(
        "qinghe:1",
        mentions=[STEEL, BOARD],
        charts=[{"kind": "K", "market": 1, "code": "699001", "url": "https://img.example/k.png"}],
        images=[{"url": "https://img.example/a.png", "caption": "高炉"}],
        glossary=[{"term_id": "7", "term": "产能"}],
        links=[{"url": "https://qinghe.example/a", "text": "公告"}],
    )
    commit(
        root,
        articles=[full, article("qinghe:2")],
        captures=[capture("c1"), capture("c2", origin="/in/b.md")],
        outcomes=[outcome("c1", "new", 1)],
        rejects=[reject("r1", at(1))],
    )
    publish(root)
    with duckdb.connect(root.database, read_only=True) as connection:
        yield connection


def capture(capture_id: str, origin: str = "/in/a.md") -> dict[str, Any]:
    return {"capture_id": capture_id, "origin": origin, "length": 3, "body": b"abc"}


def outcome(capture_id: str, word: str, minute: int, article_id: str | None = "qinghe:1") -> dict[str, Any]:
    return {"capture_id": capture_id, "outcome": word, "article_id": article_id, "recorded_at": at(minute)}


def reject(reject_id: str, when: Any, origin: str = "/in/a.md") -> dict[str, Any]:
    return {
        "reject_id": reject_id,
        "rejected_at": when,
        "origin": origin,
        "stage": "extract",
        "reason": "empty",
    }


def rows(root: LakeRoot, query: str) -> list[tuple[Any, ...]]:
    publish(root)
    with duckdb.connect(root.database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def described(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str]]:
    return [row[:2] for row in connection.execute(f"DESCRIBE {query}").fetchall()]


CALLS = {
    "articles_about": "articles_about('青禾钢铁')",
    "abnormal_attention_on": "abnormal_attention_on('2022-03-01')",
    "timeline": "timeline('青禾')",
    "as_of": "as_of('2122-01-01')",
    "event_window": "event_window('699001', before := 0, after := 1)",
    "similar": "similar('qinghe:1')",
    "search": "search('青禾 \"钢铁\"')",
}


def test_every_macro_is_called_here() -> None:
    assert tuple(CALLS) == MACROS


@pytest.mark.parametrize("view", load(), ids=lambda view: view.name)
@pytest.mark.parametrize("lake", ["empty", "filled"])
def test_a_view_has_the_columns_of_its_header(lake: str, view: View, request: pytest.FixtureRequest) -> None:
    connection = request.getfixturevalue(lake)
    promised = ", ".join(f'CAST(NULL AS {column.type}) AS "{column.name}"' for column in view.columns)
    assert described(connection, f"FROM {CALLS.get(view.name, view.name)}") == described(
        connection, f"SELECT {promised}"
    )


@pytest.mark.parametrize("view", load(), ids=lambda view: view.name)
def test_an_example_runs(view: View, empty: Any, filled: Any) -> None:
    assert len(empty.execute(view.example).fetchall()) == 0
    filled.execute(view.example).fetchall()


@pytest.mark.parametrize("name", [*VIEWS, *CALLS.values()])
def test_a_view_of_an_empty_lake_is_empty(name: str, empty: Any) -> None:
    assert empty.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,)


@pytest.mark.parametrize(
    "view", [view for view in load() if view.arguments is not None], ids=lambda view: view.name
)
def test_a_macro_carries_a_comment(view: View, filled: Any) -> None:
    query = "SELECT comment FROM duckdb_functions() WHERE function_name = ?"
    assert filled.execute(query, [view.name]).fetchall() == [(view.comment,)]
    assert all(parameter.text and parameter.name in view.comment for parameter in view.parameters)
    assert all(column.name in view.comment for column in view.columns)


@pytest.mark.parametrize("view", load(VIEWS), ids=lambda view: view.name)
def test_view_and_columns_carry_comments(view: View, filled: Any) -> None:
    comment = filled.execute("SELECT comment FROM duckdb_views() WHERE view_name = ?", [view.name]).fetchone()
    assert comment == (view.comment,)
    columns = filled.execute(
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ? AND schema_name = 'main'",
        [view.name],
    ).fetchall()
    assert dict(columns) == {column.name: column.comment for column in view.columns}
    assert all(column.text for column in view.columns)


def test_articles_begin_with_the_columns_of_the_contract(filled: Any) -> None:
    found = described(filled, "SELECT * FROM articles")[: len(CONTRACT)]
    wanted = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in CONTRACT.items())
    assert found == described(filled, f"SELECT {wanted}")


def test_the_current_revision_is_the_highest_and_moves_with_its_date(root: LakeRoot) -> None:
    commit(root, articles=[article("a", 1, day=1), article("b", 1, day=1)])
    commit(root, articles=[article("a", 3, day=2)])
    commit(root, articles=[article("a", 2, day=3)])
    query = "SELECT article_id, revision, day(published_date) FROM articles ORDER BY ALL"
    assert rows(root, query) == [("a", 3, 2), ("b", 1, 1)]
    assert rows(root, "SELECT article_id, revision FROM revisions ORDER BY ALL") == [
        ("a", 1),
        ("a", 2),
        ("a", 3),
        ("b", 1),
    ]


def test_without_revisions_articles_need_no_join(root: LakeRoot) -> None:
    commit(root, articles=[article("a")])
    assert "ANTI" not in str(rows(root, "EXPLAIN FROM articles"))
    commit(root, articles=[article("a", 2)])
    assert "ANTI" in str(rows(root, "EXPLAIN FROM articles"))


def test_only_the_current_revision_is_unnested(root: LakeRoot) -> None:
    commit(root, articles=[article("a", mentions=[STEEL]), article("b", mentions=None)])
    commit(root, articles=[article("a", 2, mentions=[BOARD, STEEL])])
    query = "SELECT article_id, position, code, name, count FROM mentions ORDER BY position"
    assert rows(root, query) == [("a", 1, "BK9001", "特种钢", 1), ("a", 2, "699001", "青禾钢铁", 2)]


def test_parts_of_an_article_are_rows_with_its_id_and_date(filled: Any) -> None:
    wanted = {
        "charts": ("K", 1, "699001", "https://img.example/k.png"),
        "images": ("https://img.example/a.png", None, "高炉", None, None, None),
        "links": ("https://qinghe.example/a", "公告"),
        "glossary": ("7", "产能"),
    }
    for name, fields in wanted.items():
        (row,) = filled.execute(
            f"SELECT * REPLACE (published_date::VARCHAR AS published_date) FROM {name}"
        ).fetchall()
        assert row == ("qinghe:1", "2022-03-01", 1, *fields)


def test_a_capture_shows_its_latest_outcome(root: LakeRoot) -> None:
    commit(
        root,
        captures=[capture("c1"), capture("c2"), capture("c3")],
        outcomes=[outcome("c1", "rejected", 1, None), outcome("c2", "new", 1)],
    )
    commit(root, outcomes=[outcome("c1", "merged", 2), outcome("c2", "rejected", 2, None)])
    query = "SELECT capture_id, length, outcome, article_id FROM captures ORDER BY capture_id"
    assert rows(root, query) == [
        ("c1", 3, "merged", "qinghe:1"),
        ("c2", 3, "rejected", None),
        ("c3", 3, None, None),
    ]


def test_a_reject_is_resolved_by_a_later_success_of_its_origin(root: LakeRoot) -> None:
    commit(
        root,
        captures=[
            capture("c1", "/same"),
            capture("c2", "/other"),
            capture("c3", "/later"),
            capture("c4", "/later"),
        ],
        rejects=[
            reject("same capture", at(1), "/same"),
            reject("only an earlier success", at(9), "/other"),
            reject("another capture of the origin", at(1), "/later"),
            reject("never captured", at(1), "/missing"),
        ],
        outcomes=[
            outcome("c1", "rejected", 1, None),
            outcome("c1", "new", 2),
            outcome("c2", "new", 2),
            outcome("c3", "rejected", 1, None),
            outcome("c4", "merged", 2),
            outcome("c4", "unchanged", 3),
        ],
    )
    assert rows(root, "SELECT reject_id, resolved FROM rejects ORDER BY reject_id") == [
        ("another capture of the origin", True),
        ("never captured", False),
        ("only an earlier success", False),
        ("same capture", True),
    ]


def test_a_snapshot_names_its_run_and_versions(root: LakeRoot) -> None:
    first = commit(root, run_id="one", articles=[article("a")], outcomes=[outcome("c1", "new", 1)])
    second = commit(root, run_id="two", articles=[article("b")])
    query = "SELECT snapshot, run_id, captured, revised, articles_version, rejects_version FROM snapshots ORDER BY 1"
    assert rows(root, query)[1:] == [(first, "one", 1, None, 1, 0), (second, "two", 0, None, 2, 0)]


def write(path: Path, row: dict[str, Any], schema: pa.Schema) -> str:
    pq.write_table(pa.Table.from_pylist([row], schema=schema), path)
    return str(path)


def test_a_file_without_newer_columns_reads_as_null(tmp_path: Path) -> None:
    short = pa.list_(pa.struct(list(ARTICLES.field("mentions").type.value_type)[:3]))
    fields = [field for field in ARTICLES if field.name not in ("editor", "provenance")]
    early = pa.schema([field.with_type(short) if field.name == "mentions" else field for field in fields])
    (tmp_path / "later").mkdir()
    paths = [
        write(tmp_path / "2026-b.parquet", article("new", mentions=[STEEL], editor="林远"), ARTICLES),
        write(tmp_path / "later" / "2025-a.parquet", article("old", mentions=[STEEL]), early),
    ]
    query = select_files(ARTICLES, paths)
    found = duckdb.sql(
        f"SELECT article_id, editor, mentions[1].code, mentions[1].name FROM ({query}) ORDER BY 1"
    )
    assert found.fetchall() == [("new", "林远", "699001", "青禾钢铁"), ("old", None, "699001", None)]


def test_files_of_one_schema_are_read_by_name(tmp_path: Path) -> None:
    """Old DuckDB versions read lists only so."""
    assert "MAP" not in select_files(ARTICLES, [write(tmp_path / "a.parquet", article("a"), ARTICLES)])


def test_the_docs_are_generated_from_the_headers(capsys: pytest.CaptureFixture[str]) -> None:
    assert TARGET.read_text("utf-8") == document(load())
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_stale_docs_fail_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lake.views.document.TARGET", tmp_path / "views.md")
    assert main(["--check"]) == 1
    assert "python -m lake.views.document" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0


def test_every_sql_file_is_listed() -> None:
    folder = Path(__file__).parents[1] / "lake" / "views"
    assert sorted((*VIEWS, *MACROS)) == sorted(path.stem for path in folder.glob("*.sql"))


HEADER = """\
-- view: parts
-- One row per part,
-- and no more.
--
-- grain: part_id
--
-- columns:
--   part_id  VARCHAR   the part
--   size     BIGINT    [bytes] how long
--                      it is
--   pieces   STRUCT[]  its pieces
--     name   VARCHAR   what it is
--                      called
--
-- source: invented.
--
-- example: All
--   select *
--   from parts

select 1;
"""


def test_a_header_is_read() -> None:
    view = parse(HEADER)
    assert (view.name, view.summary, view.grain) == ("parts", "One row per part, and no more.", "part_id")
    assert view.columns == (
        Column("part_id", "VARCHAR", None, "the part"),
        Column("size", "BIGINT", "bytes", "how long it is"),
        Column(
            "pieces", "STRUCT[]", None, "its pieces", (Column("name", "VARCHAR", None, "what it is called"),)
        ),
    )
    assert view.columns[2].type == 'STRUCT("name" VARCHAR)[]'
    assert (view.example_title, view.example, view.sql) == ("All", "select *\nfrom parts", "select 1")


def test_a_macro_has_parameters() -> None:
    header = HEADER.replace("-- view: parts", "-- macro: parts(whole, depth := 1)").replace(
        "-- columns:",
        "-- parameters:\n--   whole  VARCHAR  its name\n--   depth  INTEGER  how deep\n--\n-- columns:",
    )
    macro = parse(header)
    assert macro.title == "parts(whole, depth := 1)"
    assert [(each.name, each.kind) for each in macro.parameters] == [
        ("whole", "VARCHAR"),
        ("depth", "INTEGER"),
    ]
    assert macro.create == 'CREATE MACRO "parts"(whole, depth := 1) AS TABLE select 1'
    assert "Call: `FROM parts(whole, depth := 1)`." in document([macro])


@pytest.mark.parametrize("name", ["two words", "parts(", ""])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="neither a name"):
        parse(HEADER.replace("-- view: parts", f"-- view: {name}"))


@pytest.mark.parametrize("section", ["grain", "columns", "source", "example"])
def test_a_header_without_a_section_is_refused(section: str) -> None:
    with pytest.raises(ValueError, match=section):
        parse(HEADER.replace(f"-- {section}:", "-- other:"))
