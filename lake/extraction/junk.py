"""What is no article text by its names or words: navigation, comments, share bars, related links, notices.

Class names and ids are read word by word (``articleShareBox`` is ``article-share-box``). The words are
those that page templates use for these parts, collected from saved pages of many sites; Readability
(Arc90 2009) began the practice. A name alone never removes what holds most of a page's prose.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

__all__ = [
    "ASIDES",
    "HIDDEN",
    "Shares",
    "class_of",
    "in_context",
    "is_end",
    "is_head_line",
    "is_notice",
    "is_phrase",
    "name_of",
]

COMMENTS, STRONG, HIDDEN, WEAK = 0.75, 0.4, 0.25, 0.1
"""The share of a page's prose up to which an element of such a name is left out.

Comments and the full texts of related articles may outweigh a short article; a footer or sidebar that holds more than a third of the prose is a
wrapper with an unlucky name; weak words name small things only.
"""

_NAMES: dict[float, str] = {
    COMMENTS: "comment disqus respond -reply- -replies- -pinglun- -cmt- -cmts- -liuyan- -huifu- -gentie- -tie-list- "
    "-message-board- outbrain taboola related recommend tuijian xiangguan also-like",
    STRONG: "sidebar side-bar sidenav breadcrumb newsletter copyright disclaim advert adsense "
    "sponsor popup pop-up modal cookie consent gdpr share sharing footer navbar navigation pagination toolbar "
    "author-box author-bio author-info author-card about-author qrcode login signup "
    "sign-up shengming fenxiang prevnext -nav- -menu- -ad- -ads- -crumb- -crumbs- "
    "-foot- -pager- -qr-",
    WEAK: "subscri promo social taglist byline table-of-contents readmore read-more more-news more-stories "
    "more-posts more-articles postmeta post-meta entrymeta entry-meta articlemeta article-meta screen-reader "
    "^hidden$ ^is-hidden$ -relate- -tags- -bio- -hot- -rank- -ranking- -rating- -statement- -toc- -prev- "
    "-next- -print- -skip- -meta- -metadata- -declare- -tip- -tips- -btn- -btns- -dianzan- -zan- -cta- "
    "-keywords- -visually-hidden- -sr-only-",
}
"""What stands in names by the share that it allows; a hyphen is the edge of a word, ``^`` and ``$`` the token's."""


_WORDS = {
    word.replace("^", " -").replace("$", "- "): share
    for share, words in _NAMES.items()
    for word in words.split()
}
ASIDES = frozenset(("aside", "footer"))
"""Elements that are beside the article whatever their names say."""
_SHARES = tuple(_WORDS.values())
_AUTOMATON = AhoCorasick(list(_WORDS))
_HARMLESS = re.compile(
    r"shareholder|[:\[]| --next- | -(?:tag|category|has|with|no|is|js|type|status|format|col|wp-elements)-"
)
"""Tokens that only say how something looks (``md:hidden``) or what kind of page it is (``tag-sponsored``)."""

_NEW_WORD = re.compile("(?<=[a-z])(?=[A-Z])")
_INVISIBLE = re.compile(r' style="[^"]*display\s{0,9}:\s{0,9}none')
_MOST_TOKENS, _LONGEST_TOKEN, _LONGEST_KEY = 30, 80, 300
_MEMO_SIZE = 50_000

