"""China Economic Net (中国经济网): ``<channel>.ce.cn/…/tYYYYMMDD_<digits>.shtml``, in GBK to 2018 at least.

What six public programs of 2018-2022 read; no saved page was at hand. Unknown: the head of the layout
since 2025, whose container is said to be that of the publishing system (``.TRS_Editor``).
"""

from __future__ import annotations

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]


PROFILE = Profile(
    name="ce",
    hosts=("ce.cn",),
    article_id=r"/(t20\d{6}_\d+)(?:_\d{1,2})?\.s?html",
    category=r"//(?!www\.|m\.)(\w+)\.ce\.cn/",
    layouts=(
        Layout(
            "2018",
            body=("#articleText .TRS_Editor", "#articleText"),
            title=("#articleTitle",),
            time=("#articleTime",),
            source=("#articleSource",),
            author=("#articleAuthor",),
        ),
        Layout(
            "TRS",
            body=(".TRS_Editor", ".trs_editor_view"),
            title=(".title h1",),
            time=(".titbar1",),
            source=(".titbar1",),
        ),
        Layout(
            "mobile 2019",
            body=("article",),
            title=(".news_module h2",),
            time=(".news_module .time", ".time"),
            source=(".media_ly",),
            editor=(".bianji",),
            drop=(".bianji",),
        ),
    ),
)
