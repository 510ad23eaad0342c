"""The article's title: which heading it is, and what of the page's title is the site's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = [
    "choose_title",
    "flash_title",
    "joined",
    "plain",
    "title_of_text",
    "without_label",
    "without_owner",
    "without_site",
]

_SEPARATOR = re.compile(
    r"\s{0,4}(?:[_|｜丨–—·•»«›<>~―]{1,3}|(?<![A-Za-z0-9])-{1,3}|-{1,3}(?![A-Za-z0-9])|(?<=\s)[:：/](?=\s))\s{0,4}"
)
"""What parts a title from names of sites and sections; a hyphen between Latin letters belongs to a word."""
_SITE_WORD = re.compile(
    r"(?:网|网站|新闻|频道|在线|客户端|日报|晚报|时报|晨报|早报|周刊|杂志|门户|中心|社区|论坛|博客|资讯|首页|正文|财经|社|报|在线阅读|powered by .*|"
    r"\.(?:com|cn|net|org|co|io)\b.*|blog|news|times|post|journal|magazine|official site)$",
    re.IGNORECASE,
)
_LONGEST = 300
_SITE_NAME = 8
_WAYS = frozenset(("home", "homepage", "news", "articles", "blog", "首页", "新闻", "资讯"))
_LEAST = 6
"""Letters that a line has at least which is taken for the title."""
_FLASH = re.compile(r"\s*【([^【】\n]{8,80})】")
_FLASH_LABEL = re.compile("(?:报道|讯|消息|电|按|导读|导语|摘要|记者.{0,8})$")
"""What else brackets before a text hold: where it is from, what kind it is."""
_LABEL_LENGTH = 8
_REPEATED, _NEAREST, _TEXT, _LONGEST_LINE = 0.5, 6, 5000, 60
"""Share of a line's pairs of letters that its text repeats; lines before the text, and characters of it, looked at."""
_NO_TITLE = re.compile(r"[。；>»|｜→]|^\W*\d{4}\s?[-/.年]|[:：]\s*$|\d{1,2}:\d\d|来源|作者|发表|评论")
_SAME = re.compile(r"[\W_]+")


def choose_title(
    page_title: str | None, headings: Sequence[str], candidates: Sequence[str], lines: Sequence[str] = ()
) -> tuple[str | None, str]:
    """Choose the article's title; gives it with the rule's name.

    The heading that the page's own title (``<title>``, else the first candidate) starts with or contains
    is the title: a page's title is its heading with the site's name around it. Where no heading agrees,
    the candidates (``og:title``, JSON-LD) count, then the page's title less the site's name.

    Args:
        page_title: the text of ``<title>``.
        headings: texts of the page's headings, the likeliest first.
        candidates: titles that the metadata gives, the most reliable first.
        lines: texts before the article, of which one may be a heading without saying so (pages of tables); it
            must be half of the page's title or more.
    """
    names = [name for name in (page_title, *candidates) if name]
    for reference in names:
        whole, bare = plain(reference), plain(without_site(reference))
        if _is_site(reference):
            headings = [heading for heading in headings if plain(heading) != bare]
            continue
        agreeing = [
            h
            for h in headings
            if 1 < len(h) <= _LONGEST and (_agrees(plain(h), whole) or _agrees(plain(h), bare))
        ]
        if agreeing:
            stated = {plain(candidate) for candidate in candidates}
            return max(
                agreeing, key=lambda h: (plain(h) in stated, plain(h) in whole, len(plain(h)))
            ), "heading"
        same = [line for line in lines if len(line) <= _LONGEST and _is_most(plain(line), whole)]
        if same:
            return max(same, key=len), "line that the title repeats"
    for candidate in candidates:
        if candidate:
            return without_site(candidate), "meta"
    if page_title and not (headings and _is_site(page_title)):
        return without_site(page_title), "title"
    return (headings[0], "first heading") if headings else (None, "")