_PHRASE = re.compile(
    r"^(?:advertisement|share(?: this)?(?: article| post| on .{1,20})?|related(?: articles| stories| posts| reading)?|"
    r"read (?:more|next|also)|(?:see|also|must) (?:also|read)|(?:you (?:may|might) )?also like|sign up|subscribe|follow us|more from|"
    r"recommended|leave a (?:reply|comment)|already an? (?:\w{1,20} )?(?:subscriber|member)|to continue reading|get unlimited access|"
    r"skip advertisement|story continues below|article continues (?:after|below)|comments?(?: \(\d{1,6}\))?|table of contents|skip to|click here|print|"
    r"email|tweet|copy link|\d{1,3} min(?:ute)?s?(?: read)?|by [A-Z][\w.' -]{2,40}|all rights reserved|copyright|©)"
    r"(?:\b|$)"
    r"|^(?:展开全文|展开阅读全文|阅读全文|点击(?:查看|进入|阅读|展开)|分享到|分享至|分享|收藏|打印|举报|纠错|"
    r"返回(?:顶部|首页)?|上一[篇页]|下一[篇页]|相关(?:阅读|新闻|推荐|文章|链接|报道)|推荐阅读|延伸阅读|拓展阅读|相關(?:閱讀|新聞|報導)|延伸閱讀|"
    r"热门(?:推荐|评论|文章)|猜你喜欢|更多(?:精彩|>>)?$|(?:立即|点击)?(?:打开|下载)[^。，]{0,10}(?:APP|客户端)[^。，]{0,10}$|扫一扫|扫码|微信扫|我要(?:评论|反馈|纠错)|发表评论|"
    r"免责声明|特别声明|版权(?:所有|声明)|转载请注明|未经.{0,12}(?:授权|许可|允许|同意)|关注我们|长按|(?:更多.{0,16})?(?:请|欢迎)?(?:关注|下载|搜索|扫码).{0,16}(?:公众号|客户端|APP|微信|微博)[^。]*$|"
    r"关键[词字][:：]|标签[:：]|(?:【|\[)(?:打印|关闭|收藏)|字[号体])",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"(?:learn more|apply now|get started|(?:buy|shop|book|order|donate) now|contact us|make a gift|(?:load|show|see|view) (?:more|all|comments)"
    r"|back to (?:top|blog|(?:all |the )?articles?(?: list)?|news|home)|discuss|jump to (?:recipe|the list|video|section).{0,40}"
    r"|(?:estimated )?reading time\W.{1,20}|(?:article|story|post) categories|tags?\s?:.{0,200}|filed under\b.{0,80}|posted in\b.{0,80}"
    r"|written by .{2,40}|listen to (?:this )?(?:article|story)|tried this recipe.{0,80}"
    r"|(?:first |originally )?(?:published|posted|updated|last updated|last modified)(?: on| at)?)\W*",
    re.IGNORECASE,
)
"""The whole of a line that is a button or a label; an article's sentences hold more than these words."""
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_WIDE = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")
_HEAD_LINE = re.compile(
    rf"(?:^|.{{0,60}}[\W\d])(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? (?:19|20)\d\d"
    r"|(?:19|20)\d\d-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d)(?!.*[.!?]$)",
    re.IGNORECASE,
)
"""A date in a line that is no sentence: with a byline, its label, its clock, the time that reading takes."""
_PHRASE_STARTS = frozenset(
    "dgjlvwabceflmprstuy©展阅点分收打举纠返上下相推热猜更扫微我发免特版转未关长标字立延拓請请欢搜【["
)
"""What the expression begins with, but for digits: trying it costs more than one look."""
_END = re.compile(
    r"\W*(?:相关(?:阅读|新闻|推荐|文章|链接|报道|稿件|专题)|推荐阅读|延伸阅读|更多阅读|相關(?:閱讀|新聞|文章|報導|連結)|推薦(?:閱讀|文章)|延伸閱讀|更多.{0,8}(?:報導|新聞)|熱門(?:新聞|文章)|看更多|热门(?:推荐|文章|新闻)|猜你喜欢|"
    r"related (?:articles?|stories|posts|reading|news|content)|you (?:may|might) also like|more from .{1,40}|"
    r"recommended(?: reading| for you)?|read next)\W*",
    re.IGNORECASE,
)
"""Headings of what follows an article."""
_NO_PLAYER = re.compile(
    r"浏览器(?:版本过低|暂?不支持)|browser (?:does|is) not (?:support|able)", re.IGNORECASE
)
_RECORD = re.compile(r"\b(?:ICP|网安)备", re.IGNORECASE)


