"""Short articles beside long lists of teasers: flash news, whose page says more of other articles than of its own."""

from __future__ import annotations

from lake.extraction.outline import Outline
from lake.extraction.prose import HEADINGS

__all__ = ["lists_within", "outweigh"]

_TEASERS = 4
"""Linked headlines from which a text is a list of teasers."""
_LONGEST = 40
"""Words between two of them; an article's paragraphs say more."""
_BEHIND = 8
"""Blocks behind the heading in which a flash begins (time, medium and a button stand between)."""
_PROSE = 8
_HEADING_WORDS = 4
_OWN = 20
"""Words of prose that the article itself has before a list of others."""


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


def lists_within(page: Outline, container: int) -> list[int]:
    """Elements behind the text in a container that hold its page's heading too: other articles' headings, each with a teaser.

    A page of which a paywall shows two paragraphs, and what else may be read. The articles' headings are links, and
    prose of this article stands before them outside.
    """
    end = page.ends[container]
    linked = sum(
        block.links > 0.5 and block.tag in HEADINGS for block in page.blocks[page.blocks_of(container)]
    )
    if linked < _TEASERS or "h1" not in page.tags[container:end]:
        return []
    found: list[int] = []
    index = page.tags.index("h1", container, end) + 1
    prose = 0.0
    blocks = page.blocks
    while index < end:
        inside = page.blocks_of(index)
        headlines = sum(block.tag in HEADINGS and block.links > 0.5 for block in blocks[inside])
        if headlines >= _TEASERS and prose >= _OWN and _are_teasers(page, index):
            found.append(index)
            index = page.ends[index]
            continue
        prose += sum(block.value for block in blocks[inside] if block.owner == index and block.value > _PROSE)
        index += 1
    return found


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
