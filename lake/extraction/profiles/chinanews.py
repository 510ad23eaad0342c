"""China News Service (中国新闻网): ``www.chinanews.com[.cn]/<column>/YYYY/MM-DD/<digits>.shtml``.

A saved page of 2020 was read, and what nine public programs of 2018-2025 read.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (".adInContent", ".adEditor", "#function_code_page", "table:has(#adhzh)")

PROFILE = Profile(
    name="chinanews",
    hosts=("chinanews.com", "chinanews.com.cn"),
    article_id=r"/(?:20\d\d/\d\d-\d\d|wap/detail/\w+/\w+)/(\d+)(?:_\d{1,2})?\.s?html",
    category=r"chinanews\.com(?:\.cn)?/(?!m/)([a-z]+)/20",
    layouts=(
        Layout(
            "2022",
            body=(".content_maincontent_content .left_zw",),
            title=(".content_left_title", ".content_maincontent_more h1"),
            time=("#pubtime_baidu", ".content_left_time"),
            source=(".content_left_time a.source", "a.source", "#source_baidu", ".content_left_time"),
            author=("#author_baidu",),
            editor=(".adEditor", "#editor_baidu"),
            drop=_DROP,
            valid_from=dt.date(2021, 1, 1),
        ),
        Layout(
            "2018",
            body=(".left_zw",),
            title=("#cont_1_1_2 > h1",),
            time=("#pubtime_baidu", ".left-time .left-t"),
            source=("#source_baidu", ".left-time .left-t"),
            author=("#author_baidu",),
            editor=(".adEditor", "#editor_baidu"),
            drop=_DROP,
            valid_until=dt.date(2022, 6, 30),
        ),
        Layout(
            "video",
            body=(".content_desc", ".t3"),
            title=(".content_title h1",),
            time=(".left p",),
            source=("a.source",),
            drop=_DROP,
        ),
    ),
)
