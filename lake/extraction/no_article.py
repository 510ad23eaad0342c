"""Which pages hold no article: error pages, checks against robots, logins, lists of links, empty shells."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lake.errors import Reject
from lake.extraction.cleaning import Content
from lake.extraction.generic import Area
from lake.extraction.metadata import Metadata
from lake.extraction.outline import Block, Outline
from lake.extraction.prose import words_in

__all__ = ["refuse"]

_ERROR = re.compile(
    r"^\W*(?:http |error )?(?:40\d|50\d)(?:\W*$|\W+(?:not found|forbidden|internal|bad gateway|service|error|page|页面|错误))|"
    r"404(?:页面|错误)|page (?:not found|unavailable|cannot be found)|^not found$|access denied|^forbidden$|just a moment|"
    r"attention required|are you (?:a )?(?:human|robot)|captcha|service unavailable|bad gateway|"
    r"页面(?:不存在|没有找到)|找不到(?:该)?页面|无法找到|访问(?:被拒绝|异常|验证|过于频繁)|安全验证|人机验证|"
    r"您访问的(?:页面|内容)|内容已(?:删除|下线)|^(?:出错了|错误提示|系统维护中?)",
    re.IGNORECASE,
)
"""Words of titles of pages that servers send instead of an article."""
_ERROR_WORDS = 60
"""An article about an error code has more words than an error page."""
_NO_TITLE = re.compile(
    r"^(?:index of /|sign in\b|(?:log ?in|search results?|请?输入验证码|验证码|(?:系统)?提示(?:信息)?|请?先?登[录陆]|"
    r"(?:用户|会员|账[号户])登[录陆]|登[录陆](?:页面)?|(?:站内)?搜索(?:结果|页面?)?)(?:$|[\s:：|_\-–—]))|error report$",
    re.IGNORECASE,
)
"""Whole titles, or their first part, that no article has: logins, searches, listings of a web server."""
_NO_TITLE_WORDS = 400
_NOTICE = re.compile(
    r"[您你](?:想?要|所)?(?:访问|查看|查找|浏览|请求)的(?:页面|网页|网址|内容|文章|新闻)[^。！]{0,12}(?:不存在|找不到|没有找到|已(?:经|被)?(?:删除|更名|移除|下[线架]))"
    r"|(?:该|此|本|这篇)(?:文章|页面|网页|内容|新闻|帖子|信息)[^。，！]{0,4}(?:不存在|已(?:经|被)*(?:作者)?(?:删除|移除|下[线架]))"
    r"|^\W*(?:人机|安全)验证(?:\s|$)|请[您先]{0,2}(?:输入|完成|进行)(?:下方|下列|以下|安全|图形)?(?:的)?(?:验证(?!工作|试验)|滑块|拼图)|[您你]的(?:访问|操作|请求)(?:过于|太)频繁"
    r"|enable javascript|verify (?:that )?you are (?:a )?human|unusual traffic from|we value your privacy"
    r"|(?:the page|page) you (?:are looking for|requested|were looking for) ",
    re.IGNORECASE,
)
"""What such pages say where their title is the site's; looked for where their text begins."""
_NOTICE_WORDS = 100
_BEFORE = 3
"""Blocks before the text in which a notice's heading is looked for."""
_NOTICE_WITHIN = 60
"""Characters from the text's beginning; an article that quotes such a notice begins with something else."""
_SHORTEST = 10.0
"""Words of text below which a page is a shell: a sentence has about twenty (flash news are the shortest articles)."""
_LIST_WORDS = 60
_LIST_LINKS = 25
_TEASERS = 6
_HEADLINE = 3.0
"""A list has this many linked headlines of so many words, and dates."""
_TEASER_WORDS = 150
"""A teaser has fewer words; a blog's month with its full posts holds articles."""
_DATED = re.compile(
    r"(?<!\d)(?:20|19)\d\d\s?[-/.年]\s?[01]?\d\s?[-/.月]|(?<!\d)[01]?\d-[0-3]\d(?:\s|$)|(?:分钟|小时|天)前|ago$"
)
_PROSE = 8  # value in words from which a block is prose


