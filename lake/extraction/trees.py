"""A Beautiful Soup tree of an article's container, made from lexbor's nodes instead of a second parse.

Beautiful Soup's own parse of a container costs several times lexbor's parse of the whole page, nearly all
of it bookkeeping for searches that one walk does not need (figures in ``docs/extraction.md``). The tree
made here holds what the walk reads: names, attributes, contents and the order of elements.
"""

from __future__ import annotations

import re

from bs4.element import Comment, NavigableString, Tag
from selectolax.lexbor import LexborNode

__all__ = ["tree_of"]

_BLOCKS = frozenset(
    "div p section article main header footer ul ol li dl dt dd table thead tbody tfoot tr td th figure figcaption blockquote h1 h2 h3 h4 h5 h6 center form br hr img".split()
)
"""Elements beside whose edges white space is nothing."""
_new_tag, _new_text = Tag.__new__, str.__new__
_TEXT = 2  # lexbor's number of text nodes
_DEEPEST = 200
"""Levels below which elements are unwrapped: more than any real page has, few enough for quadratic steps."""
_OF_BLOCKS = ("style", "align", "class", "hidden", "colspan", "rowspan", "start")
_TELLING = re.compile(r"center|none|hidden")
_UNWRAPPED = frozenset(
    "font u big small label ins nobr time abbr acronym bdi bdo dfn kbd mark s samp strike tt var wbr picture".split()
)
"""Elements that mean nothing to the reader of an article: their content takes their place."""


def tree_of(root: LexborNode, *, keep_hidden: bool = False) -> Tag:
    """The element's content as a tree of names, attributes and contents; nothing links back or sideways.

    Args:
        root: the container.
        keep_hidden: leave out the attributes that hide; for containers whose hidden parts were judged
            before (the second half of a text behind a "show all" button is part of its article).
    """
    top = parent = _tag("div", {})
    open_elements: list[tuple[LexborNode, Tag]] = []
    node = root.first_child
    while node is not None or open_elements:
        if node is None:
            node, parent = open_elements.pop()
            node = node.next
            continue
        if node.tag_id == _TEXT:
            text = node.text_content or ""
            if not text.isspace() or _separates(parent):
                parent.contents.append(_new_text(NavigableString, text))
            node = node.next
            continue
        name = node.tag or "-"
        if name[0] == "-":
            if name == "-comment" and "EM_StockImg_" in (node.comment_content or ""):
                parent.contents.append(_new_text(Comment, node.comment_content or ""))
            node = node.next
            continue
        outer = parent
        attributes = _attributes(name, node, keep_hidden)
        if name not in _UNWRAPPED and (attributes or name != "span") and len(open_elements) < _DEEPEST:
            parent = _tag(name, attributes)
            outer.contents.append(parent)
        child = node.first_child
        if child is None:
            parent = outer
            node = node.next
        else:
            open_elements.append((node, outer))
            node = child
    return top


def _separates(parent: Tag) -> bool:
    """Whether white space after what the element holds so far parts words, and not just blocks."""
    before = parent.contents[-1] if parent.contents else parent
    return type(before) is not Tag or before.name not in _BLOCKS


def _tag(name: str, attributes: dict[str, str]) -> Tag:
    tag = _new_tag(Tag)
    tag.name = name
    tag.attrs = attributes  # type: ignore[assignment]
    tag.contents = []
    return tag


def _attributes(name: str, node: LexborNode, keep_hidden: bool) -> dict[str, str]:
    """The attributes that the reader of bodies looks at; a block element's say only where it stands or is hidden."""
    found = node.attributes
    if not found:
        return {}
    if name in _BLOCKS and name != "img":
        attributes = {key: found[key] or "" for key in _OF_BLOCKS if key in found}
        if "class" in attributes and "em_media" not in attributes["class"]:
            del attributes["class"]
    elif None in found.values():
        attributes = {key: value or "" for key, value in found.items()}
    else:
        attributes = found  # type: ignore[assignment]
    if keep_hidden and "hidden" in attributes:
        del attributes["hidden"]
    style = attributes.get("style")
    if style and ("center" not in style if keep_hidden else not _TELLING.search(style)):
        del attributes["style"]
    return attributes
