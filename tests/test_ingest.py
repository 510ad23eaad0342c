"""Ingest from end to end, without Prefect: what the report says is what the lake holds."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.generate import generate
from lake.errors import Usage
from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.report import COUNTS, Report
from lake.restructure import RestructureRequest, restructure
from lake.settings import Sizes
from lake.storage.captures import read as read_capture

POST = """---
layout: post
title: "{title}"
date: {date} +0800
categories: emnews
tags: 东财滚动新闻
---
> {digest}

<p>{body}</p><p class="em_media">（文章来源：青禾日报）</p>

<http://finance.eastmoney.com/news/1354,{number}.html>
"""


def post(number: int = 202203010000000001, **changes: str) -> str:
    values = {
        "title": "青禾钢铁扩产",
        "date": "2022-03-01 09:30:00",
        "digest": "青禾钢铁扩产。",
        "body": "扩产一期已开工。",
    }
    return POST.format(number=number, **(values | changes))


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def run(root: Path, *sources: Path, **sizes: int) -> Report:
    request = IngestRequest(tuple(map(str, sources)), LakeRoot(root), sizes=Sizes(workers=1, **sizes))
    report = ingest(request)
    assert report.captured == report.new + report.revised + report.merged + report.unchanged + report.rejected
    return report


def rows(root: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(root / "lake.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


_COLUMNS = """
    article_id, url, site, title, digest, body_text, body_markdown, media, authors, editor, category, tags, language,
    published_at, published_date, date_origin, content_hash, mentions, charts, images, glossary, links
