"""What a page's head says of its article: JSON-LD, OpenGraph, microdata and meta elements.

Sources: schema.org, the Open Graph protocol (ogp.me), Dublin Core and citation tags as scholarly indexes
document them, and the names of meta elements that saved news pages of 2003-2026 carry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lake.extraction.json_ld import article_of, names_of, text_of

__all__ = ["Metadata", "metadata"]

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date_published",
    "publishdate", "publish-date", "publish_date", "pubdate", "publication_date", "publicationdate", "published-date",
    "published-time", "publisheddate", "apub:time", "weibo:article:create_at", "og:time", "og:release_date",
    "og:publish_date", "sailthru.date", "parsely-pub-date", "dc.date.issued", "dc.date", "dcterms.created", "dcterms.date",
    "citation_publication_date", "citation_online_date", "citation_date", "maketime", "createtime", "date",
)  # fmt: skip
"""Names of meta elements that give the time of publication, the most reliable first; white space removed."""

_MODIFIED = (
    "article:modified_time", "og:updated_time", "dateupdate", "datemodified", "last-updated", "lastmod",
    "dc.date.modified", "dcterms.modified", "last-modified",
)  # fmt: skip
"""Names of meta elements that give the time of the last change."""

_TITLES = ("og:title", "twitter:title", "dc.title", "citation_title", "articletitle")
_DIGESTS = ("description", "og:description", "twitter:description", "dc.description")
_AUTHORS = (
    "author",
    "article:author",
    "citation_author",
    "dc.creator",
    "byl",
    "sailthru.author",
    "parsely-author",
)
_KEYWORDS = re.compile(r"[,，;；、|]+")
_MANY_TAGS = 20
_PARTS = 'title, meta[content], link[rel="canonical" i], script[type*="ld+json" i]'


@dataclass(frozen=True, slots=True)
class Metadata:
    """The head's statements, as text; ``published``, ``modified`` and ``titles`` hold (value, rule), the best first."""

    page_title: str | None = None
    titles: tuple[tuple[str, str], ...] = ()
    published: tuple[tuple[str, str], ...] = ()
    modified: tuple[tuple[str, str], ...] = ()
    digest: str | None = None
    authors: tuple[str, ...] = ()
    author_rule: str = ""
    tags: tuple[str, ...] = ()
    section: str | None = None
    site_name: str | None = None
    publisher: str | None = None
    canonical: str | None = None
    og_url: str | None = None
    kind: str | None = None
    language: str | None = None
    body: str | None = None


def metadata(tree: LexborHTMLParser) -> Metadata:
    """Read the head of a parsed page (and meta elements that stand in the body by mistake)."""
    parts: dict[str, list[LexborNode]] = {"title": [], "meta": [], "link": [], "script": []}
    for node in tree.css(_PARTS):  # one search of the page for all of them
        parts[node.tag or ""].append(node)
    metas = _metas(parts["meta"])
    scripts = [node.text() for node in parts["script"]]
    article = article_of(scripts) if scripts else {}
    title = next(iter(parts["title"]), None)
    html = tree.root
    link = next(iter(parts["link"]), None)
    publisher = article.get("publisher")
    authors, author_rule = _authors(article, metas)
    return Metadata(
        page_title=text_of(title.text()) if title is not None else None,
        titles=_titles(article, metas),
        published=_times(article, metas, "datePublished", _PUBLISHED),
        modified=_times(article, metas, "dateModified", _MODIFIED),
        digest=next((metas[name] for name in _DIGESTS if metas.get(name)), None)
        or text_of(article.get("description")),
        authors=authors,
        author_rule=author_rule,
        tags=_tags(metas),
        section=metas.get("article:section"),
        site_name=metas.get("og:site_name"),
        publisher=next(iter(names_of(publisher)), None) if publisher else None,
        canonical=link.attributes.get("href") if link is not None else None,
        og_url=metas.get("og:url"),
        kind=metas.get("og:type") or ("article" if article.get("headline") else None),
        language=(html.attributes.get("lang") or html.attributes.get("xml:lang"))
        if html is not None
        else None,
        body=text_of_body(article.get("articleBody")),
    )


def text_of_body(value: Any) -> str | None:
    """An ``articleBody``, with its line ends kept."""
    return value.strip() or None if isinstance(value, str) else None


def _metas(nodes: Sequence[LexborNode]) -> dict[str, str]:
    """Content by name, property or itemprop, in lower case without white space; the first one counts."""
    found: dict[str, str] = {}
    for node in nodes:
        attributes = node.attributes
        key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if not key:
            continue
        name = "".join(key.lower().split())
        content = text_of(attributes.get("content"))
        if content and name not in found:
            found[name] = content
    return found


def _titles(article: Mapping[str, Any], metas: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found = [(text_of(article.get("headline")), "json-ld headline")]
    found += [(metas.get(name), f"meta {name}") for name in _TITLES]
    return tuple((value, rule) for value, rule in found if value)


def _times(
    article: Mapping[str, Any], metas: Mapping[str, str], field: str, names: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    found = [(text_of(article.get(field)), f"json-ld {field}")]
    found += [(metas.get(name), f"meta {name}") for name in names]
    return tuple((value, rule) for value, rule in found if value)


def _authors(article: Mapping[str, Any], metas: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    names = names_of(article.get("author"))
    if names:
        return tuple(names), "json-ld author"
    for name in _AUTHORS:
        value = metas.get(name)
        if value and not value.startswith(("http:", "https:", "@", "#")) and len(value) <= 120:
            return tuple(
                part.strip() for part in re.split(r"[,;、，；]| and |^[Bb]y ", value) if part.strip()
            ), f"meta {name}"
    return (), ""


def _tags(metas: Mapping[str, str]) -> tuple[str, ...]:
    """Keywords; a single long run without separators is a sentence, a long list is search-engine filler."""
    value = metas.get("news_keywords") or metas.get("keywords") or ""
    parts = _KEYWORDS.split(value)
    if len(parts) == 1 and " " in value:
        parts = value.split() if any(ord(c) > 0x2FFF for c in value) else parts
    tags = dict.fromkeys(part.strip() for part in parts)
    kept = [tag for tag in tags if 0 < len(tag) <= 40]
    return tuple(kept) if len(kept) <= _MANY_TAGS else ()
