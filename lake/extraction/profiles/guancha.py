"""Guancha (观察者网): ``www.guancha.cn/<column or author>/YYYY_MM_DD_<digits>.shtml``, mobile ``m.guancha.cn``.

Three saved pages of 2019 were read. Unknown: layouts since then, the mobile page, and the users' posts on
user.guancha.cn; the generic extractor stands in.
"""

from __future__ import annotations

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

PROFILE = Profile(
    name="guancha",
    hosts=("guancha.cn",),
    article_id=r"guancha\.cn/\w+/\d{4}_\d\d_\d\d_(\d+)(?:_s)?\.shtml",
    layouts=(
        Layout(
            "2019",
            body=(".left-main .all-txt",),
            title=(".left-main > h3",),
            time=(".left-main .time",),
            source=(".left-main .time",),
            author=(".left-main .author-intro p a",),
            editor=('.article-other li:lexbor-contains("责任编辑")',),
        ),
    ),
)
