"""Wallstreetcn (华尔街见闻): ``wallstreetcn.com/articles/<digits>``; the page may be an empty shell.

Each layout is what one public program of 2018-2026 reads: weak evidence, no saved page was at hand.
Unknown: time, source and the sign of a paywall; metadata and the generic extractor stand in.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_TITLE = ("article h1.title", "h1.title", "article h1")

PROFILE = Profile(
    name="wallstreetcn",
    hosts=("wallstreetcn.com",),
    article_id=r"/(?:articles|node)/(\d+)\b",
    layouts=(
        Layout("2020", body=(".rich-text",), title=_TITLE, time=("article time@datetime", "article time")),
        Layout(
            "2026",
            body=("article.article__content", ".article__content"),
            title=_TITLE,
            valid_from=dt.date(2024, 1, 1),
        ),
        Layout("2018", body=(".page-article-content",), title=_TITLE, valid_until=dt.date(2020, 12, 31)),
    ),
)
