"""Sina (新浪): ``finance.sina.com.cn/…/doc-i<id>.shtml`` and the other channels, wap ``detail-i<id>``.

Saved pages of 2005, 2016-2024 and wap 2024 were read. Slide shows and pages of several parts are unknown.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    ".article-editor",
    ".show_author",
    ".otherContent_01",
    ".ct_hqimg",
    ".hqimg_related",
    ".tech-quotation",
    "#sinashareto",
    ".appendQr_wrap",
    ".app-kaihu-qr",
    "#left_hzh_ad",
    ".finance_app_zqtg",
    "#sinaadsInsId",
    "[class^=j_native]",
    "#wx_pic",
)

PROFILE = Profile(
    name="sina",
    hosts=("sina.com.cn", "sina.cn"),
    other_hosts=("blog.sina.com.cn",),
    article_id=r"/(?:(?:doc|detail)-|article_)(i[a-z0-9]{8,}|\d{5,}_[0-9a-z]{8,})(?:_\d{1,2})?\b",
    category=r"//(?:www\.)?(\w+)\.sina\.(?:com\.)?cn/",
    layouts=(
        Layout(
            "2018",
            body=("#artibody", "#article"),
            title=("h1.main-title",),
            time=(".date-source .date", "meta[property='article:published_time']@content"),
            source=(".date-source .source", "meta[property='article:author']@content"),
            author=(".date-source .source + .date", ".date-source .author"),
            editor=(".article-editor", ".show_author"),
            drop=_DROP,
            valid_from=dt.date(2017, 1, 1),
        ),
        Layout(
            "wap 2024",
            body=("section.art_content",),
            title=("h1.art_tit_h1",),
            time=("time.weibo_time",),
            source=(".weibo_user", "meta[property='article:author']@content"),
            drop=_DROP,
        ),
        Layout(
            "2016",
            body=("#artibody",),
            title=("#artibodyTitle",),
            time=("#pub_date", ".time-source", ".titer"),
            source=("#media_name", "[data-sudaclick=media_name]", ".time-source"),
            editor=(".article-editor",),
            drop=_DROP,
            valid_until=dt.date(2019, 12, 31),
        ),
        Layout(
            "2005",
            body=("td.l17", "#zoom"),
            time=('td[height="20"][align=center]',),
            source=('td[height="20"][align=center]',),
            valid_until=dt.date(2010, 12, 31),
        ),
    ),
)
