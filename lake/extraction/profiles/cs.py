"""China Securities Journal (中证网): ``www.cs.com.cn/<column>/YYYYMM/tYYYYMMDD_<digits>.html``.

Each layout is what one public program reads (about 2016, about 2017, since 2020): weak evidence, no saved
page was at hand. Where none matches the generic extractor stands in.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

PROFILE = Profile(
    name="cs",
    hosts=("cs.com.cn",),
    article_id=r"/(t20\d{6}_\d+)(?:_\d{1,2})?\.s?html",
    layouts=(
        Layout(
            "2020",
            body=("article.cont_article section",),
            title=("article.cont_article header h1",),
            time=(".cont_article .time@datetime", ".cont_article .time"),
            source=('.artc_info em:lexbor-contains("来源")', ".artc_info em + em", ".artc_info em"),
            author=('.artc_info em:lexbor-contains("作者")', ".artc_info em"),
            valid_from=dt.date(2018, 1, 1),
        ),
        Layout(
            "2017",
            body=(".artical_c",),
            source=(".artical_t > span",),
            author=(".artical_t > span + span",),
            valid_until=dt.date(2020, 12, 31),
        ),
        Layout(
            "2016",
            body=(".Dtext",),
            time=(".ctime01",),
            source=(".Atext",),
            valid_until=dt.date(2018, 12, 31),
        ),
    ),
)
