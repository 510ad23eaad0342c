"""One walk over a parsed page: every run of text becomes a block, every block gets a value.

A block is the text between two block-level boundaries or ``<br>``. Prose is worth its length in words,
link lists and scraps cost a little; an element's value is the sum over its blocks. The ideas are published
ones: shallow text features of blocks (Kohlschütter, Fankhauser, Nejdl 2010), link density (Readability,
Arc90 2009), the segment of highest sum as the article (Pasternack and Roth 2009).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import compress, pairwise
from operator import attrgetter
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from lake.extraction.junk import ASIDES, Shares, in_context, name_of
from lake.extraction.prose import value_of, words_in
from lake.extraction.tokens import VOID, Tokens, tokens_of, unescaped

__all__ = ["Block", "Outline", "outline", "outline_of"]

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label map mark q s samp small "
    "span strike strong sub sup time tt u var ruby rb nobr picture".split()
)
_INLINE_KIND, _LINK, _LINK_END, _BREAK, _BLOCK, _BLOCK_END = range(6)

_ONE_LINK = bytes((_LINK, _LINK_END))
_IS_EDGE = bytes(kind in (_BREAK, _BLOCK, _BLOCK_END) for kind in range(256))
_IS_BLOCK = bytes(kind == _BLOCK for kind in range(256))

_DATE_SIGNS = re.compile(r"[\d\s:：/.\-\[\]()（）年月日]+")


class Block(NamedTuple):
    """A run of text.

    ``owner`` is the index of its element, ``words`` its length in words, ``links`` the share of its
    characters inside links; its texts are among those of the tokens from ``first`` to ``last``.
    """

    owner: int
    tag: str
    text: str
    words: float
    links: float
    value: float
    first: int
    last: int


class _Kinds(dict[str, int]):
    """What an element's tag, or end tag, means for blocks, by its name as in ``Tokens``."""

    def __missing__(self, name: str) -> int:
        tag = name.removeprefix("/")
        if name[0] in "!?":
            return _INLINE_KIND
        if tag == "a":
            kind = _LINK if name == tag else _LINK_END
        elif tag in VOID:
            kind = _INLINE_KIND if tag in _VOID_INLINE else _BREAK
        elif tag in _INLINE:
            kind = _INLINE_KIND
        else:
            kind = _BLOCK if name == tag else _BLOCK_END
        if len(self) < _MOST_KINDS:
            self[name] = kind
        return kind


_VOID_INLINE = frozenset(("area", "embed", "img", "input", "link", "meta", "param", "source", "track", "wbr"))
_MOST_KINDS = 1000
_KINDS = _Kinds()


class Outline:
    """The page's block-level elements in document order, as parallel lists, and its blocks.

    ``tokens`` is the page; an element's tag is ``starts[index]`` of these and its end tag ``stops[index]``.
    ``parents`` holds indices, ``ends`` the index after the last descendant, ``values`` the sums of block
    values and ``gains`` of the positive ones.
    """

    __slots__ = ("blocks", "ends", "gains", "parents", "starts", "stops", "tags", "tokens", "values")

    def __init__(self, tokens: Tokens, starts: list[int]) -> None:
        count = len(starts)
        self.tokens = tokens
        self.starts = starts
        self.stops = [0] * count
        self.tags = list(map(tokens.names.__getitem__, starts))
        self.parents = [-1] * count
        self.ends = [count] * count
        self.values = [0.0] * count
        self.gains = [0.0] * count
        self.blocks: list[Block] = []

    def name(self, index: int) -> str:
        """Class and id of an element."""
        return name_of(self.tokens.attributes[self.starts[index]])

    def is_titled(self, index: int) -> bool:
        """Whether an element is named a title."""
        attributes = self.tokens.attributes[self.starts[index]]
        return ("itle" in attributes or "ITLE" in attributes) and "title" in name_of(attributes).lower()

    def suspects(self) -> list[tuple[int, float]]:
        """(index, share) of the elements that ``junk`` names, in document order."""
        shares = _SHARES.of(list(map(self.tokens.attributes.__getitem__, self.starts)))
        suspicious = {index for index, share in enumerate(shares) if share}
        if not ASIDES.isdisjoint(self.tags):
            suspicious.update(index for index, tag in enumerate(self.tags) if tag in ASIDES)
        found = ((index, in_context(self.tags[index], shares[index])) for index in sorted(suspicious))
        return [(index, share) for index, share in found if share]

    def blocks_of(self, index: int) -> slice:
        """Which blocks stand in an element."""
        first = bisect_left(self.blocks, self.starts[index], key=_first)
        return slice(first, bisect_left(self.blocks, self.stops[index], first, key=_first))