def refuse(
    title: str | None,
    content: Content,
    page: Outline | None,
    area: Area | None,
    head: Metadata,
    address: str | None,
) -> None:
    """Raise the reject of a page that holds no article.

    Args:
        title: the page's title.
        content: what was read as its body.
        page: its outline, None where a profile gave the body.
        area: where the generic extractor saw the article.
        head: the head's metadata.
        address: the page's address.

    Raises:
        Reject: stage ``extract``; reason ``no_article``, ``list_page`` or ``too_short``.
    """
    words = words_in(content.text)
    label = title or head.page_title or "no title"
    openings = [content.text[:_NOTICE_WITHIN]]
    if (
        page is not None and area is not None
    ):  # a notice's heading may stand before what was taken for its text
        openings += [block.text for block in page.blocks[max(0, area.first - _BEFORE) : area.first]]
    if _is_notice(words, [text for text in (title, head.page_title) if text], openings, head):
        raise Reject("extract", "no_article", f"an error, login or check page: {label}")
    if page is None or area is None:
        _refuse_short(words, content, label)
        return
    if _is_list(words, page, area, head, address):
        raise Reject("extract", "list_page", f"{_links(page)} links and {words:.0f} words of text: {label}")
    _refuse_short(words, content, label)


def _is_notice(words: float, titles: list[str], openings: list[str], head: Metadata) -> bool:
    """Whether a page says why there is no article: an error, a login, a check against robots."""
    if words < _ERROR_WORDS and any(_ERROR.search(title) for title in titles):
        return True
    if words < _NO_TITLE_WORDS and any(_NO_TITLE.search(title) for title in titles):
        return True
    stated = head.kind == "article" or bool(head.published)
    return words < _NOTICE_WORDS and not stated and any(map(_NOTICE.search, openings))


def _refuse_short(words: float, content: Content, label: str) -> None:
    if words < _SHORTEST and not (content.images and words >= 2):
        raise Reject("extract", "too_short", f"{len(content.text)} characters of text: {label}")


def _is_list(words: float, page: Outline, area: Area, head: Metadata, address: str | None) -> bool:
    """Whether a page is a list of links: a front page by its address, or many links beside hardly any text."""
    stated = head.kind == "article" or bool(head.published)
    if stated and words >= _SHORTEST:
        return False
    path = urlsplit(address or "").path.lower()
    query = urlsplit(address or "").query
    front = (
        address is not None
        and not query
        and re.fullmatch(r"/(?:(?:index|default|home)(?:\.\w{3,5})?)?", path)
    )
    links = _links(page)
    if front:
        return links >= _LIST_LINKS // 2
    if not stated and _is_row_of_teasers(page.blocks[area.first : area.after]):
        return True
    prose = sum(block.words for block in area.kept if block.value > _PROSE)
    if links < _LIST_LINKS or prose >= 2 * _LIST_WORDS:
        return False
    inside = page.blocks[area.first : area.after]
    linked = sum(block.words * block.links for block in inside)
    return prose < _LIST_WORDS / 3 or linked > 0.5 * sum(block.words for block in inside)


def _is_row_of_teasers(blocks: list[Block]) -> bool:
    """Whether a text is linked headlines in a row, each with its own date: a search's results, a channel's list.

    An article has one date; what is listed in it (links to sources, a series' parts) has none.
    """
    headlines = dated = 0
    run = longest = 0.0
    for block in blocks:
        if block.links > 0.5 and block.words >= _HEADLINE:
            headlines, run = headlines + 1, 0.0
            continue
        run += block.words
        longest = max(longest, run)
        dated += block.words < _PROSE and _DATED.search(block.text) is not None
    return headlines >= _TEASERS and dated >= _TEASERS and 2 * dated >= headlines and longest < _TEASER_WORDS


def _links(page: Outline) -> int:
    return sum(block.links > 0.5 for block in page.blocks)