"""
CONTENT = f"SELECT {_COLUMNS} FROM articles ORDER BY article_id"
ALL = f"SELECT {_COLUMNS}, revision, list_sort(capture_ids), provenance FROM articles ORDER BY article_id"


def test_new_unchanged_revised_and_rejected(tmp_path: Path) -> None:
    source = write(
        tmp_path / "in",
        {
            "2022-03-01-202203010000000001.md": post(),
            "2022-03-02-202203020000000002.md": post(202203020000000002),
            "e.html": b"",
        },
    )
    root = tmp_path / "lake"
    first = run(root, source)
    assert (first.captured, first.new, first.rejected, first.changed) == (3, 2, 1, True)
    second = run(root, source)
    assert (second.captured, second.unchanged, second.rejected) == (3, 2, 1)
    assert (second.changed, second.snapshot) == (False, first.snapshot)
    assert "Nothing changed" in second.sentence()

    write(source, {"2022-03-01-202203010000000001.md": post(body="扩产二期已开工。")})
    third = run(root, source)
    assert (third.revised, third.unchanged, third.rejected) == (1, 1, 1)
    assert rows(root, "SELECT body_text, revision FROM articles WHERE article_id LIKE '%0001'") == [
        ("扩产二期已开工。", 2)
    ]
    assert rows(root, "SELECT count(*) FROM articles") == [(2,)]
    assert rows(root, "SELECT count(*) FROM revisions") == [(3,)]
    assert rows(root, "SELECT count(*) FROM rejects") == [(1,)]


def test_late_data_lands_in_its_own_date_and_a_revision_may_move_it(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    name = "2022-03-01-202203010000000001.md"
    run(root, write(tmp_path / "in", {name: post()}))
    run(
        root,
        write(
            tmp_path / "late",
            {"2021-01-05-202101050000000009.md": post(202101050000000009, date="2021-01-05 08:00:00")},
        ),
    )
    assert {p.name for p in (root / "articles").iterdir()} >= {"date=2022-03-01", "date=2021-01-05"}
    run(root, write(tmp_path / "in", {name: post(date="2022-03-03 09:30:00")}))
    assert rows(root, "SELECT published_date FROM articles ORDER BY 1") == [
        (dt.date(2021, 1, 5),),
        (dt.date(2022, 3, 3),),
    ]


def test_a_twin_in_a_later_run_joins_the_article_whichever_comes_first(tmp_path: Path) -> None:
    plain = {"2022-03-01-202203010000000001.md": post()}
    twin = {
        "2022-03-01-NW202203010000000001.md": post()
        .replace("> 青禾钢铁扩产。\n\n", "")
        .replace("（文章来源：青禾日报）", "")
        .replace("categories: emnews", "categories: qinghewanbao")
        .replace("东财滚动新闻", "青禾晚报新闻")
    }
    plain_first, twin_first = tmp_path / "a", tmp_path / "b"
    for root, order in ((plain_first, (plain, twin)), (twin_first, (twin, plain))):
        for files in order:
            run(root, write(tmp_path / "src" / next(iter(files)), files))
    chosen = "SELECT article_id, url, digest, body_text, media, category, tags, content_hash FROM articles"
    assert rows(plain_first, chosen) == rows(twin_first, chosen)
    assert rows(plain_first, "SELECT media, category, tags FROM articles") == [
        ("青禾日报", "emnews", ["东财滚动新闻", "青禾晚报新闻"])
    ]


def test_every_capture_is_kept_and_read_back_byte_for_byte(tmp_path: Path) -> None:
    bodies = {
        "a/2022-03-01-202203010000000001.md": post().encode(),
        "b/copy.md": post().encode(),
        "c.html": b"\x00\x01\xff",
    }
    root = tmp_path / "lake"
    run(root, write(tmp_path / "in", dict(bodies)))
    found = rows(root, "SELECT capture_id, path, sha256, length FROM captures")
    assert len(found) == 3
    assert len({sha256 for _, _, sha256, _ in found}) == 2
    for capture_id, path, _, length in found:
        body = read_capture(LakeRoot(root), capture_id)
        assert body == Path(path).read_bytes()
        assert len(body) == length


def test_captures_of_a_killed_run_are_structured_by_the_next(tmp_path: Path) -> None:
    from lake.ingest import capture, discover

    source = write(tmp_path / "in", {"2022-03-01-202203010000000001.md": post()})
    root = tmp_path / "lake"
    request = IngestRequest((str(source),), LakeRoot(root))
    capture(request, discover(request))  # and no further
    again = run(root, source)
    assert (again.captured, again.new) == (1, 1)


def test_restructure_changes_nothing_while_the_extractor_is_the_same(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    run(root, write(tmp_path / "in", dict(generate(40, seed=3))))
    before = rows(root, ALL)
    report = restructure(RestructureRequest(LakeRoot(root), sizes=Sizes(workers=1)))
    assert report.captured == report.unchanged + report.rejected
    assert not report.changed
    assert rows(root, ALL) == before


def test_no_source_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(Usage):
        ingest(IngestRequest((), LakeRoot(tmp_path)))


def test_the_report_adds_up_and_names_its_rejects(tmp_path: Path) -> None:
    report = run(tmp_path / "lake", write(tmp_path / "in", {"x.md": post(), "bad|name.html": b""}))
    assert report.to_json()["captured"] == 2
    assert set(COUNTS) <= set(report.to_json())
    assert "bad\\|name.html" in report.to_markdown() or "bad|name.html" in report.to_markdown()
    assert sum(report.rejects.values()) == report.rejected == 1


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), batch=st.sampled_from([1, 3, 7, 1000]), data=st.data())
def test_order_repetition_and_batch_size_give_the_same_lake(
    tmp_path_factory: pytest.TempPathFactory, seed: int, batch: int, data: st.DataObject
) -> None:
    base = tmp_path_factory.mktemp("order")
    files = sorted(write(base / "in", dict(generate(12, seed=seed))).rglob("*.md"))
    run(base / "one", *files)
    shuffled = list(files) + files[:3]
    random.Random(data.draw(st.integers())).shuffle(shuffled)
    run(base / "other", *shuffled, batch_items=batch)
    assert rows(base / "one", ALL) == rows(base / "other", ALL)

    cut = len(shuffled) // 2
    for part in (shuffled[:cut], shuffled[cut:], shuffled):
        run(base / "parts", *part, batch_items=batch)
    # Over several runs a merge is a revision, and a copy that adds nothing to one is not listed in it.
    assert rows(base / "one", CONTENT) == rows(base / "parts", CONTENT)
