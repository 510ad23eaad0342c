"""RSS 0.9 to 2.0, RDF and Atom, as they are found: not always well formed, with any namespace.

Elements are known by their local names (RSS Advisory Board's specification 2.0, RFC 4287 for Atom, RFC 5005 for
the link to older entries); entities are not resolved and nothing is loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lxml import etree

from lake.errors import Reject
from lake.sources.configuration import Source
from lake.sources.entries import Entry, Listing, Place, Way, address, moment

__all__ = ["local", "parse", "tree"]

_PUBLISHED = ("pubdate", "published", "issued", "date", "updated", "modified")
_MODIFIED = ("updated", "modified")


def parse(body: bytes, source: Source, place: Place) -> Listing:
    """Read a feed. Raises Reject, stage ``discover``, reason ``not_a_feed``."""
    root = tree(body)
    if root is None or local(root) not in ("rss", "rdf", "feed"):
        found = "no XML" if root is None else f"<{local(root)}>"
        raise Reject("discover", "not_a_feed", f"the answer is {found}: {body[:200]!r}")
    items = [each for each in root.iter() if local(each) in ("item", "entry")]
    entries = (_entry(each, source, place.url) for each in items)
    older = next((link for link in _links(root, "next", place.url)), None)
    return Listing(
        tuple(filter(None, entries)),
        Place(older, place.number + 1) if older and older != place.url else None,
    )


def tree(body: bytes) -> etree._Element | None:
    """The root of an XML document, mended where it is broken; None where there is no element at all."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def local(element: etree._Element) -> str:
    """An element's name without its namespace, lower case; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _entry(item: etree._Element, source: Source, base: str) -> Entry | None:
    base = item.base or base
    link = next(_links(item, "alternate", base), None) or _plain_link(item, base)
    if link is None or not source.matches(link):
        return None
    published, modified = (_time(item, names, source.zone) for names in (_PUBLISHED, _MODIFIED))
    return Entry((Way(link, source.has),), published, modified)


def _links(element: etree._Element, relation: str, base: str) -> Iterator[str]:
    """Addresses of the element's own Atom links; without ``rel`` a link is ``alternate`` (RFC 4287, 4.2.7.2)."""
    channel = next((each for each in element if local(each) == "channel"), element)
    for each in (*element, *(channel if channel is not element else ())):
        href = each.get("href")
        if local(each) == "link" and href and each.get("rel", "alternate") == relation:
            url = address(href, each.base or base)
            if url:
                yield url


def _plain_link(item: etree._Element, base: str) -> str | None:
    """RSS: ``link``, else a ``guid`` that is an address, else RDF's ``about``."""
    texts = [each.text for name in ("link", "guid") for each in item if local(each) == name and each.text]
    texts += [str(value) for name, value in item.attrib.items() if str(name).endswith("}about")]
    for number, text in enumerate(texts):
        if number == 0 or str(text).strip().startswith(("http://", "https://")):
            url = address(str(text), base)
            if url:
                return url
    return None


def _time(item: etree._Element, names: tuple[str, ...], zone: dt.tzinfo) -> dt.datetime | None:
    found = {local(each): each.text for each in item if each.text}
    return next((time for name in names if (time := moment(found.get(name), zone))), None)
