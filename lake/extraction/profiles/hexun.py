"""Hexun (和讯): ``<channel>.hexun.com/YYYY-MM-DD/<digits>.html``; declares gb2312, is GBK.

A saved page of 2019 was read, and what six public programs of 2018-2020 and later read. The container may
be styled as cut off or hidden; its style does not count.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    'div[style*="text-align:right"]',
    'div[style*="text-align: right"]',
    ".bottomLayer",
    ".showall_arrow",
    ".showAllImg",
    ".showall_img",
)

PROFILE = Profile(
    name="hexun",
    hosts=("hexun.com",),
    article_id=r"/20\d\d-\d\d-\d\d/(\d+)(?:_\d{1,2})?\b",
    category=r"//(?!www\.|m\.)(\w+)\.hexun\.com/",
    layouts=(
        Layout(
            "2018",
            body=(".art_contextBox",),
            title=(".articleName h1",),
            time=(".tip .pr20", ".tip"),
            source=(".tip a", ".tip"),
            editor=(
                '.art_contextBox div[style*="text-align:right"]',
                '.art_contextBox div[style*="text-align: right"]',
            ),
            drop=_DROP,
        ),
        Layout(
            "older",
            body=("#artibody",),
            title=("#artibodyTitle",),
            time=("#pubtime_baidu",),
            source=("#source_baidu",),
            author=("#author_baidu",),
            editor=("#editor_baidu",),
            drop=_DROP,
            valid_until=dt.date(2018, 12, 31),
        ),
    ),
)
