"""Exports that are ingested again: the lake that comes out is the one that went in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tempfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flows.cli import main
from lake import changes
from lake.export import export
from lake.extraction import extract
from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.merge import Copy, merge
from lake.model import ROW_TYPE, Article, Chart, GlossaryTerm, Image, Item, Link, Mention, Origin
from lake.query import ask
from lake.report import Report
from lake.restructure import RestructureRequest, restructure
from lake.rows import merged_row
from lake.settings import Limits, Sizes
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.small_lake import commit
from tests.stored import number, post, run

ROOT = Path(__file__).parents[1]
SEED = ROOT.parent / "shared" / "finews"
FORMATS = ("parquet", "csv", "jsonl")
OF_THE_LAKE = "revision, run_id, capture_id, capture_ids, provenance"
ARTICLES = f"SELECT * EXCLUDE ({OF_THE_LAKE}) FROM articles ORDER BY article_id"
CONTENT = f"SELECT article_id, content_hash, {', '.join(changes.COMPARED)} FROM articles ORDER BY 1"
LISTS = ("mentions", "charts", "images", "links", "glossary")


def taken(root: LakeRoot, *sources: Path | str, limits: Limits | None = None) -> Report:
    request = IngestRequest(tuple(map(str, sources)), root, sizes=Sizes(workers=1), limits=limits or Limits())
    return ingest(request)


def asked(root: LakeRoot, query: str) -> list[dict[str, Any]]:
    with ask(root, query) as answer:
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    """Examples, the seed's posts where they are, an article of two captures at two times, a source with a name."""
    root = LakeRoot(tmp_path_factory.mktemp("back") / "lake")
    taken(root, ROOT / "examples", *([SEED] if SEED.is_dir() else []))
    run(root, [post(1)], "first")
    run(root, [post(1, body="改过的公告。")], "edited")
    publish(root)
    return root


@pytest.fixture(scope="module")
def exports(lake: LakeRoot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    for form in FORMATS:
        export(lake, form, folder / f"a.{form}")  # type: ignore[arg-type]
    return folder


@pytest.mark.parametrize("form", FORMATS)
def test_tables_give_the_same_articles(form: str, lake: LakeRoot, exports: Path, tmp_path: Path) -> None:
    before = asked(lake, ARTICLES)
    again = LakeRoot(tmp_path / "again")
    report = taken(again, exports / f"a.{form}")
    assert (report.captured, report.new) == (len(before), len(before))
    assert asked(again, ARTICLES) == before
    for view in LISTS:
        every = f"FROM {view} ORDER BY ALL"
        assert asked(again, every) == asked(lake, every)
    assert list(verify(again)) == []
    assert taken(again, exports / f"a.{form}").changed is False
    assert restructure(RestructureRequest(again, sizes=Sizes(workers=1))).changed is False


def test_a_row_is_the_same_capture_in_every_format(exports: Path, tmp_path: Path) -> None:
    found = []
    for form in FORMATS:
        root = LakeRoot(tmp_path / form)
        taken(root, exports / f"a.{form}")
        found.append(asked(root, "SELECT sha256, member, captured_at, source FROM captures ORDER BY member"))
    assert found[0] == found[1] == found[2]
    lines = (exports / "a.jsonl").read_text("utf-8").splitlines()
    assert sorted(each["member"] for each in found[0]) == sorted(
        json.loads(line)["article_id"] for line in lines
    )


def test_an_export_of_the_lake_itself_changes_no_article(lake: LakeRoot, exports: Path) -> None:
    before = asked(lake, "FROM articles ORDER BY article_id")
    for form in FORMATS:
        report = taken(lake, exports / f"a.{form}")
        assert (report.new, report.revised, report.rejected) == (0, 0, 0)
    assert asked(lake, "FROM articles ORDER BY article_id") == before


def test_the_original_and_its_row_are_one_article_in_any_order(tmp_path: Path) -> None:
    first = LakeRoot(tmp_path / "first")
    run(first, [post(1), post(2)], "a")
    publish(first)
    export(first, "jsonl", tmp_path / "a.jsonl")
    second = LakeRoot(tmp_path / "second")
    assert taken(second, tmp_path / "a.jsonl").new == 2
    run(second, [post(1), post(3)], "b")
    publish(second)
    content = (
        f"SELECT article_id, content_hash, {', '.join(changes.COMPARED)} FROM articles WHERE article_id != "
    )
    third = f"'eastmoney:{number(3, '2022-03-01')}' ORDER BY 1"
    assert asked(second, content + third) == asked(first, content + third)


def test_a_later_export_at_the_same_place_revises(tmp_path: Path) -> None:
    root, path = LakeRoot(tmp_path / "lake"), tmp_path / "a.jsonl"
    run(root, [post(1)], "a")
    publish(root)
    export(root, "jsonl", path)
    row = json.loads(path.read_text("utf-8"))
    other = LakeRoot(tmp_path / "other")
    taken(other, path)
    later = row | {"title": "改过的标题", "captured_at": "2030-01-01T00:00:00+00:00"}
    path.write_text(json.dumps(later) + "\n", "utf-8")
    assert taken(other, path).revised == 1
    (article,) = asked(other, "FROM articles")
    assert (article["title"], article["revision"]) == ("改过的标题", 2)
    assert article["first_seen_at"] == dt.datetime.fromisoformat(row["first_seen_at"])


def test_what_came_in_as_rows_goes_on_as_warc(lake: LakeRoot, exports: Path, tmp_path: Path) -> None:
    middle, last = LakeRoot(tmp_path / "middle"), LakeRoot(tmp_path / "last")
    taken(middle, exports / "a.parquet")
    export(middle, "warc", tmp_path / "a.warc.gz")
    taken(last, tmp_path / "a.warc.gz")
    assert asked(last, ARTICLES) == asked(lake, ARTICLES)


TEXT = st.text(max_size=30) | st.sampled_from(
    ('"', "a,b\r\nc", "\r", "\n\n", "=1+1", "\0", "\ufeff", "\u2028", "'", "\\", "钢,铁")
)
SOME = st.none() | TEXT.filter(bool)  # in CSV an empty text is NULL
NUMBER = st.none() | st.integers(-(2**31), 2**31 - 1)
LINK = st.builds(Link, url=TEXT, text=TEXT)
IMAGE = st.builds(
    Image, url=TEXT, original_url=SOME, caption=SOME | TEXT, alt=SOME, width=NUMBER, height=NUMBER
)
MENTION = st.builds(
    Mention,
    kind=st.sampled_from(("security", "other")),
    market=NUMBER,
    code=TEXT,
    symbol=SOME,
    mic=SOME,
    name=SOME,
    count=st.integers(0, 9),
    first_offset=NUMBER,
    marked_by=st.sampled_from(("markup", "name")),
)
ZONES = st.sampled_from(("Asia/Shanghai", "UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"))
TIME = st.builds(
    lambda seconds, zone: dt.datetime.fromtimestamp(seconds / 4, ZoneInfo(zone)), st.integers(0, 2**33), ZONES
)


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=2).map(tuple)


