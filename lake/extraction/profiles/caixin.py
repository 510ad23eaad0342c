"""Caixin (财新): ``<channel>.caixin.com/YYYY-MM-DD/<digits>.html``, the free pages.

A saved page of 2023 was read, and what five public programs of 2018-2024 read. A page behind the paywall
holds its first two paragraphs only; they are what is read.
"""

from __future__ import annotations

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    ".pip",
    ".lanmu_textend",
    ".moreReport",
    ".content-tag",
    "#pageNext",
    "[id^=pay-]",
    "#chargeWall",
    ".idetor",
)

PROFILE = Profile(
    name="caixin",
    hosts=("caixin.com",),
    article_id=r"/20\d\d-\d\d-\d\d/(\d+)(?:_(?:all|\d{1,2}))?\b",
    category=r"//(?!www\.)(?:m\.)?(?!m\.)(\w+)\.caixin\.com/",
    layouts=(
        Layout(
            "2018",
            body=("#Main_Content_Val",),
            title=("#conTit h1",),
            time=("#pubtime_baidu", "#artInfo"),
            source=("#source_baidu", "#artInfo"),
            author=("#author_baidu", ".top-author"),
            editor=("#editor_baidu", ".idetor"),
            digest=("#subhead",),
            lead=(".media",),
            caption=(".media_pic dd",),
            drop=_DROP,
        ),
        Layout("blog", body=("#the_content",), title=("#conTit h1",), digest=("#subhead",), drop=_DROP),
    ),
)
