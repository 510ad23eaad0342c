"""EastMoney's market numbers as data: kind, standard symbol and MIC of a (market, code) pair.

Source: the numbers as several public programs and the seed archive's posts use them. A MIC (ISO 10383)
or symbol stands here only where those sources agree; everything else stays None and the pair is kept.
"""

from __future__ import annotations

from functools import lru_cache

from lake.model import MentionKind

__all__ = ["kind_of", "market_of", "mic_of", "symbol_of"]

SHENZHEN, SHANGHAI, BOARDS, HONG_KONG = 0, 1, 90, 116
NASDAQ, NYSE, NYSE_AMERICAN = 105, 106, 107

_MICS = {
    SHANGHAI: "XSHG",
    8: "CCFX",
    NASDAQ: "XNAS",
    NYSE: "XNYS",
    113: "XSGE",
    114: "XDCE",
    115: "XZCE",
    HONG_KONG: "XHKG",
    118: "SGEX",
    128: "XHKG",
    142: "XINE",
}
_INDEX_MARKETS = frozenset({2, 100, 124, 125, 305})
_HONG_KONG_MARKETS = frozenset({HONG_KONG, 128})
_US_MARKETS = frozenset({NASDAQ, NYSE, NYSE_AMERICAN})
_SECURITY_MARKETS = frozenset({SHENZHEN, SHANGHAI, 153, 155, 156, 177}) | _HONG_KONG_MARKETS | _US_MARKETS
_FUND_PREFIXES = {SHENZHEN: ("15", "16", "18"), SHANGHAI: ("50", "51", "52", "53", "56", "58")}
"""Code segments of listed funds, as the two exchanges' numbering rules set them."""
_BEIJING = "92"
_MAYBE_BEIJING = ("4", "8")
"""43, 83 and 87 were Beijing's or the NEEQ's; the code does not tell which."""


@lru_cache(maxsize=65_536)
def kind_of(market: int | None, code: str) -> MentionKind:
    """What the pair is. Indices live inside markets 0 and 1 too: 0.399xxx and 1.000xxx."""
    if market is None:
        return "security"
    if market == BOARDS:
        return "board"
    if market in _INDEX_MARKETS or (market, code[:3]) in ((SHENZHEN, "399"), (SHANGHAI, "000")):
        return "index"
    if market == 150 or code.startswith(_FUND_PREFIXES.get(market, "?")):
        return "fund"
    return "security" if market in _SECURITY_MARKETS else "other"


def mic_of(market: int | None, code: str) -> str | None:
    """The MIC of the pair's exchange, or None where it is not certain."""
    if market != SHENZHEN:
        return _MICS.get(market) if market is not None else None
    if code.startswith(_BEIJING):
        return "BJSE"
    return None if code.startswith(_MAYBE_BEIJING) else "XSHE"


def symbol_of(market: int | None, code: str) -> str | None:
    """The standard ticker: ``002572.SZ``, ``600519.SH``, ``1810.HK`` (four digits at least), ``AAPL``."""
    if market == SHANGHAI:
        return f"{code}.SH"
    if market == SHENZHEN:
        mic = mic_of(market, code)
        return f"{code}.{'BJ' if mic == 'BJSE' else 'SZ'}" if mic else None
    if market in _HONG_KONG_MARKETS:
        return f"{code.lstrip('0').zfill(4)}.HK" if code.isdigit() else None
    if market in _US_MARKETS or (market is None and code.isalpha()):
        return code.replace("_", ".")
    return None


def market_of(code: str) -> int | None:
    """The market that a bare code tells, for markup that names no market; None where it does not.

    Six digits beginning with 6, 5 or 9 (but 92) are Shanghai, with 0, 1, 2, 3, 4, 8 or 92 are Shenzhen or
    Beijing, which share market 0; five digits are Hong Kong; ``BK`` and digits are boards.
    """
    if code.startswith("BK"):
        return BOARDS
    if not code.isdigit():
        return None
    if len(code) == 5:
        return HONG_KONG
    if len(code) != 6 or code[0] == "7":
        return None
    return SHANGHAI if code[0] in "569" and not code.startswith(_BEIJING) else SHENZHEN
