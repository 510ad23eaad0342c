"""People's Daily Online (人民网): ``<channel>.people.com.cn/n1/YYYY/MMDD/c<column>-<digits>.html``, in GBK.

Saved pages of 2019-2024 were read (the health channel and the usual one); cpc and m.people.cn are what
public programs read. Pages of several parts hold their own part only.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    ".edit",
    ".editor",
    ".zdfy, .zdfy + center",
    ".box_pic:empty",
    ".bza",
    ".tjewm",
    ".paper_num, #paper_num",
    "#rwb_tjyd",
)

PROFILE = Profile(
    name="people",
    hosts=("people.com.cn", "people.cn"),
    article_id=r"/c\d+-(\d+)(?:-\d+)?\.html",
    category=r"//(?!www\.|m\.)(\w+)\.people\.(?:com\.)?cn/",
    layouts=(
        Layout(
            "2022",
            body=(".rm_txt_con", "#rm_txt_zw"),
            title=(".layout .col-1 h1", ".rm_txt h1"),
            time=(".channel .col-1-1", ".col-1-1"),
            source=(".col-1-1 a", ".col-1-1"),
            author=(".author",),
            editor=(".rm_txt_con > .edit", ".edit"),
            drop=_DROP,
            valid_from=dt.date(2020, 7, 1),
        ),
        Layout(
            "2018",
            body=("#rwb_zw",),
            title=(".text_title h1",),
            time=(".box01 .fl",),
            source=(".box01 .fl a", ".box01 .fl"),
            author=(".text_title .author",),
            editor=(".edit",),
            drop=_DROP,
            valid_until=dt.date(2021, 12, 31),
        ),
        Layout(
            "health",
            body=(".artDet",),
            title=(".articleCont h2",),
            time=(".artOri",),
            source=(".artOri a",),
            editor=(".editor",),
            drop=_DROP,
        ),
        Layout(
            "cpc",
            body=(".show_text",),
            title=(".text_c h1",),
            time=("#p_publishtime", ".sou"),
            source=("#p_origin", ".sou"),
            editor=(".edit",),
            drop=_DROP,
        ),
        Layout(
            "mobile",
            body=("#p_content",),
            title=("h1",),
            time=("meta[name=publishdate]@content",),
            source=("meta[name=source]@content",),
        ),
    ),
)
