"""Cailianshe (财联社): ``www.cls.cn/detail/<digits>``; the article stands in the page's JSON.

What four public programs of 2020-2024 read; no saved page was at hand. Unknown: the sign of a paywall.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lake.extraction.page_json import dig, next_data, texts
from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]


def _data(text: str) -> Mapping[str, Any] | None:
    detail = next_data(text, "props", "pageProps", "articleDetail")
    if detail is None:
        return None
    pictures = "".join(f'<p><img src="{url}"></p>' for url in texts(detail.get("images")) if '"' not in url)
    return {
        "title": detail.get("title"),
        "digest": detail.get("brief"),
        "body_html": f"{detail['content']}{pictures}" if detail.get("content") else None,
        "published_at": detail.get("ctime"),
        "authors": dig(detail, "author", "name"),
        "media": detail.get("source"),
        "tags": texts(detail.get("subject"), "name"),
    }


PROFILE = Profile(
    name="cls",
    hosts=("cls.cn",),
    article_id=r"/(?:detail|share/article)/(\d+)",
    layouts=(
        Layout(
            "article",
            data=_data,
            body=(".detail-content",),
            title=(".detail-header", ".detail-banner-title"),
            time=(".detail-time span", "div.f-l.m-r-10"),
            digest=("pre.detail-brief",),
            drop=("pre.detail-brief",),
        ),
        Layout(
            "telegraph",
            body=(".detail-telegraph-content",),
            title=(".detail-header", ".detail-banner-title"),
            time=(".detail-time span", "span.f-s-24.f-w-b"),
            lead=(".telegraph-images-box",),
        ),
    ),
)
