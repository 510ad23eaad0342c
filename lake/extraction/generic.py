"""Find the article in a page of any site: its container, and what in it is not its text.

How it decides is told in ``docs/extraction.md``. All thresholds were set on the development pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lake.extraction.junk import COMMENTS, HIDDEN, STRONG, class_of, is_end, is_phrase
from lake.extraction.outline import Block, Outline
from lake.extraction.teasers import outweigh
from lake.extraction.titles import plain
from lake.extraction.tokens import Tokens

__all__ = ["Area", "article_tokens", "find"]

_DESCEND = 0.7
"""A child that holds this share of its parent's value is the container instead of it."""
_DESCEND_ALIKE = 0.8
"""The same where siblings of the same tag and name hold prose too: sections of one article."""
_BESIDE = 0.1
"""Share of the value in paragraphs beside a child from which the parent is the container."""
_WHOLE = 20
"""Value in words from which a part of a page may be an article of its own."""
_SECTION = 5
"""Value in words from which a sibling holds prose."""
_NEVER_CONTAINER = frozenset(("p", "li", "h1", "h2", "h3", "h4", "blockquote", "pre"))
_LINKED = 0.6
"""Share of link text from which a group of at least two blocks is a list of links."""
_NOTHING = 0.0, 0.0, 0
_LONG = 30
"""Words from which a repeated run of blocks is a second rendering (mobile and desktop), not a refrain."""
_PHRASE_WORDS = 25
_HEADING_WORDS = 8
_TAIL = 0.15
"""Share of the text in which a heading of related reading ends it."""
_SMALL = 20
"""Prose of fewer words than this never saves an element of a suspicious name."""
_ENOUGH, _NEARLY_ALL = 40, 0.95
"""Words of prose in no suspicious element from which comments may hold this share of all."""
_OUT = -1e6
_TITLE_WITHIN, _TITLE_PROSE = 6, 8
"""The title is repeated within the container's first blocks, before its first prose (value in words)."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where the article stands: indices into the outline.

    ``elements`` and ``texts`` inside the container are no article text; ``kept`` are its blocks.
    ``first`` is the number of the container's first block, ``after`` that of the first block behind it.
    """

    container: int
    elements: tuple[int, ...]
    texts: tuple[Block, ...]
    kept: tuple[Block, ...]
    first: int
    after: int

    @property
    def words(self) -> float:
        """The length of the article's text in words."""
        return sum(block.words for block in self.kept)


def find(page: Outline) -> Area:
    """Find the article; changes the outline's sums."""
    left_out = _leave_out(page)
    container = _container(page)
    if outweigh(page, container):
        _take_out(page, container)
        left_out = sorted((*left_out, container))
        container = _container(page)
    return _area(page, container, left_out)


def _leave_out(page: Outline) -> list[int]:
    """Take the elements of suspicious names out of the sums, unless they hold too much of the prose.

    Comments and related articles may hold nearly all of it where enough prose is in no such element, and not
    much where they hold the page's heading too.
    """
    total = page.gains[0]
    left_out: list[int] = []
    covered = 0
    suspects = page.suspects()
    alike = _gains_alike(page, suspects)
    left = total - sum(alike.values())
    heading = page.tags.index("h1") if "h1" in page.tags else -1
    for index, share in suspects:
        if share == COMMENTS:
            share = (
                STRONG if index <= heading < page.ends[index] else share if left < _ENOUGH else _NEARLY_ALL
            )
        if index < covered or _held(page, index, share, alike) > max(share * total, _SMALL):
            continue
        left_out.append(index)
        covered = page.ends[index]
        _take_out(page, index)
    return left_out


def _take_out(page: Outline, index: int) -> None:
    value, gain = page.values[index], page.gains[index]
    parent = page.parents[index]
    while parent >= 0:
        page.values[parent] -= value
        page.gains[parent] -= gain
        parent = page.parents[parent]
    page.values[index : page.ends[index]] = [_OUT] * (page.ends[index] - index)


