"""How many mentions are found again in articles whose markup is hidden: by names, by tickers.

    python -m benchmarks.entities [--posts 2000] [--json]

Truth is the site's own markup, less its false marks: the distinct pairs of an article. Each article is read once
more with the attributes of its marks removed, and what is found then is compared with the truth, pair by pair. Names
come from a table learned from the other articles alone (one left out of the real ones, a fifth of the generated).
A ticker is expected where a true pair's code stands in the text. Real posts are those of the seed archive and
EastMoney pages beside the project (``../shared``), where they are at hand.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice, product
from pathlib import Path

from benchmarks.generate import generate
from benchmarks.prose import things
from benchmarks.vocabulary import HEADS, NOUNS, TAILS, TRADES
from lake.errors import Reject
from lake.extraction import extract
from lake.extraction.known_names import KnownName, KnownNames, with_names
from lake.extraction.marks import Pair
from lake.extraction.tickers import find_tickers
from lake.learning import KINDS, Marked, candidates, judged, tallied
from lake.model import Article
from lake.names import Name

SHARED = Path(__file__).parent.parent.parent / "shared"
_FOLDS = 5
_MARKS = re.compile(
    r"""\bclass=["'](?:keytip|em_stock_key_common|infokey)["']|\bid=["'](?:stock|bk|quote|bkquote|Info)[_.][^"']*["']"""
)


@dataclass(frozen=True)
class Case:
    """An article as it came, and as it is read without its marks."""

    article: Article
    hidden: Article

    @property
    def truth(self) -> dict[Pair, str]:
        """The pairs that the markup mentions, with their kinds."""
        marked = (mention for mention in self.article.mentions if mention.marked_by == "markup")
        return {(mention.market, mention.code): mention.kind for mention in marked}


@dataclass(frozen=True)
class Score:
    """Pairs found, expected and both; ``articles`` is the number of articles looked at."""

    what: str
    articles: int
    true: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        """The part of what was found that is right."""
        return round(self.right / self.found, 3) if self.found else None

    @property
    def recall(self) -> float | None:
        """The part of what is true that was found."""
        return round(self.right / self.true, 3) if self.true else None


def case(body: str, name: str, url: str | None = None) -> Case | None:
    """The article and its reading without marks; None if it is none or carries no mark."""
    try:
        article = extract(body, name=name, url=url)
        hidden = extract(_MARKS.sub("", body), name=name, url=url)
    except Reject:
        return None
    assert not any(mention.marked_by == "markup" for mention in hidden.mentions), name
    found = Case(article, hidden)
    return found if found.truth else None


def generated(count: int) -> Iterator[Case]:
    """Generated posts with markup, one of each article."""
    return _distinct(case(body.decode(), name) for name, body in generate(count))


def planted(count: int) -> Iterator[Case]:
    """The same posts with harder names: 20 securities are called as words of the prose are (产能, 供应链…),
    and 10 as another security is."""
    names = [thing.name for thing in things()[0]]
    renamed = dict(zip(names[:20], NOUNS[:20], strict=True)) | dict(
        zip(names[20:30], names[30:40], strict=True)
    )
    pattern = re.compile("|".join(map(re.escape, renamed)))
    posts = ((name, pattern.sub(lambda m: renamed[m[0]], body.decode())) for name, body in generate(count))
    return _distinct(case(body, name) for name, body in posts)


def real() -> Iterator[Case]:
    """The real posts and EastMoney pages with markup, one of each article."""
    posts = sorted((SHARED / "finews").glob("*/*.md"))
    pages = sorted((SHARED / "pages" / "eastmoney").glob("*.html"))
    read = [case(path.read_text("utf-8"), path.name) for path in posts]
    read += [
        case(path.read_text("utf-8"), path.name, f"https://finance.eastmoney.com/{path.stem}.html")
        for path in pages
    ]
    return _distinct(read)


def _distinct(cases: Iterable[Case | None]) -> Iterator[Case]:
    seen: set[str] = set()
    for each in cases:
        if each is not None and each.article.article_id not in seen:
            seen.add(each.article.article_id)
            yield each


def table(cases: Sequence[Case]) -> list[Name]:
    """The table of names that these articles teach."""
    marked = Counter(
        (mention.name, mention.market, mention.code)
        for each in cases
        for mention in each.article.mentions
        if mention.marked_by == "markup" and mention.name and mention.market is not None
    )
    names = candidates(Marked(*key, count) for key, count in marked.items())  # type: ignore[arg-type]
    return judged(tallied(names, ((each.article.body_text, each.truth.keys()) for each in cases)))


