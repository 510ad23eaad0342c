"""A small invented season of news, with what analysts ask about: ``python -m benchmarks.season TARGET``.

Nine weeks of the generator's posts, some twenty a weekday. Other media repeat some of them within the day, one
Wednesday is missing, and ``TARGET/corrected`` has later copies of some posts of ``TARGET/first``, retitled.
Make a lake of it:

    newslake ingest TARGET/first --source wire
    newslake ingest TARGET/corrected --source wire
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from benchmarks.generate import Shares, generate
from benchmarks.stories import MEDIA

__all__ = ["MISSING", "main", "season"]

MISSING = dt.date(2022, 2, 23)
"""The Wednesday of which nothing is there."""

_LAST = dt.date(2022, 3, 6)
_VOLUMES = 22, 6  # articles of a weekday, of a day on a weekend
_REPEATED, _CORRECTED = 0.15, 0.01  # parts of the articles
_MOST = 3  # times that an article is repeated
_PATIENCE = 480  # minutes after which nobody repeats an article
_ONCE = Shares(twin=0, stub=0, old=0, media=0)

_ID = re.compile(r"\d{18}")
_DATE = re.compile(r"(?<=\ndate: )[0-9-]{10} [0-9:]{8}")
_SOURCE = re.compile(r"(?<=文章来源：)[^<）)\n]+")


def season(seed: int = 5) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The posts by name, and the corrected ones, which have names of the first."""
    rng = Random(seed)
    first: dict[str, bytes] = {}
    corrected: dict[str, bytes] = {}
    for name, body in generate(100_000, seed, _ONCE, _VOLUMES):
        text = body.decode()
        day = _time(text).date()
        if day > _LAST:
            break
        if day == MISSING:
            continue
        first[name] = body
        if rng.random() < _REPEATED and _SOURCE.search(text):
            first |= dict(_reposts(text, rng))
        elif rng.random() < _CORRECTED:
            corrected[name] = text.replace('title: "', 'title: "更正：', 1).encode()
    return first, corrected


def _time(text: str) -> dt.datetime:
    found = _DATE.search(text)
    if found is None:
        raise ValueError("a post without a date")
    return dt.datetime.fromisoformat(found[0])


def _reposts(text: str, rng: Random) -> Iterator[tuple[str, bytes]]:
    """The same text as other media have it, some minutes or hours later."""
    for medium in rng.sample([name for name, _ in MEDIA], rng.randint(1, _MOST)):
        time = _time(text) + dt.timedelta(minutes=rng.randint(3, _PATIENCE))
        number = f"{time:%Y%m%d}{rng.randrange(9 * 10**9, 10**10)}"
        copy = _SOURCE.sub(medium, _ID.sub(number, _DATE.sub(f"{time}", text, count=1)))
        if time.date() != MISSING:
            yield f"_posts/{time:%Y-%m-%d}-{number}.md", copy.encode()


def write(target: Path) -> None:
    """Write the season to the new folders ``target``/first and ``target``/corrected."""
    for folder, posts in zip(("first", "corrected"), season(), strict=True):
        for name, body in posts.items():
            path = target / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)


def main(words: Sequence[str] | None = None) -> int:
    """Write the season as the command line asks; 2 when the target exists."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.season", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("target", type=Path, help="a new folder")
    target = parser.parse_args(words).target
    if target.exists():
        print(f"{target} exists: give a new name or remove it first", file=sys.stderr)
        return 2
    write(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
