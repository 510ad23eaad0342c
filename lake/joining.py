"""Articles over several pages: later pages joined to the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lake.model import Article, Mention

__all__ = ["joined"]

_PARAGRAPH = "\n\n"
_TELLING = 12
"""Characters of a paragraph from which its being there already is no chance: a short sentence has more."""


def joined(lead: Article, copies: Sequence[Article]) -> Article:
    """``lead`` with the later pages among ``copies`` (best first), as far as none between is missing.

    Only a full page goes on in others: a post or a record is the whole article.
    """
    if lead.channel != "page":
        return lead
    for part in _following(lead, copies):
        if not _repeats(lead, part):
            lead = _appended(lead, part)
    return lead


def _following(lead: Article, copies: Sequence[Article]) -> Iterator[Article]:
    """The later pages without a gap. Sites number the second page 1 or 2."""
    parts = {copy.part: copy for copy in reversed(copies) if copy.part > lead.part and copy.channel == "page"}
    number = min(parts, default=0)
    if number > max(lead.part + 1, 2):
        return
    while number in parts:
        yield parts[number]
        number += 1


def _repeats(lead: Article, part: Article) -> bool:
    """Whether the first paragraph of a later page that tells anything stands in the text already."""
    if not part.body_text:  # pictures alone
        return part.body_markdown in lead.body_markdown
    paragraphs = part.body_text.split(_PARAGRAPH)
    first = next((text for text in paragraphs if len(text) >= _TELLING), paragraphs[0])
    return first in lead.body_text


def _appended(lead: Article, part: Article) -> Article:
    offset = len(lead.body_text) + len(_PARAGRAPH) if lead.body_text else 0
    return replace(
        lead,
        body_text=_PARAGRAPH.join(filter(None, (lead.body_text, part.body_text))),
        body_markdown=_PARAGRAPH.join(filter(None, (lead.body_markdown, part.body_markdown))),
        mentions=_mentions(lead.mentions, part.mentions, offset),
        charts=tuple(dict.fromkeys((*lead.charts, *part.charts))),
        images=tuple(dict.fromkeys((*lead.images, *part.images))),
        glossary=tuple(dict.fromkeys((*lead.glossary, *part.glossary))),
        links=tuple(dict.fromkeys((*lead.links, *part.links))),
    )


def _mentions(held: Sequence[Mention], more: Sequence[Mention], offset: int) -> tuple[Mention, ...]:
    """Both texts' mentions, each pair once; those that only a chart shows stand last."""
    found = {(mention.market, mention.code): mention for mention in held}
    for mention in more:
        first = None if mention.first_offset is None else mention.first_offset + offset
        before = found.get((mention.market, mention.code))
        if before is None:
            found[mention.market, mention.code] = replace(mention, first_offset=first)
        else:
            start = first if before.first_offset is None else before.first_offset
            found[mention.market, mention.code] = replace(
                before, count=before.count + mention.count, first_offset=start
            )
    last = max((mention.first_offset or 0 for mention in found.values()), default=0) + 1
    return tuple(
        sorted(found.values(), key=lambda each: last if each.first_offset is None else each.first_offset)
    )
