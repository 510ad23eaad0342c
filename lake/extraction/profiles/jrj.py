"""JRJ (金融界): ``<channel>.jrj.com.cn/YYYY/MM/<digits>.shtml``, in GB18030 to 2020.

What four public programs of 2016-2022 read; no saved page was at hand. Time, source and author stand
between comments. Unknown: body and time of 2022, and the layout since 2023: the generic extractor stands in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lake.extraction.page_json import between
from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]


def _data(text: str) -> Mapping[str, Any] | None:
    if "<!--jrj_final_" not in text:
        return None
    marks = {"published_at": "date", "media": "source", "authors": "author"}
    return {
        name: between(text, f"<!--jrj_final_{mark}_start-->", f"<!--jrj_final_{mark}_end-->")
        for name, mark in marks.items()
    }


PROFILE = Profile(
    name="jrj",
    hosts=("jrj.com.cn", "jrj.com"),
    article_id=r"/20\d\d/\d\d/(\d{14})(?:[-_]\d{1,2})?\.s?html",
    category=r"//(?!www\.|m\.)(\w+)\.jrj\.com(?:\.cn)?/",
    layouts=(
        Layout(
            "2016",
            data=_data,
            body=(".texttit_m1",),
            title=(".titmain h1",),
            time=(".inftop",),
            source=(".inftop",),
            author=(".inftop",),
            drop=("#itougu", "font"),
            until=("<!--jrj_final_context_end-->", "<!--爱投顾 begin"),
            valid_until=dt.date(2022, 6, 30),
        ),
        Layout("2022", body=(), source=(".titInf210118 p i",), valid_from=dt.date(2021, 1, 1)),
    ),
)
