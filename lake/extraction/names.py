"""Names in the lines around an article: the medium, the authors, the editor.

Chinese news sites write them as labelled runs in one line, in any order and with any punctuation
(``2019-09-07 17:00:49 来源：证券时报网 作者：张三 责任编辑：李四_NF123 举报``). All functions here are pure.
The labels and the words that follow a name without belonging to it were seen in saved pages of Chinese
news sites of 2003-2026.
"""

from __future__ import annotations

import re

__all__ = ["authors", "editor", "medium", "outlet"]

_LABELS = {
    "media": "文章来源|稿件来源|信息来源|消息来源|新闻来源|图文来源|资料来源|稿源|来源|出处|来自|转载自|转自|文章來源|新聞來源|資料來源|來源|出處",
    "editor": "责任编辑|执行编辑|值班编辑|版面编辑|网络编辑|本文编辑|责编|校编|编辑|主编|責任編輯|執行編輯|責編|編輯|主編",
    "authors": "作者简介|文章作者|本文作者|本报记者|作者|撰文|撰稿|执笔人|执笔|采写|记者|文字|文|本報記者|記者|採訪|撰寫",
    "other": "发布时间|更新时间|时间|日期|审核|校对|校审|审校|监制|策划|制图|摄影|图片来源|图片|图|译者|翻译"
    "|编译|發布時間|發佈時間|更新時間|時間|攝影|編譯|翻譯|關鍵字|字号|字体|阅读|评论|浏览|点击|分享|关键词|标签|统筹|值班主任|终审|二审|三审|初审|视觉|出品|栏目|频道",
}
_LABEL = re.compile(
    "(?<![^\\W\\d_])(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items())
    + r")[\s\u3000]{0,6}(?:[:：｜|丨／]|(?<=[文图圖])/|(?<=[记記]者[\s\u3000])(?=[\u4e00-\u9fff·]{2,8}(?:[\s\u3000、,，)）]|$)(?![^，。]{0,9}摄|获悉|从|了解|报道|采访|注意|发现)))"
    r"[\s\u3000]*"
)
"""A label and its colon; 记者 stands without one too (``来源：某某晚报　记者 张三``)."""
_DATE = re.compile(
    r"\d{2,4}\s{0,2}[-./年]\s{0,2}\d{1,2}(?:\s{0,2}[-./月]\s{0,2}\d{1,2})?日?|\d{1,2}:\d{2}(?::\d{2})?"
)
_END = re.compile(
    r"[\n\r)）\]】〕|｜丨<>]|(?<!\w)(?:举报|参与互动|分享|字号|我要评论|阅读|评论|原文链接|关注|微博|微信|打印|收藏|纠错|投稿|转发|复制链接|关闭窗口|扫一扫|手机看)"
)
_EDGE = " \t\u3000\xa0:：,，。.;；、-—_/|｜丨·'\"“”‘’[]【】()（）<>《》"
_SPLIT = re.compile(r"[,，、;；/／&\s\u3000\xa0|｜丨]+")
_NO_NAME = re.compile(
    "(?:本报|本网|实习|见习|特约|财新)?记者|摄|大|中|小|关闭|通讯员|实习生|编辑|责编|作者|来源|来自|文|图|摄影|综合|原创|佚名|未知|匿名|无|不详"
    "|记者|記者|通訊員|編輯|簡介|简介|介绍|.*作者|发自.*|發自.*|受访者|本报|本网|本报讯|财新|新华社|网易|新浪|搜狐|腾讯|凤凰网|None|null"
    "|最新.*|.*文章|发[布表]于?|联系.*|更多.*|其[他它].*|.*女儿|.*儿子|的.*"
)
_MEDIUM = re.compile(
    "(?:报|网|社|台|新闻|报道|周刊|杂志|客户端|记者|通讯员|财经|公众号|研究院|公司|供图|供圖|報|網|新聞|報導|週刊|雜誌|財經)$"
)
_HOST = re.compile(r"(?:https?://)?[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}/?", re.ASCII)
_LONGEST, _LONGEST_PLAIN, _LONGEST_LINE = 14, 8, 60
_NOTICE = re.compile("内容|保证|侵权|联系|声明|版权|原创|转载|平台|观点|违者|[（）()，。]")
"""Words of notices about authors (``原创标注系作者主动申请``), which name nobody."""
_LABELLED = re.compile(r"[:：]|[记記]者|作者|[Bb]y ")
_MOST_UNLABELLED = 5
"""More names without a label are a list of something else."""
_CODE = re.compile(r"_\w+$|\(.*$|[A-Z]{0,3}\d+$")
_ROLE = re.compile(
    r"^(?:[\w·]{0,20}?(?:实习|见习|特约|首席|高级|资深)?(?:记者|記者|通讯员|评论员|特约撰稿人|撰稿人|研究员)|文|作者|撰文)(?=\w)"
)
_NO_LABEL = ("来源", "来自", "来源于", "来自于", "转自")
_OUTLET = re.compile(
    "(?!(?:国内|国际|社会|财经|公司|行业|科技|体育|娱乐|要闻|即时|滚动|综合|时政|本地|地方|产经|最新|热点|今日|图片|视频"
    "|企业|市场|股市|证券|银行|汽车|房产|教育|健康|文化|军事|媒体|头条|官方|國內|國際|社會|財經|即時|焦點)(?:新闻|财经|新聞|財經|网|社)$"
    "|.*(?:首页|正文|频道|互联网|业绩|报纸|举报))"
    r"[\u3400-\u9fffA-Za-z\d·—-]{1,14}"
    "(?:(?:日|晚|时|晨|早|快|新|周|商|导|信|京|都市|证券|经济|经营|青年|法[制治]|观察|科技|商务)报|网|通讯社|华社|新社|参考消息"
    "|电视台|电台|卫视|新闻|报道|周刊|杂志|客户端|财经|日報|晚報|時報|週報|網|通訊社|新聞|報導|週刊|雜誌|財經)"
)
"""A name that only media bear; what lists of sections are called is none."""
_WORDS = re.compile(r"[\s\u3000\xa0|｜丨/／]+")
_SPACED = re.compile(r"(?<!\w)([\u3400-\u9fff])[ \u3000]{1,3}([\u3400-\u9fff])(?!\w)")
_HAN = re.compile(r"[\u3400-\u9fff]")


