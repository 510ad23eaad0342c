"""Which marks of EastMoney's markup are no mentions.

The site marks a name wherever its letters stand. A mark is false where they are part of a longer name or of
another word, or ordinary words. Each rule reads only the characters around the mark, and the marks beside it:

1. **Tail of an institution's name** (boards 证券 银行 保险 信托): a name stands right before the word
   (首创[证券], 中国人民[银行]). Kept after a space or punctuation, a function word, a number's measure word, or
   a word that only qualifies (5家[银行], 国有[银行], 商业[银行], 看好[证券]).
2. **Head or middle of a longer name**: what follows makes it an association, a newspaper, a university, an
   exchange, an authority (中国[证券]业协会, [证券]时报, [上海复旦]大学, [券商]中国记者).
3. **Part of another word**: [银行]间, [证券]代码, [黄金]周; letters inside a longer Latin word.
4. **Tail of a company's name**: a board's word right after a marked company ([中国银河][证券]).
5. **Ordinary words** (securities only, judged over all marks of the pair): they are the object of 发展, 建设, …
   (发展[绿色经济]), a field ([机器人]产业), or one in a list of boards; see ORDINARY_POINTS. Company facts (a ticker, a chart,
   股价 or 公告 right after it, a company beside it in a list) outweigh that.

A pair is dropped only if every one of its marks is false, so that no true mention is lost to a false one.
The words stand in ``mention_words``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lake.extraction import mention_words as words
from lake.extraction.markets import kind_of
from lake.extraction.marks import Mark, Pair

__all__ = ["AROUND", "genuine", "in_longer_name"]

AROUND = 8
"""Characters looked at on either side of a mark: the longest word in the vocabulary."""

ORDINARY_POINTS = 2
"""Evidence needed to take a company's name for ordinary words. 发展 and its kin before it, or 产业 and its
kin after it count two; 建设 and its kin, each board beside it in a list, an abstract noun as its ending,
and no mark of a first mention among all its marks count one each."""


def genuine(marks: Sequence[Mark], text: str, *, named: Collection[Pair] = ()) -> list[Mark]:
    """The marks that are mentions, in order.

    ``named`` are pairs that a chart or ticker names besides: their marks are never ordinary words.
    """
    kinds = [kind_of(*mark.pair) for mark in marks]
    kept = []
    for k, mark in enumerate(marks):
        after_company = k > 0 and kinds[k - 1] == "security" and marks[k - 1].end == mark.start
        if not _false_alone(mark, kinds[k], text, after_company):
            kept.append(mark)
    ordinary = _ordinary_pairs(kept, text, named)
    return [mark for mark in kept if mark.pair not in ordinary]


def _false_alone(mark: Mark, kind: str, text: str, after_company: bool) -> bool:
    """Rules 1 to 4: what stands right around one mark."""
    before, after = text[max(mark.start - AROUND, 0) : mark.start], text[mark.end : mark.end + AROUND]
    if _inside_latin(mark.name, before, after):
        return True
    if kind == "security":
        return words.COMPANY_ASSOCIATION.match(after) is not None
    if kind != "board":
        return False
    return (
        (after_company and mark.name in words.TAILS)
        or _ends_institution(mark.name, before)
        or in_longer_name(mark.name, before, after)
    )


def _ends_institution(name: str, before: str) -> bool:
    kinds = words.INSTITUTIONS.get(name)
    return kinds is not None and _is_han(before[-1:]) and not before.endswith(words.FUNCTION_WORDS + kinds)


def in_longer_name(name: str, before: str, after: str) -> bool:
    """Rules 2 and 3 for a board's or glossary term's word between ``before`` and ``after``."""
    if words.ASSOCIATION.match(after) or (_is_han(before[-1:]) and words.NEWSPAPER.match(after)):
        return True
    other = words.OTHER_WORDS.get(name)
    if other is not None and other.match(after):
        return True
    return name in words.MINISTRIES and words.MINISTRY.match(after) is not None


def _inside_latin(name: str, before: str, after: str) -> bool:
    return (_is_latin(name[:1]) and _is_latin(before[-1:])) or (_is_latin(name[-1:]) and _is_latin(after[:1]))


def _ordinary_pairs(marks: Sequence[Mark], text: str, named: Collection[Pair]) -> set[Pair]:
    """Rule 5: securities whose marks together speak for ordinary words, and none for a company."""
    points: dict[Pair, int] = {}
    company = set(named)
    for k, mark in enumerate(marks):
        pair = mark.pair
        if pair in company or kind_of(*pair) != "security":
            continue
        boards, companies = _listed_beside(marks, k, text)
        if companies or mark.name.endswith(words.COMPANY_WORDS) or words.COMPANY_FACT.match(text, mark.end):
            company.add(pair)
        points[pair] = points.get(pair, 0) + boards + _field_points(mark, text)
    return {
        pair
        for pair, count in points.items()
        if pair not in company and count + _weakness(pair, marks) >= ORDINARY_POINTS
    }


def _weakness(pair: Pair, marks: Sequence[Mark]) -> int:
    """One point each for a name that reads as ordinary words, and for no mark of a first mention."""
    own = [mark for mark in marks if mark.pair == pair]
    return own[0].name.endswith(words.ABSTRACT_NOUNS) + (not any(mark.first for mark in own))


def _field_points(mark: Mark, text: str) -> int:
    """What the words right beside say for a field or an idea instead of a company."""
    before = text[max(mark.start - AROUND, 0) : mark.start]
    if words.PROMOTED.search(before) or words.INDUSTRY.match(text, mark.end):
        return ORDINARY_POINTS
    return 1 if words.BUILT.search(before) else 0


def _listed_beside(marks: Sequence[Mark], k: int, text: str) -> tuple[int, int]:
    """How many boards, and companies, stand beside mark ``k`` in a list parted by 、."""
    boards = companies = 0
    for left, right, other in ((k - 1, k, k - 1), (k, k + 1, k + 1)):
        if left >= 0 and right < len(marks) and text[marks[left].end : marks[right].start] == "、":
            kind = kind_of(*marks[other].pair)
            boards += kind == "board"
            companies += kind == "security"
    return boards, companies


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
