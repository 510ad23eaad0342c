"""10jqka (同花顺): ``<news|stock|…>.10jqka.com.cn/YYYYMMDD/c<digits>.shtml``, in GBK.

What several public programs of 2017-2023 read; no saved page was at hand. Unknown: the heads of 2026
(the container's class is said to be the same) and pages that show their source as an image.
"""

from __future__ import annotations

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = ("p.bottomSign", "#editor_baidu", "a.backweb", ".gsrd-hidden")

PROFILE = Profile(
    name="10jqka",
    hosts=("10jqka.com.cn",),
    article_id=r"/(c\d{6,})(?:_\d{1,2})?\.s?html",
    category=r"//(?:www\.)?(\w+)\.10jqka\.com\.cn/",
    layouts=(
        Layout(
            "2017",
            body=(".main-text.atc-content", "#contentApp"),
            title=("h2.main-title", "h1.main-title"),
            time=("#pubtime_baidu",),
            source=("#source_baidu a", "#sourcename", "#source_baidu"),
            author=("#author_baidu",),
            editor=("#editor_baidu",),
            drop=_DROP,
        ),
        Layout(
            "older",
            body=(".art_main",),
            title=(".articleTit",),
            time=(".fromNews",),
            source=(".fromNews",),
            editor=("#editor_baidu",),
            drop=_DROP,
        ),
        Layout(
            "t",
            body=(".post-text-main",),
            title=(".detail-title",),
            time=(".date",),
            author=(".post-author",),
            drop=_DROP,
        ),
    ),
)
