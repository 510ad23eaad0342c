"""Names of securities that a text does not mark, found with a table of names that is given.

The table comes from the lake's own marked mentions (``lake.names``); here it is only applied:

- The longest name wins, from the left. Names that are known but not to be taken (ambiguous ones, boards,
  ordinary words) still take their letters, so that no shorter name is found inside them.
- A name is no mention where the site's mark of it would be none (``false_marks``): inside a longer Latin
  word, before 协会 or 大学, as ordinary words.
- A text that carries the site's own markup is left to it. The site marks each name that it knows, so a name
  that it left unmarked is most likely none: that is what the table's precision counts as an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick, MatchKind

from lake.extraction.false_marks import genuine
from lake.extraction.markets import kind_of, mic_of, symbol_of
from lake.extraction.marks import Mark, Pair
from lake.model import Article, Mention

__all__ = ["KnownName", "KnownNames", "with_names"]


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name and the pair it stands for; ``taken`` is False for one that only keeps shorter names out."""

    name: str
    pair: Pair
    taken: bool = True


class KnownNames:
    """All names of a table, ready to be looked for in many texts; one automaton, 20 µs for 2,000 characters."""

    def __init__(self, names: Iterable[KnownName]) -> None:
        self._names = list(names)
        patterns = [known.name for known in self._names]
        self._automaton = AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest)

    def __len__(self) -> int:
        return len(self._names)

    def find(self, text: str, *, named: Iterable[Pair] = ()) -> list[Mark]:
        """The mentions of taken names in ``text``, in order.

        ``named`` are pairs that a chart or ticker of the text names besides: their names are never
        ordinary words. Boards take part as neighbours only: a name among boards in a list is a field.
        """
        marks = []
        taken = set()
        for number, start, end in self._places(text):
            known = self._names[number]
            if known.taken:
                taken.add(start)
            elif kind_of(*known.pair) != "board":
                continue
            marks.append(Mark(*known.pair, known.name, start, end, first=False))
        if not taken:
            return []
        return [mark for mark in genuine(marks, text, named=frozenset(named)) if mark.start in taken]

    def _places(self, text: str) -> list[tuple[int, int, int]]:
        """(number of the name, start, end) of the longest matches; a lone surrogate is a letter like others."""
        try:
            return self._automaton.find_matches_as_indexes(text)
        except UnicodeEncodeError:  # the library takes what UTF-8 can hold
            return self._automaton.find_matches_as_indexes(text.encode("utf-8", "replace").decode("utf-8"))


def with_names(article: Article, names: KnownNames | None) -> Article:
    """``article`` with the securities that its text names without marking them (``marked_by = 'name'``).

    A pair that a ticker or a chart already shows keeps that as its evidence and gains the name, the earlier
    offset and the larger count. An article with the site's markup, and any without a table, stay as they are.
    """
    if names is None or any(mention.marked_by == "markup" for mention in article.mentions):
        return article
    known = [(mention.market, mention.code) for mention in article.mentions]
    marks = names.find(article.body_text, named=known)
    if not marks:
        return article
    return replace(article, mentions=_merged(article.mentions, _by_pair(marks)))


def _by_pair(marks: Sequence[Mark]) -> dict[Pair, list[Mark]]:
    groups: dict[Pair, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.pair, []).append(mark)
    return groups


def _merged(held: Sequence[Mention], groups: Mapping[Pair, Sequence[Mark]]) -> tuple[Mention, ...]:
    """Mentions in order of first appearance, those that only a chart shows last."""
    rest = dict(groups)
    merged = [_completed(mention, rest) for mention in held]
    merged += [_mention(pair, marks) for pair, marks in rest.items()]
    last = max((mention.first_offset or 0 for mention in merged), default=0) + 1
    return tuple(sorted(merged, key=lambda m: last if m.first_offset is None else m.first_offset))


def _completed(mention: Mention, rest: dict[Pair, Sequence[Mark]]) -> Mention:
    """The mention with what its name in the text adds; takes its marks out of ``rest``.

    A ticker without exchange (``$AAPL``) is the pair of the same code that a name stands for.
    """
    pair = (mention.market, mention.code)
    if pair not in rest and mention.market is None:
        pair = next((other for other in rest if other[1] == mention.code), pair)
    marks = rest.pop(pair, None)
    if marks is None:
        return mention
    named = _mention(pair, marks)
    starts = [start for start in (mention.first_offset, named.first_offset) if start is not None]
    count = max(mention.count, named.count)
    return replace(named, count=count, first_offset=min(starts), marked_by=mention.marked_by)


def _mention(pair: Pair, marks: Sequence[Mark]) -> Mention:
    return Mention(
        kind=kind_of(*pair),
        market=pair[0],
        code=pair[1],
        symbol=symbol_of(*pair),
        mic=mic_of(*pair),
        name=marks[0].name,
        count=len(marks),
        first_offset=marks[0].start,
        marked_by="name",
    )
