"""Profiles on pages made to hurt: they end, without an error."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from lake.extraction.profile import apply
from lake.extraction.profiles import PROFILES, profile_of_links

PAGES = {
    "deep": "<div id=artibody>" + "<div>" * 5_000 + "x",
    "nested captions": "<h1 class=main-title>t</h1><div id=artibody><img src=a>"
    + "<b class=img_descr>" * 3_000
    + "x",
    "nested drops": "<div id=artibody>a" + "<div class=article-editor>" * 3_000 + "x",
    "many containers": "<div id=artibody></div><div class=txt></div><p class=date>y</p>" * 20_000,
    "one long text": "<div id=artibody>" + "x" * 3_000_000,
    "broken data": 'var allData = {"a":' * 50_000,
    "deep data": "var allData = {" + '"a":{' * 100_000,
    "open links": '<a href="http://163.com/' * 100_000,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_is_survived(name: str) -> None:
    html = PAGES[name]
    tree = LexborHTMLParser(html)
    size = len(tree.html or "")
    for profile in PROFILES:
        found = apply(profile, tree, html)
        assert found is None or len(found.body_html or "") <= size
    profile_of_links(html)
    assert len(tree.html or "") == size
