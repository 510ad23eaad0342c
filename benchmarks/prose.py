"""Invented Chinese finance prose: sentences drawn from frames whose gaps are filled at random.

All companies, people, brokers, media and places are made up. In the text, things that a site may mark
up stand as ONE private-use character each (``Cast`` says which), so that the same text can be written
with markup, without it, or as a digest.

The vocabulary is wide on purpose: repeated sentences would compress far better than real news does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from benchmarks import vocabulary as words

__all__ = ["FIRST_SIGN", "Frames", "Thing", "headline", "things"]

FIRST_SIGN = 0xE000  # start of Unicode's private use area: occurs in no real text


@dataclass(frozen=True, slots=True)
class Thing:
    """What a site marks up: a security, board or index (``pair``), or a glossary term (``term_id``)."""

    sign: str
    name: str
    pair: str | None = None
    term_id: str | None = None
    link: str | None = None


_INDICES = {"上证指数": "1.000001", "深证成指": "0.399001", "创业板指": "0.399006", "恒生指数": "100.HSI"}
# Number ranges without listed shares (market, first code, how many); the prefixes are real ones, so that
# bare codes in brackets read as tickers.
_RANGES = (
    (1, 605700, 130),
    (0, 3900, 90),
    (0, 301900, 90),
    (1, 689100, 60),
    (116, 8900, 40),
    (0, 929000, 10),
)
_US_TICKERS = 20


def things() -> tuple[list[Thing], list[Thing], list[Thing], list[Thing]]:
    """Securities, boards, indices and glossary terms; the same ones at every call."""
    pairs = [f"{m}.{c:0{5 if m == 116 else 6}d}" for m, first, n in _RANGES for c in range(first, first + n)]
    pairs += [f"{105 + k % 2}.ZQ{chr(65 + k)}X" for k in range(_US_TICKERS)]
    stems = [a + b for a, b in product(words.HEADS, words.TAILS)]
    names = [stems[(k * 373) % len(stems)] + words.TRADES[k % len(words.TRADES)] for k in range(len(pairs))]
    signs = iter(range(FIRST_SIGN, FIRST_SIGN + 6400))
    securities = [Thing(chr(next(signs)), n, p) for n, p in zip(names, pairs, strict=True)]
    boards = [Thing(chr(next(signs)), n, f"90.BK9{k:03d}") for k, n in enumerate(words.BOARDS, 100)]
    indices = [Thing(chr(next(signs)), n, p, f"Info.{3259 + k}") for k, (n, p) in enumerate(_INDICES.items())]
    page = "http://data.eastmoney.com/bbsj/"
    terms = [Thing(chr(next(signs)), n, None, f"Info.{3300 + k}", page) for k, n in enumerate(words.TERMS)]
    return securities, boards, indices, terms


def _split(frame: str) -> tuple[tuple[str, str], ...]:
    """A frame as (text before, name of the gap) pairs; the last gap has no name."""
    parts = frame.replace("}", "{").split("{")
    return tuple(zip(parts[::2], [*parts[1::2], ""], strict=True))


class Frames:
    """Fills frames. ``cast`` maps C, B, I, T (security, board, index, term) to this article's own signs."""

    def __init__(self, rng: Random) -> None:
        self.random = rng.random
        self.sentences = [_split(line) for line in words.FRAMES.split("\n") if line]
        self.headlines = [_split(line) for line in words.HEADLINES.split("\n") if line]
        self.gaps: dict[str, Sequence[str]] = {
            "P": [s + g for s, g in product(words.SURNAMES, words.GIVEN)],
            "city": words.CITIES,
            "K": words.BROKERS,
            "mod": words.MODS,
            "noun": words.NOUNS,
            "adj": words.ADJ,
            "why": words.WHY,
            "role": words.ROLES,
            "when": words.WHEN,
            "say": words.SAY,
            "do": words.DO,
            "ud": ("上升", "下降", "上涨", "下跌", "增长", "回落", "提高", "减少"),
            "rate": ("买入", "增持", "推荐", "跑赢行业", "中性", "谨慎推荐"),
            "yr": [str(y) for y in range(2019, 2030)],
            "md": [f"{m}月{d}日" for m in range(1, 13) for d in range(1, 29)],
            "n": [str(k) for k in range(2, 90)],
            "pc": [f"{k / 100:.2f}" if k % 3 else f"{k / 100:.1f}" for k in range(150, 9900, 7)],
            "pc2": [f"{k / 100:.2f}" for k in range(11, 1000)],
            "yi": [f"{k / 100:.2f}" if k % 5 else str(k // 5) for k in range(31, 60000, 17)],
            "yi2": [f"{k / 100:.2f}" for k in range(11, 4000, 3)],
            "wan": [f"{k / 10:.1f}" if k % 2 else f"{k}" for k in range(15, 90000, 29)],
            "price": [f"{k / 100:.2f}" for k in range(301, 90000, 31)],
            "price2": [f"{k / 10:.1f}" for k in range(5, 900)],
            "pt": [f"{k / 100:.2f}" for k in range(210000, 1500000, 977)],
        }

    def fill(self, frame: tuple[tuple[str, str], ...], cast: Mapping[str, Sequence[str]]) -> str:
        """One sentence from ``frame``; no company is named twice in a row if the cast allows."""
        random, gaps, out, last = self.random, self.gaps, [], ""
        for text, gap in frame:
            out.append(text)
            if gap:
                choices = cast.get(gap) or gaps[gap]
                pick = int(random() * len(choices))
                word = choices[pick] if choices[pick] != last else choices[pick - 1]
                out.append(word)
                last = word if gap == "C" else last
        return "".join(out)

    def sentence(self, cast: Mapping[str, Sequence[str]]) -> str:
        """One sentence from any frame."""
        return self.fill(self.sentences[int(self.random() * len(self.sentences))], cast)


def headline(frames: Frames, cast: Mapping[str, Sequence[str]]) -> str:
    """One title; it may hold quotes and colons, as real ones do."""
    return frames.fill(frames.headlines[int(frames.random() * len(frames.headlines))], cast)
