"""The lines around an article: its heading, and what it says of time, medium, authors and editor."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lake.extraction import bylines, dates, names
from lake.extraction.generic import Area
from lake.extraction.marked import marks_near
from lake.extraction.outline import Block, Outline
from lake.extraction.persons import are_persons
from lake.extraction.prose import HEADINGS
from lake.extraction.titles import joined
from lake.extraction.tokens import unescaped

__all__ = ["Lines", "authors_of", "edges_of", "lines_around", "published", "published_short", "with_data"]

_BEFORE, _INSIDE, _BEHIND = 30, 6, 8
"""Blocks looked at before the container, at its inner ends, and behind it."""
_EDGE, _BYLINE = 3, 40
"""Paragraphs at a body's ends, and the length of one, that may be its author line."""
_PROSE = 8
"""Value in words from which a block is prose."""
_LINE = 160
"""Longest line that may say something of the article; prose is longer."""
_SENTENCE = re.compile("[，。！？；]|[,;.] ")
_MAYBE_DATE = re.compile(r"\d|[前刚昨今]|[一二][〇○零九]|ago|now|today|yesterday", re.IGNORECASE)
_LABEL = re.compile(
    r"发布|发表|时间|日期|来源|刊登|發[布佈]|發表|時間|來源|posted|publish|date|updated|written|on\b",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"更新|修改|updated|modified|last edited", re.IGNORECASE)
