"""Xinhua (新华网): ``www.news.cn/<path>/YYYYMMDD/<hash>/c.html``, to 2020 ``www.xinhuanet.com/…/c_<digits>.htm``.

Saved pages of 2019, 2021-2024 and of a regional site of 2024 were read. Photo pages are what public
programs read. Pages of several parts hold their own part only.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    "#articleEdit",
    "[id^=DH-PLAYERID]",
    ".p-tags",
    ".p-jc",
    ".lb",
    ".tadd",
    ".zan-wap",
    ".video-url",
    ".xinhuaPager",
    "#div_currpage",
    "[id^=div_page_roll]",
    "a.picleft",
    "a.picright",
)

PROFILE = Profile(
    name="xinhua",
    hosts=("xinhuanet.com", "news.cn"),
    article_id=r"/(?:c_(?=\d)|(?=[0-9a-f]{32}/c))([0-9a-f]+)(?:_\d{1,2})?(?:\.htm|/c)",
    layouts=(
        Layout(
            "2021",
            body=("#detailContent", "#detail"),
            title=(".head-line .title", ".mheader h1", "h1#title"),
            time=(".mheader .info", ".info .time", ".header-time"),
            source=(".header-cont .source", ".info .source"),
            editor=("#articleEdit .editor", ".editor"),
            drop=_DROP,
            valid_from=dt.date(2020, 7, 1),
        ),
        Layout(
            "2018",
            body=("#p-detail",),
            title=(".h-title",),
            time=(".h-time",),
            source=("em#source", ".h-info span + span"),
            editor=(".p-jc",),
            drop=_DROP,
            valid_until=dt.date(2021, 12, 31),
        ),
        Layout(
            "photo",
            body=("#content", ".article"),
            title=("#title",),
            time=("#pubtime", ".time"),
            source=("#source",),
            drop=_DROP,
        ),
    ),
)
