"""The values that travel through the lake: Item -> capture -> Article | RejectRecord.

All are immutable and hold no I/O. Times are aware datetimes. ``lake.schema`` says how they are stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "ROW_TYPE",
    "Article",
    "Channel",
    "Chart",
    "DateOrigin",
    "GlossaryTerm",
    "Image",
    "Item",
    "Link",
    "MarkedBy",
    "Mention",
    "MentionKind",
    "Origin",
    "RejectRecord",
]

DateOrigin = Literal["front_matter", "page", "url", "id", "capture"]
MentionKind = Literal["security", "board", "index", "fund", "other"]
MarkedBy = Literal["markup", "chart", "ticker", "name"]
Channel = Literal["plain", "media", "page"]
"""Through which channel a copy came: ``plain`` (the site's own post or API record, with digest and
markup), ``page`` (the full web page), ``media`` (the medium's copy, EastMoney's ``NW`` ids)."""

ROW_TYPE = "application/vnd.newslake.article+json"
"""The content type of a row of an export as a capture. It counts only for what was read from a file."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bytes came from: a file, a member of an archive, or a URL.

    ``path`` is absolute; ``member`` is the archive member's name; ``url`` is the address asked for.
    """

    path: str | None = None
    member: str | None = None
    url: str | None = None

    @property
    def text(self) -> str:
        """One string that identifies the origin: ``URL``, ``path`` or ``path!member``."""
        if self.url is not None:
            return self.url
        return f"{self.path}!{self.member}" if self.member is not None else str(self.path)

    @property
    def name(self) -> str:
        """The last part of the path, member or URL: a post's file name holds its date and id."""
        return self.text.rstrip("/").rsplit("/", 1)[-1].rsplit("!", 1)[-1]


@dataclass(frozen=True, slots=True)
class Item:
    """Bytes as a source gave them, before they are stored as a capture.

    ``content_type`` is the declared one (HTTP header), if any. ``fetched_at`` is the time of the HTTP
    response; None for files, whose capture time is the time of reading. ``source`` is the name of the
    configured source that brought it; None where the run's own name counts.
    """

    origin: Origin
    body: bytes
    content_type: str | None = None
    fetched_at: dt.datetime | None = None
    http_status: int | None = None
    http_headers: tuple[tuple[str, str], ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class RejectRecord:
    """An input that gave no article (see ``lake.errors.Reject`` for stage, reason, detail; Item for source)."""

    origin: Origin
    stage: str
    reason: str
    detail: str
    capture_id: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A security, board, index or fund in the text: EastMoney's (market, code) pair and standard names."""

    kind: MentionKind
    market: int | None
    code: str
    symbol: str | None
    mic: str | None
    name: str | None
    count: int
    first_offset: int | None
    marked_by: MarkedBy


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart block: ``kind`` is ``K`` (daily line) or ``R`` (intraday), the pair is its subject."""

    kind: str | None
    market: int | None
    code: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Image:
    """A content image; sizes in pixels as the page declares them."""

    url: str
    original_url: str | None = None
    caption: str | None = None
    alt: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term that the page links to its glossary (EastMoney's ``infokey``)."""

    term_id: str
    term: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the text that is neither a mention nor a glossary term; the URL is absolute."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """What one capture says of one article, or several captures merged.

    ``published_at`` is aware and carries the site's zone, so that ``published_date`` is its own date.
    ``body_text`` parts paragraphs by a blank line; offsets in ``mentions`` count its characters.
    The last group steers merging and is not stored: ``as_of`` is the time this content was current as
    far as the content or the HTTP response tells (None: unknown), ``vintage`` orders the formats of one
    channel (later format, higher number), ``digest_only`` says that ``body_text`` repeats the digest,
    ``part`` is the number in a later page's address (``…_2.html``; 0: the first or only page),
    ``rules`` names the rule that gave each field. ``first_seen_at`` is told only by a row of an export.
    """

    article_id: str
    site: str
    published_at: dt.datetime
    date_origin: DateOrigin
    extractor: str
    url: str | None = None
    title: str | None = None
    digest: str | None = None
    body_text: str = ""
    body_markdown: str = ""
    media: str | None = None
    authors: tuple[str, ...] = ()
    editor: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    mentions: tuple[Mention, ...] = ()
    charts: tuple[Chart, ...] = ()
    images: tuple[Image, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
    links: tuple[Link, ...] = ()
    channel: Channel = "page"
    as_of: dt.datetime | None = None
    vintage: int = 0
    digest_only: bool = False
    part: int = 0
    first_seen_at: dt.datetime | None = None
    rules: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def published_date(self) -> dt.date:
        """The publication date in the site's zone."""
        return self.published_at.date()
