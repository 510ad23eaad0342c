"""Jiemian (界面新闻): ``<www|m>.jiemian.com/article/<digits>.html``.

What four public programs of 2018-2024 read; no saved page was at hand.
"""

from __future__ import annotations

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (".article-header", ".article-info")

PROFILE = Profile(
    name="jiemian",
    hosts=("jiemian.com",),
    article_id=r"/article/(\d+)\b",
    layouts=(
        Layout(
            "2018",
            body=(".article-content",),
            title=(".article-header h1",),
            time=(
                ".article-info span[data-article-publish-time]@data-article-publish-time",
                ".article-info .date",
                ".article-info",
                "span.date",
            ),
            source=('.article-info p:lexbor-contains("来源")', '.article-info span:lexbor-contains("来源")'),
            author=(".article-info span.author a", "span.author a", "span.user"),
            digest=(".article-header p",),
            lead=(".article-img",),
            caption=(".article-img p",),
            drop=_DROP,
        ),
    ),
)
