"""The tolerant reader of front matter."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.extraction.front_matter import parse_date, read

SHANGHAI = ZoneInfo("Asia/Shanghai")


def head(*lines: str) -> str:
    return "\n".join(("---", *lines, "---", "正文"))


def test_fields_and_where_the_content_begins() -> None:
    text = head("layout: post", 'title: "甲公司中标"', "categories: emnews", "tags: 东财滚动新闻")
    found = read(text)
    assert found is not None
    assert text[found.end :] == "正文"
    assert found.text("title") == "甲公司中标"
    assert found.words("tags") == ("东财滚动新闻",)


@pytest.mark.parametrize(
    "title",
    [
        '他说"不"：一次# 表态',
        "冒号: 在中间",
        "以句号结尾。",
        "'单引号'在前",
        "它 --- 断开",
        '"开头的引号" 之后',
    ],
)
def test_titles_may_hold_anything(title: str) -> None:
    found = read(head(f'title: "{title}"'))
    assert found is not None
    assert found.text("title") == title


def test_unquoted_and_empty_titles() -> None:
    unquoted, empty = read(head("title: 裸标题")), read(head('title: ""'))
    assert unquoted is not None
    assert unquoted.text("title") == "裸标题"
    assert empty is not None
    assert empty.text("title") is None


def test_entities_are_resolved_and_other_ampersands_kept() -> None:
    found = read(head('title: "A&amp;B 与 R&D，&quot;引&quot;"'))
    assert found is not None
    assert found.text("title") == 'A&B 与 R&D，"引"'


@pytest.mark.parametrize("before", ["\n", "\n\n \n", "\ufeff", "\r\n"])
def test_what_may_stand_before_it(before: str) -> None:
    found = read(before + head('title: "标题"'))
    assert found is not None
    assert found.text("title") == "标题"


def test_windows_line_ends() -> None:
    found = read(head('title: "标题"', "tags: 甲新闻").replace("\n", "\r\n"))
    assert found is not None
    assert (found.text("title"), found.words("tags")) == ("标题", ("甲新闻",))


def test_a_list_of_tags() -> None:
    found = read(head("title: x", 'tags: [甲, "乙"]'))
    assert found is not None
    assert found.words("tags") == ("甲", "乙")


def test_a_title_over_two_lines() -> None:
    found = read(head('title: "上半', '下半"', "date: 2022-01-02"))
    assert found is not None
    assert found.text("title") == "上半 下半"


def test_unknown_and_broken_lines_do_no_harm() -> None:
    found = read(head("author: 张三", "layout post", 'title: "标题"', ": x", "date: 2022-01-02"))
    assert found is not None
    assert (found.text("title"), found.text("date")) == ("标题", "2022-01-02")


def test_a_missing_first_or_last_line() -> None:
    no_start = read('layout: post\ntitle: "标题"\n---\n正文')
    no_end = read('---\ntitle: "标题"\ndate: 2022-01-02\n<p>正文</p>')
    assert no_start is not None
    assert no_start.text("title") == "标题"
    assert no_end is not None
    assert no_end.text("date") == "2022-01-02"
    assert '---\ntitle: "标题"\ndate: 2022-01-02\n<p>正文</p>'[no_end.end :] == "<p>正文</p>"


@pytest.mark.parametrize("text", ["", "正文", "<p>title: x</p>", "---\n\n---\n", "# 标题\n\n正文"])
def test_text_without_front_matter(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-02-08 17:54:10 +0800", "2022-02-08T17:54:10+08:00"),
        ("2021-12-08 10:46:18", "2021-12-08T10:46:18+08:00"),
        ("2022-02-08 09:54:10 +0000", "2022-02-08T17:54:10+08:00"),
        ("2022-02-08T17:54:10.123Z", "2022-02-09T01:54:10+08:00"),
        ("2022/02/08 17:54", "2022-02-08T17:54:00+08:00"),
        ("2022-02-08", "2022-02-08T00:00:00+08:00"),
    ],
)
def test_dates_are_aware_in_the_sites_zone(value: str, expected: str) -> None:
    found = parse_date(value, SHANGHAI)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "value", [None, "", " +0800", "昨天", "2022-13-45 10:00:00", "0000-00-00", "2022-02-30"]
)
def test_no_date_is_none(value: str | None) -> None:
    assert parse_date(value, SHANGHAI) is None


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    found = read("---\ntitle: " + text)
    assert found is not None
    assert 0 <= found.end <= len(text) + 12


@given(st.datetimes(dt.datetime(1992, 1, 1), dt.datetime(2100, 1, 1)))  # noqa: DTZ001 - the zone is the point
def test_a_written_date_is_read_back(moment: dt.datetime) -> None:
    found = parse_date(f"{moment:%Y-%m-%d %H:%M:%S} +0800", SHANGHAI)
    assert found is not None
    assert found.replace(tzinfo=None) == moment.replace(microsecond=0)
