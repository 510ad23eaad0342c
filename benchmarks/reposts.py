"""How well reposts are told from articles that are only alike, and what finding them costs.

    python -m benchmarks.reposts [--texts 2000] [--seed 1] [--json]

The labelled articles of ``benchmarks.edits`` come in stretches of an hour, as they would into a live lake, each one
a segment of the derived table ``stories``. Two articles are a pair if they have one label. Precision: pairs with one
story that are pairs. Recall: pairs that have one story.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.edits import Labelled, labelled
from lake.derived.stories import STORIES
from lake.derived.table import Batch, Settling
from lake.schema import ARTICLES

_MERGED = 8
_NAMES = ("article_id", "story_id")

__all__ = ["Score", "rows", "score", "stories"]


@dataclass(frozen=True)
class Score:
    """Of pairs: how many are found rightly, found in all and there in all; ``recalls`` by the kind of edit."""

    articles: int
    right: int
    found: int
    pairs: int
    recalls: dict[str, float]
    wrong: dict[str, int]

    @property
    def precision(self) -> float:
        """Right ones of those found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Right ones of those that there are."""
        return self.right / self.pairs if self.pairs else 1.0


def rows(articles: Sequence[Labelled]) -> list[dict[str, Any]]:
    """The articles as rows of the table ``articles``; an hour is a run."""
    return [
        {
            "article_id": f"a{number:06d}",
            "revision": 1,
            "title": article.title,
            "body_text": article.text,
            "media": article.media,
            "source": "wire",
            "published_at": article.time,
            "published_date": article.time.date(),
            "run_id": f"{article.time:%Y%m%dT%H}0000-000000",
            "mentions": [
                {"kind": "security", "market": int(pair[0]), "code": pair[2]}
                for pair in ((thing.pair or "").partition(".") for thing in article.securities)
            ],
        }
        for number, article in enumerate(articles)
    ]


def stories(given: Sequence[dict[str, Any]], folder: Path) -> dict[str, str]:
    """Article -> story, each run a segment; ``folder`` is filled with the articles and the segments."""
    found: dict[str, str] = {}
    past: list[Path] = []
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for run, group in groupby(given, key=lambda row: row["run_id"]):
            settled = segment(connection, run, list(group), folder, past)
            past = [*past, folder / f"{run}.parquet"]
            pq.write_table(settled, past[-1])
            if len(past) == _MERGED:  # as upkeep does
                pq.write_table(pa.concat_tables(map(pq.read_table, past)), folder / f"{run}-all.parquet")
                past = [folder / f"{run}-all.parquet"]
            found |= dict(zip(*(settled.column(name).to_pylist() for name in _NAMES), strict=True))
    return found


def segment(
    connection: duckdb.DuckDBPyConnection,
    run: str,
    given: Sequence[dict[str, Any]],
    folder: Path,
    past: Sequence[Path],
) -> pa.Table:
    """The rows of ``stories`` of one run, which is written to ``folder`` as the table ``articles`` would."""
    articles = pa.Table.from_pylist(list(given), schema=ARTICLES)
    for date in sorted(set(articles.column("published_date").to_pylist())):
        (folder / f"date={date}").mkdir(parents=True, exist_ok=True)
        of_date = articles.filter(pc.equal(articles.column("published_date"), date))
        pq.write_table(of_date, folder / f"date={date}" / f"{run}-0.parquet")
    rows = STORIES.build(Batch(connection, articles.select(STORIES.reads), 0, tuple(past)))
    assert STORIES.settle is not None
    settling = Settling(connection, STORIES.columns, rows, past, folder)
    return pa.concat_tables([STORIES.columns.empty_table(), *STORIES.settle(settling)])


def score(articles: Sequence[Labelled], found: dict[str, str]) -> Score:
    """Compare the stories of ``articles``, which are named as ``rows`` names them, with their labels."""
    ids = [f"a{number:06d}" for number in range(len(articles))]
    by_label = list(_pairs(ids, [article.label for article in articles]))
    by_story = list(_pairs(ids, [found[each] for each in ids]))
    right = set(by_label) & set(by_story)
    kind = dict(zip(ids, (article.kind for article in articles), strict=True))
    edits = Counter(_edit(kind, pair) for pair in by_label)
    recalled = Counter(_edit(kind, pair) for pair in right)
    wrong = Counter(_edit(kind, pair) for pair in set(by_story) - right)
    recalls = {name: recalled[name] / edits[name] for name in sorted(edits)}
    return Score(len(articles), len(right), len(by_story), len(by_label), recalls, dict(wrong))


def _edit(kind: dict[str, str], pair: tuple[str, str]) -> str:
    return ", ".join(sorted({kind[each] for each in pair} - {"original"}) or ["original"])


def _pairs(ids: Sequence[str], groups: Iterable[str]) -> Iterator[tuple[str, str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for each, group in zip(ids, groups, strict=True):
        members[group].append(each)
    for of_group in members.values():
        yield from combinations(of_group, 2)


def main(words: Sequence[str] | None = None) -> int:
    """Print precision, recall and cost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reposts")
    parser.add_argument("--texts", type=int, default=2000, help="number of different texts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args(words)
    articles = labelled(given.seed, given.texts)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        found = stories(rows(articles), Path(folder))
        seconds = time.process_time() - begun
    result = score(articles, found)
    if given.json:
        print(json.dumps({**asdict(result), "precision": result.precision, "recall": result.recall}))
        return 0
    print(f"{result.articles} articles, {result.pairs} pairs: precision {result.precision:.4f}, ", end="")
    print(f"recall {result.recall:.4f}; {1000 * seconds / len(articles):.2f} ms of CPU an article")
    single = {name: share for name, share in result.recalls.items() if "+" not in name and "," not in name}
    print("recall by edit: " + ", ".join(f"{name} {share:.3f}" for name, share in sorted(single.items())))
    print("wrong pairs: " + ", ".join(f"{name} {count}" for name, count in sorted(result.wrong.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
