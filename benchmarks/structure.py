"""What structuring one post costs, against Beautiful Soup's own parse of its HTML (lxml), in the same run.

    python -m benchmarks.structure [--posts 100] [--rounds 30] [--json]

Structuring is everything from bytes to Article: detection, decoding, front matter, cleaning, Markdown,
mentions. The parse is ``BeautifulSoup(html, "lxml")`` of the post's HTML part alone. The two alternate; each
post's ratio is that of their medians over the rounds. Posts come from the generator and, where the seed
archive's posts lie beside the project (``../shared/finews``), from there.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bs4 import BeautifulSoup

from benchmarks.generate import generate
from lake.extraction import extract

SEED = Path(__file__).parent.parent.parent / "shared" / "finews"


@dataclass(frozen=True)
class Result:
    """Times of one set of posts; microseconds are medians over posts."""

    posts: int
    median_bytes: int
    parse_us: float
    structure_us: float
    ratio_median: float
    ratio_p95: float
    ratio_total: float


def generated(count: int) -> Iterator[tuple[str, bytes]]:
    """The first ``count`` generated posts that hold HTML."""
    found = 0
    for name, body in generate(count * 4):
        if b"<p" in body:
            yield name, body
            found += 1
            if found == count:
                return


def real() -> Iterator[tuple[str, bytes]]:
    """The seed archive's posts that hold HTML."""
    for path in sorted(SEED.glob("*/*.md")):
        if b"<p" in (body := path.read_bytes()):
            yield path.name, body


def html_of(body: bytes) -> str:
    """The post's HTML, without front matter, digest, URL and footer."""
    text = body.decode()
    return text[text.index("<p") : text.rindex("</p>") + len("</p>")]


def measure(posts: Sequence[tuple[str, bytes]], rounds: int) -> Result:
    """Time both on every post, alternating."""
    parses, structures, ratios = [], [], []
    for name, body in posts:
        html = html_of(body)
        parse, structure = [], []
        for _ in range(rounds):
            parse.append(_timed(lambda html=html: BeautifulSoup(html, "lxml")))  # type: ignore[misc]
            structure.append(_timed(lambda body=body, name=name: extract(body, name=name)))  # type: ignore[misc]
        gc.collect()
        parses.append(statistics.median(parse) * 1e6)
        structures.append(statistics.median(structure) * 1e6)
        ratios.append(structures[-1] / parses[-1])
    return Result(
        posts=len(posts),
        median_bytes=int(statistics.median(len(body) for _, body in posts)),
        parse_us=round(statistics.median(parses), 1),
        structure_us=round(statistics.median(structures), 1),
        ratio_median=round(statistics.median(ratios), 3),
        ratio_p95=round(sorted(ratios)[int(len(ratios) * 0.95)], 3),
        ratio_total=round(sum(structures) / sum(parses), 3),
    )


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--posts", type=int, default=100, help="generated posts to measure")
    parser.add_argument("--rounds", type=int, default=30, help="times that each post is measured")
    parser.add_argument("--json", action="store_true", help="print one JSON object only")
    options = parser.parse_args()
    sets = {"generated": list(generated(options.posts)), "real": list(real())}
    results = {name: measure(posts, options.rounds) for name, posts in sets.items() if posts}
    if not options.json:
        print(
            f"{'posts':<12}{'count':>6}{'bytes':>8}{'parse us':>10}{'all us':>9}{'ratio':>8}{'p95':>7}{'total':>7}"
        )
        for name, r in results.items():
            print(
                f"{name:<12}{r.posts:>6}{r.median_bytes:>8}{r.parse_us:>10}{r.structure_us:>9}"
                f"{r.ratio_median:>8}{r.ratio_p95:>7}{r.ratio_total:>7}"
            )
    print(json.dumps({name: asdict(result) for name, result in results.items()}))


if __name__ == "__main__":
    main()
