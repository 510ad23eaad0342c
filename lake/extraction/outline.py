"""One walk over a parsed page: every run of text becomes a block, every block gets a value.

A block is the text between two block-level boundaries or ``<br>``. Prose is worth its length in words,
link lists and scraps cost a little; an element's value is the sum over its blocks. The ideas are published
ones: shallow text features of blocks (Kohlschütter, Fankhauser, Nejdl 2010), link density (Readability,
Arc90 2009), the segment of highest sum as the article (Pasternack and Roth 2009).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from lake.extraction.junk import suspicion

__all__ = ["HEADINGS", "Block", "Outline", "outline", "words_in"]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SKIPPED = frozenset(
    "script style noscript template svg iframe object embed applet select option button textarea input "
    "canvas audio video head map datalist dialog nav".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q s samp small "
    "span strike strong sub sup time tt u var wbr ruby rb rt rp nobr picture source".split()
)
_SKIP, _LINK, _INLINE_KIND, _BREAK, _BLOCK = range(5)
_TEXT = 2  # lexbor's number of text nodes
_STANDARD_TAGS = 0xC4  # lexbor numbers the HTML standard's tags below this; others differ by document
_KINDS: dict[int, int] = {}
"""Kind by lexbor's tag number, learned on sight."""

_DATE_SIGNS = re.compile(r"[\d\s:：/.\-\[\]()（）年月日]+")
_PAUSES = ("，", "。", ", ", ". ", "、", "！", "？", "；", "… ", "! ", "? ")
"""Marks inside sentences; looked for one by one, which is faster than a regular expression."""
_ENDS = ".!?。！？…；”"


@dataclass(slots=True)
class Block:
    """A run of text.

    ``owner`` is the index of its element, ``words`` its length in words, ``links`` the share of its
    characters inside links, ``nodes`` its text nodes.
    """

    owner: int
    tag: str
    text: str
    words: float
    links: float
    value: float
    nodes: list[LexborNode]


class Outline:
    """The page's block-level elements in document order, as parallel lists, and its blocks.

    ``parents`` holds indices, ``ends`` the index after the last descendant, ``values`` the sums of block
    values and ``gains`` of the positive ones; ``suspects`` (index, share) pairs: elements that
    ``junk.suspicion`` names, in document order.
    """

    __slots__ = ("attributes", "blocks", "ends", "gains", "nodes", "parents", "suspects", "tags", "values")

    def __init__(self) -> None:
        self.nodes: list[LexborNode] = []
        self.attributes: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.suspects: list[tuple[int, float]] = []
        self.blocks: list[Block] = []
        self.ends: list[int] = []
        self.values: list[float] = []
        self.gains: list[float] = []

    def add(self, node: LexborNode, tag: str, parent: int) -> int:
        """Enter a block-level element; gives its index."""
        index = len(self.nodes)
        attributes = node.attributes
        self.attributes.append(attributes)
        share = suspicion(tag, attributes)
        if share:
            self.suspects.append((index, share))
        self.nodes.append(node)
        self.tags.append(tag)
        self.parents.append(parent)
        return index

    def text(self, owner: int, nodes: list[LexborNode], text: str, linked: int) -> None:
        """Add a block: the text nodes of one run, its text, and how many of its characters are links."""
        text = text.strip()
        if "  " in text or not text.isprintable():  # of white space, single spaces alone are printable
            text = " ".join(text.split())
        tag = self.tags[owner]
        words = words_in(text)
        links = min(linked / len(text), 1.0) if linked else 0.0
        if 0.3 < links <= 0.5:  # a link with its date beside it
            links = min(linked / max(1, len(_DATE_SIGNS.sub("", text))), 1.0)
        self.blocks.append(Block(owner, tag, text, words, links, _value(tag, text, words, links), nodes))

    def sum_up(self) -> None:
        """Add the blocks' values up the tree, once all are known."""
        parents = self.parents
        values = self.values = [0.0] * len(parents)
        gains = self.gains = [0.0] * len(parents)
        ends = self.ends = list(range(1, len(parents) + 1))
        for block in self.blocks:
            value = block.value
            values[block.owner] += value
            if value > 0:
                gains[block.owner] += value
        for index in range(len(parents) - 1, 0, -1):
            parent = parents[index]
            values[parent] += values[index]
            gains[parent] += gains[index]
            if ends[index] > ends[parent]:
                ends[parent] = ends[index]

    def name(self, index: int) -> str:
        """Class and id of an element."""
        attributes = self.attributes[index]
        return f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip()