ARTICLE = st.builds(
    Article,
    article_id=TEXT.filter(bool).map("s:{}".format),
    site=TEXT.filter(bool),
    published_at=TIME,
    date_origin=st.sampled_from(("front_matter", "page", "url", "id", "capture")),
    extractor=st.just("newslake/1+x"),
    **dict.fromkeys(("url", "title", "digest", "media", "editor", "category", "language"), SOME),
    body_text=TEXT,
    body_markdown=TEXT,
    authors=tuples(TEXT),
    tags=tuples(TEXT),
    mentions=tuples(MENTION),
    charts=tuples(st.builds(Chart, kind=SOME, market=NUMBER, code=SOME, url=TEXT)),
    images=tuples(IMAGE),
    glossary=tuples(st.builds(GlossaryTerm, term_id=TEXT, term=TEXT)),
    links=tuples(LINK),
)


@pytest.mark.parametrize("form", [*FORMATS, "jekyll"])
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(
    articles=st.lists(ARTICLE, min_size=5, max_size=20, unique_by=lambda each: each.article_id), captured=TIME
)
def test_any_article_comes_back(form: str, articles: list[Article], captured: dt.datetime) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, again = LakeRoot(Path(folder) / "lake"), LakeRoot(Path(folder) / "again")
        copies = [Copy(each, "0" * 32, "x", None, captured) for each in articles]
        rows = [
            merged_row(merge([each]), revision=1, first_seen_at=captured - dt.timedelta(1), run_id="r")
            for each in copies
        ]
        commit(root, articles=sorted(rows, key=lambda row: row["published_date"]))
        publish(root)
        export(root, form, Path(folder) / f"a.{form}")  # type: ignore[arg-type]
        report = taken(again, Path(folder) / f"a.{form}")
        assert report.new == len(articles), report.examples
        assert asked(again, ARTICLES if form != "jekyll" else CONTENT) == asked(
            root, ARTICLES if form != "jekyll" else CONTENT
        )


ROW = {
    "article_id": "s:1",
    "site": "s",
    "title": "甲",
    "body_text": "乙。",
    "body_markdown": "乙。",
    "published_at": "2022-03-01T01:00:00+00:00",
    "published_date": "2022-03-01",
    "date_origin": "page",
    "captured_at": "2022-03-02T01:00:00+00:00",
    "content_hash": "00",
}


