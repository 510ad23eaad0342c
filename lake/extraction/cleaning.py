"""HTML of an article's body to clean text, Markdown and what it holds besides.

One lexbor parse, one walk over the tags and texts that lexbor writes. Out go
scripts, forms' controls, comments, hidden elements, navigation, chart blocks (kept as ``charts``),
advertising links, the source and the editor line (kept as fields). A ``figcaption`` goes to its image alone; the centred line under an image, which Chinese
sites set as a paragraph, is its caption and stays a paragraph too. So do hand-made reference texts: on the
development pages all 13 such lines on Chinese sites are text, and nine of ten figcaptions elsewhere are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lake.extraction import markdown, names
from lake.extraction.blocks import Block
from lake.extraction.entities import mentions
from lake.extraction.false_marks import AROUND, in_longer_name
from lake.extraction.marks import Mark
from lake.extraction.parsing import parse
from lake.extraction.tokens import Tokens, tokens_of
from lake.extraction.walk import Walk
from lake.model import Chart, GlossaryTerm, Image, Link, Mention

__all__ = ["Content", "balanced", "clean", "read"]


@dataclass(frozen=True, slots=True)
class Content:
    """What an article's body holds.

    ``text`` parts paragraphs by a blank line; ``markdown`` keeps headings, lists, tables, quotations,
    links and images. ``source_line`` is the medium that the source line names, ``editor`` the person or
    number in the editor line.
    """

    text: str
    markdown: str
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    charts: tuple[Chart, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
    mentions: tuple[Mention, ...] = ()
    source_line: str | None = None
    editor: str | None = None


_SOURCE = re.compile(r"[（(【\[]?\s?(?:文章|稿件|信息|新闻)?来源\s?[:：]\s?(.{1,60}?)\s?[)）】\]]?")
_EDITOR = re.compile(r"[（(【\[]?\s?(?:责任编辑|责编|编辑)\s?[:：]\s?(.{1,30}?)\s?[)）】\]]?")
_SOURCE_TAIL = re.compile(r"\s?[（(]文章来源[:：]\s?([^（()）]{1,60}?)[)）]$")
_CAPTION = re.compile(r"[(（【\[]?\s?(?:图片?|资料图|配图|制图|制表|摄影|插图|▲|△)")
CAPTION_CHARACTERS = 80
"""Longest centred line after an image that may be its caption; a sentence of prose is seldom shorter."""
LINE_CHARACTERS = 80
"""Longest source or editor line: a label, brackets and the longest name that the patterns take."""
TAIL_BLOCKS = 3
"""How many last blocks may be the source or editor line (source, editor, disclaimer)."""


def clean(html: str, *, base_url: str | None = None, drop: Sequence[str] = ()) -> Content:
    """Read the HTML of an article's body.

    Args:
        html: the container or fragment, any site's.
        base_url: the page's address, against which links and images are made absolute.
        drop: CSS selectors of elements to leave out.

    Returns:
        The content. Text is only ever taken from the input, each piece once.
    """
    parser = parse("<body>" + html)
    body = parser.body
    if body is None:
        return Content("", "")
    for element in parser.css(", ".join(drop)) if drop else ():
        element.decompose()
    return read(tokens_of(body), balanced=balanced(html), base_url=base_url)


def read(
    tokens: Tokens, *, balanced: bool, base_url: str | None = None, keep_hidden: bool = False
) -> Content:
    """Read the body from tokens made elsewhere.

    Args:
        tokens: the container's.
        balanced: every chart comment has its end.
        base_url: the page's address.
        keep_hidden: read hidden elements too; for containers whose hidden parts were judged before (the
            second half of a text behind a "show all" button is part of its article).
    """
    walk = Walk(tokens, base_url, balanced=balanced, keep_hidden=keep_hidden)
    walk.run()
    return _content(walk)


def balanced(html: str) -> bool:
    """Whether every chart comment has its end, so that what lies between can be left out."""
    return html.count("EM_StockImg_Start") == html.count("EM_StockImg_End")


def _content(walk: Walk) -> Content:
    blocks = walk.blocks.done
    source, editor = _take_lines(blocks)
    images = _take_captions(blocks, walk.inline.images)
    text = _join(blocks)
    kept = [block.start >= 0 for block in blocks] + [False]
    return Content(
        text=text,
        markdown="\n\n".join(block.markdown for block in blocks if block.markdown),
        images=tuple(images),
        links=tuple(dict.fromkeys(link for number, link in walk.inline.links if kept[number])),
        charts=tuple(dict.fromkeys(walk.inline.charts)),
        glossary=_glossary(walk, kept, text),
        mentions=mentions(_marks(walk, kept, len(text)), walk.inline.charts, text),
        source_line=source,
        editor=editor,
    )


def _glossary(walk: Walk, kept: Sequence[bool], text: str) -> tuple[GlossaryTerm, ...]:
    """The distinct terms, without those whose letters belong to a longer name."""
    terms: dict[GlossaryTerm, None] = {}
    for number, offset, term in walk.inline.glossary:
        if kept[number]:
            end = walk.blocks.done[number].start + offset
            start = end - len(term.term)
            if not in_longer_name(term.term, text[max(start - AROUND, 0) : start], text[end : end + AROUND]):
                terms[term] = None
    return tuple(terms)


def _marks(walk: Walk, kept: Sequence[bool], length: int) -> list[Mark]:
    """The marks in the text that is left, placed in the whole of it."""
    marks = []
    for number, offset, pair, name, first in walk.inline.marks:
        if kept[number]:
            end = walk.blocks.done[number].start + offset
            if end <= length:  # a source line cut off a last paragraph may have held it
                marks.append(Mark(*pair, name, end - len(name), end, first))
    return marks


def _join(blocks: list[Block]) -> str:
    """The whole text; each block with text learns its place in it."""
    at = 0
    for block in blocks:
        if block.text:
            block.start = at
            at += len(block.text) + 2
    return "\n\n".join(block.text for block in blocks if block.text)


def _take_lines(blocks: list[Block]) -> tuple[str | None, str | None]:
    """Take the source line and the editor line out of the blocks; give what they name."""
    source = editor = None
    last = [block for block in blocks if block.text][-TAIL_BLOCKS:]
    for block in (*(block for block in blocks if block.role == "source"), *reversed(last)):
        if not block.text or (block.role != "source" and len(block.text) > LINE_CHARACTERS):
            continue
        found = _SOURCE.fullmatch(block.text)
        if source is None and (found or block.role == "source"):
            source = found[1] if found else block.text.strip("（）() ")
            block.text = block.markdown = ""
        elif found := _EDITOR.fullmatch(block.text):
            editor = editor or names.editor(block.text) or found[1]
            block.text = block.markdown = ""
    if source is None and last and (found := _SOURCE_TAIL.search(last[-1].text)):
        source = found[1]
        last[-1].text = last[-1].text[: found.start()]
        last[-1].markdown = _without_tail(last[-1].markdown)
    return source or None, editor


def _without_tail(marked: str) -> str:
    at = max(marked.rfind("（文章来源"), marked.rfind("(文章来源"))
    return marked[:at].rstrip() if at >= 0 else marked


def _take_captions(blocks: list[Block], found: list[tuple[int, Image]]) -> list[Image]:
    """Give images the captions after them; figcaptions leave the text (see the module's docstring)."""
    images = [image for _, image in found]
    latest = {number: k for k, (number, _) in enumerate(found)}  # block -> its last image
    for number in sorted(
        {beside for place in latest for beside in (place, place + 1) if beside < len(blocks)}
    ):
        block = blocks[number]
        k = latest.get(number if block.markdown.startswith("![") else number - 1)
        if k is None or images[k].caption or not _is_caption(block):
            continue
        caption = " ".join(block.text.split())
        if block.role == "caption":
            holder, shown = blocks[found[k][0]], images[k]
            plain = markdown.image(shown.alt or "", shown.url)
            holder.markdown = holder.markdown.replace(plain, markdown.image(caption, shown.url))
            block.text = ""
            block.markdown = holder.markdown if block is holder else ""
        images[k] = replace(images[k], caption=caption)
    return images


def _is_caption(block: Block) -> bool:
    """A ``figcaption``, or a short centred line that is no heading: it ends in no full stop or names a picture."""
    if block.role == "caption":
        return bool(block.text)
    if block.role != "centred" or not 0 < len(block.text) <= CAPTION_CHARACTERS:
        return False
    if _CAPTION.match(block.text):
        return True
    return not block.markdown.startswith(("#", "**", "![")) and not block.text.endswith(("。", "！", "？"))
