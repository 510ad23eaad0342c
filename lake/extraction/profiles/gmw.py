"""Guangming Online (光明网): ``<sub>.gmw.cn/YYYY-MM/DD/content_<digits>.htm``.

A saved page of 2024 was read, and what six public programs of 2018-2024 read. Pages of several parts hold
their own part only.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    ".m-zbTool",
    "#articleLiability",
    ".pageNum",
    "#displaypagenum",
    'img[src*="content_logo"]',
    'p:lexbor-contains("【上一篇】")',
    'p:lexbor-contains("【下一篇】")',
    'p:lexbor-contains("（转载请注明来源")',
)

PROFILE = Profile(
    name="gmw",
    hosts=("gmw.cn",),
    article_id=r"/(content_\d+)(?:_\d+)?\.htm",
    category=r"//(?!www\.|m\.)(\w+)\.gmw\.cn/",
    layouts=(
        Layout(
            "2019",
            body=(".u-mainText", "#ContentPh"),
            title=("h1.u-title",),
            time=(".m-con-time", "#articlePubTime"),
            source=(".m-con-source a", ".m-con-source"),
            editor=(".m-zbTool.liability", "#articleLiability"),
            drop=_DROP,
            valid_from=dt.date(2019, 1, 1),
        ),
        Layout(
            "2018",
            body=("#contentMain",),
            title=("#articleTitle",),
            time=("#pubTime",),
            source=("#source a", "#source"),
            editor=("#contentLiability",),
            drop=(*_DROP, "#contentLiability"),
            valid_until=dt.date(2020, 12, 31),
        ),
    ),
)