@pytest.mark.parametrize(
    "name", ["prices.csv", "prices.parquet", "prices.jsonl", "text.jsonl", "array.jsonl"]
)
def test_tables_of_others_are_refused_with_the_columns_that_are_needed(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    table = pa.table({"code": ["600000", "600001"], "close": [1.5, 2.5]})
    if name == "prices.parquet":
        pq.write_table(table, path)
    else:
        csv_text = "code,close\n600000,1.5\n"
        lines = "".join(json.dumps(row) + "\n" for row in table.to_pylist())
        path.write_text(
            {"prices.csv": csv_text, "prices.jsonl": lines, "array.jsonl": "[1]\n"}.get(name, "甲\n乙\n")
        )
    root = LakeRoot(tmp_path / "lake")
    report = taken(root, path)
    assert (report.captured, report.rejected) == (1, 1)
    ((origin, reason, detail),) = report.examples
    assert (origin, reason) == (str(path), "foreign_table")
    assert "article_id, site, title, body_text" in detail
    assert "docs/export.md" in detail


def as_file(form: str, path: Path, rows: list[dict[str, Any]]) -> Path:
    if form == "parquet":
        pl.DataFrame(rows).write_parquet(path)
    elif form == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(out.getvalue(), "utf-8-sig", newline="")
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8-sig")
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_the_needed_columns_are_enough_and_a_byte_order_mark_no_harm(form: str, tmp_path: Path) -> None:
    path = as_file(form, tmp_path / f"a.{form.upper()}", [ROW, ROW | {"article_id": "s:2", "title": None}])
    root = LakeRoot(tmp_path / "lake")
    assert taken(root, path).new == 2
    first, second = asked(root, "FROM articles ORDER BY article_id")
    assert (first["title"], second["title"], first["mentions"], first["authors"]) == ("甲", None, [], [])
    assert first["published_at"].isoformat().startswith("2022-03-01T")


BAD = [
    ("capture/corrupt", {"captured_at": "2022-03-02T01:00:00"}),
    ("capture/corrupt", {"captured_at": "gestern"}),
    ("capture/corrupt", {"article_id": ""}),
    ("extract/bad_row", {"published_at": "2022-03-01"}),
    ("extract/bad_row", {"published_date": "2022-03-05"}),
    ("extract/bad_row", {"published_date": None}),
    ("extract/bad_row", {"date_origin": "rumour"}),
    ("extract/bad_row", {"site": ""}),
    ("extract/bad_row", {"mentions": '[{"kind": 1'}),
    ("extract/bad_row", {"mentions": '"text"'}),
    ("extract/bad_row", {"tags": '{"a": 1}'}),
]


@pytest.mark.parametrize("form", FORMATS)
def test_a_damaged_row_is_a_reject_and_the_others_go_on(form: str, tmp_path: Path) -> None:
    bad = [ROW | {"mentions": None, "tags": None} | change for _, change in BAD]
    rows = [each | {"article_id": each["article_id"] and f"s:{n}"} for n, each in enumerate(bad)]
    rows = [
        ROW | {"mentions": "[]", "tags": "[]"},
        *rows,
        ROW | {"article_id": "s:z", "mentions": "[]", "tags": '["甲"]'},
    ]
    if form == "jsonl":
        for row in rows[-1:] + rows[:1]:
            row.update(mentions=[], tags=["甲"])
    path = as_file(form, tmp_path / f"a.{form}", rows)
    report = taken(LakeRoot(tmp_path / "lake"), path)
    if form == "parquet":  # lists as texts are no lists there
        assert (report.new, report.rejected) == (0, len(rows))
        return
    assert report.new == 2
    wanted = [reason for reason, _ in BAD]
    assert report.rejects == {reason: wanted.count(reason) for reason in set(wanted)}


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_was_cut_short_gives_what_stands_before(form: str, exports: Path, tmp_path: Path) -> None:
    whole = (exports / f"a.{form}").read_bytes()
    path = tmp_path / f"a.{form}"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    report = taken(LakeRoot(tmp_path / "lake"), path)
    assert report.rejects == {"capture/corrupt": 1}
    assert (report.new > 0) == (form != "parquet")  # whose schema stands at its end


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_line_without_end_is_never_loaded_whole(form: str, tmp_path: Path) -> None:
    path = as_file(form, tmp_path / f"a.{form}", [ROW, ROW | {"article_id": "s:2", "body_text": "x" * 5000}])
    report = taken(LakeRoot(tmp_path / "lake"), path, limits=Limits(item_bytes=2000))
    assert (report.new, report.rejects) == (1, {"capture/too_large": 1})


def test_folders_and_servers_give_no_rows(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    as_file("jsonl", tmp_path / "in" / "a.jsonl", [ROW])
    assert taken(LakeRoot(tmp_path / "lake"), tmp_path / "in").captured == 0
    assert taken(LakeRoot(tmp_path / "lake"), str(tmp_path / "in" / "*.jsonl")).new == 1
    url = "https://evil.example/a.json"
    answer = Item(Origin(url=url), json.dumps(ROW).encode(), ROW_TYPE, dt.datetime.now(dt.UTC), 200)
    root = LakeRoot(tmp_path / "other")
    run(root, [answer], "http")
    publish(root)
    assert [row["article_id"] for row in asked(root, "FROM articles")] != ["s:1"]
    assert extract(json.dumps(ROW), content_type=ROW_TYPE).article_id == "s:1"


def test_the_command_takes_an_export(
    exports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    option = ["--lake", str(tmp_path / "lake"), "--json"]
    assert main(["ingest", str(exports / "a.csv"), *option]) == 0
    assert json.loads(capsys.readouterr().out)["new"] > 30
    assert main(["ingest", str(ROOT / "examples" / "prices" / "prices.csv"), *option]) == 1
