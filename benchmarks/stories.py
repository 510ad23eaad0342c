"""Invented articles, and their posts in every form of the seed archive: plain, medium's copy, stub, old copy."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from benchmarks.markup import chart, image, marked, source_line, ticker
from benchmarks.prose import Frames, Thing, headline, things

__all__ = ["MEDIA", "Shares", "Story", "Writer"]

_COLUMNS = (1344, 1345, 1350, 1351, 1353, 1354, 1355, 1405, 1533, 1797, 11059, 11060, 11142, 11158, 11345)
_HOSTS = ("finance", "finance", "finance", "stock", "hk", "forex")
MEDIA = (
    ("北澜财经", "beilancaijing"),
    ("晨汐日报", "chenxiribao"),
    ("海策证券报", "haicezhengquanbao"),
    ("云麓证券时报", "yunluzhengquanshibao"),
    ("青汐新闻", "qingxixinwen"),
    ("每日产经新闻", "meirichanjingxinwen"),
    ("沅江晚报", "yuanjiangwanbao"),
    ("汐网", "xiwang"),
    ("霁山商报", "jishanshangbao"),
    ("岚港TechNote", "TechNote"),
)
_HIDDEN = '<p style="display:none;height:1px;overflow:hidden;">{}</p>'
_AI_NOTE = "<p>AI点评：{}近一个月获得{}份券商研报关注，买入{}家，增持2家。</p>"
_DISCLAIMER = "<p>免责声明：本文内容与数据仅供参考，不构成投资建议，使用前请核实。据此操作，风险自担。</p>"
_FALSE_BOARD = "中国人民{}对此未作评论，相关事项仍以公开披露为准。"


@dataclass(frozen=True, slots=True)
class Shares:
    """Which part of the articles has each trait (0 to 1).

    ``twin``: a second file from the medium's channel (``NW``). ``stub``: an empty-headed file besides the
    good one. ``old``: a copy in ``old_post/``, every other one with an earlier text. ``digest_only``:
    no body. ``media``: only the medium's channel. Long articles and market wraps are the tail in size.
    """

    twin: float = 0.08
    stub: float = 0.01
    old: float = 0.03
    digest_only: float = 0.08
    media: float = 0.12
    long: float = 0.16
    wrap: float = 0.03


@dataclass(slots=True)
class Story:
    """One article before it is written in the form of a channel. Texts hold signs, not names."""

    number: str
    time: dt.datetime
    title: str
    digest: str
    paragraphs: list[str]
    headings: set[int]
    lead: Thing
    medium: tuple[str, str]
    look: float


class Writer:
    """Draws stories and writes them as posts."""

    def __init__(self, seed: int, shares: Shares) -> None:
        self.rng = Random(seed)
        self.shares = shares
        self.frames = Frames(self.rng)
        self.securities, self.boards, self.indices, self.terms = things()
        everything = [*self.securities, *self.boards, *self.indices, *self.terms]
        self.known = {thing.sign: thing for thing in everything}
        self.names = {ord(thing.sign): thing.name for thing in everything}
        self.board = {thing.name: thing for thing in self.boards}

    def story(self, number: str, time: dt.datetime) -> Story:
        """A new story; its size and cast follow the shares."""
        rng, look = self.rng, self.rng.random()
        wrap = look < self.shares.wrap
        long = look < self.shares.wrap + self.shares.long
        cast = self._cast(36 if wrap else rng.randint(3, 9) if long else rng.randint(2, 5), wrap=wrap)
        count = rng.randint(10, 14) if wrap else rng.randint(11, 26) if long else rng.randint(3, 10)
        paragraphs = [self._paragraph(cast, rng.randint(1, 5)) for _ in range(count)]
        if wrap:
            paragraphs[1] = (
                f"截至收盘，{'、'.join(cast['C'][:28])}涨停，{'、'.join(cast['C'][28:])}跌幅居前。"
            )
        headings = set(range(2, count, 4)) if long or wrap else set()
        lead = self.known[cast["C"][0]]
        if rng.random() < 0.3:
            price = self.frames.gaps["price"][int(rng.random() * 900)]
            paragraphs[0] = f"{lead.sign}{ticker(lead, price)}" + paragraphs[0]
        return Story(
            number,
            time,
            headline(self.frames, cast),
            self._digest(paragraphs[0]),
            paragraphs,
            headings,
            lead,
            rng.choice(MEDIA),
            rng.random(),
        )

    def _cast(self, companies: int, *, wrap: bool) -> dict[str, list[str]]:
        choice = self.rng.choice
        names = [choice(self.securities).sign for _ in range(companies)]
        return {
            "C": names if wrap else [sign for name in names[1:] for sign in (names[0], name)],
            "B": [choice(self.boards).sign for _ in range(4)],
            "I": [thing.sign for thing in self.indices],
            "T": [thing.sign for thing in self.terms],
        }

    def _paragraph(self, cast: dict[str, list[str]], sentences: int) -> str:
        return "".join([self.frames.sentence(cast) for _ in range(sentences)])

    def _digest(self, paragraph: str) -> str:
        """The first sentences, at times cut so that the beginning is missing, as the archive's are."""
        text = paragraph[:160]
        text = text[: text.rfind("。") + 1] or text
        return text[text.find("，") + 1 :] if self.rng.random() < 0.05 else text

    def name(self, text: str) -> str:
        """``text`` with names instead of signs."""
        return text.translate(self.names)

    def html(self, story: Story, *, markup: bool) -> str:
        """The body's HTML, with mention markup (the site's own channel) or without (the medium's)."""
        rng, look = Random(int(story.number)), story.look  # so that all copies have the same images and marks
        seen: set[str] = set()
        indent = "　　" if look < 0.08 else ""
        parts = [] if look > 0.85 else [_HIDDEN.format("<br />" if look < 0.4 else " ")]
        if 0.1 < look < 0.75:
            parts.append(chart(story.lead, "K" if look < 0.5 else "R"))
        for k, text in enumerate(story.paragraphs):
            shown = (
                marked(text, self.known, seen, rng) if markup else html.escape(self.name(text), quote=False)
            )
            if k in story.headings:
                parts.append(f"<p>{indent}<strong>{self.name(text.partition('，')[0])}</strong></p>")
            parts.append(f"<p>{indent}{shown}</p>")
            if rng.random() < 0.06:
                number = int(rng.random() * 10**19)
                parts.append(image(number, story.medium[0] if rng.random() < 0.5 else None))
        parts += self._endings(story, markup=markup)
        joiner = "" if look > 0.15 else "\n " if look > 0.05 else "\r\n "
        return joiner.join(parts)

    def _endings(self, story: Story, *, markup: bool) -> Iterator[str]:
        """Machine text, disclaimers, a board marked inside a longer name, and the source line."""
        tail = int(story.number[-2:])
        medium = story.medium[0]
        if tail < 4:
            bank = self.board["银行"]
            word = marked(bank.sign, self.known, set(), Random(0)) if markup else bank.name
            yield f"<p>{_FALSE_BOARD.format(word)}</p>"
        if 4 <= tail < 8:
            yield _AI_NOTE.format(story.lead.name, tail, tail - 2)
        if 8 <= tail < 12:
            yield _DISCLAIMER
        if tail < 95:
            board = self.board["证券"] if markup and "证券" in medium else None
            yield source_line(medium, board=board, wide=tail % 7 > 0)

    def plain(self, story: Story, *, digest_only: bool = False) -> str:
        """The site's own post."""
        digest = self.name(story.digest)
        if digest_only:
            return self._post(story, digest, zone=story.look > 0.3)
        return self._post(story, f"> {digest}\n\n{self.html(story, markup=True)}")

    def media(self, story: Story) -> str:
        """The medium's copy: no digest, no mention markup."""
        name, pinyin = story.medium
        url = f"http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW{story.number}"
        body = self.html(story, markup=False)
        return self._post(story, body, url=url, category=pinyin, tag=f"{name}新闻", gap="")

    def stub(self, story: Story) -> str:
        """The same body under an empty head."""
        body = f"> {self.name(story.digest)}\n\n{self.html(story, markup=True)}"
        head = '---\nlayout: post\ntitle: ""\ndate:  +0800\ncategories: emnews\ntags: 东财滚动新闻\n---\n'
        return f"{head}{body}\n\n<>{_footer(0, 'emnews', '东财滚动新闻')}"

    def earlier(self, story: Story) -> str:
        """The post as it was before its last paragraph was added; early posts name no zone."""
        older = replace(story, paragraphs=story.paragraphs[:-1] or story.paragraphs)
        body = f"> {self.name(story.digest)}\n\n{self.html(older, markup=True)}"
        return self._post(older, body, zone=False)

    def _post(
        self,
        story: Story,
        body: str,
        *,
        url: str | None = None,
        category: str = "emnews",
        tag: str = "东财滚动新闻",
        zone: bool = True,
        gap: str = "\n",
    ) -> str:
        number = int(story.number[-4:])
        url = url or (
            f"http://{_HOSTS[number % len(_HOSTS)]}.eastmoney.com/news/"
            f"{_COLUMNS[number % len(_COLUMNS)]},{story.number}.html"
        )
        date = f"{story.time:%Y-%m-%d %H:%M:%S}" + (" +0800" if zone else "")
        first = "\n" if number % 50 == 0 else ""
        gap = "" if body.startswith(">") else gap
        head = f'{first}---\nlayout: post\ntitle: "{self.name(story.title)}"\ndate: {date}\n'
        return (
            f"{head}categories: {category}\ntags: {tag}\n---\n{gap}{body}\n\n"
            f"<{url}>{_footer(number, category, tag)}"
        )


def _footer(number: int, category: str, tag: str) -> str:
    """One of the footer forms that the archive's programs wrote over time, or none."""
    way = "emnews/" if category == "emnews" else f"category/{category}.html"
    forms = (
        f"\n\n[返回{tag}](//finews.withounder.com/{way})｜[返回首页](//finews.withounder.com/)",
        f"\n\n[返回{tag}](//finews.zning.me/{way})\n[返回首页](//finews.zning.me/)",
        f"\n\n[返回{tag}](./{way})\n[返回首页](./)",
        f"\n\n[返回{tag}](../{way})｜[返回首页](../)",
        "",
    )
    return forms[0 if number % 10 < 6 else number % len(forms)]
