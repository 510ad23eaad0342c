"""Other ways to announce the same articles: feeds, sitemaps, list pages, and two more JSON lists."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Mapping
from email.utils import format_datetime
from html import escape

from tests.site.newsroom import SHANGHAI, Newsroom, Piece
from tests.site.server import Reply

__all__ = [
    "atom",
    "list_page",
    "newest_script",
    "news_sitemap",
    "rdf",
    "roll",
    "rss",
    "sitemap",
    "sitemap_index",
]

_FEED = 30  # entries of a feed, as many sites have it
_LIST = 20  # links of a list page
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def rss(news: Newsroom, base: str) -> Reply:
    """``/feed.rss``: RSS 2.0."""
    entries = "".join(
        f"<item><title>{escape(piece.title)}</title><link>{base}/a/{piece.code}.html</link>"
        f'<guid isPermaLink="false">{piece.code}</guid><pubDate>{format_datetime(piece.shown_at)}</pubDate>'
        f"<description>{escape(piece.digest)}</description></item>"
        for piece in _pages(news)[:_FEED]
    )
    text = f'{_XML}<rss version="2.0"><channel><title>示例新闻</title><link>{base}/</link>{entries}</channel></rss>'
    return Reply(text.encode(), kind="application/rss+xml")


def rdf(news: Newsroom, base: str) -> Reply:
    """RSS 1.0."""
    entries = "".join(
        f'<item rdf:about="{base}/a/{piece.code}.html"><title>{escape(piece.title)}</title>'
        f"<link>{base}/a/{piece.code}.html</link><dc:date>{piece.shown_at.isoformat()}</dc:date></item>"
        for piece in _pages(news)[:_FEED]
    )
    spaces = (
        'xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    text = f'{_XML}<rdf:RDF {spaces}><channel rdf:about="{base}/"/>{entries}</rdf:RDF>'
    return Reply(text.encode(), kind="application/rdf+xml")


def atom(news: Newsroom, base: str) -> Reply:
    """``/feed.atom``: Atom 1.0."""
    entries = "".join(
        f'<entry><title>{escape(piece.title)}</title><link rel="alternate" href="/a/{piece.code}.html"/>'
        f"<id>urn:piece:{piece.code}</id><published>{piece.published_at.isoformat()}</published>"
        f"<updated>{piece.modified_at.isoformat()}</updated><summary>{escape(piece.digest)}</summary></entry>"
        for piece in _pages(news)[:_FEED]
    )
    head = f"<id>{base}/</id><title>示例新闻</title><updated>{news.now.isoformat()}</updated>"
    text = f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}/">{head}{entries}</feed>'
    return Reply(text.encode(), kind="application/atom+xml")


def sitemap_index(news: Newsroom, base: str) -> Reply:
    """``/sitemap.xml``: one packed sitemap a day."""
    days = {f"{piece.published_at:%Y%m%d}": piece.modified_at for piece in reversed(_pages(news))}
    parts = "".join(
        f"<sitemap><loc>{base}/sitemap-{day}.xml.gz</loc><lastmod>{at.isoformat()}</lastmod></sitemap>"
        for day, at in sorted(days.items())
    )
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>')


def sitemap(news: Newsroom, base: str, day: str) -> Reply:
    """``/sitemap-<yyyymmdd>.xml.gz``: gzip as a file, not as a content coding."""
    parts = "".join(
        f"<url><loc>{base}/a/{piece.code}.html</loc><lastmod>{piece.modified_at.isoformat()}</lastmod></url>"
        for piece in _pages(news)
        if f"{piece.published_at:%Y%m%d}" == day
    )
    text = f'{_XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</urlset>'
    return Reply(gzip.compress(text.encode(), mtime=0), kind="application/x-gzip", packable=False)


def news_sitemap(news: Newsroom, base: str) -> Reply:
    """``/news-sitemap.xml``: the last two days with Google's news tags."""
    since = news.now - dt.timedelta(days=2)
    parts = "".join(
        f"<url><loc>{base}/a/{piece.code}.html</loc><news:news><news:publication><news:name>示例</news:name>"
        f"<news:language>zh-cn</news:language></news:publication><news:publication_date>"
        f"{piece.published_at.isoformat()}</news:publication_date><news:title>{escape(piece.title)}</news:title>"
        f"</news:news></url>"
        for piece in _pages(news)
        if piece.published_at >= since
    )
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return _xml(f"<urlset {spaces}>{parts}</urlset>")


def list_page(news: Newsroom, number: int) -> Reply:
    """``/list/`` and ``/list/index_<n>.html``: links by twenty, and a link to the next page."""
    pieces = _pages(news)
    shown = pieces[(number - 1) * _LIST : number * _LIST]
    rows = "".join(
        f'<li><a href="/a/{piece.code}.html">{escape(piece.title)}</a>'
        f'<span class="time">{piece.shown_at:%Y-%m-%d %H:%M}</span></li>'
        for piece in shown
    )
    after = (
        f'<a class="next" href="/list/index_{number + 1}.html">下一页</a>' if pieces[number * _LIST :] else ""
    )
    text = f'<html><body><ul class="news">{rows}</ul><div class="side"><a href="/about.html">关于</a></div>{after}'
    return Reply(f"{text}</body></html>".encode())


def roll(news: Newsroom, base: str, query: Mapping[str, str]) -> Reply:
    """``/api/roll/get``: Sina's rolling list; with ``callback`` in its odd wrapper."""
    number, size = int(query.get("page", "1")), min(50, int(query.get("num", "50")))
    pieces = _pages(news)
    rows = [
        {
            "docid": f"comos:{piece.code}",
            "oid": piece.code,
            "url": f"{base}/a/{piece.code}.html",
            "wapurl": "",
            "title": piece.title,
            "intro": piece.digest,
            "media_name": piece.media,
            "keywords": "",
            "ctime": str(int(piece.published_at.timestamp())),
            "mtime": str(int(piece.modified_at.timestamp())),
            "images": [],
            "lids": "2516",
        }
        for piece in pieces[(number - 1) * size : number * size]
    ]
    text = json.dumps({"result": {"status": {"code": 0, "msg": "succ"}, "total": len(pieces), "data": rows}})
    if callback := query.get("callback"):
        text = f"try{{{callback}({text});}}catch(e){{}};"
    return Reply(text.encode(), kind="application/javascript")


def newest_script(news: Newsroom) -> Reply:
    """``/flash_newest.js``: Jin10's newest flashes as a script."""
    rows = [
        {
            "id": piece.code,
            "time": f"{piece.shown_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            "type": 0,
            "important": 0,
            "channel": [1],
            "data": {
                "title": "",
                "content": f"<b>{piece.title}</b>{piece.text}",
                "source": "",
                "lock": False,
            },
        }
        for piece in news.visible(fast=True)[:20]
    ]
    return Reply(
        f"var newest = {json.dumps(rows, ensure_ascii=False)};".encode(), kind="application/javascript"
    )


def _pages(news: Newsroom) -> list[Piece]:
    return news.visible(fast=False)


def _xml(text: str) -> Reply:
    return Reply((_XML + text).encode(), kind="application/xml")
