"""Find the article in a page of any site: its container, and what in it is not its text.

How it decides is told in ``docs/extraction.md``. All thresholds were set on the development pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lake.extraction.container import inmost, leave_out, richest, take_out
from lake.extraction.junk import STRONG, is_end, is_head_line, is_notice, is_phrase
from lake.extraction.known_containers import known_container
from lake.extraction.outline import Block, Outline
from lake.extraction.prose import HEADINGS
from lake.extraction.teasers import lists_within, outweigh
from lake.extraction.titles import plain
from lake.extraction.tokens import Tokens

__all__ = ["Area", "article_tokens", "find", "within"]

_LINKED = 0.6
"""Share of link text from which a group of at least two blocks is a list of links."""
_NOTHING = 0.0, 0.0, 0
_LONG = 30
"""Words from which a repeated run of blocks is a second rendering (mobile and desktop), not a refrain."""
_PHRASE_WORDS = 25
_HEADING_WORDS = 8
_HEAD, _HEAD_WORDS = 8, 12
"""Blocks at the container's beginning that may tell of the article, and words of one."""
_TAIL = 0.15
"""Share of the text in which a heading of related reading ends it."""
_TITLE_WITHIN, _TITLE_PROSE = 6, 8
"""The title is repeated within the container's first blocks, before its first prose (value in words)."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where the article stands: indices into the outline.

    ``elements`` and ``texts`` inside the container are no article text; ``kept`` are its blocks.
    ``first`` is the number of the container's first block, ``after`` that of the first block behind it.
    ``known``: the container itself says that it is one.
    """

    container: int
    elements: tuple[int, ...]
    texts: tuple[Block, ...]
    kept: tuple[Block, ...]
    first: int
    after: int
    known: bool = False

    @property
    def words(self) -> float:
        """The length of the article's text in words."""
        return sum(block.words for block in self.kept)


def find(page: Outline) -> Area:
    """Find the article; changes the outline's sums."""
    left_out = leave_out(page)
    container, known = _container(page)
    if outweigh(page, container):
        take_out(page, container)
        left_out = sorted((*left_out, container))
        container, known = _container(page)
    return replace(_area(page, container, left_out), known=known)


def _container(page: Outline) -> tuple[int, bool]:
    """The container, and whether it stands in a known one. Else it is the richest of all, or the inmost of that."""
    known = known_container(page)
    return inmost(page, richest(page) if known is None else known), known is not None


def within(page: Outline) -> Area:
    """What of a container that is known is the article.

    Only what is surely none goes: elements of telling names, lists of links, what follows a heading of related
    reading. Buttons' words and repeated runs stay: they were the article's own on pages of profiled sites.
    """
    named = leave_out(page, STRONG)
    live = _outside(page, page.blocks, named)
    linked = _link_lists(page, 0, live)
    live = _outside(page, live, linked)
    texts = [block for block in live if block.words < _PHRASE_WORDS and is_notice(block.text)]
    gone = {id(block) for block in texts}
    texts += [block for block in _after_end(live) if id(block) not in gone]
    gone.update(map(id, texts))
    return Area(
        container=0,
        elements=tuple(sorted((*named, *linked))),
        texts=tuple(texts),
        kept=tuple(block for block in live if id(block) not in gone),
        first=0,
        after=len(page.blocks),
    )


def _area(page: Outline, container: int, left_out: list[int]) -> Area:
    end = page.ends[container]
    inner = [index for index in left_out if container < index < end]
    inside = page.blocks_of(container)
    live = _outside(page, page.blocks[inside], inner)
    linked = sorted((*_link_lists(page, container, live), *lists_within(page, container)))
    live = _outside(page, live, linked)
    texts = [block for block in live if block.words < _PHRASE_WORDS and is_phrase(block.text)]
    texts += _head_lines(live)
    texts += _after_end(live)
    gone = {id(block) for block in texts}
    texts += [block for block in _repeated(live) if id(block) not in gone]
    gone = {id(block) for block in texts}
    return Area(
        container=container,
        elements=tuple(sorted((*inner, *linked))),
        texts=tuple(texts),
        kept=tuple(block for block in live if id(block) not in gone),
        first=inside.start,
        after=inside.stop,
    )


