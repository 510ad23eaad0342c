"""Bytes to text, by what the bytes are: BOM, then valid UTF-8, then declarations weighed against the content.

Sources of the rules: the WHATWG Encoding Standard (labels; gb2312 and gbk are read as gb18030, iso-8859-1
as windows-1252) and the HTML Standard's order (BOM, HTTP header, meta). One deviation, because pages lie:
text that is valid UTF-8 with multi-byte characters is UTF-8 whatever was declared, and a declaration under
which the text is gibberish gives way to the reading with the most common characters.
"""

from __future__ import annotations

import codecs
import re

from lake.errors import Reject

__all__ = ["decode", "wide_charset"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_LABELS = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "euc-cn": "gb18030",
    "big5-hkscs": "big5",
    "x-x-big5": "big5",
    "cp950": "big5",
    "shift-jis": "shift_jis",
    "x-sjis": "shift_jis",
    "windows-31j": "shift_jis",
    "ks_c_5601-1987": "euc-kr",
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "utf8": "utf-8",
}

_CODECS = {
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "windows-1252": "cp1252",
    "windows-1251": "cp1251",
}
"""The Python codec of a charset where a superset under another name reads real pages better."""

_GUESSES = ("utf-8", "gb18030", "big5", "windows-1252")
"""Charsets tried on text that is no valid UTF-8; on equal scores the earlier one wins.
Others must be declared."""

_META = re.compile(rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.I)
_META_WITHIN = 8192  # the HTML Standard stops at 1024 bytes; saved pages put scripts before the meta
_SAMPLE = 20_000  # characters weighed for plausibility

_UTF8_RUN = re.compile(
    rb"((?:[\xe3-\xe9\xef][\x80-\xbf]{2}){4}(?:[\x00-\x7f]|[\xe2-\xe9\xef][\x80-\xbf]{2})*)"
)
"""Four CJK characters in UTF-8 in a row: practically never aligned in GB18030 or Big5 text."""

_GB_RUN = re.compile(rb"[\x40-\xff]{1,4096}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_GB_FOUR = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")
_LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")

