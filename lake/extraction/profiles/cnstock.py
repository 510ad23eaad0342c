"""Shanghai Securities News (中国证券网): to 2023 ``<sub>.cnstock.com/…/<digits>.htm`` in GBK.

What eleven public programs of 2016-2022 read; no saved page was at hand. Unknown: the layout since 2025
(``www.cnstock.com/commonDetail/<digits>``), where the generic extractor stands in.
"""

from __future__ import annotations

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

PROFILE = Profile(
    name="cnstock",
    hosts=("cnstock.com",),
    article_id=r"/(?:commonDetail/|\d{6}/)(\d{6,})\b",
    layouts=(
        Layout(
            "to 2022",
            body=("#qmt_content_div",),
            title=(".main-content h1.title", "#pager-content > h1", "h1.title"),
            time=("span.timer",),
            source=("span.source",),
            author=("span.author",),
            drop=("#fujian",),
            until=("相关阅读：", "相关阅读:"),
        ),
    ),
)
