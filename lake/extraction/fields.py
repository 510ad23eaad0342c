"""An article's fields from what was found on its page: each function gives the value and the rule's name.

The order is the same everywhere: the site's profile, then what the head states for programs, then what
the lines around the text say, then what the address tells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from lake.extraction import dates, identity, names, surroundings
from lake.extraction.cleaning import Content
from lake.extraction.evidence import Evidence
from lake.extraction.metadata import Metadata
from lake.extraction.persons import is_person
from lake.extraction.profile import Found, Profile
from lake.extraction.published import published
from lake.extraction.surroundings import Lines
from lake.extraction.titles import choose_title, plain, without_label, without_owner

__all__ = [
    "Evidence",
    "authors",
    "category",
    "digest",
    "editor",
    "medium",
    "published",
    "site",
    "tags",
    "title",
    "zone",
]

_SHORTEST_DIGEST = 12
_NAMED_IN = 40
"""Longest line beside the text that confirms an author's name."""
_SOURCES = ("来源", "出处", "稿源", "转自", "转载自", "來源")
_EDITORS = ("编辑", "责编", "編輯", "責編")
"""What a line holds that names the medium or the editor; ``names`` finds them in it."""


def title(found: Found | None, head: Metadata, lines: Lines, address: str | None) -> tuple[str | None, str]:
    """The title without the site's name."""
    candidates = [value for value, _ in head.titles]
    if found is not None and found.title:
        stated = filter(None, (head.page_title, *candidates))
        return without_label(found.title, tuple(stated)), found.rules.get("title", "profile")
    chosen, rule = choose_title(head.page_title, lines.headings, candidates, lines.before)
    if chosen and rule in ("title", "meta"):
        host = identity.site_of(address) or ""
        owners = (head.site_name, head.publisher, host, host.partition(".")[0])
        return without_owner(chosen, owners), rule
    return chosen, rule


def zone(profile: Profile | None, language: str | None) -> dt.tzinfo:
    """The zone of times without an offset: the profile's, Shanghai for Chinese text, else UTC."""
    if profile is not None:
        return ZoneInfo(profile.zone)
    return dates.SHANGHAI if language == "zh" else dt.UTC


def authors(evidence: Evidence, language: str | None) -> tuple[tuple[str, ...], str]:
    """The persons who wrote it.

    On Chinese pages the author meta elements name the site, the medium or a number (saved pages of a dozen
    sites), so that there only JSON-LD counts, after the lines.
    """
    found, head = evidence.found, evidence.head
    if found is not None and found.author_text:
        read = names.authors(found.author_text)
        if read:
            return read, found.rules.get("authors", "profile")
    chinese = language == "zh"
    if not chinese and head.authors:
        return head.authors, head.author_rule
    lines, rule = surroundings.authors_of(evidence.lines)
    if lines:
        return lines, rule
    written, rule = evidence.lines.writers
    if written and (not chinese or rule == "page data"):
        return written, rule
    kept = tuple(name for name in head.authors if _is_writer(name, evidence))
    return kept, head.author_rule if kept else ""


def _is_writer(name: str, evidence: Evidence) -> bool:
    """Whether a name that the head of a Chinese page calls the author may be a person.

    It is not the site's nor a medium's; outside of JSON-LD a line beside the text shows it too, and no source line.
    """
    head = evidence.head
    if name in (head.site_name, head.publisher) or not names.authors(name):
        return False
    if head.author_rule.startswith("json-ld"):
        return True
    sources = (evidence.found.media_text if evidence.found else None, *evidence.lines.sources)
    if names.outlet(name) or any(name in source for source in sources if source):
        return False
    beside = [line for line in (*evidence.lines.before, *evidence.lines.after) if name in line]
    named = any(len(line) <= _NAMED_IN for line in beside)
    return named and not any(source in line for line in beside for source in _SOURCES)


def medium(evidence: Evidence, content: Content) -> tuple[str | None, str]:
    """The medium that the page names as its source, else the one that publishes the page."""
    found, head = evidence.found, evidence.head
    if found is not None and found.media_text:
        name = names.medium(found.media_text)
        if name:
            return name, found.rules.get("media", "profile")
    person = ""
    for line in (*reversed(evidence.lines.before), *evidence.lines.after):
        if any(map(line.__contains__, _SOURCES)):
            name = names.medium(line)
            if name and not is_person(name):
                whole = (
                    content.source_line or ""
                )  # the same line read from the text, where no element cuts the name
                return (whole if whole.startswith(name) else name), "source line"
            person = person or name or ""
    if evidence.lines.media:
        return evidence.lines.media, "page data"
    if content.source_line and not is_person(content.source_line):
        return content.source_line, "source line in the text"
    person = person or content.source_line or ""
    name, rule = surroundings.medium_of(evidence.lines)
    if name or person:
        return (name, rule) if name else (person, "source line")
    if head.publisher:
        return head.publisher, "json-ld publisher"
    return head.site_name, "meta og:site_name" if head.site_name else ""


def editor(evidence: Evidence, content: Content) -> tuple[str | None, str]:
    """The editor in charge."""
    found = evidence.found
    if found is not None and found.editor_text:
        name = names.editor(found.editor_text)
        if name:
            return name, found.rules.get("editor", "profile")
    if content.editor:
        return content.editor, "editor line in the text"
    for line in (*evidence.lines.after, *evidence.lines.before):
        if any(map(line.__contains__, _EDITORS)):
            name = names.editor(line)
            if name and "编辑" not in name and "編輯" not in name:
                return name, "editor line"
    return None, ""


def digest(evidence: Evidence, heading: str | None, text: str) -> tuple[str | None, str]:
    """The page's own summary; a description that only repeats the title or the text's beginning is none."""
    found = evidence.found
    if found is not None and found.digest:
        return found.digest, found.rules.get("digest", "profile")
    value = evidence.head.digest
    bare = plain(value or "")
    if value is None or len(bare) < _SHORTEST_DIGEST or bare == plain(heading or ""):
        return None, ""
    if plain(text[: 2 * len(value) + 200]).startswith(bare[:30]):
        return None, ""
    return value, "meta description"


def tags(evidence: Evidence, heading: str | None) -> tuple[tuple[str, ...], str]:
    """Keywords, less the title itself."""
    found = evidence.found
    if found is not None and found.tags:
        return found.tags, found.rules.get("tags", "profile")
    kept = _without(evidence.head.tags, heading)
    return kept, "meta keywords" if kept else ""


def _without(values: Sequence[str], heading: str | None) -> tuple[str, ...]:
    same = plain(heading or "")
    return tuple(value for value in values if plain(value) != same)


def site(evidence: Evidence) -> str:
    """The profile's name, else the registrable domain, else ``page`` for a page that names no address."""
    if evidence.profile is not None:
        return evidence.profile.name
    return identity.site_of(evidence.address) or "page"


def category(evidence: Evidence) -> tuple[str | None, str]:
    """The topic that the profile reads from the address, or the section that the head names."""
    found = evidence.found
    if found is not None and found.category:
        return found.category, "address"
    return evidence.head.section, "meta article:section" if evidence.head.section else ""
