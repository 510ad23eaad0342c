"""Whether one article repeats another: decides on two texts, reads nothing.

The shared part of two texts is exact here. Shared words alone do not make a repost: notes written from a template
(price moves, unlockings, ratings) share nearly all of theirs and differ in figures and names. So these must agree,
too. That shingles alone are bad within one site, where templates are, is Henzinger's finding (SIGIR 2006).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from lake.derived.shingles import normalised, shingles

__all__ = ["Likeness", "Text", "alike"]

JACCARD = 0.7
"""Shared shingles / all shingles of both: datatrove's and text-dedup's limit lies between 0.7 and 0.75."""
CONTAINED = 0.9
"""Shared shingles / those of the smaller text: a cut or a digest has 1.0, half of it rewritten 0.5."""
SHORTEST = 40
"""Characters of normalised text below which only equal texts are alike: a sentence may be anybody's."""
GENERIC = 20
"""Characters below which an equal text needs an equal headline, too: "see picture" repeats nobody."""
LONGER = 2
"""How many times longer a later text that contains the earlier may be: a round-up repeats none of its items."""
AGREE = 0.6
"""Part of the figures, and of the securities, of the text with fewer that the other must have."""
FEW = 2
"""Figures from which they are compared: one date more or less is no difference."""

_FIGURE = re.compile(r"\d+(?:[.．]\d+)?")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two texts share: of both (``jaccard``), and of the smaller one (``contained``), 0 to 1."""

    jaccard: float
    contained: float


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of an article: normalised headline and text, shingles, figures, pairs of securities."""

    title: str
    text: str
    shingles: frozenset[int]
    figures: frozenset[str]
    securities: frozenset[tuple[int | None, str | None]]

    @classmethod
    def of(
        cls,
        title: str | None,
        body: str | None,
        securities: Collection[tuple[int | None, str | None]] = (),
    ) -> Text:
        """An article's headline, text and pairs of market and code of the securities that it mentions."""
        text = normalised(body or "")
        return cls(
            normalised(title or ""),
            text,
            shingles(text),
            frozenset(unicodedata.normalize("NFKC", figure) for figure in _FIGURE.findall(body or "")),
            frozenset(securities),
        )


def alike(earlier: Text, later: Text) -> Likeness | None:
    """How ``later`` repeats ``earlier``; None if it does not."""
    if min(len(earlier.text), len(later.text)) < SHORTEST:
        return Likeness(1.0, 1.0) if _equal(earlier, later) else None
    shared = len(earlier.shingles & later.shingles)
    fewer = min(len(earlier.shingles), len(later.shingles))
    found = Likeness(
        shared / max(len(earlier.shingles) + len(later.shingles) - shared, 1), shared / max(fewer, 1)
    )
    long = len(later.shingles) > LONGER * len(earlier.shingles)
    if found.jaccard < JACCARD and (found.contained < CONTAINED or long):
        return None
    if not _agree(earlier.figures, later.figures, FEW) or not _agree(earlier.securities, later.securities, 1):
        return None
    return None if _of_others(earlier, later) else found


def _equal(earlier: Text, later: Text) -> bool:
    if not later.text or earlier.text != later.text:
        return False
    return len(later.text) >= GENERIC or earlier.title == later.title


def _of_others(one: Text, other: Text) -> bool:
    """Whether what differs in their headlines, a name most often, stands in the text of its own alone."""
    begin = _common(one.title, other.title)
    rest, other_rest = one.title[begin:], other.title[begin:]
    end = _common(rest[::-1], other_rest[::-1])
    name, other_name = rest[: len(rest) - end], other_rest[: len(other_rest) - end]
    if not name or not other_name or begin + end == 0:
        return False
    return (
        name in one.text
        and name not in other.text
        and other_name in other.text
        and other_name not in one.text
    )


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)


def _agree(one: frozenset[object], other: frozenset[object], few: int) -> bool:
    fewer = min(len(one), len(other))
    return fewer < few or len(one & other) >= AGREE * fewer
