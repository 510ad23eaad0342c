"""Dates and times as pages write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.extraction.dates import SHANGHAI, from_url, machine, relative, short, visible

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-09-08 17:00:49", "2019-09-08T17:00:49+08:00"),
        ("发布时间：2019-9-8 07:05 来源：青禾日报", "2019-09-08T07:05:00+08:00"),
        ("2019年9月8日 下午3:05", "2019-09-08T15:05:00+08:00"),
        ("2019年9月8日10时30分", "2019-09-08T10:30:00+08:00"),
        ("2019年9月8日9时5分", "2019-09-08T09:05:00+08:00"),
        ("2019年09月08日 08点30分", "2019-09-08T08:30:00+08:00"),
        ("2019-09-08（周日）10:10", "2019-09-08T10:10:00+08:00"),
        ("2019/9/8 | 记者 李青", "2019-09-08T00:00:00+08:00"),
        ("2019.09.08 12:30", "2019-09-08T12:30:00+08:00"),
        ("2005年03月21日14:20", "2005-03-21T14:20:00+08:00"),
        ("二〇一九年九月十八日", "2019-09-18T00:00:00+08:00"),
        ("二零一九年十二月三十一日", "2019-12-31T00:00:00+08:00"),
        ("Sep 8, 2019 3:05 pm", "2019-09-08T15:05:00+08:00"),
        ("September 8th, 2019 at 12:05 AM", "2019-09-08T00:05:00+08:00"),
        ("8 September 2019", "2019-09-08T00:00:00+08:00"),
        ("Posted on 08-Sep-2019", "2019-09-08T00:00:00+08:00"),
        ("Sun, 09/08/2019 - 10:15", "2019-09-08T10:15:00+08:00"),
        ("Posted: 9/8/2019 9:15 PM", "2019-09-08T21:15:00+08:00"),
        ("28/09/2019", "2019-09-28T00:00:00+08:00"),
        ("Stand: 08.09.2019, 09:15 Uhr", "2019-09-08T09:15:00+08:00"),
        ("8 de septiembre de 2019, 09:15", "2019-09-08T09:15:00+08:00"),
        ("le 8 août 2019", "2019-08-08T00:00:00+08:00"),
        ("8. März 2019", "2019-03-08T00:00:00+08:00"),
        ("2019년 9월 8일 09:15", "2019-09-08T09:15:00+08:00"),
        ("September 8, 2019 at 9:15 a.m. EDT", "2019-09-08T09:15:00-04:00"),
    ],
)
def test_visible_dates_take_the_sites_zone(text: str, expected: str) -> None:
    found = visible(text, SHANGHAI, NOW)
    assert found is not None and found.at.isoformat() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-09-08T10:00:00+08:00", "2019-09-08T10:00:00+08:00"),
        ("2019-09-08T10:00:00.123Z", "2019-09-08T10:00:00+00:00"),
        ("2019-09-08T10:00:00-0500", "2019-09-08T10:00:00-05:00"),
        ("Sun, 08 Sep 2019 10:00:00 GMT", "2019-09-08T10:00:00+00:00"),
        ("1567908000", "2019-09-08T10:00:00+08:00"),
        ("1567908000000", "2019-09-08T10:00:00+08:00"),
        ("20190908", "2019-09-08T00:00:00+08:00"),
        ("20190908103015", "2019-09-08T10:30:15+08:00"),
    ],
)
def test_machine_values_keep_their_offset(text: str, expected: str) -> None:
    found = machine(text, SHANGHAI, NOW)
    assert found is not None and found.at.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2019-13-08",
        "2019-09-41",
        "v2019.1.2.3",
        "1889-09-08",
        "2031-01-01",
        "电话 010-20190908",
        "12345678",
        "共2019人",
    ],
)
def test_what_is_no_date_of_a_publication_is_none(text: str) -> None:
    assert visible(text, SHANGHAI, NOW) is None


@pytest.mark.parametrize(
    ("text", "expected", "has_time"),
    [
        ("3小时前", "2026-11-23T09:00:00+08:00", True),
        ("5 分钟前", "2026-11-23T11:55:00+08:00", True),
        ("半小时前", "2026-11-23T11:30:00+08:00", True),
        ("刚刚", "2026-11-23T12:00:00+08:00", True),
        ("昨天 08:15", "2026-11-22T08:15:00+08:00", True),
        ("前天", "2026-11-21T00:00:00+08:00", False),
        ("2 days ago", "2026-11-21T00:00:00+08:00", False),
        ("an hour ago", "2026-11-23T11:00:00+08:00", True),
        ("3个月前", "2026-08-25T00:00:00+08:00", False),
    ],
)
def test_relative_forms_are_measured_against_the_capture(text: str, expected: str, has_time: bool) -> None:
    found = relative(text, NOW)
    assert found is not None and (found.at.isoformat(), found.has_time) == (expected, has_time)


def test_relative_forms_mean_nothing_without_a_capture_time() -> None:
    assert relative("3小时前", None) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://news.example.cn/2019-09-08/244339.shtml", "2019-09-08"),
        ("https://news.example.cn/20190908/n224643115.shtml", "2019-09-08"),
        ("https://news.example.cn/a/201909082269937758.html", "2019-09-08"),
        ("https://money.example.cn/19/0908/10/EOHXYZ.html", "2019-09-08"),
        ("https://auto.example.cn/36/2019/09/08/1680@2723871.htm", "2019-09-08"),
        ("https://www.example.cn/xwzx/201909/t20190908_5990.html", "2019-09-08"),
        ("https://new.example.cn/rain/a/20190908A00GCM00", "2019-09-08"),
        ("https://finance.example.cn/n1/2019/0908/c1004-40232587.html", "2019-09-08"),
        ("https://www.example.cn/2019-09/08/content_123.htm", "2019-09-08"),
        ("https://www.example.cn/zt2019/123.html", None),
        ("https://www.example.cn/item/20991231.html", None),
        (None, None),
    ],
)
def test_dates_in_addresses(url: str | None, day: str | None) -> None:
    found = from_url(url, SHANGHAI, NOW)
    assert (found.at.date().isoformat() if found else None) == day


@given(st.datetimes(dt.datetime(1995, 1, 1), dt.datetime(2026, 11, 1)))  # noqa: DTZ001
def test_every_minute_survives_writing_and_reading(moment: dt.datetime) -> None:
    moment = moment.replace(second=0, microsecond=0, tzinfo=SHANGHAI, fold=0)
    for form in ("%Y-%m-%d %H:%M", "%Y年%m月%d日%H:%M", "%Y/%m/%d %H:%M:%S", "%B %d, %Y %I:%M %p"):
        found = visible(moment.strftime(form), SHANGHAI, NOW)
        assert found is not None and found.at.replace(tzinfo=None) == moment.replace(tzinfo=None)


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for found in (
        visible(text, SHANGHAI, NOW),
        machine(text, SHANGHAI, NOW),
        relative(text, NOW),
        from_url(text, SHANGHAI, NOW),
    ):
        assert found is None or found.at.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发布时间：18-03-08 23:16", "2018-03-08T23:16:00+08:00"),
        ("发布时间：18-03-0823:16", "2018-03-08T23:16:00+08:00"),
        ("发布于 18-03-08", "2018-03-08T00:00:00+08:00"),
        ("发布时间：09-30 22:46", "2025-09-30T22:46:00+08:00"),
        ("03-01 19:30 来源：某某网", "2026-03-01T19:30:00+08:00"),
        ("时间：2月3日 08:00", "2026-02-03T08:00:00+08:00"),
        ("02-29 10:00", None),
        ("13-45 10:00", None),
        ("比分 3-2 10:00", None),
        ("18-03-08", None),
        ("电话 010-12 34:56", None),
    ],
)
def test_dates_without_their_full_year(text: str, expected: str | None) -> None:
    found = short(text, SHANGHAI, dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
    assert (found.at.isoformat() if found else None) == expected