_FREQUENT = frozenset(
    # The most frequent characters of modern Chinese, simplified and traditional; order does not matter.
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所"
    "然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它"
    "与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新"
    "己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条"
    "平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至"
    "队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交"
    "规万取拉格望觉术领共确传师观清今切院让识候带导争运股票投资财经融银企证券价格亿元据表示公司市场记者责任编辑来源"
    "這個們來為國說時會對過發後裡學現當沒動還進樣從實軍無與長機問關點業將兩間頭體應戰見產員聲義條氣題爾別變總電"
    "數報結場計許統區隊決報導財證價億據號臺灣香港電話請請選擇網頁"
)


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Decode a page, post or record.

    Args:
        body: the bytes as they came.
        content_type: the declared type, as in the HTTP header; only its charset is read.

    Returns:
        The text, without BOM, and the charset's name (``utf-8``, ``gb18030``, ``big5``, ``utf-16-le`` …).

    Raises:
        Reject: stage ``decode``; reason ``empty``, ``binary`` or ``undecodable``.
    """
    if not body.strip(b"\x00\t\r\n\f "):
        raise Reject("decode", "empty", f"no text in {len(body)} bytes")
    text, charset = _by_bom(body) or _by_zero_bytes(body) or _by_content(body, content_type)
    _refuse_garbage(text, body)
    return text, charset


def _by_bom(body: bytes) -> tuple[str, str] | None:
    for bom, charset in _BOMS:
        if body.startswith(bom):
            rest = body[len(bom) :]
            return (_utf8(rest) if charset == "utf-8" else rest.decode(charset, "replace")), charset
    return None


def _by_zero_bytes(body: bytes) -> tuple[str, str] | None:
    charset = wide_charset(body)
    return (body.decode(charset, "replace"), charset) if charset else None


def wide_charset(body: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` for UTF-16 without BOM, else None.

    Markup is ASCII, so every second byte of much of it is zero, and hardly any other.
    """
    head = body[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    few, many = sorted((even, odd))
    if not many or many < len(head) // 10 or few > many // 20:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _by_content(body: bytes, content_type: str | None) -> tuple[str, str]:
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.end >= len(body) - 3 and error.start > 0 and _is_cut(body, error):
            return body[: error.start].decode("utf-8"), "utf-8"
    declared = _declared(body, content_type)
    best = max(dict.fromkeys((*declared, *_GUESSES)), key=lambda name: _plausibility(body, name, declared))
    if best == "utf-8":
        return _utf8(body), best
    return _multibyte(body, best), best


def _is_cut(body: bytes, error: UnicodeDecodeError) -> bool:
    """Whether the only bad bytes are a character cut off at the very end."""
    return error.reason == "unexpected end of data" and len(_HIGH.findall(body[: error.start][-100_000:])) > 2


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Charsets named by the header and the meta element, canonical, without unknown ones."""
    header = _HEADER.search(content_type or "")
    metas = _META.findall(body[:_META_WITHIN])
    labels = ([header.group(1)] if header else []) + [m.decode("ascii", "replace") for m in metas[:3]]
    found = []
    for label in labels:
        name = _LABELS.get(label.lower(), label.lower())
        if name in _KNOWN:
            found.append(name)
    return found


_KNOWN = frozenset(_GUESSES) | {
    "shift_jis",
    "euc-jp",
    "euc-kr",
    *(f"iso-8859-{n}" for n in range(2, 17)),
    *(f"windows-125{n}" for n in range(9)),
    "koi8-r",
    "iso-2022-jp",
}


def _plausibility(body: bytes, charset: str, declared: list[str]) -> float:
    """How well the text reads in a charset: share of frequent characters less the unreadable, plus trust.

    A declaration is worth .25: less than the gap between right and wrong reading of a sentence (right
    Chinese text has .5 to .8 frequent characters, gibberish below .1), more than any between close kin.
    windows-1252 reads any bytes, and servers declare it by default, so it must earn its score: its
    letters and quotes stand alone between ASCII, the bytes of a Chinese text come in pairs.
    """
    sample = _sample(body)
    if charset == "windows-1252":
        rest = _GB_FOUR.sub(b"", sample)
        return len(_LONE.findall(rest)) / max(1, len(_HIGH.findall(sample)))
    high = [c for c in sample.decode(_CODECS.get(charset, charset), "replace") if c > "\x7f"][:_SAMPLE]
    return sum(map(_weight, high)) / max(1, len(high)) + (0.25 if charset in declared else 0.0)


def _sample(body: bytes) -> bytes:
    """The lines that hold high bytes, up to ``_SAMPLE`` characters or so: scripts and styles say nothing."""
    first = _HIGH.search(body)
    start = body.rfind(b"\n", 0, first.start()) + 1 if first else 0
    return body[start : start + 8 * _SAMPLE]


def _weight(char: str) -> float:
    if char in _FREQUENT:
        return 1.0
    code = ord(char)
    if 0x3001 <= code <= 0x3002 or 0x3041 <= code <= 0x30FA or code in (0xFF0C, 0xFF1A):
        return 0.8  # CJK punctuation and kana
    if 0xAC00 <= code <= 0xD7A3 or 0x0410 <= code <= 0x044F:
        return 0.5  # Hangul syllables, Cyrillic letters
    if 0xC0 <= code <= 0x17F or 0x2013 <= code <= 0x2026:
        return 0.6  # accented Latin letters, typographic punctuation
    if code == 0xFFFD or 0x80 <= code <= 0x9F or 0xE000 <= code <= 0xF8FF or 0xFF61 <= code <= 0xFF9F:
        return -2.0  # unreadable, control, private use, half-width katakana (Shift_JIS reading GBK)
    return 0.1 if 0x4E00 <= code <= 0x9FFF else 0.0


def _utf8(body: bytes) -> str:
    return body.decode("utf-8", "newslake-mixed")


def _mixed(error: UnicodeError) -> tuple[str, int]:
    """Decoding error handler: a run of GB18030 inside UTF-8 text is read as such, else marked unreadable."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    run = _GB_RUN.match(error.object, error.start)
    piece = run.group() if run else error.object[error.start : error.end]
    text = piece.decode("gb18030", "replace")
    han = [c for c in text if c > "\x7f"]
    if len(han) < 2 or sum(c in _FREQUENT for c in han) * 3 < len(han):
        text = piece.decode("utf-8", "replace")
    return text, error.start + len(piece)


codecs.register_error("newslake-mixed", _mixed)


def _multibyte(body: bytes, charset: str) -> str:
    """Decode text of a legacy charset; runs that are plainly UTF-8 (pasted fragments) are read as UTF-8."""
    codec = _CODECS.get(charset, charset)
    if charset not in ("gb18030", "big5"):
        return body.decode(codec, "replace")
    pieces = _UTF8_RUN.split(body)
    return "".join(p.decode("utf-8" if i % 2 else codec, "replace") for i, p in enumerate(pieces))


def _refuse_garbage(text: str, body: bytes) -> None:
    head = text[:100_000]
    unreadable = head.count("\ufffd") + len(_CONTROL.findall(head))
    if unreadable * 10 <= len(head):
        return
    reason = "binary" if b"\x00" in body[:100_000] else "undecodable"
    raise Reject("decode", reason, f"{unreadable} of the first {len(head)} characters are unreadable")
