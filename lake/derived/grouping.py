"""Articles, one after another in the order in which they count, each to its story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import pyarrow as pa

from lake.derived.candidates import Candidates
from lake.derived.likeness import alike
from lake.derived.table import Settling
from lake.derived.texts import Key, Texts

__all__ = ["settled"]

_ROWS = 1_000
"""Rows that are looked up at once; their candidates' texts are held."""
_COMPARED = 100
"""Stories that an article is compared with, the latest of those proposed: thousands of notices made from one template
are proposed for each other, and all are stories of their own."""
_HELD = 512  # texts with their shingles; some 50 KB each
_PLACES = pa.schema(
    [
        pa.field("n", pa.int64()),
        pa.field("story_id", pa.string()),
        pa.field("story_date", pa.date32()),
        pa.field("leads", pa.bool_()),
        pa.field("jaccard", pa.float64()),
        pa.field("contained", pa.float64()),
    ]
)


class _Place(NamedTuple):
    """An article's story, whether it leads it, else how alike it is to the one that does."""

    story_id: str
    story_date: dt.date
    leads: bool
    jaccard: float | None = None
    contained: float | None = None


def settled(given: Settling) -> Iterator[pa.Table]:
    """The rows of a segment with their stories, some thousand at a time."""
    with closing(Candidates(given)) as candidates:
        again = {
            article_id: _Place(*place) if place else None for article_id, place in candidates.again().items()
        }
        count = len(candidates)
        for first in range(1, count + 1, _ROWS):
            last = min(first + _ROWS - 1, count)
            places = _Stretch(candidates, first, last, given, again).places()
            yield candidates.settle(places)


class _Stretch:
    """Some rows on their way to their stories.

    ``again`` has the places of articles of which the segment has several revisions; it learns new ones.
    """

    def __init__(
        self, candidates: Candidates, first: int, last: int, given: Settling, again: dict[str, _Place | None]
    ) -> None:
        self._again = again
        self._rows = candidates.keys(first, last)
        self._pairs = candidates.pairs(first, last)
        before = {other for each in self._pairs.values() for other in each} - set(self._rows)
        heads = candidates.heads(sorted(before))
        self._keys = self._rows | {n: key for n, (key, _) in heads.items()}
        self._stories = {n: story for n, (_, story) in heads.items()}
        self._newest = {key.article_id: n for n, (key, _) in heads.items()}
        wanted = [self._keys[n] for n in {*self._pairs, *chain(*self._pairs.values())}]
        texts, keys = Texts(given.articles, wanted, given.held), self._keys
        # not of self: in a circle with it, the texts of many stretches would wait for the garbage collector
        self._text = lru_cache(_HELD)(lambda n: texts[keys[n]])

    def places(self) -> pa.Table:
        """The number of each row and its place."""
        rows = [(n, *self._place(n, key)) for n, key in self._rows.items()]
        return pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=_PLACES.names).cast(
            _PLACES
        )

    def _place(self, n: int, key: Key) -> _Place:
        own = key.article_id
        place = self._again.get(own) or self._best(n) or _Place(own, key.published_date, leads=True)
        if own in self._again:
            self._again[own] = place
        if place.leads:
            self._stories[n] = place.story_id, place.story_date
        self._newest[own] = n
        return place

    def _best(self, n: int) -> _Place | None:
        """The most alike of the stories that a row repeats; of equal ones that which came first."""
        best: _Place | None = None
        leading = [other for other in self._pairs.get(n, ()) if self._leads(other)]
        for other in sorted(leading, key=lambda other: self._keys[other].order)[-_COMPARED:]:
            found = alike(self._text(other), self._text(n))
            if found and (best is None or (found.jaccard, found.contained) > (best.jaccard, best.contained)):
                best = _Place(*self._stories[other], False, found.jaccard, found.contained)
        return best

    def _leads(self, n: int) -> bool:
        """Whether an article leads a story and still says what that story began with."""
        return n in self._stories and self._newest[self._keys[n].article_id] == n
