"""CCTV (央视网): ``<channel>.cctv.com/YYYY/MM/DD/ARTI<id>.shtml`` (VIDE: video, PHOA: photo set).

What five public programs of 2018-2025 read; no saved page was at hand. Title and time since 2019 rest on
weak evidence: metadata stands in where they fail. Video pages hold a player only.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = ("p.o-tit", "#myFlash", "h1", "span.info")

PROFILE = Profile(
    name="cctv",
    hosts=("cctv.com", "cctv.cn"),
    article_id=r"/((?:ARTI|VIDE|PHOA)[0-9A-Za-z]{20,30})(?:_\d{1,2})?\.s?html",
    category=r"//(?!www\.|m\.)(\w+)\.cctv\.(?:com|cn)/",
    layouts=(
        Layout(
            "2019",
            body=("#content_area", ".content_area"),
            title=(".title_area h1", "#title_area h1"),
            time=(".info1", ".info"),
            source=("meta[name=source]@content", ".info1", ".info"),
            drop=_DROP,
            valid_from=dt.date(2019, 1, 1),
        ),
        Layout(
            "2018",
            body=(".cnt_bd", "#text_area"),
            title=(".cnt_bd h1", "#title_area h1"),
            time=("span.info", ".info"),
            source=("meta[name=source]@content", "span.info", ".info"),
            drop=_DROP,
            valid_until=dt.date(2020, 12, 31),
        ),
    ),
)
