"""NetEase (网易): ``www.163.com/<channel>/article/<id>.html``, to 2020 ``<channel>.163.com/YY/MMDD/HH/<id>.html``.

Saved pages of 2015, 2019-2020 and 2021-2025 were read. ``.post_body`` also wraps ``#endText`` in 2019-20,
so ``#endText`` goes first. Photo sets and mobile pages in parts are unknown to this profile.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    ".ep-source",
    ".gg200x300",
    ".otitle",
    ".biaoqian",
    ".nph_photo",
    ".related_article",
    ".nvt_vote_2",
    ".post_statement",
    '[style*="height: 0"]',
)

PROFILE = Profile(
    name="163",
    hosts=("163.com",),
    article_id=r"/([0-9A-Z]{16})(?:_\w{1,3})?\.html",
    category=r"//(?:www\.163\.com/(?!dy/)(\w+)/|(?!www\.)(\w+)\.163\.com/)",
    layouts=(
        Layout(
            "2019",
            body=("#endText.post_text",),
            title=("#epContentLeft > h1",),
            time=(".post_time_source",),
            source=("#ne_article_source", ".post_time_source"),
            editor=(".ep-editor",),
            drop=_DROP,
            valid_from=dt.date(2016, 1, 1),
        ),
        Layout(
            "2021",
            body=("#content .post_body", ".post_body"),
            title=("h1.post_title",),
            time=(".post_info",),
            source=(".post_info",),
            editor=(".post_author", ".creative_statement"),
            drop=_DROP,
            valid_from=dt.date(2020, 7, 1),
        ),
        Layout(
            "2015",
            body=("#endText",),
            title=("#h1title",),
            time=(".ep-time-soure",),
            source=("#ne_article_source", ".ep-time-soure"),
            editor=(".ep-editor",),
            drop=(*_DROP, "table"),
            valid_until=dt.date(2018, 12, 31),
        ),
        Layout(
            "column 2015",
            body=(".entext",),
            title=(".con1_ltle",),
            time=(".con1_date",),
            author=(".con1_author",),
            editor=('.tips span:lexbor-contains("编辑")',),
            drop=_DROP,
            valid_until=dt.date(2018, 12, 31),
        ),
    ),
)
