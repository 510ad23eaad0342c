"""List pages in HTML, and plain lists of addresses: the kinds ``page`` and ``urls``."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from lake.errors import Reject
from lake.extraction.parsing import parse as html
from lake.sources.configuration import Source
from lake.sources.entries import Entry, Listing, Place, Way, address

__all__ = ["parse", "parse_urls"]


def parse(text: str, source: Source, place: Place) -> Listing:
    """Read a list page: the links that ``select`` finds, each once, and the page that ``next`` leads to.

    Raises:
        Reject: stage ``discover``; ``no_links``: the page has changed, or is none of the list; ``bad_selector``.
    """
    tree = html(text)
    links = _found(tree, source.select, place.url)
    urls = dict.fromkeys(url for url in links if source.matches(url))
    if not urls:
        raise Reject("discover", "no_links", f"no link matches {source.select!r}; the page may have changed")
    older = next(iter(_found(tree, source.next, place.url)), None) if source.next else None
    return Listing(
        tuple(Entry((Way(url, source.has),)) for url in urls),
        Place(older, place.number + 1) if older and older != place.url else None,
    )


def _found(tree: LexborHTMLParser, selector: str, base: str) -> list[str]:
    try:
        nodes = tree.css(selector)
    except (SelectolaxError, ValueError) as error:
        raise Reject("discover", "bad_selector", f"{selector!r} is no CSS selector: {error}") from error
    links = [node if node.tag == "a" else node.css_first("a[href]") for node in nodes]
    hrefs = [link.attributes.get("href") for link in links if link is not None]
    return [url for href in hrefs if href and (url := address(href, base))]


def parse_urls(text: str, source: Source, place: Place) -> Listing:
    """Read a list of addresses: one a line; empty lines and those that begin with ``#`` are passed over."""
    lines = (line.strip() for line in text.splitlines())
    urls = (address(line, place.url) for line in lines if line and not line.startswith("#"))
    found = dict.fromkeys(url for url in urls if url and source.matches(url))
    if not found:
        raise Reject("discover", "no_links", f"no address in it: {text[:200]!r}")
    return Listing(tuple(Entry((Way(url, source.has),)) for url in found))