def by_names(
    what: str, cases: Sequence[Case], folds: int, take: Callable[[Name], bool], kinds: Sequence[str]
) -> Score:
    """Names alone; ``take`` chooses among the names of a table learned from the other folds, or from all
    articles if there is but one fold."""
    true = found = right = 0
    for fold in range(folds):
        names = table([each for k, each in enumerate(cases) if folds == 1 or k % folds != fold])
        known = KnownNames(KnownName(name.name, name.pair, take(name)) for name in names)
        for each in cases[fold::folds]:
            mentions = with_names(replace(each.hidden, mentions=()), known).mentions
            pairs = {(m.market, m.code) for m in mentions if m.kind in kinds}
            expected = {pair for pair, kind in each.truth.items() if kind in kinds}
            true, found, right = true + len(expected), found + len(pairs), right + len(pairs & expected)
    return Score(what, len(cases), true, found, right)


def by_tickers(cases: Sequence[Case]) -> Score:
    """Tickers alone: right is what markup or a chart of the article names too."""
    true = found = right = 0
    for each in cases:
        text = each.hidden.body_text
        sure = each.truth.keys() | {(chart.market, chart.code) for chart in each.article.charts}
        expected = {pair for pair in each.truth if _stands(pair[1], text)}
        pairs = {_resolved(ticker.pair, sure) for ticker in find_tickers(text)}
        true, found, right = true + len(expected), found + len(pairs), right + len(pairs & sure)
    return Score("tickers", len(cases), true, found, right)


def _resolved(pair: Pair, sure: Iterable[Pair]) -> Pair:
    """A ticker that names no exchange (``$AAPL``) says as much as it can: the code."""
    return next((other for other in sure if pair[0] is None and other[1] == pair[1]), pair)


def _stands(code: str, text: str) -> bool:
    """Whether a code stands in the text as a word, a Hong Kong one also without leading zeros."""
    forms = {code, code.lstrip("0").zfill(4)} if len(code) == 5 and code.isdigit() else {code}
    return any(re.search(rf"(?<![0-9A-Za-z]){re.escape(form)}(?![0-9A-Za-z])", text) for form in forms)


def measure(cases: Sequence[Case], folds: int) -> list[Score]:
    """All ways of finding over one set."""
    return [
        by_names("names, as shipped", cases, folds, lambda name: name.verdict == "taken", KINDS),
        by_names(
            "names, marked once is enough",
            cases,
            folds,
            lambda name: name.verdict in ("taken", "rare"),
            KINDS,
        ),
        by_names("names, if all were known", cases, 1, lambda name: name.verdict in ("taken", "rare"), KINDS),
        by_names("names, without any bound", cases, folds, lambda name: name.verdict != "kind", KINDS),
        by_names("boards, were they taken", cases, folds, lambda name: name.verdict == "kind", ("board",)),
        by_tickers(cases),
    ]


def cost(posts: int, size: int = 6000) -> tuple[float, float]:
    """Median microseconds a generated post without markup: for looking for ``size`` names, and for extracting it."""
    invented = ("".join(parts) for parts in product(HEADS, TAILS, TRADES))
    names = KnownNames(KnownName(name, (0, f"{k:06d}")) for k, name in enumerate(islice(invented, size)))
    looking, reading = [], []
    for name, body in generate(posts):
        if "-NW" not in name:
            continue
        article = extract(body, name=name)
        reading.append(_timed(lambda body=body, name=name: extract(body, name=name)))  # type: ignore[misc]
        looking.append(_timed(lambda article=article: with_names(article, names)))  # type: ignore[misc]
    return statistics.median(looking) * 1e6, statistics.median(reading) * 1e6


def _timed(work: Callable[[], object]) -> float:
    """The best of five, as other work shares the cores."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--posts", type=int, default=2000, help="generated posts")
    parser.add_argument("--json", action="store_true", help="print one JSON object only")
    options = parser.parse_args()
    made, found = list(generated(options.posts)), list(real())
    hard = list(planted(options.posts))
    results = {"generated": measure(made, _FOLDS), "planted": measure(hard, _FOLDS)}
    if found:
        results["real"] = measure(found, len(found))
    rows = {
        name: [asdict(s) | {"precision": s.precision, "recall": s.recall} for s in scores]
        for name, scores in results.items()
    }
    looking, reading = cost(options.posts)
    if options.json:
        print(json.dumps(rows | {"names_us": looking, "structure_us": reading}, ensure_ascii=False))
        return
    print(
        f"{'set':<11}{'found by':<31}{'articles':>9}{'true':>7}{'found':>7}{'right':>7}{'precision':>10}{'recall':>8}"
    )
    for name, scores in results.items():
        for s in scores:
            print(
                f"{name:<11}{s.what:<31}{s.articles:>9}{s.true:>7}{s.found:>7}{s.right:>7}"
                f"{s.precision!s:>10}{s.recall!s:>8}"
            )
    print(
        f"looking for 6,000 names: {looking:.0f} us an article without markup; extraction: {reading:.0f} us"
    )


if __name__ == "__main__":
    main()
