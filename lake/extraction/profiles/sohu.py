"""Sohu (搜狐): ``www.sohu.com/a/<digits>_<account>``, before ``<channel>.sohu.com/YYYYMMDD/n<digits>.shtml``.

Saved pages of 2003-2005 and 2018-2024 were read; 2015 and the mobile page are what public programs read.
The hidden second half of the text (``.hidden-content``) belongs to it.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    ".lookall-box",
    "#backsohucom",
    "[data-role=editor-name]",
    "[data-role=original-title]",
    "#sohuplayer",
)

PROFILE = Profile(
    name="sohu",
    hosts=("sohu.com",),
    article_id=r"sohu\.com/(?:a/(\d+)_\d+)",
    category=r"//(?!www\.|m\.|3g\.)(\w+)\.sohu\.com/",
    layouts=(
        Layout(
            "2018",
            body=("article#mp-editor", "#mp-editor"),
            title=(".text-title h1",),
            time=("#news-time", "meta[itemprop=datePublished]@content"),
            source=("[data-role=original-link] a", "#user-info h4", "meta[name=mediaid]@content"),
            editor=("[data-role=editor-name]",),
            drop=_DROP,
            valid_from=dt.date(2016, 6, 1),
        ),
        Layout(
            "mobile 2019",
            body=("section#articleContent", ".at-cnt-main", ".display-content"),
            title=("h1.at-title",),
            time=(".at-time",),
            source=(".at-media-name",),
            drop=_DROP,
        ),
        Layout(
            "2015",
            body=("[itemprop=articleBody]",),
            title=("[itemprop=headline]", "h1"),
            time=("#pubtime_baidu",),
            source=("#media_span",),
            author=("#author_baidu",),
            editor=("#editor_baidu",),
            drop=_DROP,
            valid_until=dt.date(2017, 12, 31),
        ),
        Layout(
            "2003",
            body=("td#fontzoom", "#fontzoom"),
            title=("h1",),
            time=("td.topwhite", "td.main[bgcolor]", "td.c_tj2"),
            source=("td.topwhite", "td.main[bgcolor]"),
            author=("td.c_tj2",),
            drop=_DROP,
            valid_until=dt.date(2010, 12, 31),
        ),
    ),
)
