"""21st Century Business Herald (21经济网): ``<www|m>.21jingji.com/article/YYYYMMDD/herald/<hash>.html``.

What two public programs of 2018 and 2024 read of the mobile page; no saved page was at hand. Unknown:
names in the page and whether the desktop host shares the layout.
"""

from __future__ import annotations

from lake.extraction.profile import Layout, Profile

__all__ = ["PROFILE"]

PROFILE = Profile(
    name="21jingji",
    hosts=("21jingji.com",),
    article_id=r"/([0-9a-f]{32})\b",
    layouts=(
        Layout(
            "mobile 2018",
            body=(".txtContent", ".main_content"),
            title=(".titleHead h1",),
            time=(".author-infos span", ".author-infos"),
            source=(".author-infos span + span",),
            editor=(".copyright",),
            author=(".copyright",),
            drop=(".rela-box", ".copyright"),
        ),
    ),
)
