"""Site profiles on pages of every layout, written after the real ones with invented text."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from lake.extraction import names
from lake.extraction.dates import machine
from lake.extraction.decode import decode
from lake.extraction.profile import Found, Layout, Profile, apply, article_key, ordered
from lake.extraction.profiles import PROFILES, profile_for, profile_of_links

PAGES = Path(__file__).parent / "fixtures" / "pages"
CASES = sorted(path.parent for path in PAGES.rglob("expected.json"))
IDS = [f"{case.parent.name}/{case.name}" for case in CASES]


def read(case: Path) -> tuple[str, dict[str, Any]]:
    text, _ = decode((case / "page.html").read_bytes())
    return text, json.loads((case / "expected.json").read_text(encoding="utf-8"))


def check(profile: Profile, text: str, expected: dict[str, Any]) -> None:
    captured_at = dt.datetime.fromisoformat(expected["captured_at"])
    found = apply(profile, LexborHTMLParser(text), text, url=expected["url"], captured_at=captured_at)
    assert found is not None and found.body_html is not None
    assert (profile.name, found.layout) == (expected["site"], expected["layout"])
    assert [piece for piece in expected["body_has"] if piece not in found.body_html] == []
    assert [piece for piece in expected["body_lacks"] if piece in found.body_html] == []
    assert found.title == expected["title"]
    assert found.time_text == expected.get("time")
    assert found.published_epoch == expected.get("published_epoch")
    assert published(profile, found, captured_at) == expected.get("published_at")
    assert names.medium(found.media_text) in (
        None,
        expected.get("media"),
    )  # None: the generic reading gives it
    assert names.authors(found.author_text) in ((), tuple(expected.get("authors", ())))
    assert names.editor(found.editor_text) in (None, expected.get("editor"))
    assert found.digest in (None, expected.get("digest"))
    assert found.tags in ((), tuple(expected.get("tags", ())))
    assert found.article_key == expected.get("key")
    assert found.category == expected.get("category")


def test_the_example_of_the_contributing_guide_holds() -> None:
    guide = (PAGES.parents[2] / "CONTRIBUTING.md").read_text("utf-8")
    code, page, expected = (
        re.findall(rf"```{kind}\n(.*?)```", guide, re.DOTALL)[0] for kind in ("python", "html", "json")
    )
    made: dict[str, Any] = {}
    exec(code, made)
    check(made["PROFILE"], page, json.loads(expected))


def published(profile: Profile, found: Found, captured_at: dt.datetime) -> str | None:
    zone = ZoneInfo(profile.zone)
    if found.published_epoch is not None:
        return dt.datetime.fromtimestamp(found.published_epoch, zone).isoformat()
    written = machine(found.time_text, zone, captured_at)
    return written.at.isoformat() if written else None


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_layout_is_read(case: Path) -> None:
    text, expected = read(case)
    profile = profile_for(expected["url"])
    assert profile is not None
    check(profile, text, expected)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_an_undated_capture_is_read_by_the_same_layout(case: Path) -> None:
    text, expected = read(case)
    profile = profile_for(expected["url"])
    assert profile is not None
    found = apply(profile, LexborHTMLParser(text), text, url=expected["url"])
    assert found is not None
    assert (found.layout, found.title) == (expected["layout"], expected["title"])


def test_every_profile_and_layout_has_a_page() -> None:
    written = {(case.parent.name, read(case)[1]["layout"]) for case in CASES}
    known = {(profile.name, layout.name) for profile in PROFILES for layout in profile.layouts if layout.body}
    assert known - written == {("eastmoney", "report 2024")}  # its head is unknown: selectors alone


def test_names_and_hosts_are_distinct() -> None:
    assert len({profile.name for profile in PROFILES}) == len(PROFILES)
    hosts = [host for profile in PROFILES for host in (*profile.hosts, *profile.other_hosts)]
    assert len(hosts) == len(set(hosts))


def test_every_selector_is_valid_and_finds_nothing_on_an_empty_page() -> None:
    tree = LexborHTMLParser("<html><body></body></html>")
    for profile in PROFILES:
        for layout in profile.layouts:
            fields = (layout.title, layout.time, layout.source, layout.author, layout.editor, layout.digest)
            for selectors in (layout.body, layout.drop, layout.lead, layout.caption, *fields):
                assert isinstance(selectors, tuple)
                for selector in selectors:
                    assert ":nth-" not in selector and " ~ " not in selector  # the square of the siblings
                    assert tree.css(selector.partition("@")[0]) == []
        assert apply(profile, tree, "", url=None) is None


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://finance.sina.com.cn/a.html", "sina"),
        ("https://163.com/x", "163"),
        ("http://WWW.People.com.cn:80/n1/", "people"),
        ("https://blog.sina.com.cn/s/blog_1.html", None),
        ("https://mp.weixin.qq.com/s/abc", None),
        ("https://notsina.com.cn/", None),
        ("https://example.com/?u=https://www.163.com/", None),
        ("http://[broken", None),
        ("not a url", None),
        ("", None),
        (None, None),
    ],
)
def test_a_profile_is_chosen_by_host_suffix(url: str | None, site: str | None) -> None:
    profile = profile_for(url)
    assert (profile.name if profile else None) == site


def test_a_page_without_address_is_known_by_its_links() -> None:
    own = '<a href="https://news.163.com/{}.html">x</a>' * 6
    other = '<a href="https://example.com/{}.html">x</a>'
    assert profile_of_links(own + other * 5).name == "163"  # type: ignore[union-attr]
    assert profile_of_links(own + other * 7) is None
    assert profile_of_links('<a href="https://news.163.com/1.html">x</a>' * 4) is None
    assert profile_of_links("<a href='/a.html'>x</a>" * 50) is None


def test_both_addresses_of_an_article_have_one_key() -> None:
    pairs = [
        (
            "https://finance.sina.com.cn/x/2024-05-16/doc-inavmmfi1234567.shtml",
            "https://finance.sina.cn/x/2024-05-16/detail-inavmmfi1234567.d.html",
        ),
        ("https://www.thepaper.cn/newsDetail_forward_24212345", "https://m.thepaper.cn/detail/24212345"),
        (
            "https://finance.eastmoney.com/a/202305081234567890.html",
            "http://hk.eastmoney.com/news/1797,202305081234567890.html",
        ),
        (
            "https://finance.eastmoney.com/a/202305081234567890.html",
            "https://finance.eastmoney.com/a/NW202305081234567890.html",
        ),
        (
            "https://money.163.com/24/0513/09/J22CN60P0514ABCD.html",
            "https://www.163.com/dy/article/J22CN60P0514ABCD.html",
        ),
        (
            "https://www.163.com/dy/article/J22CN60P0514ABCD.html",
            "https://c.m.163.com/news/a/J22CN60P0514ABCD.html",
        ),
        ("https://new.qq.com/rain/a/20240508A0ABCD00", "https://view.inews.qq.com/a/20240508A0ABCD00"),
        ("https://new.qq.com/omn/20240508/20240508A0ABCD00.html", "https://xw.qq.com/cmsid/20240508A0ABCD00"),
        ("https://finance.ifeng.com/c/8Fq1234abcd", "https://ishare.ifeng.com/c/s/8Fq1234abcd"),
        ("https://www.cls.cn/detail/1345678", "https://api3.cls.cn/share/article/1345678?os=web"),
        (
            "https://www.chinanews.com.cn/cj/2022/05-08/9749123.shtml",
            "https://m.chinanews.com/wap/detail/chs/zw/9749123.shtml",
        ),
        (
            "https://k.sina.com.cn/article_5182171545_134e1a99902001abcd.html",
            "https://k.sina.cn/article_5182171545_134e1a99902001abcd.html?from=wap",
        ),
        (
            "http://www.xinhuanet.com/fortune/2019-05/08/c_1124465123.htm",
            "http://www.xinhuanet.com/fortune/2019-05/08/c_1124465123_2.htm",
        ),
        (
            "https://finance.eastmoney.com/a/202305081234567890.html",
            "https://finance.eastmoney.com/a2/202305081234567890.html",
        ),
    ]
    for one, two in pairs:
        keys = [re.search(profile_for(url).article_id, url)[1] for url in (one, two)]  # type: ignore[index, union-attr, arg-type]
        assert keys[0] == keys[1]


def test_the_ten_lines_of_the_contributing_guide_read_their_page() -> None:
    guide = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    source, page, expected_json = (
        re.search(rf"^```{kind}\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]
        for kind in ("python", "html", "json")
    )
    names_in_guide: dict[str, Any] = {}
    exec(source, names_in_guide)
    check(names_in_guide["PROFILE"], page, json.loads(expected_json))


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://finance.eastmoney.com/a/202305081234567890.html", "202305081234567890"),
        ("http://finance.eastmoney.com/news/1354,20170308123456789.html", "20170308123456789"),
        ("https://caifuhao.eastmoney.com/news/20230508123456789012345", "20230508123456789012345"),
        ("https://finance.eastmoney.com/a/czqyw.html", None),
        ("https://finance.eastmoney.com/a/2023050812345678901.html", None),
        (None, None),
    ],
)
def test_eastmoney_ids_have_their_known_lengths(url: str | None, key: str | None) -> None:
    assert article_key(PROFILES[0], url) == key


@pytest.mark.parametrize("label", ["摘要：", "【摘要】", "导语: ", ""])
def test_a_digest_loses_its_label(label: str) -> None:
    one = layout("one", digest=(".d",))
    result = found(f"<div class=d>{label}要点在此</div><div class=one>x</div>", Profile("s", (), (one,)))
    assert result is not None and result.digest == "要点在此"


def layout(name: str, **given: Any) -> Layout:
    return Layout(name, **({"body": (f".{name}",)} | given))


OLD = layout("old", body=(".text",), title=("h1",), valid_until=dt.date(2019, 12, 31))
NEW = layout("new", body=(".text",), title=("h2",), valid_from=dt.date(2020, 1, 1))
SITE = Profile("site", ("site.example",), (NEW, OLD))


def found(
    html: str, profile: Profile = SITE, captured_at: dt.datetime | None = None, url: str | None = None
) -> Found | None:
    return apply(profile, LexborHTMLParser(html), html, captured_at=captured_at, url=url)


@pytest.mark.parametrize(("day", "name"), [("2019-12-31", "old"), ("2020-01-01", "new"), (None, "new")])
def test_the_capture_day_chooses_the_layout(day: str | None, name: str) -> None:
    captured_at = dt.datetime.fromisoformat(f"{day}T12:00:00+08:00") if day else None
    assert ordered(SITE.layouts, captured_at)[0].name == name
    result = found("<h1>a</h1><h2>b</h2><div class=text>c</div>", captured_at=captured_at)
    assert result is not None and result.layout == name


def test_a_layout_outlives_its_dates() -> None:
    result = found("<h1>a</h1><div class=text>c</div>", captured_at=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    assert result is not None
    assert (result.layout, result.title, result.body_html) == ("old", "a", "c")


def test_without_a_body_the_other_fields_still_hold() -> None:
    result = found("<h1>a</h1><p>text elsewhere</p>")
    assert result is not None
    assert (result.body_html, result.title, result.rules) == (None, "a", {"title": "old h1"})
    assert found("<p>text elsewhere</p>") is None


def test_an_empty_container_is_no_body_but_a_picture_is() -> None:
    assert found("<h1>a</h1><div class=text> <script>var x;</script></div>").body_html is None  # type: ignore[union-attr]
    assert "a.jpg" in found("<h1>a</h1><div class=text><img src=a.jpg></div>").body_html  # type: ignore[union-attr, operator]


def test_what_is_dropped_may_nest_and_the_tree_stays_whole() -> None:
    one = layout("one", drop=(".ad", ".ad .inner", "p"), until=("STOP",), lead=(".lead",))
    html = "<div class=lead><img src=l.jpg></div><div class=one>a<div class=ad><p class=inner>x<p>y</div>bSTOPc</div>"
    tree = LexborHTMLParser(html)
    result = apply(Profile("s", (), (one,)), tree, html)
    assert result is not None
    assert result.body_html == '<div class="lead"><img src="l.jpg"></div>ab'
    assert tree.css_first(".ad .inner") is not None


def test_page_data_of_another_kind_is_left_alone() -> None:
    wild = {
        "title": {"a": 1},
        "body_html": 5,
        "published_at": True,
        "media": ["x"],
        "tags": "ab",
        "digest": " ",
    }
    one = layout("one", title=("h1",), data=lambda text: wild)
    result = found("<h1>t</h1><div class=one>x</div>", Profile("s", (), (one,)))
    assert result is not None
    assert (result.title, result.body_html, result.published_epoch, result.tags) == ("t", "x", None, ())
    assert result.media_text is None and result.digest is None and result.time_text is None


def test_page_data_goes_before_selectors_field_by_field() -> None:
    def data(text: str) -> dict[str, Any] | None:
        return (
            {"title": "from data", "published_at": 1_700_000_000_000, "media": ""} if "DATA" in text else None
        )

    one = layout("one", title=("h1",), time=("time",), source=(".source",), data=data)
    html = "<h1>from page</h1><time>2020</time><b class=source>medium</b><div class=one>x</div>"
    site = Profile("s", (), (one,))
    plain, rich = found(html, site), found(html + "<script>DATA</script>", site)
    assert plain is not None and rich is not None
    assert (plain.title, plain.time_text, plain.published_epoch) == ("from page", "2020", None)
    assert (rich.title, rich.time_text, rich.published_epoch) == ("from data", None, 1_700_000_000)
    assert plain.media_text == rich.media_text == "medium"
    assert rich.rules["title"] == "one data" and rich.rules["media"] == "one .source"
