"""What is no article text by its names or words: navigation, comments, share bars, related links, notices.

Class names and ids are read word by word (``articleShareBox`` is ``article-share-box``). The words are
those that page templates use for these parts, collected from saved pages of many sites; Readability
(Arc90 2009) began the practice. A name alone never removes what holds most of a page's prose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["is_phrase", "suspicion"]

COMMENTS, STRONG, HIDDEN, WEAK = 0.75, 0.4, 0.25, 0.1
"""The share of a page's prose up to which an element of such a name is left out.

Comments may outweigh a short article; a footer or sidebar that holds more than a third of the prose is a
wrapper with an unlucky name; weak words name small things only.
"""

_COMMENTS = re.compile(r"comment|disqus|respond|(?:^|-)(?:reply|replies|pinglun)(?:-|$)")
_STRONG = re.compile(
    r"sidebar|side-bar|sidenav|related|recommend|breadcrumb|newsletter|copyright|disclaim|advert|adsense|sponsor|"
    r"popup|pop-up|modal|cookie|consent|gdpr|share|sharing|footer|navbar|navigation|pagination|toolbar|"
    r"author-(?:box|bio|info|card)|about-author|outbrain|taboola|qrcode|qr-code|login|signup|sign-up|shengming|"
    r"tuijian|xiangguan|fenxiang|also-like|prevnext|(?:^|-)(?:nav|menu|ads?|crumbs?|foot|pager)(?:-|$)"
)
_WEAK = re.compile(
    r"subscri|promo|social|taglist|byline|table-of-contents|read-?more|more-(?:news|stories|posts|articles)|"
    r"post-?meta|entry-?meta|article-?meta|screen-reader|^(?:is-)?hidden$|"
    r"(?:^|-)(?:relate|tags|bio|hot|rank|ranking|rating|statement|toc|prev|next|print|skip|meta|metadata|declare|"
    r"tips?|btns?|qr|dianzan|zan|cta|keywords|visually-hidden|sr-only)(?:-|$)"
)
_HARMLESS = re.compile(
    r"shareholder|[:\[]|^__next$|^(?:tag|category|has|with|no|is|js|type|status|format|col|wp-elements)-"
)
"""Tokens that only say how something looks (``md:hidden``) or what kind of page it is (``tag-sponsored``)."""

_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=\w)_+(?=\w)")
_INVISIBLE = re.compile(r"display\s{0,9}:\s{0,9}none")
_MOST_TOKENS, _LONGEST_TOKEN = 30, 80
_MEMO_SIZE = 20_000
_memo: dict[str, float] = {}

_PHRASE = re.compile(
    r"^(?:advertisement|share(?: this)?(?: article| post| on .{1,20})?|related(?: articles| stories| posts| reading)?|"
    r"read (?:more|next|also)|see also|(?:you (?:may|might) )?also like|sign up|subscribe|follow us|more from|"
    r"recommended|leave a (?:reply|comment)|comments?(?: \(\d{1,6}\))?|table of contents|skip to|click here|print|"
    r"email|tweet|copy link|\d{1,3} min(?:ute)?s?(?: read)?|by [A-Z][\w.' -]{2,40}|all rights reserved|copyright|©)"
    r"(?:\b|$)"
    r"|^(?:展开全文|展开阅读全文|阅读全文|点击(?:查看|进入|阅读|展开)|分享到|分享至|分享|收藏|打印|举报|纠错|"
    r"返回(?:顶部|首页)?|上一[篇页]|下一[篇页]|相关(?:阅读|新闻|推荐|文章|链接|报道)|推荐阅读|"
    r"热门(?:推荐|评论|文章)|猜你喜欢|更多(?:精彩|>>)?$|扫一扫|扫码|微信扫|我要(?:评论|反馈|纠错)|发表评论|"
    r"免责声明|特别声明|版权(?:所有|声明)|转载请注明|未经.{0,12}(?:授权|许可|允许|同意)|关注我们|长按|"
    r"关键[词字][:：]|标签[:：]|(?:【|\[)(?:打印|关闭|收藏)|字[号体])|\b(?:ICP|网安)备",
    re.IGNORECASE,
)


def suspicion(tag: str, attributes: Mapping[str, str | None]) -> float:
    """The share of the page's prose up to which this element is no article text; 0 if nothing speaks against it."""
    if tag in ("aside", "footer"):
        return STRONG
    if not attributes:
        return 0.0
    style = attributes.get("style")
    if "hidden" in attributes or (style and "none" in style and _INVISIBLE.search(style)):
        return HIDDEN
    if tag in ("article", "main", "body"):
        return 0.0
    worst = 0.0
    for name in (attributes.get("class"), attributes.get("id")):
        if name:
            share = _memo.get(name)
            if share is None:
                share = _of_name(name)
            if share > worst:
                worst = share
    return worst


def _of_name(name: str) -> float:
    if len(_memo) >= _MEMO_SIZE:
        _memo.clear()
    worst = 0.0
    for token in name.split()[:_MOST_TOKENS]:
        share = _memo.get(token)
        if share is None:
            share = _memo[token] = _of_token(_WORD_BREAK.sub("-", token[:_LONGEST_TOKEN]).lower())
        worst = max(worst, share)
    _memo[name] = worst
    return worst


def _of_token(token: str) -> float:
    if _HARMLESS.search(token):
        return 0.0
    for share, words in ((COMMENTS, _COMMENTS), (STRONG, _STRONG), (WEAK, _WEAK)):
        if words.search(token):
            return share
    return 0.0


def is_phrase(text: str) -> bool:
    """Whether a short text is a button, a notice or a heading of links instead of the article's words."""
    return _PHRASE.search(text) is not None