def _head_lines(blocks: list[Block]) -> list[Block]:
    """Lines of date, byline and counters that stand in the container before its first prose."""
    found: list[Block] = []
    for block in blocks[:_HEAD]:
        if block.value > _TITLE_PROSE:
            break
        if block.tag not in HEADINGS and block.words < _HEAD_WORDS and is_head_line(block.text):
            found.append(block)
    return found


def _after_end(blocks: list[Block]) -> list[Block]:
    """What follows a heading of related reading near the text's end, the heading too; links alone may be more."""
    total = sum(block.words for block in blocks)
    rest = 0.0
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        if block.words < _HEADING_WORDS and is_end(block.text):
            return blocks[number:]
        rest += block.words if block.links <= 0.5 else 0.0
        if rest > _TAIL * total:
            break
    return []


def _repeated(blocks: list[Block]) -> list[Block]:
    """Runs of blocks that all stood there before: a second rendering of the text, for another screen."""
    found: list[Block] = []
    run: list[Block] = []
    seen: set[str] = set()
    for block in blocks:
        if block.text in seen:
            run.append(block)
            continue
        if run:
            if sum(one.words for one in run) >= _LONG:
                found += run
            run = []
        seen.add(block.text)
    return found + run if sum(one.words for one in run) >= _LONG else found


def _outside(page: Outline, blocks: list[Block], elements: list[int]) -> list[Block]:
    """The blocks that lie in none of the elements; both in document order."""
    if not elements:
        return blocks
    kept = []
    position, end = 0, 0
    for block in blocks:
        while position < len(elements) and elements[position] <= block.owner:
            end = max(end, page.ends[elements[position]])
            position += 1
        if block.owner >= end:
            kept.append(block)
    return kept


def _link_lists(page: Outline, container: int, blocks: list[Block]) -> list[int]:
    """Elements inside the container whose text is mostly links, the outermost ones."""
    values, parents = page.values, page.parents
    sums: dict[int, tuple[float, float, int]] = {}  # words, those in links, blocks
    for block in blocks:
        if values[block.owner] < 0:
            total, links, count = sums.get(block.owner, _NOTHING)
            sums[block.owner] = total + block.words, links + block.words * block.links, count + 1
    for index in range(page.ends[container] - 1, container, -1):  # children before their parents
        if index in sums and values[parent := parents[index]] < 0:
            one, other = sums[index], sums.get(parent, _NOTHING)
            sums[parent] = one[0] + other[0], one[1] + other[1], one[2] + other[2]
    found: list[int] = []
    covered = container + 1
    for index in sorted(sums):
        total, links, count = sums[index]
        if index >= covered and count >= 2 and links > _LINKED * total:
            found.append(index)
            covered = page.ends[index]
    return found


def article_tokens(page: Outline, area: Area, heading: str | None) -> Tokens:
    """The container's tokens without what is no text of the article, the title's repetition among it."""
    names, attributes = page.tokens.names, page.tokens.attributes
    texts = page.tokens.texts.copy()
    for block in (*area.texts, *_repeated_title(area, heading)):
        texts[block.first : block.last + 1] = [""] * (block.last + 1 - block.first)
    start, stop = page.starts[area.container], page.stops[area.container]
    found = Tokens(["div"], [""], [texts[start]])
    start += 1
    for index in (*area.elements, -1):
        end = page.starts[index] if index >= 0 else stop
        if end < start:  # inside the one before
            continue
        found.names.extend(names[start:end])
        found.attributes.extend(attributes[start:end])
        found.texts.extend(texts[start:end])
        if index >= 0:
            found.texts[-1] += texts[page.stops[index]]
            start = page.stops[index] + 1
    return found


def _repeated_title(area: Area, heading: str | None) -> Iterator[Block]:
    """Blocks at the container's beginning that repeat the article's title."""
    same = plain(heading or "")
    for block in area.kept[:_TITLE_WITHIN]:
        if block.value > _TITLE_PROSE:
            break
        if same and plain(block.text) == same:
            yield block
