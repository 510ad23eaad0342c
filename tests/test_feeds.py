"""Feeds and sitemaps: as the standards say, and as they are found."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.errors import Reject
from lake.sources import feeds, sitemaps, walk
from lake.sources.configuration import Source
from lake.sources.entries import Part, Place
from tests.live_lake import LiveLake
from tests.site import Site

FEED = Source(name="feed", kind="feed", url="https://n.example.org/feed.xml")
MAP = Source(name="map", kind="sitemap", url="https://n.example.org/sitemap.xml")
NINE = dt.datetime(2026, 9, 1, 9, 30, tzinfo=dt.UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<link>https://n.example.org/</link>
<item><title>A & B</title><link> /1.html#x </link><pubDate>Tue, 01 Sep 2026 09:30:00 GMT</pubDate></item>
<item><guid isPermaLink="true">https://n.example.org/2.html</guid><dc:date>2026-09-01T09:30:00Z</dc:date></item>
<item><guid>urn:3</guid></item>"""  # broken: an unescaped &, and no end
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://n.example.org/a/">
<link rel="self" href="/feed.xml"/><link rel="next" href="/feed.xml?p=2"/>
<entry><link rel="enclosure" href="x.mp3"/><link href="1.html"/><published>2026-09-01T09:00:00Z</published>
<updated>2026-09-01T09:30:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://n.example.org/"/>
<item rdf:about="https://n.example.org/1.html"><dc:date>2026-09-01T17:30:00+08:00</dc:date></item></rdf:RDF>"""


def test_rss_even_if_it_is_broken() -> None:
    listing = feeds.parse(RSS.encode(), FEED, Place(FEED.url))
    assert [entry.url for entry in listing.entries] == [
        "https://n.example.org/1.html",
        "https://n.example.org/2.html",
    ]
    assert [entry.at for entry in listing.entries] == [NINE, NINE]
    assert listing.next is None


def test_atom_with_its_change_and_its_next_page() -> None:
    listing = feeds.parse(ATOM.encode(), FEED, Place(FEED.url))
    (entry,) = listing.entries
    assert (entry.url, entry.modified) == ("https://n.example.org/a/1.html", NINE)
    assert entry.at == NINE - dt.timedelta(minutes=30)
    assert listing.next == Place("https://n.example.org/feed.xml?p=2", 2)


def test_rdf() -> None:
    (entry,) = feeds.parse(RDF.encode(), FEED, Place(FEED.url)).entries
    assert (entry.url, entry.at) == ("https://n.example.org/1.html", NINE)


def test_entities_of_a_feed_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://n.example.org/secret")
    text = f"""<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY a "aaaaaaaaaa">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><rss><channel><item><link>&x;</link></item>
    <item><link>https://n.example.org/&b;</link></item></channel></rss>"""
    assert "secret" not in str(feeds.parse(text.encode(), FEED, Place(FEED.url)))


@pytest.mark.parametrize(
    "body", [b"", b"no feed", b"<html><body>busy</body></html>", b"\x00\xff", b'{"a": 1}']
)
def test_what_is_no_feed_or_sitemap_is_said(body: bytes) -> None:
    with pytest.raises(Reject, match="not_a_feed"):
        feeds.parse(body, FEED, Place(FEED.url))
    with pytest.raises(Reject, match="not_a_sitemap"):
        sitemaps.parse(body, MAP, Place(MAP.url))


@given(st.binary())
def test_no_bytes_break_a_feed_or_a_sitemap(body: bytes) -> None:
    for prefix in (b"", b"<rss><item><link>", b"<urlset><url><loc>", b"\x1f\x8b\x08"):
        for parse, source in ((feeds.parse, FEED), (sitemaps.parse, MAP)):
            try:
                parse(prefix + body, source, Place(source.url))
            except Reject as reject:
                assert reject.stage == "discover"


