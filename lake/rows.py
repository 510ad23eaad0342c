"""Articles to Arrow rows and back: the one place where values meet columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

from lake.merge import Copy, Merged, content_hash
from lake.model import Article, Chart, GlossaryTerm, Image, Link, Mention

__all__ = ["merged_row", "staged_copy", "staged_row"]

_NESTED = {"mentions": Mention, "charts": Chart, "images": Image, "glossary": GlossaryTerm, "links": Link}
_LISTS = ("authors", "tags")
_STEERING = ("channel", "as_of", "vintage", "digest_only", "part")
_PLAIN = tuple(
    f.name for f in fields(Article) if f.name not in {*_NESTED, *_LISTS, *_STEERING, "rules", "published_at"}
)


def staged_row(
    article: Article, *, capture_id: str, origin: str, source: str | None, captured_at: dt.datetime
) -> dict[str, Any]:
    """The STAGED row of one extract: the columns of ARTICLES that are known yet, and what merging needs."""
    row = _article_columns(article)
    row |= {
        "capture_id": capture_id,
        "origin": origin,
        "source": source,
        "captured_at": captured_at,
        "capture_ids": [capture_id],
        "content_hash": content_hash(article),
        **{name: getattr(article, name) for name in _STEERING},
        "zone": _zone_name(article.published_at),
    }
    return row


def staged_copy(row: Mapping[str, Any]) -> Copy:
    """The inverse of staged_row."""
    values: dict[str, Any] = {name: row[name] for name in _PLAIN}
    values |= {name: tuple(row[name] or ()) for name in _LISTS}
    values |= {name: tuple(kind(**item) for item in row[name] or ()) for name, kind in _NESTED.items()}
    values |= {name: row[name] for name in _STEERING}
    values["published_at"] = row["published_at"].astimezone(_zone(row["zone"]))
    return Copy(Article(**values), row["capture_id"], row["origin"], row["source"], row["captured_at"])


def merged_row(merged: Merged, *, revision: int, first_seen_at: dt.datetime, run_id: str) -> dict[str, Any]:
    """The ARTICLES row of a merged article."""
    row = _article_columns(merged.article)
    row |= {
        "source": merged.lead.source,
        "captured_at": merged.lead.captured_at,
        "first_seen_at": first_seen_at,
        "revision": revision,
        "content_hash": merged.content_hash,
        "capture_id": merged.lead.capture_id,
        "capture_ids": sorted(copy.capture_id for copy in merged.copies),
        "provenance": [{"field": name, "capture_id": capture} for name, capture in merged.provenance] or None,
        "run_id": run_id,
    }
    return row


def _article_columns(article: Article) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(article, name) for name in _PLAIN}
    row |= {name: list(getattr(article, name)) for name in _LISTS}
    row |= {name: [_members(item) for item in getattr(article, name)] for name in _NESTED}
    row |= {"published_at": article.published_at, "published_date": article.published_date}
    return row


def _members(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def _zone_name(moment: dt.datetime) -> str:
    """An IANA name, or a fixed offset as ``+08:00``."""
    if isinstance(moment.tzinfo, ZoneInfo) and moment.tzinfo.key:
        return moment.tzinfo.key
    offset = moment.utcoffset() or dt.timedelta()
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _zone(name: str) -> dt.tzinfo:
    if name[:1] in "+-":
        offset = dt.datetime.fromisoformat(f"2000-01-01T00:00:00{name}").utcoffset()
        return dt.timezone(offset) if offset is not None else dt.UTC
    return ZoneInfo(name)
