"""Profiles on the real pages at hand; without them there is nothing to test here."""

from __future__ import annotations

import importlib.util
import json
import lzma
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from lake.extraction.dates import SHANGHAI, machine
from lake.extraction.decode import decode
from lake.extraction.page import extract_page
from lake.extraction.profile import Found, Profile, apply
from lake.extraction.profiles import PROFILES, profile_for, profile_of_links

SHARED = Path(__file__).parents[2] / "shared"
SETS = ("zh_gne_pages_dev", "zh_magic_articles_dev", "zh_immortal_autumn_dev")
NO_NEWS = ("wechat/2", "a6e8b739")  # an account's page, a forum's thread

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages are not here")


@cache
def scorer() -> Any:
    spec = importlib.util.spec_from_file_location("evaluate", SHARED / "extraction" / "evaluate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pages() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for stem in SETS:
        with lzma.open(SHARED / "extraction" / "data" / f"{stem}.jsonl.xz", "rt", encoding="utf-8") as lines:
            found.extend(json.loads(line) for line in lines)
    for line in (SHARED / "pages" / "index.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        text, _ = decode((SHARED / "pages" / entry["file"]).read_bytes())
        found.append({"id": entry["file"], "url": entry["url"], "html": text, "truth": {}})
    return found


def profile_of(page: dict[str, Any]) -> Profile | None:
    return profile_for(page["url"]) or profile_of_links(page["html"])


PAGES = [page for page in pages() if profile_of(page) is not None] if SHARED.is_dir() else []


def read(page: dict[str, Any]) -> Found | None:
    profile = profile_of(page)
    assert profile is not None
    return apply(profile, LexborHTMLParser(page["html"]), page["html"], url=page["url"])


@pytest.mark.parametrize("page", PAGES, ids=[page["id"][:24] for page in PAGES])
def test_the_profile_reads_the_page(page: dict[str, Any]) -> None:
    found, truth = read(page), page["truth"]
    if page["id"].startswith(NO_NEWS):
        assert found is None or found.body_html is None
        return
    assert found is not None and found.body_html is not None
    if truth.get("body"):
        hit, _, missed = overlap(found, page)
        assert hit / (hit + missed) > 0.9
    if truth.get("title"):
        assert scorer().squash(found.title) == scorer().squash(truth["title"])
    if found.time_text is not None and truth.get("date"):
        written = machine(found.time_text, SHANGHAI)
        assert written is not None and written.at.date().isoformat() == truth["date"]


@pytest.mark.parametrize("page", PAGES, ids=[page["id"][:24] for page in PAGES])
def test_the_article_has_body_title_and_date(page: dict[str, Any]) -> None:
    article = extract_page(page["html"], url=page["url"])
    assert article.body_text
    if "ContentBody" in page["html"] and len(page["html"]) < 10_000:
        return  # the body block alone: no head
    assert article.title
    assert article.date_origin in ("page", "url")
    if page["truth"].get("date"):
        assert article.published_date.isoformat() == page["truth"]["date"]


def test_bodies_agree_with_the_references() -> None:
    scored = [(page, read(page)) for page in PAGES if page["truth"].get("body")]
    rows = [
        overlap(found, page) for page, found in scored if found is not None and found.body_html is not None
    ]
    assert len(rows) >= 35
    precision, recall, f1 = scorer().prf(rows)
    assert f1 > 0.98, (precision, recall)


def overlap(found: Found, page: dict[str, Any]) -> tuple[float, float, float]:
    text = LexborHTMLParser(found.body_html or "").root.text(separator="\n")  # type: ignore[union-attr]
    row: tuple[float, float, float] = scorer().overlap(page["truth"]["body"], text, True)
    return row


def test_other_sites_are_not_taken_for_profiled_ones() -> None:
    others = [page for page in pages() if profile_of(page) is None]
    assert len(others) > 40
    known = {host for profile in PROFILES for host in profile.hosts}
    for page in others:
        assert not any(f"//www.{host}/" in (page["url"] or "") for host in known)
