"""Measures the macro ``search``: ``python -m benchmarks.search LAKE [QUERIES] [--seed N]``.

Queries are made from articles of the lake, drawn at random, in turn: a phrase of 12 characters from the text, in
quotation marks and without; the words of the headline; a company that the article names and the last 8 characters of
a sentence about it. Queries cut no word and no number, and few articles have what is asked for, as far as that can be had. Right is an answer whose first ten have the article, or one with the same text. Told, too:
what share of phrases gave exactly the articles that LIKE gives, times, and the size of the index.

A lake: ``newslake ingest`` of what ``benchmarks.generate`` writes, or any other.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

import duckdb

from lake.locations import LakeRoot

__all__ = ["main", "queries"]

_LENGTH = 12
_FEW = 5
_COMPARED = 100
"""Phrases that are compared with LIKE, which reads all texts."""

Query = tuple[str, str, str]
"""Kind, query, and the article from which it was made."""


def queries(connection: duckdb.DuckDBPyConnection, number: int, seed: int = 1) -> Iterator[Query]:
    """``number`` queries, the same ones for the same lake and seed."""
    drawn = connection.execute(
        """
        SELECT article_id, title, body_text, mentions[1].name
        FROM articles
        WHERE length(body_text) > 100 AND length(title) > 5
        ORDER BY md5(article_id || $seed) LIMIT $number
        """,
        {"seed": str(seed), "number": number},
    ).fetchall()
    rng = Random(seed)
    for n, (article_id, title, text, company) in enumerate(drawn):
        kind = ("phrase", "the same without quotation marks", "headline", "company and event")[n % 4]
        part = _rare(connection, text, rng) if n % 4 < 2 else ""
        event = _event(connection, company, text) if kind == "company and event" else None
        if kind == "phrase":
            yield kind, '"' + part.replace('"', '""') + '"', article_id
        elif event is not None:
            yield kind, f"{company} {event}", article_id
        elif kind == "the same without quotation marks":
            yield kind, " ".join(part.split()).replace('"', " "), article_id
        else:
            yield "headline", " ".join(re.findall(r"\w+", title)), article_id


def _rare(connection: duckdb.DuckDBPyConnection, text: str, rng: Random) -> str:
    """A part of a text that few articles have, if there is one among some; it cuts no word and no number."""
    for _ in range(5):
        begin = rng.randrange(len(text) - _LENGTH)
        end = begin + _LENGTH
        while begin and _cuts(text, begin):
            begin -= 1
        while end < len(text) and _cuts(text, end):
            end += 1
        part = text[begin:end]
        if len(_containing(connection, part)) <= _FEW:
            break
    return part


def _cuts(text: str, at: int) -> bool:
    """Whether a word or a number goes on at a place."""
    return re.fullmatch("[A-Za-z0-9.,%]{2}", text[at - 1 : at + 1]) is not None


def _event(connection: duckdb.DuckDBPyConnection, company: str | None, text: str) -> str | None:
    """The last 8 characters, and what they cut, of a sentence about a company that few articles have with its name."""
    for found in re.finditer(rf"{re.escape(company or chr(0))}([^。]{{8,}})", text):
        about = found[1]
        begin = len(about) - 8
        while begin and _cuts(about, begin):
            begin -= 1
        if len(_containing(connection, about[begin:], company or "")) <= _FEW:
            return about[begin:]
    return None


def main() -> None:
    """Ask, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("lake", type=Path)
    parser.add_argument("queries", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="of the draw: how ranks weigh was chosen on 1")
    parser.add_argument(
        "--misses", action="store_true", help="print the queries that did not find their article"
    )
    arguments = parser.parse_args()
    root = LakeRoot(arguments.lake.absolute())
    found: dict[str, list[bool]] = defaultdict(list)
    wall: list[float] = []
    work: list[float] = []
    same: list[bool] = []
    with duckdb.connect(root.database, read_only=True, config={"threads": 4}) as connection:
        asked = list(queries(connection, arguments.queries, arguments.seed))
        connection.execute("FROM search('x')").fetchall()
        for kind, query, article_id in asked:
            began, busy = time.perf_counter(), time.process_time()
            ids = [
                row[0] for row in connection.execute("SELECT article_id FROM search($1)", [query]).fetchall()
            ]
            wall.append(time.perf_counter() - began)
            work.append(time.process_time() - busy)
            found[kind].append(article_id in ids[:10] or _repeats(connection, article_id, ids[:10]))
            if arguments.misses and not found[kind][-1]:
                place = ids.index(article_id) + 1 if article_id in ids else "nowhere"
                sys.stdout.write(f"{kind}: {query} -> {article_id} at {place}\n")
            if kind == "phrase" and len(same) < _COMPARED:
                same.append(sorted(ids) == _containing(connection, query[1:-1].replace('""', '"')))
    for kind, each in found.items():
        sys.stdout.write(f"{kind:<36} {sum(each)} of {len(each)}\n")
    every = [right for each in found.values() for right in each]
    sys.stdout.write(f"{'in the first ten':<36} {100 * sum(every) / len(every):.1f} %\n")
    sys.stdout.write(f"{'phrases that equal LIKE':<36} {sum(same)} of {len(same)}\n")
    for name, times in (("wall", wall), ("CPU", work)):
        spread = statistics.quantiles(times, n=20)
        sys.stdout.write(f"{name + ' median, p95 [s]':<36} {statistics.median(times):.3f} {spread[-1]:.3f}\n")
    sizes = [_bytes(root.path / part) for part in ("derived/text_index", "derived/headlines", "articles")]
    sys.stdout.write(
        f"{'index, headlines, articles [MB]':<36} {' '.join(f'{size / 1e6:.1f}' for size in sizes)}\n"
    )


def _repeats(connection: duckdb.DuckDBPyConnection, article_id: str, ids: list[str]) -> bool:
    """Whether one of some articles has the same text as this one."""
    query = "SELECT count(DISTINCT body_text) < count(*) FROM articles WHERE article_id = $1 OR list_contains($2, article_id)"
    row = connection.execute(query, [article_id, ids]).fetchone()
    return bool(row and row[0])


def _containing(connection: duckdb.DuckDBPyConnection, *phrases: str) -> list[str]:
    conditions = " AND ".join(
        f"(title LIKE ${n} ESCAPE '!' OR body_text LIKE ${n} ESCAPE '!')" for n in range(1, len(phrases) + 1)
    )
    patterns = ["%" + re.sub(r"([%_!])", r"!\1", phrase) + "%" for phrase in phrases]
    query = f"SELECT article_id FROM articles WHERE {conditions} ORDER BY 1"
    return [row[0] for row in connection.execute(query, patterns).fetchall()]


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


if __name__ == "__main__":
    main()
