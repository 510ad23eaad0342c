"""Floors of extraction quality on the development pages. They may be raised, never lowered.

The scorer is the one that comes with the pages: F1 over 4-token shingles, dates by day, titles by equality.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lake.errors import Reject
from lake.extraction.page import extract_page

SHARED = Path(__file__).parents[2] / "shared" / "extraction"
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the development pages are not at hand")

FLOORS: dict[tuple[str, bool], dict[str, float]] = {
    ("zh_gne_pages_dev", True): {"f1": 0.992, "title": 1.0, "date": 1.0},
    ("zh_gne_pages_dev", False): {"f1": 0.992, "title": 1.0, "date": 1.0},
    ("zh_magic_articles_dev", True): {"f1": 0.980},
    ("zh_magic_articles_dev", False): {"f1": 0.978},
    ("zh_immortal_autumn_dev", True): {"f1": 0.945, "date": 0.90, "author": 0.57},
    ("zh_immortal_autumn_dev", False): {"f1": 0.945, "date": 0.90, "author": 0.57},
    ("wcxb_dev", True): {"f1": 0.953},
}
"""By set and whether the profiles may help."""
POOLED = 0.972
"""Body F1 over the three Chinese sets together."""


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluate", SHARED / "evaluate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["evaluate"] = module
    spec.loader.exec_module(module)
    return module


def answer(page: dict[str, Any], use_profile: bool) -> dict[str, Any]:
    """What the scorer asks for; a reject is an empty answer, a date that only the capture gave is none."""
    empty = {"title": None, "body_text": None, "published_at": None, "authors": None, "err": None}
    try:
        found = extract_page(page["html"], url=page["url"], captured_at=NOW, use_profile=use_profile)
    except Reject:
        return empty
    published = None if found.date_origin == "capture" else found.published_at
    return empty | {
        "title": found.title,
        "body_text": found.body_text,
        "published_at": published,
        "authors": list(found.authors),
    }


@pytest.mark.parametrize(("name", "use_profile"), FLOORS)
def test_quality_does_not_fall(scorer: ModuleType, name: str, use_profile: bool) -> None:
    pages = scorer.load(SHARED / "data" / f"{name}.jsonl.xz")
    scores = scorer.score(pages, [answer(page, use_profile) for page in pages])
    below = {
        key: (scores[key], floor) for key, floor in FLOORS[name, use_profile].items() if scores[key] < floor
    }
    assert not below


def test_the_chinese_sets_together(scorer: ModuleType) -> None:
    pages = [page for path in sorted((SHARED / "data").glob("zh_*.jsonl.xz")) for page in scorer.load(path)]
    assert scorer.score(pages, [answer(page, True) for page in pages])["f1"] >= POOLED