_first = attrgetter("first")
_SHARES = Shares()
_new_block = tuple.__new__


def outline(body: LexborNode) -> Outline:
    """The outline of a page's body; takes the elements without text out of the tree."""
    return outline_of(tokens_of(body))


def outline_of(tokens: Tokens) -> Outline:
    """Walk over an element's tokens once, without recursion.

    A run of text begins at a block's tag, its end tag or a line break, and lasts until the next of these.
    """
    texts, kinds = tokens.texts, bytes(map(_KINDS.__getitem__, tokens.names))
    edges = list(compress(range(len(kinds)), kinds.translate(_IS_EDGE)))
    page = Outline(tokens, list(compress(range(len(kinds)), kinds.translate(_IS_BLOCK))))
    parents, stops, ends, tags, add = page.parents, page.stops, page.ends, page.tags, page.blocks.append
    has_link = kinds.find
    owner = newest = -1
    links = 0
    for first, stop in pairwise((*edges, len(kinds))):
        kind = kinds[first]
        if kind == _BLOCK:
            newest += 1
            parents[newest] = owner
            owner = newest
        elif kind == _BLOCK_END:
            stops[owner], ends[owner] = first, newest + 1
            owner = parents[owner]
        if stop - first == 1:
            run = texts[first]
            if run and not run.isspace():
                linked = len(unescaped(run)) if links else 0
                add(_block(owner, tags[owner], run, linked, first, stop - 1))
            continue
        run = "".join(texts[first:stop])
        if not links and has_link(_LINK, first, stop) < 0:
            linked = 0
        else:
            linked, links = _linked(kinds, texts, first, stop, links)
        if run and not run.isspace():
            add(_block(owner, tags[owner], run, linked, first, stop - 1))
    stops[0] = len(kinds)
    _sum_up(page)
    return page


def _linked(kinds: bytes, texts: list[str], first: int, stop: int, links: int) -> tuple[int, int]:
    """How many characters of a run stand in links, of which so many are open, and how many are open behind it."""
    linked = 0
    if not links and stop - first == 3 and kinds[first + 1 : stop] == _ONE_LINK:  # as in most lists
        text = texts[first + 1]
        return 0 if text.isspace() else len(unescaped(text)), 0
    for number in range(first, stop):
        kind, text = kinds[number], texts[number]
        if kind == _LINK:
            links += 1
        elif kind == _LINK_END:
            links -= 1
        if links and not text.isspace():
            linked += len(unescaped(text))
    return linked, links


def _block(owner: int, tag: str, text: str, linked: int, first: int, last: int) -> Block:
    """The block of one run of text, of which so many characters are links."""
    text = text.strip()
    if "&" in text:
        text = unescaped(text)
    if not text.isprintable() or "  " in text:  # of white space, single spaces alone are printable
        text = " ".join(text.split())
    words = len(text) / 5.5 if text.isascii() else words_in(text)
    if not linked:
        return _new_block(Block, (owner, tag, text, words, 0.0, value_of(tag, text, words, 0.0), first, last))
    links = min(linked / len(text), 1.0)
    if 0.3 < links <= 0.5:  # a link with its date beside it
        links = min(linked / max(1, len(_DATE_SIGNS.sub("", text))), 1.0)
    return _new_block(Block, (owner, tag, text, words, links, value_of(tag, text, words, links), first, last))


def _sum_up(page: Outline) -> None:
    """Add the blocks' values up the tree."""
    parents, values, gains = page.parents, page.values, page.gains
    for owner, _, _, _, _, value, _, _ in page.blocks:
        values[owner] += value
        if value > 0:
            gains[owner] += value
    for index in range(len(parents) - 1, 0, -1):
        parent = parents[index]
        values[parent] += values[index]
        gains[parent] += gains[index]
