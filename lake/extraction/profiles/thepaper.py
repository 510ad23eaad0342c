"""The Paper (澎湃新闻): ``www.thepaper.cn/newsDetail_forward_<digits>``, mobile ``m.thepaper.cn/detail/<digits>``.

Saved pages of 2019-2020 were read; the layout since 2022 and its JSON are what over ten public programs
read. Class names since 2022 end in a build's hash, so that their beginnings are matched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lake.extraction.page_json import next_data, texts
from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]


def _data(text: str) -> Mapping[str, Any] | None:
    detail = next_data(text, "props", "pageProps", "detailData", "contentDetail")
    if detail is None:
        return None
    return {
        "title": detail.get("name"),
        "body_html": detail.get("content"),
        "published_at": detail.get("publishTime") or detail.get("pubTime"),
        "authors": detail.get("author"),
        "digest": detail.get("summary"),
        "tags": texts(detail.get("tagList"), "tag"),
    }


PROFILE = Profile(
    name="thepaper",
    hosts=("thepaper.cn",),
    article_id=r"(?:newsDetail_forward_|/detail/)(\d+)",
    layouts=(
        Layout(
            "2022",
            data=_data,
            body=("[class^=index_cententWrap__]",),
            title=("[class^=index_title__]",),
            time=("[class^=index_left__] .ant-space-item span", ".ant-space-item span"),
            source=('.ant-space-item span:lexbor-contains("来源")',),
            author=("[class^=index_left__] > div:first-child",),
            drop=(".contheight", "[class^=index_animation]"),
            valid_from=dt.date(2021, 7, 1),
        ),
        Layout(
            "2018",
            body=(".news_txt",),
            title=("h1.news_title",),
            time=(".news_about p + p",),
            source=(".news_about p + p span", ".news_about p"),
            author=(".news_about p",),
            editor=('.news_infor_extra .infor_item:lexbor-contains("责任编辑")',),
            drop=(".contheight",),
            valid_until=dt.date(2022, 6, 30),
        ),
        Layout(
            "video 2019",
            body=(".video_txt_l",),
            title=(".video_txt_t h2",),
            time=(".video_info_left span",),
            valid_until=dt.date(2022, 6, 30),
        ),
    ),
)
