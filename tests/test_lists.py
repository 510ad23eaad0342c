"""Lists of live sources: JSON in all its wrappers, list pages, lists of addresses, configuration, adding, checking."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.cli import main
from lake.errors import Reject, Stop, Usage
from lake.extraction import extract
from lake.locations import lake_root
from lake.sources import lists, pages, walk
from lake.sources.checking import check
from lake.sources.configuration import Source, load
from lake.sources.entries import Entry, Listing, Place, Way, address, moment
from lake.storage.known_keys import KnownOrigin
from tests.live_lake import FETCH, LiveLake, column_source, fast_source
from tests.site import Site

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = dt.datetime(2026, 9, 1, 9, 30, tzinfo=SHANGHAI)
ROWS = [{"id": 1, "url": "/a/1.html", "when": "2026-09-01 09:30:00"}, {"id": 2, "url": "", "when": ""}]
SOURCE = Source(
    name="example",
    kind="list",
    url="https://news.example.org/list?page={page}",
    rows="data.list",
    time="when",
    ok={"code": ("1",)},
    articles=(Way("https://api.example.org/{id}"), Way("{url}")),
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        site.news.publish(25)
        site.news.publish(3, fast=True)
        yield site


def parse(text: str, source: Source = SOURCE, number: int = 1) -> Listing:
    return lists.parse(text, source, "", Place(f"https://news.example.org/list?page={number}", number))


@pytest.mark.parametrize(
    "wrapper",
    [
        "{}",
        "cb({})",
        "jQuery123_4({});",
        "try{{cb({});}}catch(e){{}};",
        "var ajaxResult={}",
        "var newest = {};",
        "\ufeff{}",
    ],
)
@pytest.mark.parametrize("code", [1, "1"])
def test_rows_are_found_in_any_wrapper(wrapper: str, code: object) -> None:
    listing = parse(wrapper.format(json.dumps({"code": code, "data": {"list": ROWS}})))
    first, second = listing.entries
    assert [way.url for way in first.ways] == [
        "https://api.example.org/1",
        "https://news.example.org/a/1.html",
    ]
    assert first.at == NINE
    assert [way.url for way in second.ways] == ["https://api.example.org/2"]
    assert second.at is None
    assert listing.next == Place("https://news.example.org/list?page=2", 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"code":0,"message":"Required String parameter"}', "code is 0, not 1"),
        ('{"code":1,"data":{}}', "no rows at 'data.list'"),
        ("<html>busy</html>", "no JSON"),
        ("", "empty"),
        ('{"code":1,"data":{"list":[', "broken JSON"),
    ],
)
def test_what_is_no_list_is_said(text: str, told: str) -> None:
    with pytest.raises(Reject, match="not_a_list") as caught:
        parse(text)
    assert told in caught.value.detail


def test_a_list_ends_with_a_page_without_rows_or_a_cursor_that_stays() -> None:
    assert parse('{"code":1,"data":{"list":[]}}').next is None
    source = replace(SOURCE, url="https://news.example.org/list?from={cursor}", next="data.end")
    answer = {"code": 1, "data": {"list": ROWS, "end": "17"}}
    place = parse(json.dumps(answer), source).next
    assert place == Place("https://news.example.org/list?from=17", 2)
    assert lists.parse(json.dumps(answer), source, "", place).next is None
    assert parse(json.dumps({"code": 1, "data": {"list": ROWS, "end": ""}}), source).next is None


def test_further_pages_may_have_another_address_and_a_request_by_post_its_own_words() -> None:
    source = replace(
        SOURCE,
        url="https://n.example.org/{list}.js",
        more="https://n.example.org/{list}_{page:02}.js",
        post='{"list":"{list}","at":{"page":{page}}}',
        lists=("a",),
    )
    first = lists.first_place(source, "a")
    assert first == Place("https://n.example.org/a.js", 1, '{"list":"a","at":{"page":1}}')
    answer = json.dumps({"code": 1, "data": {"list": ROWS}})
    second = lists.parse(answer, source, "a", first).next
    assert second == Place("https://n.example.org/a_02.js", 2, '{"list":"a","at":{"page":2}}')


def test_a_list_in_the_script_of_a_page() -> None:
    source = replace(SOURCE, after="var all =")
    script = json.dumps({"code": 1, "data": {"list": ROWS}})
    assert len(parse(f"<html><script>var a = {{}}; var all = {script};</script>", source).entries) == 2
    with pytest.raises(Reject, match="there is no 'var all ='"):
        parse("<html>moved</html>", source)


def test_a_time_of_two_values_and_one_of_the_run() -> None:
    source = replace(SOURCE, time="{day} {hour}", url="https://n.example.org/?until={now}&page={page}")
    row = {"id": 1, "day": "2026.09.01", "hour": "09:30"}
    (entry,) = parse(json.dumps({"code": 1, "data": {"list": [row]}}), source).entries
    assert entry.at == NINE
    assert (
        lists.first_place(source.at(NINE), "").url
        == f"https://n.example.org/?until={NINE.timestamp():.0f}&page=1"
    )


def test_rows_that_are_no_articles_are_skipped() -> None:
    source = replace(SOURCE, skip={"id": ("1",)}, match="api")
    assert [
        entry.url for entry in parse(json.dumps({"code": 1, "data": {"list": ROWS}}), source).entries
    ] == ["https://api.example.org/2"]


def test_a_whole_article_in_a_row_becomes_a_record_whose_counters_do_not_count() -> None:
    source = replace(
        SOURCE,
        rows="",
        ok={},
        articles=(Way("https://news.example.org/{id}.html"),),
        record={"title": "{head}", "content": "{text}"},
        ignore=("likes",),
    )
    row = {
        "id": 7,
        "head": "",
        "text": "【示例标题】示例公司今天宣布了一件事情。",
        "when": "1788226200",
        "likes": 3,
    }
    (entry,) = parse(json.dumps([row]), source).entries
    (again,) = parse(json.dumps([{**row, "likes": 4}]), source).entries
    assert entry.record is not None
    assert entry.record == again.record
    article = extract(entry.record, url=entry.url, name="row.json")
    assert article.title == "示例标题"
    assert article.url == "https://news.example.org/7.html"
    assert article.published_at == dt.datetime(2026, 9, 1, 9, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "value",
    [
        *(1788226200, "1788226200", 1788226200000, "1788226200000", "1788226200000001"),
        *("2026-09-01 09:30:00", "2026/09/01 09:30:00", "2026-09-01 09:30", "2026-09-01 09:30:00:123"),
        "09/01/2026 09:30:00",
        *("2026-09-01T09:30:00+08:00", "2026-09-01T01:30:00Z", "Tue, 01 Sep 2026 01:30:00 GMT"),
    ],
)
def test_times_as_lists_give_them(value: object) -> None:
    found = moment(value, SHANGHAI)
    assert found is not None
    assert abs(found - NINE) < dt.timedelta(milliseconds=1)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans()))
def test_no_time_breaks_a_list(value: object) -> None:
    found = moment(value, SHANGHAI)
    assert found is None or found.tzinfo is not None


@given(st.text())
def test_no_link_breaks_a_list(link: str) -> None:
    url = address(link, "https://news.example.org/a/")
    assert url is None or url.startswith(("http://", "https://"))


def test_a_list_page_gives_its_links_once_and_the_next_page() -> None:
    source = Source(
        name="page",
        kind="page",
        url="https://n.example.org/",
        select="ul a",
        next="a.next",
        match=r"/\d+\.html",
    )
    text = """<ul><li><a href="/1.html#top">one</a><li><a href="1.html">again</a><li><a href="/about">x</a>
    <li><a href="javascript:void(0)">y</a></ul><a class=next href="?p=2">2</a>"""
    listing = pages.parse(text, source, Place(source.url))
    assert [entry.url for entry in listing.entries] == ["https://n.example.org/1.html"]
    assert listing.next == Place("https://n.example.org/?p=2", 2)
    with pytest.raises(Reject, match="no_links"):
        pages.parse("<p>moved</p>", source, Place(source.url))
    with pytest.raises(Reject, match="bad_selector"):
        pages.parse(text, replace(source, select="[["), Place(source.url))


def test_a_list_of_addresses() -> None:
    source = Source(name="urls", kind="urls", url="https://n.example.org/list.txt")
    listing = pages.parse_urls(
        "# mine\nhttps://a.example.org/1\n\n/2\nmailto:x\n/2\n", source, Place(source.url)
    )
    assert [entry.url for entry in listing.entries] == ["https://a.example.org/1", "https://n.example.org/2"]


def test_ground_is_what_the_watermark_says_and_not_one_known_article() -> None:
    times = [NINE - dt.timedelta(minutes=k) for k in range(3)]
    listing = Listing(tuple(Entry((Way(f"https://n.example.org/{t:%M}"),), t) for t in times), Place("x"))
    assert not walk.on_ground(listing, 2, 1, times[2] - dt.timedelta(minutes=1), 0)
    assert walk.on_ground(listing, 0, 3, times[2], 0)
    assert not walk.on_ground(
        listing, 0, 3, times[2], 3600
    )  # something new so near to the ground: look behind it
    assert walk.on_ground(listing, 3, 0, times[2], 3600)
    untimed = replace(listing, entries=(Entry((Way("https://n.example.org/1"),)),))
    assert walk.on_ground(untimed, 1, 0, None, 0)
    assert not walk.on_ground(untimed, 0, 1, None, 0)


def test_a_change_is_newer_than_the_capture_and_not_known_to_be_none() -> None:
    known = KnownOrigin("0" * 32, "1" * 64, NINE, "new")
    later = NINE + dt.timedelta(minutes=1)
    entry = Entry((Way("https://n.example.org/1"),), NINE, later)
    now = NINE + dt.timedelta(hours=1)
    assert walk.is_changed(entry, known, None, now)
    assert not walk.is_changed(entry, known, walk.hint(entry), now)
    assert not walk.is_changed(entry, known, None, NINE)  # a clock that is ahead
    assert not walk.is_changed(replace(entry, modified=None, at=later), known, None, now)
    assert walk.is_changed(replace(entry, modified=None, at=now), known, None, now)


def test_shipped_sources_are_sound_and_only_eastmoney_s_are_on(tmp_path: Path) -> None:
    sources = load(lake_root(tmp_path)).sources
    assert {name for name, source in sources.items() if source.on} == {"eastmoney", "eastmoney-fast"}
    assert len(sources) > 25
    for source in sources.values():
        assert walk.first_place(source, (source.lists or ("",))[0]).url.startswith("https://")
        assert "{page}" not in walk.first_place(source, "x").url


def test_shipped_eastmoney_reads_the_site_s_imitation(site: Site, tmp_path: Path) -> None:
    shipped = load(lake_root(tmp_path)).sources
    for name, path in (
        ("eastmoney", "/comm/web/getNewsByColumns"),
        ("eastmoney-fast", "/comm/web/getFastNewsList"),
    ):
        host = "https://" + shipped[name].url.split("/")[2]
        source = replace(shipped[name], url=shipped[name].url.replace(host, site.base), lists=("350",))
        (found,) = check(
            [replace(source, articles=tuple(_here(site, way) for way in source.articles))], _fetch(tmp_path)
        )
        assert found.problem is None
        assert path in found.url
        assert found.characters > 20


def _here(site: Site, way: Way) -> Way:
    return replace(way, url=site.base + "/" + way.url.split("/", 3)[3])


def _fetch(folder: Path) -> object:
    root = lake_root(folder / "fetching")
    root.path.mkdir(exist_ok=True)
    root.configuration.write_text(FETCH)
    return load(root).fetch


def test_own_tables_add_and_override(tmp_path: Path) -> None:
    root = lake_root(tmp_path)
    root.configuration.write_text(
        '[eastmoney]\non = false\n[mine]\nkind = "feed"\nurl = "https://n.example.org/f"\ndelay = 9\n'
    )
    found = load(root)
    assert found.sources["eastmoney"].on is False
    assert found.sources["eastmoney"].rows == "data.list"
    assert found.fetch.paces["n.example.org"].delay == 9
    with pytest.raises(Usage, match="no configuration"):
        load(root, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[a]\nkind = "list"', "missing: url"),
        ('[a]\nkind = "lists"\nurl = "https://n.example.org/"', "kind is 'lists'"),
        ('[a]\nkind = "feed"\nurl = "n.example.org"', "no http"),
        ('[a]\nkind = "feed"\nurl = "https://n.example.org/"\ncolour = 1', "unknown: colour"),
        ('[a]\nkind = "page"\nurl = "https://n.example.org/"', "needs select"),
        ('[a]\nkind = "feed"\nurl = "https://n.example.org/{list}"', "{list}"),
        ('[a]\nkind = "list"\nurl = "https://n.example.org/"\nmore = "n.example.org/{page}"', "no http"),
        ('[a]\nkind = "list"\nurl = "https://n.example.org/"\ntoken = { uri = "x" }', "uri"),
        (
            '[a]\nkind = "list"\nurl = "https://n.example.org/"\narticles = [{ url = "{url}", parts = "n" }]',
            "several parts",
        ),
        ('[a]\nkind = "feed"\nurl = "https://n.example.org/"\nzone = "Nowhere/At"', "Nowhere"),
        ('[a]\nkind = "feed"\nurl = "https://n.example.org/"\nmatch = "("', "source a"),
        ("[fetch]\nspeed = 1", "unknown in .fetch.: speed"),
        ("name = 1", "outside of any table"),
        ("[a", "can't be read"),
    ],
)
def test_a_mistake_in_the_configuration_is_named(text: str, told: str, tmp_path: Path) -> None:
    root = lake_root(tmp_path)
    root.configuration.write_text(text)
    with pytest.raises(Stop, match=told):
        load(root)


def test_a_source_is_added_checked_listed_and_ingested(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = LiveLake(tmp_path, "# keep this line")
    where = ["--lake", str(lake.root.path)]
    assert main(["sources", "add", "feed", f"{site.base}/feed.rss", *where]) == 0
    assert main(["sources", "add", "map", f"{site.base}/sitemap.xml", *where]) == 0
    assert (
        main(
            [
                "sources",
                "add",
                "pages",
                f"{site.base}/list/",
                "--select",
                "ul.news a",
                "--next",
                "a.next",
                *where,
            ]
        )
        == 0
    )
    assert 'next = "a.next"' in lake.root.configuration.read_text()
    assert main(["sources", "add", "chinanews", "--off", *where]) == 0
    assert "# keep this line" in lake.root.configuration.read_text()
    for words, told in (
        (["feed", f"{site.base}/feed.rss"], "already"),
        (["other", f"{site.base}/api/roll/get"], "JSON"),
        (["other", f"{site.base}/list/"], "--select"),
        (["Bad Name", f"{site.base}/feed.rss"], "lower case"),
        (["nosuch"], "give its address"),
    ):
        assert main(["sources", "add", *words, *where]) == 2
        assert told in capsys.readouterr().err
    assert main(["sources", "add", "gone", f"{site.base}/gone.xml", *where]) == 1
    assert main(["sources", "check", "feed", "map", "pages", *where]) == 0
    assert "3 of 3 lists work" in capsys.readouterr().err
    assert main(["ingest", "feed", "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out)["new"] == 25
    assert main(["sources", "list", "--json", *where]) == 0
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)["sources"]}
    assert (listed["feed"]["on"], listed["chinanews"]["on"]) == (True, False)
    assert listed["feed"]["newest"].startswith("2026-09-01")


def test_check_says_what_is_wrong(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = LiveLake(tmp_path, column_source(site).replace("data.list", "data.rows"), fast_source(site))
    assert main(["sources", "check", "columns", "fast", "--json", "--lake", str(lake.root.path)]) == 1
    found = {each["source"]: each for each in json.loads(capsys.readouterr().out)["lists"]}
    assert "no rows at 'data.rows'" in found["columns"]["problem"]
    assert found["fast"]["problem"] is None
    assert main(["sources", "check", "nosuch", "--lake", str(lake.root.path)]) == 2


def test_help_of_the_source_commands_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("list", "check", "add"):
        assert main(["sources", name, "--help"]) == 0
        assert f"newslake sources {name}" in capsys.readouterr().out.partition("Examples:")[2]
