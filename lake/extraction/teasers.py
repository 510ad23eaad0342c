"""Short articles beside long lists of teasers: flash news, whose page says more of other articles than of its own."""

from __future__ import annotations

from lake.extraction.outline import Outline

__all__ = ["outweigh"]

_TEASERS = 4
"""Linked headlines from which a text is a list of teasers."""
_LONGEST = 40
"""Words between two of them; an article's paragraphs say more."""
_BEHIND = 8
"""Blocks behind the heading in which a flash begins (time, medium and a button stand between)."""
_PROSE = 8
_HEADING_WORDS = 4


def outweigh(page: Outline, container: int) -> bool:
    """Whether the element taken for the article is teasers, and prose stands right behind the page's heading.

    Lists of articles have no such prose: their heading is the channel's name.
    """
    if "h1" not in page.tags:
        return False
    heading = page.tags.index("h1")
    if container <= heading < page.ends[container] or not _are_teasers(page, container):
        return False
    named, inside = page.blocks_of(heading), page.blocks_of(container)
    if sum(block.words for block in page.blocks[named]) < _HEADING_WORDS:
        return False
    behind = range(named.stop, min(named.stop + _BEHIND, len(page.blocks)))
    return any(page.blocks[n].value > _PROSE for n in behind if not inside.start <= n < inside.stop)


def _are_teasers(page: Outline, container: int) -> bool:
    headlines = 0
    run = longest = 0.0
    for block in page.blocks[page.blocks_of(container)]:
        if block.links > 0.5 and block.words >= 3:
            headlines, run = headlines + 1, 0.0
        else:
            run += block.words
            longest = max(longest, run)
    return headlines >= _TEASERS and longest < _LONGEST
