"""Tickers written in plain text: ``(002572.SZ，最新价：…)``, ``(000901)``, ``(2197.HK)``, ``$AAPL$``, ``NASDAQ: AAPL``,
``港交所：9988``, ``股票代码：600519``.

A suffix, a label or an exchange's name is proof. A bare number is a ticker only in brackets right after a word and
with a prefix that the two exchanges give to shares (or to listed funds and indices); numbers of phones,
years, amounts and post codes do not fit that. Forms as EastMoney, Xueqiu, Reuters and Chinese media write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ahocorasick_rs import AhoCorasick

from lake.extraction.markets import HONG_KONG, NASDAQ, NYSE, NYSE_AMERICAN, SHANGHAI, SHENZHEN
from lake.extraction.marks import Mark

__all__ = ["find_tickers"]

_EXCHANGES = {
    "SZ": SHENZHEN,
    "SH": SHANGHAI,
    "SS": SHANGHAI,
    "BJ": SHENZHEN,
    "HK": HONG_KONG,
    "O": NASDAQ,
    "N": NYSE,
    "A": NYSE_AMERICAN,
    "NASDAQ": NASDAQ,
    "NYSE": NYSE,
    "AMEX": NYSE_AMERICAN,
    "XSHE": SHENZHEN,
    "XSHG": SHANGHAI,
    "OQ": NASDAQ,
    "NASDAQGS": NASDAQ,
    "NASDAQGM": NASDAQ,
    "NASDAQCM": NASDAQ,
    "NYSE AMERICAN": NYSE_AMERICAN,
    "NYSE MKT": NYSE_AMERICAN,
    "NYSE ARCA": NYSE_AMERICAN,  # EastMoney counts Arca's funds there
    "纳斯达克": NASDAQ,
    "纽交所": NYSE,
    "纽约证券交易所": NYSE,
}
_CURRENCIES = frozenset("USD HKD CNY RMB EUR JPY GBP AUD CAD SGD TWD NTD BTC ETH USDT".split())
"""What stands behind a ``$`` and is money."""
_SUFFIXED = re.compile(
    r"(?<![\w.])(?:(?P<china>\d{6})\.(?P<exchange>S[ZHS]|BJ|XSH[EG])|(?P<hk>\d{1,5})\.HK|(?P<us>[A-Z]{1,5})\.US)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_PREFIXED = re.compile(r"(?P<exchange>[Ss][ZzHh])(?<![A-Za-z0-9.]..)[:：.]?(?P<china>\d{6})(?![A-Za-z0-9.])")
"""This form and the next begin with what can be looked for at once, and look behind it then: a twentieth of the time."""
_PREFIXED_HK = re.compile(r"(?<![A-Za-z0-9.])HK[:：.]?(?P<hk>\d{5})(?![A-Za-z0-9.])")
_NAMED = re.compile(
    r"(?<![A-Za-z])(?:(?P<exchange>(?:NASDAQ|Nasdaq)(?:G[SM]|CM)?|NYSE(?: American| MKT| Arca)?|AMEX|纳斯达克|纽交所|纽约证券交易所)"
    r"(?:上市)?(?:股票)?(?:代码|代号)?\s?[:：]\s?(?P<us>[A-Z]{1,5}(?:\.[AB])?)(?![A-Za-z])"
    r"|(?:HKEX|SEHK|HKSE|HKG|港交所|联交所)(?:上市)?(?:股票|股份)?(?:代码|代号|编号)?\s?[:：]\s?(?P<hk>\d{1,5})(?![\d.%]))"
)
_LABELLED = re.compile(
    r"(?:股票|证券|[AＡHＨ]股|港股|美股)(?:交易)?(?:代码|代号)\s?(?:为|是)?\s?[:：]?\s?"
    r"(?:(?P<china>\d{6})|(?P<hk>\d{4,5})|(?P<us>[A-Z]{1,5}))(?![A-Za-z0-9.])"
)
_CASHTAG = re.compile(
    r"\$(?<![A-Za-z].)(?:[^$()（）\s]{1,12}[(（])?(?P<us>[A-Z]{1,5})(?:[)）]?\$|(?![A-Za-z0-9$]))"
)
_REUTERS = re.compile(r"[(（](?P<us>[A-Z]{1,5})\.(?P<exchange>OQ|[ONA])(?=[)）,，])")
_US_SPACED = re.compile(r"[(（](?P<us>[A-Z]{1,5}) US(?=[)）,，])")
_HK_SPACED = re.compile(r"[(（](?P<hk>\d{1,5}) HK(?=[)）,，])")
_BARE, _BARE_WIDE = (
    re.compile(
        bracket
        + r"(?:(?P<china>\d{6})|(?P<hk>0\d{4}))(?=[)）](?![元人份吨]|[万亿]|股(?!份))|[,，;；、]\s?\D)"
    )
    for bracket in (r"\(", "（")
)
"""Two expressions, as one that begins with one character is looked for at once."""

_SHARES = ("000", "001", "002", "003", "300", "301", "302", "600", "601", "603", "605", "688", "689", "920")
"""First three digits of A shares by the exchanges' numbering rules; B shares (200, 900) look like post codes."""
_FUNDS = tuple("159 510 511 512 513 515 516 517 518 520 530 560 561 562 563 588".split())
_INDICES = ("399",)
_INDEX_WORDS = ("指数", "综指", "成指", "指", "300", "500", "1000", "50")
_NO_TICKER_WORDS = (
    *"和与及或约为共计达至到的在",
    *"邮编 邮政编码 编号 电话 热线 传真 验证码 批号 代码为 文号".split(),
)
_FUND_WORD = re.compile(r"(?:基金|混合|债券?|联接|LOF|QDII|股票|优选|精选|[ACE]类?)$")
_BEFORE = 8  # characters before a bracket that are looked at