class Shares:
    """What attributes say of elements, kept from page to page: pages of one site share most of them."""

    def __init__(self) -> None:
        self._known: dict[str, float] = {}

    def of(self, attributes: list[str]) -> list[float]:
        """The share of the page's prose up to which each element is no article text; 0 if nothing speaks against it.

        Args:
            attributes: of each element, as in ``Tokens``.
        """
        shares = list(map(self._known.get, attributes))
        if None not in shares:
            return shares  # type: ignore[return-value]
        unknown = list({one for one, share in zip(attributes, shares, strict=True) if share is None})
        read = dict(zip(unknown, _shares_of(unknown), strict=True))
        if len(self._known) + len(read) > _MEMO_SIZE:
            self._known.clear()
        self._known.update((one, share) for one, share in read.items() if len(one) <= _LONGEST_KEY)
        return [read[one] if share is None else share for one, share in zip(attributes, shares, strict=True)]


def class_of(attributes: str) -> str:
    """The class in an element's attributes as in ``Tokens``."""
    return attributes.partition(' class="')[2].partition('"')[0]


def name_of(attributes: str) -> str:
    """Class and id in an element's attributes as in ``Tokens``."""
    named = class_of(attributes)
    identified = attributes.partition(' id="')[2].partition('"')[0]
    return f"{named} {identified}" if named and identified else named or identified


def in_context(tag: str, share: float) -> float:
    """The share that ``Shares`` gives, corrected by the element's tag, which may say more than its name."""
    if tag in ASIDES:
        return STRONG
    return 0.0 if tag in ("article", "main") and share != HIDDEN else share


def _shares_of(attributes: list[str]) -> list[float]:
    """The share that each one's class, id and style allow; all are searched at once."""
    text = "\n".join([_tokens(name_of(one)) for one in attributes])
    if "_" in text:
        text = text.replace("__", "_").replace("_", "-")
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    shares = [0.0] * len(attributes)
    for word, start, _ in _AUTOMATON.find_matches_as_indexes(text, overlapping=True):
        number = bisect_right(starts, start) - 1
        if _SHARES[word] > shares[number]:
            token = text[text.rfind(" ", 0, start + 1) : text.find(" ", start + 1) + 1]
            if not _HARMLESS.search(token):
                shares[number] = _SHARES[word]
    for number, one in enumerate(attributes):
        if ' hidden="' in one or ("none" in one and _INVISIBLE.search(one)):
            shares[number] = HIDDEN
    return shares


def _tokens(name: str) -> str:
    """A name's tokens in lower case, their words parted by hyphens, between spaces and hyphens."""
    tokens = name.split()
    if len(name) > _LONGEST_TOKEN:
        tokens = [token[:_LONGEST_TOKEN] for token in tokens[:_MOST_TOKENS]]
    name = f" -{'-  -'.join(tokens)}- "
    lower = name.lower()
    return lower if lower == name else "-".join(_NEW_WORD.split(name)).lower()


def is_phrase(text: str) -> bool:
    """Whether a short text is a button, a notice or a heading of links instead of the article's words."""
    first = text[:1].lower()
    if (first in _PHRASE_STARTS or first.isdecimal()) and (
        _PHRASE.match(text) is not None or _BUTTON.fullmatch(text) is not None
    ):
        return True
    return ("备" in text and _RECORD.search(text) is not None) or is_notice(text)


def is_head_line(text: str) -> bool:
    """Whether a short line before the text is a date, or signs alone, and no word of the article; of Latin letters alone.

    Reference texts of Chinese pages hold such lines, where they stand in the container.
    """
    return not any(map(str.isalnum, text)) or (not _WIDE.search(text) and _HEAD_LINE.match(text) is not None)


def is_notice(text: str) -> bool:
    """Whether a short text tells of the reader's browser: what players show where they cannot play."""
    return ("rowser" in text or "浏览器" in text) and _NO_PLAYER.search(text) is not None


def is_end(text: str) -> bool:
    """Whether a line is a heading of what follows an article: related reading, recommendations."""
    return _END.fullmatch(text) is not None