def _held(page: Outline, index: int, share: float, alike: dict[str, float]) -> float:
    """The prose that goes with an element of a suspicious name.

    Where the name is weak or the element hidden, all of its kind count: what each of ten boxes that unfold
    holds is little, what they hold together is the article. Comments and teasers come in numbers too, but
    their names are telling. A page's footer is no article where there is prose outside, however much it says.
    """
    gain = page.gains[index]
    if page.tags[index] == "footer" and page.gains[0] - gain >= _SMALL:
        return 0.0
    return max(gain, alike.get(_kind(page, index), 0.0)) if share <= HIDDEN and gain > 0 else gain


def _gains_alike(page: Outline, suspects: list[tuple[int, float]]) -> dict[str, float]:
    """The prose that the outermost elements of suspicious names hold, by tag and class."""
    sums: dict[str, float] = {}
    covered = 0
    for index, _ in suspects:
        if index >= covered:
            covered = page.ends[index]
            kind = _kind(page, index)
            sums[kind] = sums.get(kind, 0.0) + max(0.0, page.gains[index])
    return sums


def _kind(page: Outline, index: int) -> str:
    return f"{page.tags[index]} {class_of(page.tokens.attributes[page.starts[index]])}"


def _container(page: Outline) -> int:
    """The element of the highest value, or the one inside it that holds nearly all of that value."""
    values, ends = page.values, page.ends
    best = len(values) - 1 - values[::-1].index(max(values))
    parent = page.parents[best]
    if page.tags[best] == "p" and parent >= 0 and values[parent] >= _DESCEND * values[best]:
        best = parent  # a short text's one long paragraph, with its list
    while True:
        top, index = -1, best + 1
        while index < ends[best]:  # over the children
            if top < 0 or values[index] > values[top]:
                top = index
            index = ends[index]
        if first := _first_of_several(page, best):
            best = first
            continue
        if top < 0 or page.tags[top] in _NEVER_CONTAINER or values[top] < _DESCEND * values[best]:
            return best
        if values[top] < _DESCEND_ALIKE * values[best] and _has_alike(page, best, top):
            return best
        if _has_paragraphs(page, best, top):
            return best
        best = top


def _first_of_several(page: Outline, parent: int) -> int:
    """The first of several whole articles in a row (a page that goes on with others), or 0.

    They are children of the same tag and name that hold prose, and each its own heading of the first level.
    """
    tags, ends = page.tags, page.ends
    if tags[parent : ends[parent]].count("h1") < 2:
        return 0
    found: list[int] = []
    index = parent + 1
    while index < ends[parent]:
        if page.values[index] > _WHOLE and "h1" in tags[index : ends[index]]:
            found.append(index)
        index = ends[index]
    alike = [n for n in found if (tags[n], page.name(n)) == (tags[found[0]], page.name(found[0]))]
    return found[0] if len(alike) == len(found) > 1 else 0


def _has_paragraphs(page: Outline, parent: int, child: int) -> bool:
    """Whether paragraphs beside the child hold part of the text (its rest stands in a box that unfolds)."""
    held, index = 0.0, parent + 1
    while index < page.ends[parent]:
        if index != child and page.tags[index] == "p":
            held += max(0.0, page.values[index])
        index = page.ends[index]
    return held > _BESIDE * page.values[parent]


def _has_alike(page: Outline, parent: int, child: int) -> bool:
    """Whether siblings of the same tag and name as the child hold prose too."""
    index = parent + 1
    while index < page.ends[parent]:
        prose = index != child and page.values[index] > _SECTION and page.tags[index] == page.tags[child]
        if prose and page.name(index) == page.name(child):
            return True
        index = page.ends[index]
    return False


def _area(page: Outline, container: int, left_out: list[int]) -> Area:
    end = page.ends[container]
    inner = [index for index in left_out if container < index < end]
    inside = page.blocks_of(container)
    live = _outside(page, page.blocks[inside], inner)
    linked = _link_lists(page, container, live)
    live = _outside(page, live, linked)
    texts = [block for block in live if block.words < _PHRASE_WORDS and is_phrase(block.text)]
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


def _after_end(blocks: list[Block]) -> list[Block]:
    """What follows a heading of related reading near the text's end, the heading too."""
    total = sum(block.words for block in blocks)
    rest = 0.0
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        if block.words < _HEADING_WORDS and is_end(block.text):
            return blocks[number:]
        rest += block.words
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
