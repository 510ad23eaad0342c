"""What was read from one page and by which rule, and profile and generic extractor side by side."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, NamedTuple

from lake.errors import Reject
from lake.extraction.decode import decode
from lake.extraction.page import extract_page
from lake.model import Article

__all__ = ["Compared", "Explained", "compare", "explain"]

_FOLLOWS = {
    **dict.fromkeys(
        ("mentions", "charts", "images", "glossary", "links", "language", "body_markdown"), "body_text"
    ),
    "date_origin": "published_at",
    "site": "article_id",
}
"""Fields that are read with another one, and so by its rule."""
_STEERING = ("rules", "as_of", "vintage", "digest_only", "channel", "part", "first_seen_at")


class Explained(NamedTuple):
    """One field of an article: its value as text and the rule that gave it (empty where none is told)."""

    field: str
    value: str
    rule: str


class Compared(NamedTuple):
    """One field read by the site's profile and by the generic extractor alone, both as text."""

    field: str
    profile: str
    generic: str

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.profile == self.generic


def explain(article: Article) -> list[Explained]:
    """Every stored field of an article with the rule that gave it, in the order of the article's fields.

    Values are text: lists have one element a line, times are ISO 8601 with their offset, empty is ``""``.
    """
    lines = []
    for name in (one.name for one in dataclasses.fields(article)):
        if name not in _STEERING:
            value = _text(getattr(article, name))
            rule = article.rules.get(name) or article.rules.get(_FOLLOWS.get(name, ""), "")
            lines.append(Explained(name, value, rule if value else ""))
    return lines


def compare(
    body: bytes | str,
    *,
    url: str | None = None,
    content_type: str | None = None,
    captured_at: dt.datetime | None = None,
    name: str | None = None,
) -> list[Compared]:
    """Read a full HTML page twice, with the site's profile and without, and set the fields side by side.

    Where one of the two finds no article, its side is empty and the first line, ``reject``, says why. For
    pages of sites without a profile both sides are the generic extractor's. ``captured_at`` is now if None.

    Raises:
        Reject: stage ``decode``, when the bytes are no text.
    """
    text = body if isinstance(body, str) else decode(body, content_type)[0]
    when = captured_at or dt.datetime.now(dt.UTC)
    sides: list[dict[str, str]] = []
    for use_profile in (True, False):
        try:
            article = extract_page(text, url=url, captured_at=when, name=name, use_profile=use_profile)
            sides.append({"reject": ""} | {line.field: line.value for line in explain(article)})
        except Reject as reject:
            sides.append({"reject": f"{reject.reason}: {reject.detail}"})
    fields = [name for name in (sides[0] | sides[1]) if name != "reject" or sides[0][name] or sides[1][name]]
    return [Compared(name, sides[0].get(name, ""), sides[1].get(name, "")) for name in fields]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(_text(one) for one in value)
    if dataclasses.is_dataclass(value):
        parts = ((one.name, getattr(value, one.name)) for one in dataclasses.fields(value))
        return ", ".join(f"{name}={part}" for name, part in parts if part is not None)
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
