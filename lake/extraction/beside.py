"""The short lines beside the elements that a profile selects: they may label what none of its selectors finds.

Sites add and leave out a name from page to page (an author beside the source, an editor's line behind the
text), and a layout tells only where they stood on the pages that were seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

__all__ = ["before", "behind"]

_LINE = 160
"""Longest line that tells of the article; prose is longer."""
_NEXT = 4
"""Elements looked at behind another one."""
_LOOKED_AT = 2000
"""Characters of markup from which an element is no line; not all of its text need be collected then."""
_MANY = "p + p + p + p, br + br, li + li + li + li, table, article"
"""What lexbor finds at once in an element that is no line."""
_INSIDE_LINE = ("span", "a", "i", "em", "b", "font", "time", "p", "div", "li", "dd", "h2", "h3", "h4", "h5")


def before(*selected: LexborNode | None) -> tuple[str, ...]:
    """The lines behind the title (the first given) and around the other elements, each once."""
    title, *others = selected
    lines = list(_following(title)) if title is not None else []
    for node in others:
        parent = node.parent if node is not None and node.tag in _INSIDE_LINE else None
        if parent is not None and parent.tag not in ("body", "head"):
            lines.append(_line(parent))
    return tuple(dict.fromkeys(filter(None, lines)))


def behind(container: LexborNode | None) -> tuple[str, ...]:
    """The lines behind an article's container, each once."""
    lines = _following(container) if container is not None else ()
    return tuple(dict.fromkeys(filter(None, lines)))


def _following(node: LexborNode) -> Iterator[str]:
    """The lines behind an element, then those behind its parent."""
    parent = node.parent
    for one in (node, parent):
        after = one.next if one is not None and one.tag != "body" else None
        seen = 0
        while after is not None and seen < _NEXT:
            if after.tag in _INSIDE_LINE:
                seen += 1
                yield _line(after)
            after = after.next


def _line(node: LexborNode) -> str:
    if node.css_first(_MANY) is not None or len(node.html or "") > _LOOKED_AT:
        return ""
    text = " ".join(node.text(separator=" ").split())
    return text if len(text) <= _LINE else ""
