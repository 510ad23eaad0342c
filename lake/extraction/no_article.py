"""Which pages hold no article: error pages, checks against robots, logins, lists of links, empty shells."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lake.errors import Reject
from lake.extraction.cleaning import Content
from lake.extraction.generic import Area
from lake.extraction.metadata import Metadata
from lake.extraction.outline import Outline, words_in

__all__ = ["refuse"]

_ERROR = re.compile(
    r"^\W*(?:http |error )?(?:40\d|50\d)(?:\W*$|\W+(?:not found|forbidden|internal|bad gateway|service|error|page|页面|错误))|"
    r"404(?:页面|错误)|page (?:not found|unavailable|cannot be found)|^not found$|access denied|^forbidden$|just a moment|"
    r"attention required|are you (?:a )?(?:human|robot)|captcha|service unavailable|bad gateway|^log ?in$|^sign in\b|"
    r"页面(?:不存在|没有找到)|找不到(?:该)?页面|无法找到|访问(?:被拒绝|异常|验证|过于频繁)|安全验证|人机验证|^验证码$|"
    r"您访问的(?:页面|内容)|内容已(?:删除|下线)|^(?:出错了|错误提示|请(?:先)?登录|用户登录|系统维护中?)",
    re.IGNORECASE,
)
"""Words of titles of pages that servers send instead of an article."""
_ERROR_WORDS = 60
"""An article about an error code has more words than an error page."""
_SHORTEST = 10.0
"""Words of text below which a page is a shell: a sentence has about twenty (flash news are the shortest articles)."""
_LIST_WORDS = 60
_LIST_LINKS = 25
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
    if words < _ERROR_WORDS and any(_ERROR.search(text) for text in (title, head.page_title) if text):
        raise Reject("extract", "no_article", f"an error, login or check page: {label}")
    if page is None or area is None:
        _refuse_short(words, content, label)
        return
    if _is_list(words, page, area, head, address):
        raise Reject("extract", "list_page", f"{_links(page)} links and {words:.0f} words of text: {label}")
    _refuse_short(words, content, label)


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
    prose = sum(block.words for block in area.kept if block.value > _PROSE)
    if links < _LIST_LINKS or prose >= 2 * _LIST_WORDS:
        return False
    inside = page.blocks[area.first : area.after]
    linked = sum(block.words * block.links for block in inside)
    return prose < _LIST_WORDS / 3 or linked > 0.5 * sum(block.words for block in inside)


def _links(page: Outline) -> int:
    return sum(block.links > 0.5 for block in page.blocks)
