"""Sitemaps, sitemap indexes and news sitemaps (sitemaps.org 0.9, Google's news extension), packed or not."""

from __future__ import annotations

import zlib

from lxml import etree

from lake.errors import Reject
from lake.sources.configuration import Source
from lake.sources.entries import Entry, Listing, Part, Place, Way, address, moment
from lake.sources.feeds import local, tree

__all__ = ["MOST_BYTES", "parse", "unpacked"]

MOST_BYTES = 64 * 1024 * 1024
"""sitemaps.org allows 50 MiB, unpacked."""
_GZIP = b"\x1f\x8b"


def parse(body: bytes, source: Source, place: Place) -> Listing:
    """Read a sitemap or a sitemap index. Raises Reject, stage ``discover``: ``not_a_sitemap``, ``bomb``."""
    text = unpacked(body)
    root = tree(text)
    kind = local(root) if root is not None else ""
    if root is None or kind not in ("urlset", "sitemapindex"):
        raise Reject("discover", "not_a_sitemap", f"the answer is no sitemap: {text[:200]!r}")
    if kind == "sitemapindex":
        parts = (_part(each, source, place.url) for each in root if local(each) == "sitemap")
        return Listing((), None, tuple(filter(None, parts)))
    entries = (_entry(each, source, place.url) for each in root if local(each) == "url")
    return Listing(tuple(filter(None, entries)))


def unpacked(body: bytes) -> bytes:
    """The bytes, unpacked if they are gzip; a file that is cut off gives what is there."""
    if not body.startswith(_GZIP):
        return body
    engine = zlib.decompressobj(31)
    try:
        text = engine.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise Reject("discover", "corrupt", f"damaged gzip: {error}") from error
    if engine.unconsumed_tail:
        raise Reject("discover", "bomb", f"unpacks to more than {MOST_BYTES} bytes")
    return text


def _part(element: etree._Element, source: Source, base: str) -> Part | None:
    values = _values(element)
    url = address(values.get("loc", ""), base)
    return Part(url, moment(values.get("lastmod"), source.zone)) if url else None


def _entry(element: etree._Element, source: Source, base: str) -> Entry | None:
    values = _values(element)
    url = address(values.get("loc", ""), base)
    if url is None or not source.matches(url):
        return None
    modified = moment(values.get("lastmod"), source.zone)
    published = moment(values.get("publication_date"), source.zone)
    return Entry((Way(url, source.has),), published or modified, modified)


def _values(element: etree._Element) -> dict[str, str]:
    """Local name -> text of every element inside; of several the first."""
    found: dict[str, str] = {}
    for each in element.iterdescendants():
        if each.text and each.text.strip():
            found.setdefault(local(each), each.text.strip())
    return found
