"""EastMoney (东方财富): ``<topic>.eastmoney.com/a/<id>.html``, older ``/news/<column>,<id>.html``.

The body block of 2026 and a research report of 2016 were seen in saved pages; the heads of 2018-2026 are
what several public programs read. Unknown: the layouts of wap.eastmoney.com/a/ and caifuhao.eastmoney.com,
where the generic extractor stands in. The source line stays in the container, as in the site's posts.
"""

from __future__ import annotations

import datetime as dt

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

_DROP = (
    '[style*="display:none"]',
    "a.toplink",
    'a[href*="acttg.eastmoney.com"]',
    ".em_handle_adv_close",
    "[class^=ad_context]",
    ".res-edit",
    ".b-review, div.abstract",
    ".c_review, .BodyEnd",
    ".zwothers, .pinglunbox, .sharebox, .zwctrls",
    'p:lexbor-contains("在东方财富看资讯行情")',
    'p:lexbor-contains("打开微信，")',
    'p:lexbor-contains("点击底部的“发现”")',
)

PROFILE = Profile(
    name="eastmoney",
    hosts=("eastmoney.com",),
    article_id=r"eastmoney\.com/(?:a\d?/|(?:3g/)?news/(?:[^/]*,)?)(?:NW)?(20\d{15,16}|20\d{21})\b",
    category=r"//(?!www\.|wap\.|data\.|m\.)(\w+)\.eastmoney\.com/(?:news/(\d+),)?",
    layouts=(
        Layout(
            "report 2016",
            body=("#ContentBody .newsContent",),
            title=(".report-title h1",),
            time=(".report-infos span + span",),
            author=(".report-infos span + span + span + span",),
            drop=_DROP,
            valid_until=dt.date(2019, 12, 31),
        ),
        Layout(
            "2022",
            body=("#ContentBody.txtinfos", ".txtinfos"),
            title=("#topbox > div:first-child", "#topbox .title"),
            time=("#topbox .infos .item", ".infos .item"),
            source=("#topbox .infos .item + .item", ".infos .item + .item"),
            editor=("#ContentBody .res-edit",),
            digest=("#ContentBody .abstract", ".abstract"),
            drop=_DROP,
            valid_from=dt.date(2021, 1, 1),
        ),
        Layout(
            "2018",
            body=("#ContentBody",),
            title=(".newsContent > h1", ".newsContent h1"),
            time=(".Info .time-source .time", ".time-source .time", ".Info .time"),
            source=(".time-source .source img@alt", ".time-source .data-source", ".time-source .source"),
            author=(".time-source .author", ".Info .author"),
            editor=("#ContentBody .res-edit", ".res-edit"),
            digest=(".b-review",),
            drop=_DROP,
            valid_until=dt.date(2021, 12, 31),
        ),
        Layout(
            "wap 2017",
            body=("article#zwtext", "#zwtext"),
            title=(".atitle",),
            digest=(".digest_content",),
            drop=_DROP,
            valid_until=dt.date(2019, 12, 31),
        ),
        Layout("report 2024", body=(".ctx-content",), drop=_DROP, valid_from=dt.date(2022, 1, 1)),
    ),
)