_PUBLISHED = re.compile(r"publish|发布|发表|發[布佈]|發表", re.IGNORECASE)
"""In a line that tells of a change too, the date behind this is the article's."""
_BRACKETED = re.compile(r"\d\s*\[\s*([\u4e00-\u9fff]{2,4})\s*\]\W{0,4}(?:[来來]源|$)")
_POSTED = re.compile(r"本[贴帖文]由\s*([^\s于發发]{2,16})\s*(?:于|在|[发發])")
"""``2004年7月16日 08:19 [ 某某 ] 来源：…`` (2004), ``本贴由某某于2005年…发表`` (forums of 2005)."""
_NEAREST = 3
"""Lines before the text of which one may hold its authors' names alone."""
_DAY = re.compile(r"\d{1,2}\s?[-./月]\s?\d{1,2}|\d{1,2}:\d\d|[前刚昨今]")
_HAN = re.compile("[\u4e00-\u9fff]")
_NO_SOURCE = re.compile(
    "来自|发[布表]|[今昨前]天|刚刚|我有话|评论|分享|原创|转载|阅读|关注|收藏|更多|微[博信]|登[录陆]|注册|首页|来源|已有|打开|.{0,4}前$"
)
"""What an element beside the source says to its reader."""
_NAME = 20
"""Longest line beside the time that may be a medium's name."""
_TODAY = re.compile(r"今天是|现在是|当前时间|访问|注册|copyright|©|版权", re.IGNORECASE)
_WRITER = re.compile(
    r"(?<![工创創原])作者|[记記]者|执笔|撰文|撰稿|采写|採訪|(?:^|\W)文\s?[:：/｜|]|文字\s?[:：]"
)
_EDITOR = re.compile(r"\W{0,3}(?:责任编辑|责编|编辑)\s?[:：]")
_GLUED = re.compile(r"\w(?:作者|[来來]源|(?:责任)?编辑|責任編輯|[记記]者|责编)\s?[:：]|[a-z\d][A-Z]")
_LABELLED = re.compile(r"\W{0,3}(?:作者|撰文|执笔人?|采写|文)\s?[:：/｜|]")
_IN_TEXT = re.compile(
    r"[（(【〔［](?:[^（()）【】]{0,12}?)[记記]者[\s\u3000：:]{0,3}([\u4e00-\u9fff·、\s\u3000]{2,40}?)"
    r"(?:报道|摄|攝|实习|實習|通讯员|通訊員|[／/]|[）)】〕］])"
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Short lines in the order of the page: ``before`` and ``after`` the article's prose; its ``headings``.

    The ends of ``before`` and the start of ``after`` stand nearest to the prose. ``times``, ``beside`` and
    ``writers`` are what elements near it say of time and authors, the likeliest first, with the rule's name
    (``lake.extraction.marked``); ``sources`` the texts of elements that are named the source.
    """

    headings: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    opening: str
    closing: str
    times: tuple[tuple[str, str], ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    writers: tuple[tuple[str, ...], str] = ((), "")
    media: str | None = None
    sources: tuple[str, ...] = ()


def lines_around(page: Outline, area: Area) -> Lines:
    """Collect the lines around an article."""
    blocks = page.blocks
    kept = area.kept
    first = next((n for n, block in enumerate(kept) if block.value > _PROSE), 0)
    last = len(kept) - next((n for n, block in enumerate(reversed(kept)) if block.value > _PROSE), 0)
    opening = blocks.index(kept[first], area.first, area.after) if kept else area.first
    head = blocks[max(0, area.first - _BEFORE, opening - _BEFORE - _INSIDE) : opening]
    end = kept[last:][:_INSIDE] if last > first else ()
    behind = blocks[area.after : area.after + _BEHIND]
    start = head[0].first if head else 0
    stop = behind[-1].last if behind else blocks[-1].last if blocks else 0
    middle = blocks[opening].first if kept else stop
    heading = next((block.last for block in reversed(head) if _level(page, block) in (1, 2)), start)
    marked = marks_near(page.tokens, start, heading, middle, stop)
    return Lines(
        headings=_headings(page, area),
        before=tuple(_line(page, block) for block in head if len(block.text) <= _LINE),
        after=tuple(_line(page, block) for block in (*end, *behind) if len(block.text) <= _LINE),
        opening=kept[first].text if kept else "",
        closing=kept[last - 1].text if kept else "",
        times=tuple((value, "time element") for value in marked.times),
        beside=tuple((value, "time element") for value in marked.beside),
        writers=(marked.writers, "author element"),
        sources=marked.sources,
    )


def _line(page: Outline, block: Block) -> str:
    """A block's text; where a label or a capital stands right behind a word, with spaces between its elements.

    Pages without white space in their source part ``来源：某报`` and ``作者：某人``, or an author and a date, by elements alone.
    """
    if not _GLUED.search(block.text):
        return block.text
    return " ".join(unescaped(" ".join(page.tokens.texts[block.first : block.last + 1])).split())


def with_data(lines: Lines, times: Sequence[str], authors: tuple[str, ...], media: str | None) -> Lines:
    """The lines with what the page's data say of time, authors and medium, which goes before them."""
    stated = tuple((value, "page data") for value in times)
    writers = (authors, "page data") if authors else lines.writers
    return replace(lines, times=(*stated, *lines.times), writers=writers, media=media)


def edges_of(text: str) -> Lines:
    """The lines at a body's own ends that may name its authors; for bodies that a profile gave."""
    paragraphs = [part for part in text.split("\n\n") if part]
    ends = dict.fromkeys((*paragraphs[:_EDGE], *paragraphs[-_EDGE:]))
    short = (line for line in ends if len(line) <= _BYLINE and not line.endswith(("。", "！", "？")))
    lines = tuple(line for line in short if _WRITER.search(line) or _EDITOR.match(line))
    return Lines((), (), lines, paragraphs[0] if paragraphs else "", paragraphs[-1] if paragraphs else "")


def _headings(page: Outline, area: Area) -> tuple[str, ...]:
    """Headings before the article's prose, first level first, then nearest first; then what is named title."""
    found: list[tuple[int, int, str]] = []
    last, parts = -1, ""  # the element of the heading before, and its text: a heading may have several lines
    for number, block in enumerate(page.blocks[: area.after]):
        level = _level(page, block)
        if level and len(block.text) <= 300:
            found.append((level, abs(area.first - number), block.text))
            parts = joined(parts, block.text) if block.owner == last and len(parts) < _LINE else block.text
            if parts != block.text:
                found.append((level, abs(area.first - number), parts))
        last = block.owner if level else -1
    return tuple(dict.fromkeys(text for _, _, text in sorted(found)))[:20]


def _level(page: Outline, block: Block) -> int:
    if block.tag in HEADINGS:
        return int(block.tag[1])
    parent = page.parents[block.owner]
    if parent >= 0 and page.tags[parent] in HEADINGS:
        return int(page.tags[parent][1])
    return 7 if page.is_titled(block.owner) else 0


def published(lines: Lines, zone: dt.tzinfo, now: dt.datetime | None) -> tuple[dates.Written | None, str]:
    """The date that the lines around the article state, with the rule's name.

    Lines before the prose count more than lines behind it, a clock time and a label more than a bare
    date, nearness to the prose decides between equals; a date of today's calendar or of a copyright
    notice is none. A bare day farther away (the calendar in a page's head) gives the year to a nearer line that
    has a clock and no year (``5月5日 12:30``).
    """
    best: tuple[float, dates.Written, str] | None = None
    short: list[str] = []
    nearer: tuple[str, ...] = ()
    for place, group in (("before", tuple(reversed(lines.before))), ("after", lines.after)):
        for distance, line in enumerate(group):
            if not _MAYBE_DATE.search(line):
                continue
            label = _PUBLISHED.search(line) if _UPDATED.search(line) else None
            found = dates.visible(line[label.start() :] if label else line, zone, now)
            if found is None and not _SENTENCE.search(line):
                found = dates.relative(line, now)
            if found is None or _TODAY.search(line):
                short.append(line)
                continue
            score = 3.0 * found.has_time + 2.0 * bool(_LABEL.search(line)) - bool(_UPDATED.search(line))
            score += (4.0 if place == "before" else 0.0) - 0.1 * distance - (2.0 if len(line) > 80 else 0.0)
            if best is None or score > best[0]:
                best, nearer = (score, found, f"line {place} the text"), tuple(short)
    if best is None:
        return None, ""
    if not best[1].has_time:
        for line in nearer:
            if (
                found := dates.short(line, zone, best[1].at + dt.timedelta(days=1))
            ) is not None and found.has_time:
                return found, "line before the text, year of another line"
    return best[1], best[2]


def published_short(lines: Lines, zone: dt.tzinfo, latest: dt.datetime) -> tuple[dates.Written | None, str]:
    """The nearest date without its full year, with the rule's name; ``latest`` as in ``dates.short``."""
    for place, group in (("before", tuple(reversed(lines.before))), ("after", lines.after)):
        for line in group:
            if (found := dates.short(line, zone, latest)) is not None and not _TODAY.search(line):
                return found, f"line {place} the text, year as of capture or change"
    return None, ""


def medium_of(lines: Lines) -> tuple[str | None, str]:
    """The medium without a label: in an element that is named the source, with the time or in a line beside it."""
    for text in lines.sources:
        name = names.medium(text)
        if name and _HAN.search(name) and not _NO_SOURCE.match(name):
            return name, "source element"
    dated = [n for n, line in enumerate(lines.before) if _DAY.search(line) and not _SENTENCE.search(line)]
    for place in reversed(dated):
        beside = (line for n, line in enumerate(lines.before) if abs(n - place) == 1 and len(line) <= _NAME)
        for line in (lines.before[place], *beside):
            if name := names.outlet(line):
                return name, "name beside the time"
    return None, ""


def authors_of(lines: Lines) -> tuple[tuple[str, ...], str]:
    """The authors that the lines around the article or its first and last words name, with the rule's name."""
    for line in (*reversed(lines.before), *lines.after):
        if _WRITER.search(line):
            found = names.authors(line)
            if found:
                return found, "author line"
        found = bylines.named(line)
        if found:
            return found, "byline"
    if len(lines.closing) <= _LINE // 2 and _LABELLED.match(lines.closing):
        found = names.authors(lines.closing)
        if found:
            return found, "author line"
    for text in (lines.opening[:200], lines.closing[-200:]):
        match = _IN_TEXT.search(text)
        if match:
            found = names.authors(f"记者：{match[1]}")
            if found:
                return found, "reporter in the text"
    return _unlabelled(lines)


def _unlabelled(lines: Lines) -> tuple[tuple[str, ...], str]:
    """Authors by form or place: a name in brackets behind the time, a poster, a line of names right before the text."""
    for line in (*reversed(lines.before), *lines.after):
        if ("[" in line or "本" in line) and (match := _BRACKETED.search(line) or _POSTED.search(line)):
            return (match[1],), "name in the line of the time"
    for line in lines.before[-_NEAREST:]:
        if are_persons(line):
            return names.authors(line), "line of names"
    return (), ""
