"""Copies of one article become one article: the best of each, whatever their order.

The result is a pure function of the set of copies, so neither the order of arrival nor the size of a
batch can change it. Rules (the seed archive's twins, stubs and moved posts led to them):

1. Of each origin only its latest capture counts: a page fetched again replaces itself.
2. Copies are ranked: the site's own post or record (``plain``), then the full page, then the medium's
   copy; within a channel the later content (``as_of``), then the later format (``vintage``).
3. The body and all that is read from it (mentions, charts, images, glossary, links) come from one copy:
   one that has more than a digest, carries the site's markup and is the most recent.
4. Later pages of the article (``part``) follow the page that gave the body, in their order, as far as none is
   missing; a page that repeats what stands there already (the article above its second page of comments) adds nothing.
5. The date comes from the best evidence: front matter, page, URL, id, capture time.
6. Every other field comes from the first copy in rank that has it; tags are the union in that order.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lake.extraction.markdown import paragraphs
from lake.joining import joined
from lake.model import Article

__all__ = ["Copy", "Merged", "content_hash", "merge"]

_CHANNELS = {"plain": 2, "page": 1, "media": 0}
_DATE_ORIGINS = {"front_matter": 4, "page": 3, "url": 2, "id": 1, "capture": 0}
_BODY_FIELDS = ("body_text", "body_markdown", "mentions", "charts", "images", "glossary", "links")
_DATE_FIELDS = ("published_at", "date_origin")
_FIRST_FIELDS = ("url", "title", "digest", "media", "authors", "editor", "category", "language")


@dataclass(frozen=True, slots=True)
class Copy:
    """One capture's reading of an article. ``captured_at`` is aware."""

    article: Article
    capture_id: str
    origin: str
    source: str | None
    captured_at: dt.datetime

    @property
    def seen_at(self) -> dt.datetime:
        """When the article was first seen, as far as this copy tells."""
        return min(self.captured_at, self.article.first_seen_at or self.captured_at)


@dataclass(frozen=True, slots=True)
class Merged:
    """The article that a set of copies makes.

    ``lead`` gave the body; ``copies`` are those that count, best first; ``provenance`` pairs each field
    with the capture that gave it (empty where there is one copy).
    """

    article: Article
    lead: Copy
    copies: tuple[Copy, ...]
    provenance: tuple[tuple[str, str], ...]
    content_hash: str


def merge(copies: Sequence[Copy]) -> Merged:
    """Merge the copies of one article; all must have the same ``article_id``. Raises ValueError if not."""
    if len({copy.article.article_id for copy in copies}) != 1:
        raise ValueError("merge takes the copies of one article")
    ranked = tuple(sorted(_latest_per_origin(copies), key=_rank, reverse=True))
    lead = max(ranked, key=_body_rank)
    if len(ranked) == 1:
        return Merged(lead.article, lead, ranked, (), content_hash(lead.article))
    chosen = _choose(ranked, lead)
    values = {name: getattr(copy.article, name) for name, copy in chosen.items()}
    values["tags"] = _union([copy.article.tags for copy in ranked])
    if lead.article.digest_only and values.get("digest"):
        values |= {"body_text": values["digest"], "body_markdown": paragraphs(values["digest"])}
    article = joined(replace(lead.article, **values), [copy.article for copy in ranked])
    provenance = tuple(sorted((name, copy.capture_id) for name, copy in chosen.items()))
    return Merged(article, lead, ranked, provenance, content_hash(article))


def content_hash(article: Article) -> str:
    """The sha256 (hex) of what an article says; where and when it was captured does not enter."""
    content = [
        article.url,
        article.title,
        article.digest,
        article.body_markdown,
        article.body_text,
        article.media,
        article.authors,
        article.editor,
        article.category,
        article.tags,
        article.language,
        article.published_at.astimezone(dt.UTC).isoformat(),
        article.published_date.isoformat(),
        article.date_origin,
        [_values(item) for name in _BODY_FIELDS[2:] for item in getattr(article, name)],
    ]
    encoded = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return hashlib.sha256(encoded).hexdigest()


def _values(item: Any) -> list[Any]:
    return [type(item).__name__, *(getattr(item, name) for name in item.__slots__)]


def _latest_per_origin(copies: Sequence[Copy]) -> list[Copy]:
    latest: dict[str, Copy] = {}
    for copy in copies:
        held = latest.get(copy.origin)
        if held is None or (copy.captured_at, copy.capture_id) > (held.captured_at, held.capture_id):
            latest[copy.origin] = copy
    return list(latest.values())


def _current_as_of(article: Article) -> dt.datetime:
    return article.as_of or article.published_at


def _rank(copy: Copy) -> tuple[Any, ...]:
    article = copy.article
    return (
        -article.part,
        _CHANNELS[article.channel],
        _current_as_of(article),
        article.vintage,
        len(article.body_text),
        content_hash(article),
        copy.origin,
    )


def _body_rank(copy: Copy) -> tuple[Any, ...]:
    article = copy.article
    return (
        -article.part,
        bool(article.body_text) and not article.digest_only,
        article.channel != "media",
        _current_as_of(article),
        *_rank(copy),
    )


def _date_rank(copy: Copy) -> int:
    return _DATE_ORIGINS[copy.article.date_origin]


def _choose(ranked: Sequence[Copy], lead: Copy) -> dict[str, Copy]:
    """Which copy gives which field; ``ranked`` is best first, and max() keeps the first of equals."""
    chosen = dict.fromkeys(_BODY_FIELDS, lead)
    chosen |= dict.fromkeys(_DATE_FIELDS, max(ranked, key=_date_rank))
    for name in _FIRST_FIELDS:
        giver = next((copy for copy in ranked if getattr(copy.article, name)), None)
        if giver is not None:
            chosen[name] = giver
    return chosen


def _union(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tags in lists for tag in tags))
