"""The body of a page and how it was found: by the site's profile, by the generic extractor, in the page's data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from lake.extraction import fields
from lake.extraction.cleaning import Content, balanced, read
from lake.extraction.generic import Area, article_tokens, find, within
from lake.extraction.lead import with_lead
from lake.extraction.metadata import Metadata
from lake.extraction.outline import Outline, outline, outline_of
from lake.extraction.page_data import ScriptBody, body_from_scripts, paragraphs
from lake.extraction.parsing import parse
from lake.extraction.profile import Found
from lake.extraction.prose import words_in
from lake.extraction.surroundings import Lines, edges_of, lines_around, with_data
from lake.extraction.titles import flash_title, title_of_text
from lake.extraction.tokens import Tokens, tokens_of

__all__ = ["Body", "body_of"]

_ENOUGH = 40
"""Words of body below which the page's data is searched for a longer one."""
_LEAST = 5
"""Words below which a profile's body is an empty shell."""
_NO_LINES = Lines((), (), (), "", "")
_EMPTY = Content("", "")


@dataclass(frozen=True, slots=True)
class Body:
    """The body and how it was found; ``page`` and ``area`` are None where a profile gave it."""

    content: Content
    rule: str
    title: str | None
    title_rule: str
    lines: Lines = _NO_LINES
    page: Outline | None = None
    area: Area | None = None


def body_of(
    tree: LexborHTMLParser, text: str, found: Found | None, head: Metadata, address: str | None
) -> Body:
    """The profile's body, else the generic extractor's, else the longest prose in the page's data.

    A flash whose page names it nowhere else takes its title from the brackets before its text; a page without
    any from the line that its text repeats.
    """
    body = _body(tree, text, found, head, address)
    if body.title_rule not in ("title", ""):
        return body
    text = body.content.text
    if flash := flash_title(text, body.title):
        return replace(body, title=flash, title_rule="brackets before the text")
    line = None if body.title else title_of_text(body.lines.before, text)
    if line:
        return replace(body, title=line, title_rule="line that the text repeats")
    return body


def _body(
    tree: LexborHTMLParser, text: str, found: Found | None, head: Metadata, address: str | None
) -> Body:
    if found is not None and found.body_html is not None:
        content = _read_written(found.body_html, address)
        if words_in(content.text) >= _LEAST or content.images:
            lines = _beside(content.text, found) if _complete(found, head) else _lines(tree)
            return Body(
                content, found.rules.get("body", "profile"), *fields.title(found, head, lines, address), lines
            )
    body = _generic(tree, found, head, address)
    if words_in(body.content.text) < _ENOUGH:
        data = body_from_scripts(text) or (ScriptBody(paragraphs(head.body)) if head.body else None)
        other = _read_html(data.html, address) if data else _EMPTY
        if data is not None and words_in(other.text) > words_in(body.content.text):
            lines = with_data(body.lines, data.times, data.authors, data.media)
            return replace(body, content=other, rule="page data", page=None, area=None, lines=lines)
    return body


def _generic(tree: LexborHTMLParser, found: Found | None, head: Metadata, address: str | None) -> Body:
    if tree.body is None:
        return Body(_EMPTY, "", *fields.title(found, head, _NO_LINES, address))
    page = outline(tree.body)
    area = find(page)
    lines = lines_around(page, area)
    heading, rule = fields.title(found, head, lines, address)
    tokens = article_tokens(page, area, heading)
    content = read(tokens, balanced=True, base_url=address, keep_hidden=True)
    content = with_lead(content, page, area, address)
    return Body(content, "known container" if area.known else "most prose", heading, rule, lines, page, area)


def _read_written(html: str, address: str | None) -> Content:
    """Read a body that a profile gives as lexbor wrote it."""
    page = outline_of(Tokens.of_html(html))
    tokens = article_tokens(page, within(page), None)
    return read(tokens, balanced=balanced(html), base_url=address)


def _read_html(html: str, address: str | None) -> Content:
    """Read a body that the page's data give as HTML."""
    inner = parse(html).body
    return _EMPTY if inner is None else read(tokens_of(inner), balanced=balanced(html), base_url=address)


def _beside(text: str, found: Found) -> Lines:
    """The lines at a body's own ends, and those beside what the profile selected."""
    lines = edges_of(text)
    return replace(lines, before=found.before, after=(*lines.after, *found.after))


def _complete(found: Found, head: Metadata) -> bool:
    """Whether a profile and the head tell all that the lines around the text could."""
    dated = found.time_text or found.published_epoch is not None or head.published
    return bool(found.title and dated)


def _lines(tree: LexborHTMLParser) -> Lines:
    if tree.body is None:
        return _NO_LINES
    page = outline(tree.body)
    return lines_around(page, find(page))
