"""Which element of a page is the article's container, by the values of its blocks and the names of its elements.

How it decides is told in ``docs/extraction.md``. All thresholds were set on the development pages.
"""

from __future__ import annotations

from lake.extraction.junk import COMMENTS, HIDDEN, STRONG, class_of
from lake.extraction.outline import Outline

__all__ = ["LEFT_OUT", "inmost", "leave_out", "richest", "take_out"]

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
_SMALL = 20
"""Prose of fewer words than this never saves an element of a suspicious name."""
_ENOUGH, _NEARLY_ALL = 40, 0.95
"""Words of prose in no suspicious element from which comments may hold this share of all."""
LEFT_OUT = -1e6
"""Value of what was taken out of the sums."""


def leave_out(page: Outline, least: float = 0.0) -> list[int]:
    """Take the elements of suspicious names out of the sums, unless they hold too much of the prose.

    Comments and related articles may hold nearly all of it where enough prose is in no such element, and not
    much where they hold the page's heading too. Names whose share is less than ``least`` are left alone.
    """
    total = page.gains[0]
    left_out: list[int] = []
    covered = 0
    suspects = [(index, share) for index, share in page.suspects() if share >= least]
    alike = _gains_alike(page, suspects)
    left = total - sum(alike.values())
    heading = page.tags.index("h1") if "h1" in page.tags else -1
    for index, share in suspects:
        if share == COMMENTS and index <= heading < page.ends[index]:
            share = STRONG
        elif share == COMMENTS and left >= _ENOUGH:
            share = _NEARLY_ALL
        if index < covered or _held(page, index, share, alike) > max(share * total, _SMALL):
            continue
        left_out.append(index)
        covered = page.ends[index]
        take_out(page, index)
    return left_out


def take_out(page: Outline, index: int) -> None:
    """Take an element out of the sums."""
    value, gain = page.values[index], page.gains[index]
    parent = page.parents[index]
    while parent >= 0:
        page.values[parent] -= value
        page.gains[parent] -= gain
        parent = page.parents[parent]
    page.values[index : page.ends[index]] = [LEFT_OUT] * (page.ends[index] - index)


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


def richest(page: Outline) -> int:
    """The element of the highest value."""
    values = page.values
    best = len(values) - 1 - values[::-1].index(max(values))
    parent = page.parents[best]
    if page.tags[best] == "p" and parent >= 0 and values[parent] >= _DESCEND * values[best]:
        return parent  # a short text's one long paragraph, with its list
    return best


def inmost(page: Outline, best: int) -> int:
    """The element itself, or the one inside it that holds nearly all of its value."""
    values, ends = page.values, page.ends
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