def outline(body: LexborNode) -> Outline:
    """Walk a page's body once, without recursion."""
    page = Outline()
    owner = page.add(body, "body", -1)
    open_elements: list[tuple[LexborNode, int, int]] = []
    nodes: list[LexborNode] = []
    text = ""
    linked = links = 0
    kinds, push, pop = _KINDS, open_elements.append, open_elements.pop
    node = body.first_child
    while node is not None or open_elements:
        if node is None:
            node, kind, outer = pop()
            if kind == _BLOCK:
                if nodes:
                    page.text(owner, nodes, text, linked)
                    nodes, text, linked = [], "", 0
                owner = outer
            elif kind == _LINK:
                links -= 1
            node = node.next
            continue
        tag_id = node.tag_id
        if tag_id == _TEXT:
            piece = node.text_content
            if piece and not piece.isspace():
                nodes.append(node)
                text += piece
                if links:
                    linked += len(piece)
            elif nodes:
                text += " "
            node = node.next
            continue
        kind = kinds.get(tag_id, -1)
        if kind < 0:
            kind = _kind(node.tag or "-")
            if tag_id < _STANDARD_TAGS:
                kinds[tag_id] = kind
        if kind == _SKIP:
            node = node.next
            continue
        if kind >= _BREAK and nodes:
            page.text(owner, nodes, text, linked)
            nodes, text, linked = [], "", 0
        child = None if kind == _BREAK else node.first_child
        if child is None:
            node = node.next
            continue
        push((node, kind, owner))
        if kind == _BLOCK:
            owner = page.add(node, node.tag or "", owner)
        elif kind == _LINK:
            links += 1
        node = child
    if nodes:
        page.text(owner, nodes, text, linked)
    page.sum_up()
    return page


def _kind(tag: str) -> int:
    if tag in _SKIPPED or tag.startswith("-"):
        return _SKIP
    if tag == "br":
        return _BREAK
    if tag == "a":
        return _LINK
    return _INLINE_KIND if tag in _INLINE else _BLOCK


def words_in(text: str) -> float:
    """Length in words: a CJK character counts .6 (words of 1.6 characters), Latin text 5.5 characters a word."""
    characters = len(text)
    if text.isascii():
        return characters / 5.5
    wide = (len(text.encode("utf-8", "replace")) - characters) / 2
    return wide * 0.6 + (characters - wide) / 5.5


def _value(tag: str, text: str, words: float, links: float) -> float:
    """What a block is worth as article text, in words.

    Sentences count in full, longer text without any at .6 in text elements and .3 elsewhere, short text is
    neutral in a paragraph and costs elsewhere, links cost half their length. The weights were set on the
    development pages, each set checked against the others.
    """
    if links > 0.5:
        if words > 30 and sum(map(text.count, _PAUSES)) > 2:
            return words * 0.3  # prose inside a link that was never closed, or a linked teaser
        return -(2.0 + words * 0.5)
    if tag in HEADINGS:
        return 1.0
    if words >= 8 and (text[-1] in _ENDS or _pauses(text)):
        return words * (1.0 - links)
    if words >= 8 and tag in ("p", "pre", "blockquote", "td"):
        return words * 0.6 * (1.0 - links)
    if tag == "p":
        return 0.5
    return words * 0.3 * (1.0 - links) if words >= 12 else -2.0


def _pauses(text: str) -> bool:
    """Whether a text holds a mark inside a sentence; substrings are faster here than a regular expression."""
    if text.isascii():
        return ", " in text or ". " in text or "? " in text or "! " in text
    return (
        "，" in text or "。" in text or ", " in text or ". " in text or any(map(text.__contains__, _PAUSES))
    )
