"""Real posts of the seed archive against what a person read in them; skipped where they are not at hand.

Run it with ``-s`` to see precision and recall of the mentions (docs/decisions/mentions.md).
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from lake.extraction import extract
from lake.merge import Copy, merge
from lake.model import Article

SEED = Path(__file__).parent.parent.parent / "shared" / "finews"
TRUTH = SEED / "truth-examples.jsonl"
NOW = dt.datetime(2022, 6, 1, tzinfo=dt.UTC)

pytestmark = pytest.mark.skipif(not TRUTH.exists(), reason="the seed archive's posts are not at hand")

EXAMPLES: list[dict[str, Any]] = (
    [json.loads(line) for line in TRUTH.read_text().splitlines()] if TRUTH.exists() else []
)


def merged(files: list[str]) -> Article:
    copies = [
        Copy(
            extract((SEED / file).read_bytes(), name=Path(file).name, captured_at=NOW), file, file, None, NOW
        )
        for file in files
    ]
    return merge(copies).article


def pairs(article: Article) -> set[str]:
    return {f"{mention.market}.{mention.code}" for mention in article.mentions}


@pytest.mark.parametrize("truth", EXAMPLES, ids=lambda truth: truth["article_id"])
@pytest.mark.parametrize("order", [1, -1])
def test_every_field_agrees(truth: dict[str, Any], order: int) -> None:
    article = merged(truth["file"].split(" + ")[::order])
    paragraphs = article.body_text.split("\n\n")
    assert {
        "title": article.title,
        "published_at": article.published_at.isoformat(),
        "published_date_expected": article.published_date.isoformat(),
        "category": article.category,
        "tags": list(article.tags),
        "digest": article.digest,
        "url": article.url,
        "article_id": article.article_id.removeprefix("eastmoney:"),
        "media": article.media,
        "n_images": len(article.images),
        "n_charts": len(article.charts),
        "glossary_terms": [term.term for term in article.glossary],
        "first_paragraph": None if article.digest_only else paragraphs[0],
        "last_paragraph": None if article.digest_only else paragraphs[-1],
    } == {key: value for key, value in truth.items() if key not in ("file", "mentions", "doubtful")}
    assert pairs(article) == set(truth["mentions"])


def test_precision_and_recall_of_mentions() -> None:
    right = wrong = missed = refused = 0
    for truth in EXAMPLES:
        found, true = pairs(merged(truth["file"].split(" + "))), set(truth["mentions"])
        right, wrong, missed = (
            right + len(found & true),
            wrong + len(found - true),
            missed + len(true - found),
        )
        refused += len(set(truth["doubtful"]) - found)
    doubtful = sum(len(truth["doubtful"]) for truth in EXAMPLES)
    print(
        f"mentions: {right} right, {wrong} wrong, {missed} missed; {refused} of {doubtful} false pairs left out"
    )
    assert missed == 0
    assert right / (right + wrong) >= 0.98


@pytest.mark.parametrize("path", sorted(SEED.glob("*/*.md")), ids=lambda path: path.name)
def test_every_post_gives_an_article(path: Path) -> None:
    article = extract(path.read_bytes(), name=path.name, captured_at=NOW)
    assert article.body_text
    assert "文章来源" not in article.body_markdown
    assert "返回" not in article.body_text
    for mention in article.mentions:
        if mention.name is not None and mention.first_offset is not None:
            assert article.body_text.startswith(mention.name, mention.first_offset)
