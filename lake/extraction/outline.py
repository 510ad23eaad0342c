"""One walk over a parsed page: every run of text becomes a block, every block gets a value.

A block is the text between two block-level boundaries or ``<br>``. Prose is worth its length in words,
link lists and scraps cost a little; an element's value is the sum over its blocks. The ideas are published
ones: shallow text features of blocks (Kohlschütter, Fankhauser, Nejdl 2010), link density (Readability,
Arc90 2009), the segment of highest sum as the article (Pasternack and Roth 2009).
"""

from __future__ import annotations

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
_UNKNOWN, _TEXT, _SKIP, _LINK, _INLINE_KIND, _BREAK, _BLOCK = range(7)
_STANDARD_TAGS = 0xC4  # lexbor numbers the HTML standard's tags below this; others differ by document
_KINDS: dict[int, int] = {}
"""Kind by lexbor's tag number, learned on sight."""

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
    values and ``gains`` of the positive ones; ``names`` class and id; ``suspects`` (index, share) pairs:
    elements that ``junk.suspicion`` names, in document order.
    """

    __slots__ = ("blocks", "ends", "gains", "names", "nodes", "parents", "suspects", "tags", "values")

    def __init__(self) -> None:
        self.nodes: list[LexborNode] = []
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.ends: list[int] = []
        self.values: list[float] = []
        self.gains: list[float] = []
        self.names: list[str] = []
        self.suspects: list[tuple[int, float]] = []
        self.blocks: list[Block] = []

    def add(self, node: LexborNode, tag: str, parent: int) -> int:
        """Enter a block-level element; gives its index."""
        index = len(self.nodes)
        name = ""
        attributes = node.attributes
        if attributes:
            get = attributes.get
            class_, id_ = get("class"), get("id")
            name = f"{class_} {id_}" if class_ and id_ else class_ or id_ or ""
        if attributes or tag in ("aside", "footer"):
            share = suspicion(tag, name, attributes)
            if share:
                self.suspects.append((index, share))
        self.nodes.append(node)
        self.tags.append(tag)
        self.parents.append(parent)
        self.ends.append(index + 1)
        self.values.append(0.0)
        self.gains.append(0.0)
        self.names.append(name)
        return index

    def end(self, index: int) -> int:
        """Leave an element: its sums go to its parent, whose index is given."""
        self.ends[index] = len(self.nodes)
        parent = self.parents[index]
        if parent >= 0:
            self.values[parent] += self.values[index]
            self.gains[parent] += self.gains[index]
        return parent

    def text(self, owner: int, nodes: list[LexborNode], text: str, linked: int) -> None:
        """Add a block: the text nodes of one run, its text, and how many of its characters are links."""
        text = " ".join(text.split())
        tag = self.tags[owner]
        characters = len(text)
        words = characters / 5.5 if text.isascii() else words_in(text)
        links = linked / characters if linked else 0.0
        value = _value(tag, text, words, min(links, 1.0))
        self.blocks.append(Block(owner, tag, text, words, links, value, nodes))
        self.values[owner] += value
        if value > 0:
            self.gains[owner] += value


def outline(body: LexborNode) -> Outline:
    """Walk a page's body once, without recursion."""
    page = Outline()
    owner = page.add(body, "body", -1)
    open_elements: list[tuple[LexborNode, int]] = []
    nodes: list[LexborNode] = []
    text = ""
    linked = links = 0
    kinds = _KINDS
    node = body.first_child
    while node is not None or open_elements:
        if node is None:
            node, kind = open_elements.pop()
            if kind == _BLOCK:
                if nodes:
                    page.text(owner, nodes, text, linked)
                    nodes, text, linked = [], "", 0
                owner = page.end(owner)
            elif kind == _LINK:
                links -= 1
            node = node.next
            continue
        tag_id = node.tag_id
        kind = kinds.get(tag_id, _UNKNOWN)
        if kind == _TEXT:
            piece = node.text_content or ""
            if not piece.isspace():
                nodes.append(node)
                text += piece
                if links:
                    linked += len(piece)
            elif nodes:
                text += " "
            node = node.next
            continue
        if kind == _UNKNOWN:
            kind = _kind(node.tag or "-")
            if tag_id < _STANDARD_TAGS:
                kinds[tag_id] = kind
        if kind >= _BREAK and nodes:
            page.text(owner, nodes, text, linked)
            nodes, text, linked = [], "", 0
        child = None if kind in (_SKIP, _BREAK) else node.first_child
        if child is None:
            node = node.next
            continue
        if kind == _BLOCK:
            owner = page.add(node, node.tag or "", owner)
        elif kind == _LINK:
            links += 1
        open_elements.append((node, kind))
        node = child
    if nodes:
        page.text(owner, nodes, text, linked)
    page.end(0)
    return page


def _kind(tag: str) -> int:
    if tag == "-text":
        return _TEXT
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
    if words >= 8 and (text[-1] in _ENDS or any(pause in text for pause in _PAUSES)):
        return words * (1.0 - links)
    if words >= 8 and tag in ("p", "pre", "blockquote", "td"):
        return words * 0.6 * (1.0 - links)
    if tag == "p":
        return 0.5
    return words * 0.3 * (1.0 - links) if words >= 12 else -2.0