def medium(text: str | None) -> str | None:
    """The medium that a source line names (``来源: 新浪科技 北京 举报`` -> 新浪科技), or None.

    A text without the label is taken as the name itself, less dates and other labelled parts.
    """
    value = _part(text, "media")
    if value is None:
        return None
    words = [
        word for word in _DATE.sub(" ", value).split() if word not in _NO_LABEL and not _HOST.fullmatch(word)
    ]
    if not words or words[0].startswith(("发表", "发布")):  # where or when, not by whom
        return None
    if _HAN.search(words[0]):  # a Chinese name holds no space: what follows is a place or a button
        return _trim(words[0].removesuffix("记者").rpartition("/")[2])  # 张三/某某报 names author and medium
    latin = []
    for word in words:
        if _HAN.search(word):
            break
        latin.append(word)
    return _trim(" ".join(latin))


def outlet(line: str) -> str | None:
    """The medium that stands without a label in a line of its own or with the time (``2022-05-08 某某日报``), or None.

    Lines that lead to sections (``首页 > 财经``) name none.
    """
    if ">" in line or "»" in line or len(line) > _LONGEST_LINE:
        return None
    mark = _LABEL.search(line)
    words = _WORDS.split(_DATE.sub(" ", line[: mark.start()] if mark else line))
    return next((word for word in (one.strip(_EDGE) for one in words) if _OUTLET.fullmatch(word)), None)


def authors(text: str | None) -> tuple[str, ...]:
    """The persons that an author line names, in its order, each once; roles and media words are left out."""
    value = _part(text, "authors")
    if value is None:
        return ()
    value = _DATE.sub(" ", value)
    value = _SPACED.sub(r"\1\2", value)
    parts = _SPLIT.split(value) if _HAN.search(value) else re.split(r"[,;|&]| and |^[Bb]y ", value)
    found: dict[str, None] = {}
    for part in parts:
        word, colon, _ = part.partition("：")  # what follows says who that is
        name = _ROLE.sub("", _trim(word) or "")
        if _is_name(name) and not _MEDIUM.search(name):
            found.setdefault(name)
        if colon:
            break
    labelled = _LABELLED.search(text or "")
    return tuple(found) if labelled or len(found) <= _MOST_UNLABELLED else ()


def editor(text: str | None) -> str | None:
    """The editors that a line names, joined by ``、`` (``(责编：甲、乙)`` -> 甲、乙).

    Staff codes behind a name (``_NF123``) are left out; a code that stands alone is kept.
    """
    value = _part(text, "editor")
    if value is None:
        return None
    value = _SPACED.sub(r"\1\2", _DATE.sub(" ", value))
    parts = [part.strip(_EDGE) for part in _SPLIT.split(value)]
    names = [name for part in parts if _is_name(name := _CODE.sub("", part).strip(_EDGE))]
    return "、".join(dict.fromkeys(names or [part for part in parts if part])) or None


def _is_name(word: str) -> bool:
    """Whether a word may be a person's name; the longest Chinese ones, of foreigners, have no more signs."""
    if _HAN.search(word):
        longest = _LONGEST if "·" in word else _LONGEST_PLAIN
        return len(word) <= longest and not _NO_NAME.fullmatch(word) and not _NOTICE.search(word)
    return 0 < len(word) <= 60 and not _NO_NAME.fullmatch(word)


def _part(text: str | None, kind: str) -> str | None:
    """The run of the text that belongs to a label of one kind; the text before any label if none is there."""
    if not text:
        return None
    marks = list(_LABEL.finditer(text[:2000]))
    for number, mark in enumerate(marks):
        if mark.lastgroup == kind:
            stop = marks[number + 1].start() if number + 1 < len(marks) else len(text)
            run = text[mark.end() : stop].strip(_EDGE)
            end = _END.search(run)
            value = run[: end.start()] if end else run
            if value.strip(_EDGE):
                return value
    if any(mark.lastgroup == kind for mark in marks):
        return None
    bare = text[: marks[0].start()] if marks else text[:200]
    bare = _DATE.sub(" ", bare).strip(_EDGE)
    end = _END.search(bare)
    return (bare[: end.start()] if end else bare).strip() or None


def _trim(value: str) -> str | None:
    return value.strip(_EDGE) or None
