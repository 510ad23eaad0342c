"""Phoenix (凤凰网): ``<channel>.ifeng.com/c/<id>``, older ``/a/YYYYMMDD/<digits>_0.shtml``.

Saved pages of 2019-2024 were read. The page's JSON (``allData``) holds head and body and may be all that
the source has; class names of the HTML end in a build's hash, so that their beginnings are matched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lake.extraction.page_json import after, dig, texts
from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    "[class^=index_info_]",
    "[class^=index_copyRight_]",
    "[class^=index_devide_]",
    "[class^=index_end_]",
)


def _data(text: str) -> Mapping[str, Any] | None:
    doc = dig(after(text, "var allData"), "docData")
    if not isinstance(doc, dict):
        return None
    parts = dig(doc, "contentData", "contentList")
    prose = [part for part in parts if dig(part, "type") == "text"] if isinstance(parts, list) else []
    return {
        "title": doc.get("title"),
        "body_html": "".join(texts(prose, "data")),
        "published_at": doc.get("newsTime"),
        "media": doc.get("source") or dig(doc, "subscribe", "catename"),
        "authors": doc.get("author"),
        "editor": doc.get("editorName"),
        "key": dig(doc, "base62Id"),
    }


PROFILE = Profile(
    name="ifeng",
    hosts=("ifeng.com",),
    article_id=r"/c/(?:s/)?([0-9A-Za-z]{11})\b",
    category=r"//(?!www\.|i\.|m\.)(\w+)\.ifeng\.com/",
    layouts=(
        Layout(
            "2022",
            data=_data,
            body=("[class^=index_main_content_] [class^=index_text_]",),
            title=("h1[class^=index_topic_]",),
            time=("[class^=index_timeBref_]", "[class^=index_date_]"),
            source=("[class^=index_sourceTitleText_]", "span[class^=index_source_]"),
            author=("[class^=index_author_]",),
            drop=_DROP,
            valid_from=dt.date(2019, 1, 1),
        ),
        Layout(
            "2019",
            body=("[class^=main_content-] [class^=text-]",),
            title=("h1[class^=topic-]",),
            time=("[class^=artical-] p[class^=time-] > span",),
            source=("[class^=publisher-]",),
            author=("p[class^=author-]",),
            drop=_DROP,
            valid_from=dt.date(2019, 1, 1),
        ),
        Layout(
            "to 2020",
            body=("#artical_real #main_content", "#main_content"),
            title=("#artical_topic",),
            time=(".ss01",),
            source=(".ss03", "[itemprop=publisher]"),
            editor=("#artical_sth2",),
            drop=_DROP,
            valid_until=dt.date(2020, 12, 31),
        ),
    ),
)
