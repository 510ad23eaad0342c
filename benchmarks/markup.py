"""EastMoney's HTML around text with signs (see ``benchmarks.prose``): mentions, charts, images, source line.

The forms are those of the seed archive's posts of 2021-2022 and of the site's pages of 2026.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from random import Random

from benchmarks.prose import FIRST_SIGN, Thing

__all__ = ["chart", "image", "marked", "source_line", "ticker"]

_SIGNS = re.compile(f"[{chr(FIRST_SIGN)}-{chr(FIRST_SIGN + 6399)}]")
_QUOTE = "http://quote.eastmoney.com/unify/r/"


def marked(text: str, known: Mapping[str, Thing], seen: set[str], rng: Random) -> str:
    """``text`` as HTML: the first mention of each thing marked in full, later ones mostly in short.

    ``seen`` holds the signs marked so far in the article and is added to.
    """

    def mark(match: re.Match[str]) -> str:
        thing = known[match[0]]
        if thing.sign not in seen:
            seen.add(thing.sign)
            return _first(thing)
        return _later(thing) if thing.pair and not thing.term_id and rng.random() < 0.6 else thing.name

    return _SIGNS.sub(mark, html.escape(text, quote=False))


def _first(thing: Thing) -> str:
    if thing.term_id:
        href = thing.link or _QUOTE + str(thing.pair)
        return f'<span id="{thing.term_id}"><a href="{href}" class="infokey">{thing.name}</a></span>'
    pair = str(thing.pair)
    span, quote = ("bk", "bkquote") if pair.startswith("90.") else ("stock", "quote")
    return (
        f'<span id="{span}_{pair}"><a href="{_QUOTE}{pair}" class="keytip" '
        f'data-code="{pair.replace(".", ",")}">{thing.name}</a></span><span id="{quote}_{pair}"></span>'
    )


def _later(thing: Thing) -> str:
    pair = str(thing.pair)
    return (
        f'<span web="1" href="{_QUOTE}{pair}" class="em_stock_key_common" '
        f'data-code="{pair.replace(".", ",")}">{thing.name}</span>'
    )


def ticker(thing: Thing, price: str) -> str:
    """The bracketed code that reporters write after a name."""
    market, code = str(thing.pair).split(".")
    if market in ("105", "106"):
        return f"({code}.US)"
    if market == "116":
        return f"({code[1:]}.HK)"
    suffix = {"1": "SH", "0": "BJ" if code.startswith("92") else "SZ"}[market]
    return f"({code})" if price.endswith("1") else f"({code}.{suffix}，最新价：{price}元)"


def chart(thing: Thing, kind: str) -> str:
    """The chart block before the text; ``kind`` is K (daily line) or R (intraday)."""
    pair = str(thing.pair)
    market, code = pair.split(".")
    wide = {"1": 1, "0": 2, "90": 1, "116": 5}.get(market, 7)
    narrow = {"1": 2, "0": 6, "90": 2}.get(market, 3)
    host, suffix = ("webquoteklinepic", "&at=1") if kind == "K" else ("webquotepic", "")
    return (
        f'<!-- EM_StockImg_Start --><p style="text-align:center;"><a href="{_QUOTE}{pair}" '
        f'data-code="{code}|{market}|{wide}" data-code2="{code}|{market}|{narrow}|" class="EmImageRemark" '
        f'target="_blank"><img src="https://{host}.eastmoney.com/GetPic.aspx?nid={pair}&imageType={kind.lower()}'
        f'&token=00000000000000000000000000000000{suffix}" border="0" alt="{kind}图 {code}_0" '
        f'data-code="{kind} {code}|{market}|{wide}" data-code2="{kind} {code}|{market}|{narrow}|" '
        'style="border:#d1d1d1 1px solid;" width="578" height="276" /></a></p><!-- EM_StockImg_End -->'
    )


def image(number: int, caption: str | None) -> str:
    """A content image with the address of its original, and its caption if any."""
    base = f"https://dfscdn.dfcfw.com/download/D{number:020d}_w775h515"
    centred = (
        f'<center><img src="{base}.jpg" emheight="385" orginial_src="{base}_o.jpg" '
        'style="border:#d1d1d1 1px solid;padding:3px;margin:5px 0;" width="580" /></center>'
    )
    return centred + (f'<p style="text-align:center;">图片来源：{caption}</p>' if caption else "")


def source_line(medium: str, *, board: Thing | None = None, wide: bool = True) -> str:
    """The last paragraph; ``board`` is marked (falsely) inside the medium's name."""
    name = medium.replace(board.name, _first(board), 1) if board else medium
    left, right = ("（", "）") if wide else ("(", ")")
    return f'<p class="em_media">{left}文章来源：{name}{right}</p>'
