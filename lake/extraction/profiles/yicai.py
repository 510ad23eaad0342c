"""Yicai (第一财经): ``www.yicai.com/news/<digits>.html``, also ``/brief/`` and ``/vip/``.

What several public programs of 2018-2024 read; no saved page was at hand. Unknown: source and author of
the layout since 2024, whose time stands in a script.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_TIME = re.compile(r"""\bactime["']?\s{0,3}[,:]\s{0,3}["']([^"'<>]{8,30})["']""")
_DROP = ("h1", ".u-btn6", ".m-smallshare", ".topic-hot", ".news-edit-info")


def _data(text: str) -> Mapping[str, Any] | None:
    match = _TIME.search(text) if "_pb" in text else None
    return {"published_at": match[1]} if match else None


PROFILE = Profile(
    name="yicai",
    hosts=("yicai.com",),
    article_id=r"/(?:news|brief|vip)/(\d+)\b",
    layouts=(
        Layout(
            "2024",
            data=_data,
            body=("#multi-text", ".multiText"),
            title=(".title h1", "h1"),
            drop=_DROP,
            valid_from=dt.date(2021, 1, 1),
        ),
        Layout(
            "2018",
            body=(".m-text .m-txt", ".m-txt"),
            title=(".title h1",),
            time=(".title p em",),
            source=(".title p",),
            editor=(".news-edit-info", ".m-txt > p:last-child:lexbor-contains('责编')"),
            digest=(".describe1",),
            drop=_DROP,
            valid_until=dt.date(2022, 12, 31),
        ),
        Layout("2024 short", data=_data, body=(".txt",), title=("h1",), drop=_DROP),
    ),
)