def flash_title(text: str, title: str | None) -> str | None:
    """The title of a flash, which stands in brackets before its text (``【某公司中标】…``); None where it has none.

    Args:
        text: the article's text.
        title: what ``<title>`` gives; one that holds the same words is better left as it is.
    """
    match = _FLASH.match(text)
    found = match[1].strip() if match else ""
    if not found or _FLASH_LABEL.search(found) or (title and plain(found) in plain(title)):
        return None
    return found


def without_owner(title: str, owners: Sequence[str | None]) -> str:
    """A page's title less the name of its site in front (``Harbour Post - Ferry stops``) and ways to the page (``Home » …``)."""
    names = {plain(owner) for owner in owners if owner} | _WAYS
    while (
        (mark := _SEPARATOR.search(title)) and plain(title[: mark.start()]) in names and title[mark.end() :]
    ):
        title = title[mark.end() :]
    return title


def title_of_text(lines: Sequence[str], text: str) -> str | None:
    """The line before the text whose words it repeats, for pages that have no title; the nearest, or None.

    A heading shares half of its pairs of letters with its text, other lines a few.
    """
    pairs = _pairs(text[:_TEXT])
    for line in reversed(lines[-_NEAREST:]):
        whole = len(plain(line)) >= _LEAST and len(line) <= _LONGEST_LINE and not _NO_TITLE.search(line)
        if whole and _shared(line, pairs) >= _REPEATED:
            return line
    return None


def _shared(title: str, pairs: set[str]) -> float:
    """The share of a title's pairs of letters that a text holds."""
    own = _pairs(title)
    return len(own & pairs) / len(own) if own else 0.0


def _pairs(text: str) -> set[str]:
    letters = plain(text)
    return {letters[n : n + 2] for n in range(len(letters) - 1)}


def without_label(title: str, candidates: Sequence[str]) -> str:
    """A heading less the label at its end (``… 原创``, a topic), which no title that the head gives repeats."""
    head, space, label = title.rpartition(" ")
    if not space or len(label) > _LABEL_LENGTH or len(plain(head)) < _LEAST:
        return title
    whole, bare = plain(title), plain(head)
    stated = [plain(one) for one in candidates]
    known = any(bare in one for one in stated) and not any(whole in one for one in stated)
    return without_label(head, candidates) if known else title


def joined(one: str, other: str) -> str:
    """Two lines of a heading as one; between wide characters stands no space."""
    return f"{one}{other}" if one[-1:] > "\u2e80" and other[:1] > "\u2e80" else f"{one} {other}"


def plain(text: str) -> str:
    """Text without case, white space and punctuation, for comparing."""
    return _SAME.sub("", text).casefold()


def _agrees(heading: str, reference: str) -> bool:
    """Whether a heading is the larger part of a title, or a title that was cut is the heading's start."""
    if len(heading) < 2 or not reference:
        return False
    if heading in reference:
        return reference.startswith(heading) or 2 * len(heading) >= len(reference)
    return len(reference) >= 8 and heading.startswith(reference[: max(8, len(reference) - 3)])


def _is_site(title: str) -> bool:
    """Whether a page's title is the site's name alone."""
    return len(title) <= _SITE_NAME and _SITE_WORD.search(title) is not None


def _is_most(line: str, reference: str) -> bool:
    return len(line) >= _LEAST and 2 * len(line) >= len(reference) and line in reference


def without_site(title: str) -> str:
    """A page's title less the parts that name the site and its sections (``A股收涨_财经_某某网`` -> ``A股收涨``)."""
    title = " ".join(title.split())[:_LONGEST]
    while True:
        marks = list(_SEPARATOR.finditer(title))
        if not marks or marks[-1].start() == 0:
            return title
        last = marks[-1]
        head, tail = title[: last.start()], title[last.end() :]
        if not tail or (len(plain(head)) >= 4 and (_SITE_WORD.search(tail) or 2 * len(tail) <= len(head))):
            title = head
            continue
        return title