def test_a_news_sitemap_packed_and_plain() -> None:
    text = f"""<urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>
    https://n.example.org/1.html </loc><lastmod>2026-09-01T09:30:00Z</lastmod><news:news>
    <news:publication_date>2026-09-01T09:00:00Z</news:publication_date></news:news></url><url/></urlset>""".encode()
    for body in (text, gzip.compress(text)):
        (entry,) = sitemaps.parse(body, MAP, Place(MAP.url)).entries
        assert (entry.url, entry.modified) == ("https://n.example.org/1.html", NINE)
        assert entry.at == NINE - dt.timedelta(minutes=30)


def test_a_packed_sitemap_that_is_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MOST_BYTES", 1000)
    with pytest.raises(Reject, match="bomb"):
        sitemaps.parse(gzip.compress(b" " * 5000), MAP, Place(MAP.url))


def test_of_an_index_only_what_has_changed_is_read() -> None:
    parts = [Part(f"https://n.example.org/{k}.xml", NINE - dt.timedelta(days=k)) for k in range(4)]
    unknown = Part("https://n.example.org/new.xml")
    chosen = walk.parts_to_read([*parts, unknown], NINE - dt.timedelta(days=1), 60)
    assert chosen == [parts[0], parts[1], unknown]


def test_a_sitemap_index_is_followed_and_a_second_run_reads_the_index_alone(
    site: Site, tmp_path: Path
) -> None:
    lake = LiveLake(tmp_path, f'[map]\nkind = "sitemap"\nurl = "{site.base}/sitemap.xml"\nstart_pages = 9\n')
    site.news.publish(3)
    site.news.advance(days=1)
    site.news.publish(4)
    assert lake.tick("map").new == 7
    asked = len(site.log)
    assert lake.tick("map").changed is False
    assert [request.path for request in site.log[asked:]] == ["/sitemap.xml"]
    site.news.advance(minutes=10)
    site.news.publish(2)
    asked = len(site.log)
    assert lake.tick("map").new == 2
    assert len([request for request in site.log[asked:] if "sitemap-" in request.path]) == 1


def test_a_sitemap_that_fails_is_read_later(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, f'[map]\nkind = "sitemap"\nurl = "{site.base}/sitemap.xml"\nstart_pages = 9\n')
    site.news.publish(3)
    lake.tick("map")
    site.news.advance(days=1)
    site.news.publish(4)
    site.faults.add("500", "sitemap-", times=1)
    assert lake.tick("map").new == 0
    assert lake.tick("map").new == 4
    assert lake.list_state("map", "").gaps == ()


@pytest.mark.parametrize(
    ("kind", "path"), [("feed", "feed.rss"), ("feed", "feed.atom"), ("sitemap", "news-sitemap.xml")]
)
def test_kinds_bring_each_article_once(kind: str, path: str, site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, f'[it]\nkind = "{kind}"\nurl = "{site.base}/{path}"\n')
    site.news.publish(4)
    assert lake.tick("it").new == 4
    assert lake.tick("it").captured == 0
    site.news.advance(minutes=1)
    site.news.publish(2)
    assert lake.tick("it").new == 2
    assert len(site.article_requests()) == 6


def test_a_list_page_is_followed_back_to_known_articles(site: Site, tmp_path: Path) -> None:
    table = f'[it]\nkind = "page"\nurl = "{site.base}/list/"\nselect = "ul.news a"\nnext = "a.next"\n'
    lake = LiveLake(tmp_path, table)
    site.news.publish(5)
    assert lake.tick("it").new == 5
    site.news.advance(hours=1)
    site.news.publish(45)
    assert lake.tick("it").new == 45
    assert lake.list_state("it", "").gaps == ()


def test_two_sources_that_name_the_same_articles_fetch_them_once(site: Site, tmp_path: Path) -> None:
    tables = [f'[{name}]\nkind = "feed"\nurl = "{site.base}/feed.{name}"\n' for name in ("rss", "atom")]
    lake = LiveLake(tmp_path, *tables)
    site.news.publish(4)
    assert lake.tick("rss", "atom").new == 4
    assert len(site.article_requests()) == 4
    assert lake.tick("rss", "atom").changed is False
