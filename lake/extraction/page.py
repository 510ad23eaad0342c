"""A full HTML page to an article.

One lexbor parse; the site's profile or the generic extractor finds the container; only the container's
nodes reach the reader of bodies; the head and the lines around the text give what is missing.
"""

from __future__ import annotations

import datetime as dt
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from lake.extraction import fields, identity
from lake.extraction.bodies import Body, body_of
from lake.extraction.fields import Evidence
from lake.extraction.language import language_of
from lake.extraction.lines import shown
from lake.extraction.metadata import metadata
from lake.extraction.no_article import refuse
from lake.extraction.parsing import parse
from lake.extraction.parts import part_of
from lake.extraction.profile import apply, article_key
from lake.extraction.profiles import profile_for, profile_of_links
from lake.extraction.version import EXTRACTOR
from lake.model import Article

__all__ = ["extract_page"]

_EASTMONEY_ID = re.compile(r"(?<!\d)(20\d{15,16})(?!\d)")


def extract_page(
    text: str,
    *,
    url: str | None = None,
    captured_at: dt.datetime | None = None,
    name: str | None = None,
    use_profile: bool = True,
) -> Article:
    """Structure a full page of any site.

    Args:
        text: the page's HTML, decoded.
        url: the address that it was fetched from.
        captured_at: aware time of capture, now if None: dated layouts, relative dates and pages without
            any date are read against it.
        name: the capture's file name; may hold the article's id.
        use_profile: False reads the page with the generic extractor alone.

    Raises:
        Reject: stage ``extract``; reason ``no_article``, ``list_page`` or ``too_short``.
    """
    when = captured_at or dt.datetime.now(dt.UTC)
    with _no_collection():
        return _extract(text, url, when, name, use_profile)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause Python's cyclic garbage collector: a page makes thousands of objects and no cycle among them.

    The collector would walk the whole heap for them several times a page (7 % of the time, measured).
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _extract(text: str, url: str | None, when: dt.datetime, name: str | None, use_profile: bool) -> Article:
    tree = parse(text)
    head = metadata(tree)
    url = url or identity.saved_from(text)
    address = identity.choose_url(url, [head.canonical, head.og_url])
    profile = profile_for(url) or profile_for(address) or (None if address else profile_of_links(text))
    later = part_of(tree, address, url, profile)
    address = later.first if later else address
    found = (
        apply(profile, tree, text, url=address or url, captured_at=when) if profile and use_profile else None
    )
    body = body_of(tree, text, found, head, address)
    refuse(body.title, body.content, body.page, body.area, head, address)
    evidence = Evidence(address, profile, found, head, body.lines, when)
    return replace(_article(evidence, body, name), part=later.number if later else 0)


def _article(evidence: Evidence, body: Body, name: str | None) -> Article:
    """The article with every field and, in ``rules``, what gave it."""
    content, heading = body.content, body.title
    language = language_of(content.text, evidence.head.language)
    published, origin, date_rule = fields.published(evidence, fields.zone(evidence.profile, language))
    native = _native_id(evidence, name)
    site = fields.site(evidence)
    found, profile = evidence.found, evidence.profile
    read_fields = {
        "title": (heading, body.title_rule),
        "digest": fields.digest(evidence, heading, content.text),
        "media": fields.medium(evidence, content),
        "authors": fields.authors(evidence, language),
        "editor": fields.editor(evidence, content),
        "category": fields.category(evidence),
        "tags": fields.tags(evidence, heading),
    }
    rules = {field: rule for field, (_, rule) in read_fields.items() if rule}
    rules |= {"body_text": body.rule, "body_markdown": body.rule, "published_at": date_rule}
    rules["article_id"] = (
        "the site's own id" if native else "address" if evidence.address else "title, day and first words"
    )
    rules["url"] = "address asked for or stated"
    day = None if origin == "capture" else published.date()
    known = native or evidence.address
    key = "" if known else identity.content_key(heading, day, content.text)
    values = {field: _shown(value) for field, (value, _) in read_fields.items()}
    return Article(
        article_id=identity.article_id(site, native, evidence.address, key),
        site=site,
        published_at=published,
        date_origin=origin,
        extractor=f"{EXTRACTOR}+{profile.name if profile and found and found.body_html else 'generic'}",
        url=evidence.address,
        body_text=content.text,
        body_markdown=content.markdown,
        language=language,
        mentions=content.mentions,
        charts=content.charts,
        images=content.images,
        glossary=content.glossary,
        links=content.links,
        rules=rules,
        **values,
    )


def _shown(value: Any) -> Any:
    """A field's text, or each of its texts, without characters that nobody sees."""
    if isinstance(value, tuple):
        return tuple(filter(None, map(shown, value)))
    return (shown(value) or None) if value else value


def _native_id(evidence: Evidence, name: str | None) -> str | None:
    """The site's own id of the article: from the profile, or for EastMoney from the capture's file name."""
    found, profile = evidence.found, evidence.profile
    key = found.article_key if found is not None else None
    if key is None and profile is not None:
        key = article_key(profile, evidence.address)
    if key is None and profile is not None and profile.name == "eastmoney":
        match = _EASTMONEY_ID.search(name or "")
        key = match[1] if match else None
    return key
