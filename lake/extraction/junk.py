"""What is no article text by its names or words: navigation, comments, share bars, related links, notices.

Class names and ids are read word by word (``articleShareBox`` is ``article-share-box``). The words are
those that page templates use for these parts, collected from saved pages of many sites; Readability
(Arc90 2009) began the practice. A name alone never removes what holds most of a page's prose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["HIDDEN", "is_end", "is_phrase", "suspicion"]

COMMENTS, STRONG, HIDDEN, WEAK = 0.75, 0.4, 0.25, 0.1
"""The share of a page's prose up to which an element of such a name is left out.

Comments may outweigh a short article; a footer or sidebar that holds more than a third of the prose is a
wrapper with an unlucky name; weak words name small things only.
"""

_NAMES: dict[float, str] = {
    COMMENTS: "comment disqus respond -reply- -replies- -pinglun-",
    STRONG: "sidebar side-bar sidenav related recommend breadcrumb newsletter copyright disclaim advert adsense "
    "sponsor popup pop-up modal cookie consent gdpr share sharing footer navbar navigation pagination toolbar "
    "author-box author-bio author-info author-card about-author outbrain taboola qrcode login signup "
    "sign-up shengming tuijian xiangguan fenxiang also-like prevnext -nav- -menu- -ad- -ads- -crumb- -crumbs- "
    "-foot- -pager- -qr-",
    WEAK: "subscri promo social taglist byline table-of-contents readmore read-more more-news more-stories "
    "more-posts more-articles postmeta post-meta entrymeta entry-meta articlemeta article-meta screen-reader "
    "^hidden$ ^is-hidden$ -relate- -tags- -bio- -hot- -rank- -ranking- -rating- -statement- -toc- -prev- "
    "-next- -print- -skip- -meta- -metadata- -declare- -tip- -tips- -btn- -btns- -dianzan- -zan- -cta- "
    "-keywords- -visually-hidden- -sr-only-",
}
"""What stands in names by the share that it allows; a hyphen is the edge of a word, ``^`` and ``$`` the token's."""


def _any_of(words: set[str]) -> str:
    """A regular expression of all words, by common beginnings: several times as fast as trying each."""
    rests: dict[str, set[str]] = {}
    for word in words:
        rests.setdefault(word[:1], set()).add(word[1:])
    found = []
    for first, rest in rests.items():
        edge = first == "-" and rest == {""}  # of the next word, too
        found.append("(?=-)" if edge else re.escape(first) + (_any_of(rest) if first else ""))
    return found[0] if len(found) == 1 else f"(?:{'|'.join(sorted(found, reverse=True))})"


_WORDS = {
    word.replace("^", " -").replace("$", "- "): share
    for share, words in _NAMES.items()
    for word in words.split()
}
_SHARES = {word.rstrip("-"): share for word, share in _WORDS.items()}
_ANY = re.compile(_any_of(set(_WORDS)))
_HARMLESS = re.compile(
    r"shareholder|[:\[]| --next- | -(?:tag|category|has|with|no|is|js|type|status|format|col|wp-elements)-"
)
"""Tokens that only say how something looks (``md:hidden``) or what kind of page it is (``tag-sponsored``)."""

_CAPITAL = re.compile(r"(?<=[a-z])[A-Z]")
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
    r"关键[词字][:：]|标签[:：]|(?:【|\[)(?:打印|关闭|收藏)|字[号体])",
    re.IGNORECASE,
)
_END = re.compile(
    r"\W*(?:相关(?:阅读|新闻|推荐|文章|链接|报道|稿件|专题)|推荐阅读|延伸阅读|更多阅读|热门(?:推荐|文章|新闻)|猜你喜欢|"
    r"related (?:articles?|stories|posts|reading|news|content)|you (?:may|might) also like|more from .{1,40}|"
    r"recommended(?: reading| for you)?|read next)\W*",
    re.IGNORECASE,
)
"""Headings of what follows an article."""
_RECORD = re.compile(r"\b(?:ICP|网安)备", re.IGNORECASE)


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
    tokens = " -" + "-  -".join([token[:_LONGEST_TOKEN] for token in name.split()[:_MOST_TOKENS]]) + "- "
    if "_" in tokens:
        tokens = tokens.replace("__", "_").replace("_", "-")
    if not tokens.islower():
        tokens = _CAPITAL.sub(r"-\g<0>", tokens).lower()
    found = _ANY.findall(tokens)
    if found and _HARMLESS.search(tokens):
        telling = (f" {token} " for token in tokens.split() if not _HARMLESS.search(f" {token} "))
        found = _ANY.findall("".join(telling))
    share = _memo[name] = max(map(_SHARES.__getitem__, found), default=0.0)
    return share


def is_phrase(text: str) -> bool:
    """Whether a short text is a button, a notice or a heading of links instead of the article's words."""
    return _PHRASE.match(text) is not None or ("备" in text and _RECORD.search(text) is not None)


def is_end(text: str) -> bool:
    """Whether a line is a heading of what follows an article: related reading, recommendations."""
    return _END.fullmatch(text) is not None
