"""A Beautiful Soup tree of an article's container, made from lexbor's nodes instead of a second parse.

Beautiful Soup's own parse of a container costs several times lexbor's parse of the whole page, nearly all
of it bookkeeping for searches that one walk does not need (figures in ``docs/extraction.md``). The tree
made here holds what the walk reads: names, attributes, contents and the order of elements.
"""

from __future__ import annotations

from bs4.element import Comment, NavigableString, PageElement, Tag
from selectolax.lexbor import LexborNode

__all__ = ["tree_of"]

_UNWRAPPED = frozenset(
    "font u big small label ins nobr time abbr acronym bdi bdo dfn kbd mark s samp strike tt var wbr picture".split()
)
"""Elements that mean nothing to the reader of an article: their content takes their place."""


def tree_of(root: LexborNode, *, keep_hidden: bool = False) -> Tag:
    """The element's content as a tree.

    Args:
        root: the container.
        keep_hidden: leave out the attributes that hide; for containers whose hidden parts were judged
            before (the second half of a text behind a "show all" button is part of its article).
    """
    top = parent = _tag("div", {})
    last: PageElement = top
    open_elements: list[tuple[LexborNode, Tag]] = []
    node = root.first_child
    while node is not None or open_elements:
        if node is None:
            node, parent = open_elements.pop()
            node = node.next
            continue
        name = node.tag or "-"
        if name[0] == "-":
            leaf = _leaf(name, node)
            if leaf is not None:
                last.next_element = leaf
                last = leaf
                parent.contents.append(leaf)
            node = node.next
            continue
        outer = parent
        if name not in _UNWRAPPED:
            element = _tag(name, _attributes(node, keep_hidden))
            last.next_element = element
            last = element
            parent.contents.append(element)
            parent = element
        child = node.first_child
        if child is None:
            parent = outer
            node = node.next
        else:
            open_elements.append((node, outer))
            node = child
    return top


def _leaf(name: str, node: LexborNode) -> NavigableString | None:
    """A text, or a comment that marks one of EastMoney's chart blocks."""
    if name == "-text":
        text = str.__new__(NavigableString, node.text_content or "")
    elif name == "-comment" and "EM_StockImg_" in (node.comment_content or ""):
        text = str.__new__(Comment, node.comment_content or "")
    else:
        return None
    text.next_element = text.next_sibling = None
    return text


def _tag(name: str, attributes: dict[str, str]) -> Tag:
    tag = Tag.__new__(Tag)
    tag.name = name
    tag.attrs = attributes  # type: ignore[assignment]
    tag.contents = []
    tag.next_element = tag.next_sibling = None
    return tag


def _attributes(node: LexborNode, keep_hidden: bool) -> dict[str, str]:
    attributes = {key: value or "" for key, value in node.attributes.items()}
    if keep_hidden and attributes:
        attributes.pop("hidden", None)
        style = attributes.get("style")
        if style and ("none" in style or "hidden" in style):
            del attributes["style"]
    return attributes
