"""Learning names: what the site's own marks in the lake say of each name, and which names to take.

Two passes over the articles that carry the site's markup. The first collects names and the pairs they are
marked as. The second looks for all of them in the texts, exactly as in an unmarked text, and counts how often
the article does mention the pair: EastMoney marks first mentions always (seen in the seed archive's posts and
in public captures of its pages), so a name that stands there unmarked is an ordinary word or part of a longer
name. Only markup teaches; a mention found by name, ticker or chart never does, so no error feeds itself.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from lake.extraction.known_names import KnownName, KnownNames
from lake.extraction.markets import kind_of
from lake.extraction.marks import Pair
from lake.locations import LakeRoot
from lake.names import Name, Verdict
from lake.query import ask

__all__ = ["LEAST_ARTICLES", "LEAST_PRECISION", "Marked", "candidates", "judged", "learn", "tallied"]

log = logging.getLogger(__name__)

LEAST_PRECISION = 0.9
"""Least part of the articles with a name that mention its pair, and least part of its marks that name one pair.
Our choice: one wrong in ten for the worst name taken; all together are far better (docs/benchmarks.md)."""
LEAST_ARTICLES, LEAST_ARTICLES_SHORT = 2, 3
"""Articles that must mark a name: one can be an error of the site's; a name of two characters is more often
part of something else, so one article more. Common words need no higher bound: common means seen often."""
SHORT = 2
"""Characters of a short name; a Latin one has one letter more (``TCL``), shorter ones are units and initials."""
LONGEST = 30
"""Characters beyond which a mark holds a sentence, not a name; the longest names of funds have about 25."""
KINDS = ("security", "index", "fund")
"""Kinds that are looked for. Boards' names (银行, 教育, 旅游) and commodities' (黄金) are common nouns: in
finance articles the site marks them always, in general news they are no mentions."""

_NAMES = """
    SELECT name, market, code, count(*) AS articles
    FROM mentions
    WHERE marked_by = 'markup' AND name IS NOT NULL AND market IS NOT NULL
    GROUP BY ALL
    ORDER BY ALL
"""
_TEXTS = """
    WITH marked AS (
        SELECT body_text, [m FOR m IN mentions IF m.marked_by = 'markup' AND m.market IS NOT NULL] AS marks
        FROM articles
    )
    SELECT body_text, [[m.market::VARCHAR, m.code] FOR m IN marks]
    FROM marked
    WHERE len(marks) > 0
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A name, a pair it is marked as, and the number of articles that do so."""

    name: str
    market: int
    code: str
    articles: int


def learn(root: LakeRoot) -> list[Name]:
    """The table of names that the lake's published articles teach, by name. Raises Stop without a lake."""
    with ask(root, _NAMES) as answer:
        names = candidates([Marked(*row) for row in answer.rows])
    with ask(root, _TEXTS) as answer:
        texts = ((text or "", {(int(market), code) for market, code in pairs}) for text, pairs in answer.rows)
        return judged(tallied(names, texts))


def candidates(marked: Iterable[Marked]) -> list[Name]:
    """One row a name, with the pair that most articles mark it as (the lowest of equals), not judged yet."""
    by_name: dict[str, list[Marked]] = defaultdict(list)
    for each in marked:
        if 1 < len(each.name) <= LONGEST and not each.name.isdigit():
            by_name[each.name].append(each)
    return [_candidate(by_name[name]) for name in sorted(by_name)]


def _candidate(marked: Sequence[Marked]) -> Name:
    first = min(marked, key=lambda each: (-each.articles, each.market, each.code))
    others = sum(each.articles for each in marked) - first.articles
    return Name(first.name, first.market, first.code, first.articles, others, 0, 0, "rare")


def tallied(names: Sequence[Name], texts: Iterable[tuple[str, Collection[Pair]]]) -> list[Name]:
    """The names with ``seen`` and ``agreed`` counted over (text, the pairs that its markup mentions)."""
    matcher = KnownNames(KnownName(name.name, name.pair) for name in names)
    seen, agreed = Counter[str](), Counter[str]()
    for text, pairs in texts:
        found = {mark.name: mark.pair for mark in matcher.find(text)}
        seen.update(found.keys())  # each name once an article
        agreed.update(name for name, pair in found.items() if pair in pairs)
    log.info("%d names in texts with the site's markup", len(names))
    return [replace(name, seen=seen[name.name], agreed=agreed[name.name]) for name in names]


def judged(names: Iterable[Name]) -> list[Name]:
    """The names with their verdicts."""
    return [replace(name, verdict=_verdict(name)) for name in names]


def _verdict(name: Name) -> Verdict:
    letters = len(name.name) - name.name.isascii()
    if kind_of(*name.pair) not in KINDS:
        return "kind"
    if letters < SHORT:
        return "short"
    if name.articles < LEAST_PRECISION * (name.articles + name.others):
        return "ambiguous"
    if not name.seen or name.agreed < LEAST_PRECISION * name.seen:
        return "ordinary"
    return (
        "rare" if name.articles < (LEAST_ARTICLES_SHORT if letters == SHORT else LEAST_ARTICLES) else "taken"
    )
