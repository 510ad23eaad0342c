"""Tencent News (腾讯新闻): ``<new|news>.qq.com/rain/a/<id>``, ``new.qq.com/omn/…``, to 2019 ``finance.qq.com/a/…``.

Saved pages of 2016, 2019 and 2024 were read. Since 2019 the page's own JSON (``window.DATA``) holds the
head, since 2024 also the body, where pictures are comments that name an entry of the JSON.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping
from typing import Any

from lake.extraction.page_json import after, dig
from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_PICTURE = re.compile(r"<!--\s{0,3}(IMG_\d{1,4})\s{0,3}-->")
_DROP = ("#Status", ".recommend-con", "#ArticleAuthor", ".rv-root-v2", ".mbArticleSharePic", "h1")


def _picture(entry: Any) -> str:
    url = dig(entry, "imgurl0") or dig(entry, "imgurl641") or dig(entry, "bigOrigUrl")
    alt = html.escape(str(dig(entry, "desc") or ""))
    return f'<p><img src="{html.escape(str(url))}" alt="{alt}"></p>' if url else ""


def _data(text: str) -> Mapping[str, Any] | None:
    data = after(text, "window.DATA")
    if data is None:
        return None
    body = dig(data, "originContent", "text")
    return {
        "title": data.get("title"),
        "body_html": _PICTURE.sub(lambda mark: _picture(dig(data, "originAttribute", mark[1])), body)
        if isinstance(body, str)
        else None,
        "published_at": data.get("pubtime"),
        "media": data.get("media"),
        "digest": data.get("introduction"),
        "tags": [tag for tag in str(data.get("tags") or "").split(",") if tag],
        "key": data.get("cms_id"),
    }


PROFILE = Profile(
    name="qq",
    hosts=("qq.com",),
    other_hosts=("weixin.qq.com",),
    article_id=r"/(?:(?:rain/)?[akw]|cmsid|omn|cmsn)/(?:\d{8}/)?([0-9A-Z]{14,16})\b",
    layouts=(
        Layout(
            "2024",
            data=_data,
            body=(".content-article #ArticleContent", "#ArticleContent"),
            title=(".content-article > h1",),
            time=(".media-meta span", 'meta[name="apub:time"]@content'),
            source=(".media-name",),
            drop=_DROP,
            valid_from=dt.date(2021, 1, 1),
        ),
        Layout(
            "2019",
            data=_data,
            body=(".content-article",),
            title=(".LEFT > h1",),
            time=('meta[name="apub:time"]@content',),
            digest=(".introduction",),
            drop=(*_DROP, ".introduction"),
            valid_from=dt.date(2019, 1, 1),
        ),
        Layout(
            "2016",
            body=("#Cnt-Main-Article-QQ",),
            title=(".hd h1",),
            time=(".pubTime", ".a_time"),
            source=(".where", ".a_source"),
            author=(".a_author",),
            editor=(".QQeditor", "#QQeditor"),
            drop=(*_DROP, ".QQeditor", "#QQeditor"),
            valid_until=dt.date(2019, 12, 31),
        ),
    ),
)
