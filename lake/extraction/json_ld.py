"""What a page's JSON-LD says of its article: graphs, arrays, nesting and broken JSON are taken as they come.

Names follow schema.org (``NewsArticle`` and its kin). Where a script is no valid JSON even after the usual
repairs (comments around it, raw line ends, trailing commas), single fields are read by their keys.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["article_of", "names_of", "text_of"]

_ARTICLES = ("NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
             "BlogPosting", "Report", "TechArticle", "ScholarlyArticle", "LiveBlogPosting", "SocialMediaPosting")  # fmt: skip
_PAGES = ("WebPage", "ItemPage", "CreativeWork", "VideoObject")
_FIELDS = ("headline", "datePublished", "dateModified", "description", "articleBody", "articleSection")
_WRAPPING = re.compile(r"^\s*(?:<!--|/\*.{0,40}?\*/|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>|;)\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s{0,200}[}\]])")
_DECODER = json.JSONDecoder(strict=False)
_MOST_NODES = 2000
_MOST_CHARACTERS = 2_000_000


def article_of(scripts: list[str]) -> Mapping[str, Any]:
    """The object that describes the page's article: an article type before a page type, or ``{}``."""
    page: Mapping[str, Any] = {}
    for script in scripts:
        text = script[:_MOST_CHARACTERS]
        value = _load(text)
        for node in _objects(value) if value is not None else [_by_keys(text)]:
            kinds = node.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(kind in _ARTICLES for kind in kinds):
                return node
            if not page and any(kind in _PAGES for kind in kinds) and node.get("datePublished"):
                page = node
    return page


def names_of(value: Any) -> list[str]:
    """Names of persons or organisations: a string, an object with ``name``, or a list of these."""
    found: list[str | None] = []
    for one in value if isinstance(value, list) else [value]:
        name = one.get("name") if isinstance(one, dict) else one
        found += [text_of(text) for text in (name if isinstance(name, list) else [name])]
    return [name for name in dict.fromkeys(found) if name and not name.startswith(("http:", "https:", "@"))]


def text_of(value: Any) -> str | None:
    """A string value with its entities resolved and white space normalised, or None.

    Lone surrogates, which JSON can spell and UTF-8 cannot write, become question marks.
    """
    if not isinstance(value, str):
        return None
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode("utf-8")
    return " ".join(html.unescape(value).split()) or None


def _load(text: str) -> Any:
    for repair in (str, _repaired):
        stripped = repair(text).strip()
        if not stripped:
            return None
        try:
            return _DECODER.raw_decode(stripped)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _repaired(text: str) -> str:
    return _TRAILING_COMMA.sub("", _WRAPPING.sub("", _WRAPPING.sub("", text)))


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a JSON value, outer ones first, without recursion."""
    queue, seen = [value], 0
    while queue and seen < _MOST_NODES:
        node = queue.pop(0)
        seen += 1
        if isinstance(node, dict):
            yield node
            queue.extend(child for child in node.values() if isinstance(child, dict | list))
        elif isinstance(node, list):
            queue.extend(child for child in node[:200] if isinstance(child, dict | list))


def _by_keys(text: str) -> Mapping[str, Any]:
    """Fields of broken JSON by their keys, each from its first place."""
    found: dict[str, Any] = {}
    for field in _FIELDS:
        match = re.search(rf'"{field}"\s{{0,9}}:\s{{0,9}}"((?:[^"\\]|\\.)*+)"', text)
        if match:
            found[field] = match[1].replace('\\"', '"').replace("\\/", "/")
    kind = re.search(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(\w{3,40})"', text)
    author = re.search(
        r'"author"[^"]{0,20}(?:"@type"[^"]{0,9}"\w{1,30}"[^"]{0,9})?(?:"name"[^"]{0,9})?"([^"\\]{1,80})"',
        text,
    )
    if author:
        found["author"] = author[1]
    found["@type"] = "Article" if "headline" in found else kind and kind[1]
    return found
