"""What one tag of EastMoney's markup marks: a security, a glossary term, a chart.

All functions take a tag's attributes as strings. Every form was seen in the seed archive's posts (2022)
or in public captures of the site's pages (2016, 2025-26).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lake.extraction.markets import HONG_KONG, SHANGHAI, SHENZHEN, market_of
from lake.model import Chart

__all__ = [
    "Mark",
    "chart_of",
    "glossary_of",
    "is_first",
    "is_marked",
    "may_be_marked",
    "pair_of",
    "pair_of_id",
]

Pair = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked place in the text: ``start`` and ``end`` count characters of the body text.

    ``first`` says that the markup is that of a first mention (``keytip``), which the site sets with more
    care than that of later ones (``em_stock_key_common``).
    """

    market: int | None
    code: str
    name: str
    start: int
    end: int
    first: bool = True

    @property
    def pair(self) -> Pair:
        """EastMoney's (market, code)."""
        return self.market, self.code


_PAIR = re.compile(r"(\d{1,3})[.,]([A-Za-z0-9_]{1,20})")
_QUOTE = re.compile(r"quote\.eastmoney\.com/(?:unify/)?r/(\d{1,3})\.([A-Za-z0-9_]{1,20})")
_OLD_QUOTE = re.compile(
    r"quote\.eastmoney\.com/(?:S[HZ](?P<china>\d{6})|hk/(?P<hk>\d{5})|us/(?P<us>[A-Z_]{1,10}))\.html",
    re.IGNORECASE,
)
_BARE = re.compile(r"\d{5,6}|BK\d{3,5}|[A-Z][A-Z_]{0,9}")
_ID = re.compile(r"(?:stock|bk|Info)_?\.?(\d{1,3})\.([A-Za-z0-9_]{1,20})")
_GLOSSARY_ID = re.compile(r"Info\.(\d+)")
_CHART = re.compile(r"(?:([KR]) ?)?([A-Za-z0-9_]{1,20})\|(\d{1,3})\|")
_CHART_URL = re.compile(r"[?&]nid=(\d{1,3})\.([A-Za-z0-9_]{1,20})")
_CHART_HOSTS = (("webquoteklinepic", "K"), ("webquotepic", "R"))
_MARK_CLASSES = frozenset(("keytip", "em_stock_key_common", "infokey"))


def may_be_marked(written: str) -> bool:
    """Whether a tag may be marked, by its attributes as in ``Tokens``: most are not, and this is seen quickly."""
    return "keytip" in written or "em_stock_key_common" in written or "infokey" in written


def is_marked(attrs: Mapping[str, str]) -> bool:
    """Whether a tag's class is one of EastMoney's mention or glossary classes."""
    classes = attrs.get("class")
    return classes is not None and (classes in _MARK_CLASSES or not _MARK_CLASSES.isdisjoint(classes.split()))


def is_first(attrs: Mapping[str, str]) -> bool:
    """Whether a marked tag has the markup of a first mention."""
    return "em_stock_key_common" not in attrs.get("class", "")


def pair_of(attrs: Mapping[str, str]) -> Pair | None:
    """The pair that a ``keytip``, ``em_stock_key_common`` or ``infokey`` tag marks.

    The link to the quote page is read where ``data-code`` has no market (the form of 2025). A link to
    the encyclopaedia marks no security.
    """
    code = attrs.get("data-code", "").strip()
    if found := _PAIR.fullmatch(code):
        return int(found[1]), found[2]
    if found := _QUOTE.search(attrs.get("href", "")):
        return int(found[1]), found[2]
    if found := _OLD_QUOTE.search(attrs.get("href", "")):
        return _old_pair(found)
    if _BARE.fullmatch(code) and "baike." not in attrs.get("href", ""):
        return market_of(code), code
    return None


def _old_pair(found: re.Match[str]) -> Pair:
    """The pair in an address of 2016: ``/SZ300104.html``, ``/hk/00700.html``, ``/us/AAPL.html``."""
    if china := found["china"]:
        return (SHANGHAI if "/SH" in found[0].upper() else SHENZHEN), china
    return (HONG_KONG, found["hk"]) if found["hk"] else (None, found["us"].upper())


def pair_of_id(element_id: str) -> Pair | None:
    """The pair in an id such as ``stock_116.01810``, ``bk_90.BK0493`` or ``Info.116.06030``."""
    found = _ID.fullmatch(element_id)
    return (int(found[1]), found[2]) if found else None


def glossary_of(element_id: str) -> str | None:
    """The term's number in an id such as ``Info.3321``; None for ``Info.116.06030``, a security."""
    found = _GLOSSARY_ID.fullmatch(element_id)
    return found[1] if found else None


def chart_of(attrs: Mapping[str, str], url: str) -> Chart | None:
    """The chart that an ``<img>`` shows, or None for any other image.

    ``data-code`` is ``K NIO|106|7`` or ``R 01810|116|5``; without it host and ``nid=`` of the address tell.
    """
    host_kind = next((kind for host, kind in _CHART_HOSTS if host in url), None)
    found = _CHART.match(attrs.get("data-code", ""))
    if found and (found[1] or host_kind):
        return Chart(found[1] or host_kind, int(found[3]), found[2], url)
    if host_kind is None:
        return None
    named = _CHART_URL.search(url)
    return Chart(host_kind, int(named[1]) if named else None, named[2] if named else None, url)