_SIX = b"0" * 6
_DIGITS = bytes(48 if 48 <= byte < 58 else 32 for byte in range(256))
"""Digits become ``0``, all else a space: how a text shows quickly whether six digits stand together in it."""


def _six_digits(text: str) -> bool:
    return _SIX in text.encode("utf-8", "replace").translate(_DIGITS)


_SUFFIX = re.compile(r"\.(?:XSH[EG]|[Ss][ZHSzhs]|[Bb][Jj]|[Hh][Kk]|[Uu][Ss])(?![A-Za-z0-9])")
_REUTERS_SUFFIX = re.compile(r"\.(?:OQ|[ONA])[)）,，]")
_RARE = ("HK", "NASDAQ", "Nasdaq", "NYSE", "AMEX", "纳斯达克", "纽", "交所", " US", "代码", "代号")
_RARE_SIGNS = AhoCorasick(_RARE)


def _forms_in(text: str) -> Iterator[re.Pattern[str]]:
    """The forms that a text may hold, by a quick look for a part of each: most texts hold none."""
    signs = _rare_signs(text)
    if "." in text and _SUFFIX.search(text):
        yield _SUFFIXED
    if ("S" in text or "s" in text) and _six_digits(text):
        yield _PREFIXED
    if "HK" in signs:
        yield _PREFIXED_HK
    if not signs.isdisjoint(_RARE[:8]):
        yield _NAMED
    if "代码" in signs or "代号" in signs:
        yield _LABELLED
    if "$" in text:
        yield _CASHTAG
    ascii_bracket = "(" in text
    wide_bracket = "（" in text
    if (ascii_bracket or wide_bracket) and _REUTERS_SUFFIX.search(text):
        yield _REUTERS
    if " US" in signs:
        yield _US_SPACED
    if "HK" in signs:
        yield _HK_SPACED
    if ascii_bracket:
        yield _BARE
    if wide_bracket:
        yield _BARE_WIDE


def _rare_signs(text: str) -> set[str]:
    """Which of the rare signs a text holds; one automaton looks for all of them at once."""
    try:
        found = _RARE_SIGNS.find_matches_as_indexes(text)
    except UnicodeEncodeError:  # a lone surrogate, which the library does not take
        return set(_RARE)
    return {_RARE[number] for number, _, _ in found}


def find_tickers(text: str) -> list[Mark]:
    """All tickers in ``text`` in order; ``market`` is None where the form names none (``$AAPL$``)."""
    found: dict[int, Mark] = {}
    for pattern in _forms_in(text):
        for match in pattern.finditer(text):
            bare = pattern is _BARE or pattern is _BARE_WIDE
            mark = _read(match, bare=bare, labelled=pattern is _LABELLED, text=text)
            if mark is not None:
                found.setdefault(mark.start, mark)
    return [found[start] for start in sorted(found)]


def _read(match: re.Match[str], *, bare: bool, labelled: bool, text: str) -> Mark | None:
    groups = match.groupdict()
    start = match.start() if bare else 0
    before = text[max(start - _BEFORE, 0) : start]
    if bare and not _follows_name(before):
        return None
    exchange = _EXCHANGES.get((groups.get("exchange") or "").upper())
    if china := groups.get("china"):
        market = _china_market(china, before) if bare or labelled else exchange
        return None if market is None else Mark(market, china, china, *match.span("china"))
    if hk := groups.get("hk"):
        return Mark(HONG_KONG, hk.zfill(5), hk, *match.span("hk")) if int(hk) else None
    us = groups["us"].upper()
    if us in _CURRENCIES:
        return None
    return Mark(exchange, us.replace(".", "_"), us, *match.span("us"))


def _follows_name(before: str) -> bool:
    """Whether a bracket stands right after a word that may be a name."""
    return (
        bool(before)
        and (before[-1].isalnum() or before[-1] in "*)）")
        and not before.endswith(_NO_TICKER_WORDS)
    )


def _china_market(code: str, before: str) -> int | None:
    """The market of a bare six-digit code, None where it is no share, listed fund or index."""
    if code.startswith("000") and before.endswith(_INDEX_WORDS):
        return SHANGHAI
    if code.startswith((*_INDICES, "159")):
        return SHENZHEN
    if code.startswith(_FUNDS):
        return SHANGHAI
    if not code.startswith(_SHARES) or _FUND_WORD.search(before):
        return None
    return SHANGHAI if code[0] == "6" else SHENZHEN
