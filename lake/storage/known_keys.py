"""What the key index says of a capture, an article, a member of one, an origin."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["KnownArticle", "KnownCapture", "KnownOrigin", "Member"]


@dataclass(frozen=True, slots=True)
class KnownCapture:
    """A capture in the lake; ``outcome`` and ``extractor`` of its latest structuring, None before that.

    ``file`` holds its row and ``body_file`` its bytes, both relative to the table's folder. ``captured_at`` is the
    time that its row has, whenever else the same bytes came.
    """

    sha256: str
    file: str
    body_file: str | None
    outcome: str | None
    article_id: str | None
    extractor: str | None
    captured_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article's current revision."""

    revision: int
    content_hash: str
    first_seen_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A capture of an article; ``origin`` is a hash of its origin's text (see keys.origin_key)."""

    article_id: str
    capture_id: str
    origin: bytes
    captured_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KnownOrigin:
    """The newest capture of an origin; ``outcome`` is None if it was not structured yet."""

    capture_id: str
    sha256: str
    captured_at: dt.datetime
    outcome: str | None
