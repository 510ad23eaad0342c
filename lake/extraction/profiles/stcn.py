"""Securities Times (证券时报网): ``www.stcn.com/article/detail/<id>.html``, to 2021 ``<sub>.stcn.com/…shtml``.

A saved page of 2019 was read; the layout since 2022 is what three public programs read.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

PROFILE = Profile(
    name="stcn",
    hosts=("stcn.com",),
    article_id=r"/(?:article/detail/|\d{4}/\d{4}/)(\d+)\.s?html",
    layouts=(
        Layout(
            "2022",
            body=(".detail-content",),
            title=(".detail-title",),
            time=(".detail-info span:last-child",),
            source=(".detail-info span:first-child",),
            author=(".detail-info span + span",),
            editor=(".detail-content-editor",),
            drop=(
                ".detail-content-editor",
                ".detail-content-tags",
                ".detail-content-statement",
                ".stock-tags",
                ".social-bar",
            ),
            valid_from=dt.date(2021, 7, 1),
        ),
        Layout(
            "to 2021",
            body=("#ctrlfscont", ".txt_con"),
            title=(".intal_tit h2",),
            time=(".intal_tit .info",),
            source=(".intal_tit .info span",),
            author=(".intal_tit .info span + span",),
            drop=(".fenxiang", ".shenming", ".tuijian"),
            valid_until=dt.date(2022, 6, 30),
        ),
        Layout(
            "older",
            body=(".left_txt", ".xiangxi"),
            title=(".box_r h2", ".xiangxi h2"),
            drop=(".xiangxi h2",),
            valid_until=dt.date(2019, 12, 31),
        ),
    ),
)
