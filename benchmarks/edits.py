"""Reposts of invented articles, edited as reposts are, and articles that are alike and yet none: a labelled set.

Every article has a label: those of one label are one text. Reposts come from edits that are seen on news sites (cut,
other headline, new lead, other source line, digest alone, words changed, other signs and digits, paragraphs joined),
one or several at once. What is alike and no repost: notes from one template that differ in figures and names, articles
on one theme by the same companies, round-ups that hold many short items, and short notes under one disclaimer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from benchmarks.prose import Frames, Thing, headline, things

__all__ = ["EDITS", "Labelled", "labelled"]

_START = dt.datetime(2022, 3, 1, tzinfo=dt.UTC)
_MEDIA = ("北澜财经", "晨汐日报", "海策证券报", "云麓证券时报", "青汐新闻", "沅江晚报", "汐网", "霁山商报")


@dataclass(frozen=True)
class Labelled:
    """An article: ``label`` says which text it is, ``kind`` how it was made."""

    label: str
    kind: str
    time: dt.datetime
    title: str
    paragraphs: tuple[str, ...]
    media: str
    securities: tuple[Thing, ...] = ()

    @property
    def text(self) -> str:
        """The text, paragraphs parted by a blank line."""
        return "\n\n".join(self.paragraphs)


def _cut(article: Labelled, rng: Random) -> Labelled:
    """The first part alone, and never less than a quarter."""
    keep = max(1, round(len(article.paragraphs) * rng.uniform(0.3, 0.8)))
    return replace(article, paragraphs=article.paragraphs[:keep])


def _thinned(article: Labelled, rng: Random) -> Labelled:
    """Without some paragraphs from the midst."""
    kept = [text for text in article.paragraphs if rng.random() < 0.6]
    return replace(article, paragraphs=tuple(kept) or article.paragraphs[:1])


def _retitled(article: Labelled, rng: Random) -> Labelled:
    return replace(article, title=rng.choice(("重磅！", "突发：", "刚刚，", "")) + article.title[::2])


def _new_lead(article: Labelled, rng: Random) -> Labelled:
    """A first paragraph that says it in other words, in place of the old one or before it."""
    lead = rng.choice(_LEADS).format(rng.randint(1, 28))
    rest = (
        article.paragraphs[1:] if len(article.paragraphs) > 4 and rng.random() < 0.5 else article.paragraphs
    )
    return replace(article, paragraphs=(lead, *rest))


def _sourced(article: Labelled, rng: Random) -> Labelled:
    """Other words around it: who brings it, who wrote and edited it, what it is not."""
    first, *rest = article.paragraphs
    begin = rng.choice(("{}讯 ", "【{}】", "{}记者 沈知远 报道：", "")).format(rng.choice(_MEDIA))
    ends = rng.sample(_ENDS, rng.randint(0, 2))
    return replace(
        article, paragraphs=(begin + first, *rest, *(end.format(rng.choice(_MEDIA)) for end in ends))
    )


def _digest(article: Labelled, rng: Random) -> Labelled:
    """The first sentences alone, as a site's summary has them; at times its beginning is missing."""
    text = "".join(article.paragraphs)
    end = text.find("。", rng.randint(60, 130)) + 1
    begin = text.find("，") + 1 if rng.random() < 0.2 else 0
    return replace(article, paragraphs=(text[begin : end or 130],))


def _reworded(article: Labelled, rng: Random) -> Labelled:
    """One Chinese character in fifty is another, or gone, or twice; in English, one letter in two hundred."""
    rate = 0.005 if article.paragraphs[-1].isascii() or article.title.isascii() else 0.02

    def changed(text: str) -> str:
        return "".join(
            sign if rng.random() > rate or sign.isdigit() else rng.choice(("", sign * 2, "其", "将", "也"))
            for sign in text
        )

    return replace(article, paragraphs=tuple(map(changed, article.paragraphs)))


_SIGNS = str.maketrans("，。：；（）0123456789%", ",.:;()０１２３４５６７８９％")


def _respelled(article: Labelled, rng: Random) -> Labelled:
    """Other signs and digits, paragraphs joined, spaces between."""
    texts = [
        text.translate(_SIGNS) if rng.random() < 0.7 else text.replace("，", "， ")
        for text in article.paragraphs
    ]
    step = rng.randint(1, 3)
    return replace(
        article, paragraphs=tuple("".join(texts[k : k + step]) for k in range(0, len(texts), step))
    )


def _grown(article: Labelled, rng: Random) -> Labelled:
    """With a paragraph of background at the end, which is shorter than the rest."""
    return replace(article, paragraphs=(*article.paragraphs, rng.choice(_BACKGROUND)))


EDITS: dict[str, Callable[[Labelled, Random], Labelled]] = {
    "cut": _cut,
    "thinned": _thinned,
    "retitled": _retitled,
    "new lead": _new_lead,
    "sourced": _sourced,
    "digest": _digest,
    "reworded": _reworded,
    "respelled": _respelled,
    "grown": _grown,
}
"""What is done to an article that is reposted."""

_LEADS = (
    "{}日，有关消息引起市场关注，多位业内人士对此作出解读，具体情况如下。",
    "据了解，本月{}日起相关工作已经全面铺开，以下为详细内容。",
    "导读：过去{}天里，这家企业动作频频，背后原因值得关注。",
)
_ENDS = (
    "（来源：{}）",
    "（责任编辑：顾映雪）",
    "免责声明：本文内容与数据仅供参考，不构成投资建议，使用前请核实。据此操作，风险自担。",
    "本文转自{}，版权归原作者所有，如有侵权请联系删除。",
)
_BACKGROUND = (
    "公开资料显示，该公司成立以来专注主业，产品销往全国多个省份，并在海外设有办事机构。",
    "值得注意的是，此前已有多家同行作出类似安排，行业格局或将因此发生变化。",
)


class Writer:
    """Draws labelled articles of ten days."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._frames = Frames(self._rng)
        self._securities, self._boards, self._indices, self._terms = things()
        self._names = {
            ord(thing.sign): thing.name
            for thing in (*self._securities, *self._boards, *self._indices, *self._terms)
        }
        self._count = 0

    def reposted(self) -> Iterator[Labelled]:
        """An article of one of several kinds, and one to three reposts."""
        article = self._article() if self._rng.random() < 0.8 else self._english()
        yield article
        for _ in range(self._rng.randint(1, 3)):
            yield self._repost(article)

    def on_one_theme(self) -> Iterator[Labelled]:
        """Articles about the same companies and boards, with one paragraph (a statement) in common."""
        cast = self._cast(3)
        statement = self._sentences(cast, 2)
        for _ in range(3):
            article = self._article(cast, kind="theme")
            paragraphs = (*article.paragraphs[:2], statement, *article.paragraphs[2:])
            yield replace(article, paragraphs=paragraphs)

    def from_template(self) -> Iterator[Labelled]:
        """Notes that differ in names and figures alone; the site marks the names or does not."""
        title, *frames = self._rng.choice(_TEMPLATES)
        begin, marked = self._time(), self._rng.random() < 0.5
        same = self._rng.random() < 0.3 and "{q" in "".join(frames)  # one company, day after day
        company = self._rng.choice(self._securities)
        for day in range(5):
            if not same:
                company = self._rng.choice(self._securities)
            filled = [self._fill(frame, company) for frame in (title, *frames)]
            yield self._new(
                "template",
                filled[0],
                filled[1:],
                time=begin + dt.timedelta(days=day if same else 0, minutes=self._rng.randint(0, 300)),
                securities=(company,) if marked else (),
            )

    def rounded_up(self) -> Iterator[Labelled]:
        """Five short items, then a round-up of all of them."""
        begin = self._time()
        items = []
        for _ in range(5):
            article = self._article(kind="item")
            items.append(replace(article, paragraphs=article.paragraphs[:1], time=begin))
        yield from items
        texts = [text for item in items for text in item.paragraphs]
        yield self._new("round-up", "今日要闻一览", texts, time=begin + dt.timedelta(hours=5))

    def disclaimed(self) -> Iterator[Labelled]:
        """Short notes under the same long ending."""
        for _ in range(3):
            article = self._article(kind="disclaimed")
            yield replace(article, paragraphs=(article.paragraphs[0], *_ENDS[2:], *_BACKGROUND))

    def _repost(self, article: Labelled) -> Labelled:
        names = self._rng.sample(sorted(EDITS), self._rng.choice((1, 1, 2)))
        if "digest" in names:  # a machine's work, which nobody edits further
            names = [name for name in names if name in ("digest", "retitled", "respelled", "sourced")]
        for name in sorted(names, key=list(EDITS).index):
            article = EDITS[name](article, self._rng)
        later = dt.timedelta(
            minutes=self._rng.choice((3, 20, 90, 600, 1500, 4000)) * self._rng.uniform(0.5, 1)
        )
        marked = article.securities if self._rng.random() < 0.5 else ()
        media = self._rng.choice(_MEDIA)
        kind = " + ".join(sorted(names))
        return replace(article, kind=kind, time=article.time + later, media=media, securities=marked)

    def _article(self, cast: dict[str, list[str]] | None = None, kind: str = "original") -> Labelled:
        cast = cast or self._cast(self._rng.randint(2, 5))
        paragraphs = [self._sentences(cast, self._rng.randint(2, 4)) for _ in range(self._rng.randint(3, 12))]
        named = tuple(thing for thing in self._securities if thing.sign in cast["C"])
        title = headline(self._frames, cast).translate(self._names)
        return self._new(kind, title, paragraphs, securities=named)

    def _english(self) -> Labelled:
        rng = self._rng
        company = f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"
        paragraphs = [
            " ".join(self._sentence(company) for _ in range(rng.randint(2, 4)))
            for _ in range(rng.randint(3, 8))
        ]
        return self._new("original", f"{company} {rng.choice(_VERBS)} {rng.choice(_THINGS)}", paragraphs)

    def _sentence(self, company: str) -> str:
        rng = self._rng
        frame = rng.choice(_ENGLISH)
        drawn = {name: rng.choice(words) for name, words in _ENGLISH_WORDS.items()}
        return frame.format(c=company, n=rng.randint(2, 999), p=rng.uniform(0, 90), **drawn)

    def _new(
        self,
        kind: str,
        title: str,
        paragraphs: list[str],
        *,
        time: dt.datetime | None = None,
        securities: tuple[Thing, ...] = (),
    ) -> Labelled:
        self._count += 1
        media = self._rng.choice(_MEDIA)
        return Labelled(
            str(self._count), kind, time or self._time(), title, tuple(paragraphs), media, securities
        )

    def _time(self) -> dt.datetime:
        return _START + dt.timedelta(minutes=self._rng.uniform(0, 10 * 1440))

    def _cast(self, companies: int) -> dict[str, list[str]]:
        choice = self._rng.choice
        return {
            "C": [choice(self._securities).sign for _ in range(companies)],
            "B": [choice(self._boards).sign for _ in range(3)],
            "I": [thing.sign for thing in self._indices],
            "T": [thing.sign for thing in self._terms],
        }

    def _sentences(self, cast: dict[str, list[str]], count: int) -> str:
        return "".join(self._frames.sentence(cast) for _ in range(count)).translate(self._names)

    def _fill(self, frame: str, company: Thing) -> str:
        rng = self._rng
        code = (company.pair or "").partition(".")[2]
        return frame.format(
            c=company.name,
            code=code,
            day=rng.randint(1, 28),
            p=rng.uniform(3, 90),
            q=rng.uniform(0.1, 9.9),
            y=rng.uniform(0.5, 300),
            w=rng.uniform(10, 9000),
            n=rng.randint(2, 60),
            b=rng.choice(self._boards).name,
        )


def labelled(seed: int, texts: int) -> list[Labelled]:
    """Articles of about so many texts, in order of time; half of them are reposted."""
    writer, rng = Writer(seed), Random(seed)
    found: list[Labelled] = []
    kinds = (writer.on_one_theme, writer.from_template, writer.rounded_up, writer.disclaimed)
    while len({article.label for article in found}) < texts:
        found += writer.reposted()
        if rng.random() < 0.25:
            found += rng.choice(kinds)()
    return sorted(found, key=lambda article: (article.time, article.label, article.kind != "original"))


_TEMPLATES = (
    (
        "{c}{day}日快速上涨",
        "{c}（{code}）{day}日盘中快速上涨，5分钟内涨幅超过{q:.2f}%，截至发稿，报{p:.2f}元，成交{y:.2f}亿元，换手率{q:.2f}%。",
    ),
    (
        "{c}龙虎榜数据",
        "{c}{day}日收盘报{p:.2f}元，涨{q:.2f}%，换手率{q:.2f}%，成交量{w:.1f}万手，成交额{y:.2f}亿元。",
        "资金流向方面，当日主力资金净流入{w:.1f}万元，占成交额{q:.2f}%，游资资金净流出{w:.1f}万元，散户资金净流入{w:.1f}万元。",
        "融资融券方面，{c}当日融资买入{w:.1f}万元，融资余额{y:.2f}亿元，较前一交易日增加{q:.2f}%。",
        "该股最近90天内共有{n}家机构给出评级，买入评级{n}家，过去90天内机构目标均价为{p:.2f}元。",
    ),
    (
        "{c}：股东解除质押",
        "{c}公告，公司控股股东于近日办理了部分股份解除质押的业务，本次解除质押后，控股股东累计质押股份占其所持股份的比例有所下降，"
        "不存在平仓风险，不会导致公司实际控制权发生变更。{c}将持续关注股东质押情况，及时履行信息披露义务。",
    ),
    (
        "{c}：融资净买入{w:.1f}万元",
        "两融数据显示，{c}{day}日获融资买入{w:.1f}万元，融资偿还{w:.1f}万元，融资净买入{w:.1f}万元。截至当日，融资融券余额合计{y:.2f}亿元，"
        "占流通市值的比例为{q:.2f}%，处于近一年{n}%分位水平。融券方面，当日融券卖出{n}手，融券余额{w:.1f}万元。",
    ),
    (
        "{b}板块早盘走强",
        "{day}日早盘，{b}板块震荡走强，{c}涨超{q:.2f}%，领涨板块，多只个股跟涨。消息面上，近期行业利好不断，机构看好后市表现。"
        "分析人士提醒，短期涨幅较大，注意追高风险。",
    ),
    (
        "{c} shares move",
        "Shares of {c} rose {q:.2f} percent to {p:.2f} yuan on day {day} in active trading, with turnover of {y:.2f} "
        "hundred million yuan. The stock has gained {p:.1f} percent over the past {n} sessions, while volume reached "
        "{w:.1f} thousand lots, compared with an average of {w:.1f} thousand lots in the previous month.",
    ),
)
_FIRST = ("Northmere", "Calder", "Wexbury", "Ostrava Bay", "Linden Hill", "Farrow", "Quillon", "Harrowgate")
_SECOND = ("Robotics", "Foods", "Shipping", "Energy", "Devices", "Capital", "Motors", "Biologics")
_VERBS = ("delays", "expands", "sells", "reviews", "doubles", "halts", "rethinks", "funds")
_THINGS = (
    "its battery plant",
    "a port lease",
    "the retail arm",
    "its dividend",
    "a chip order",
    "hiring plans",
)
_ENGLISH = (
    "{c} said on {day} that {what} would {verb} by {p:.1f} percent as {why}.",
    "The company, based in {place}, employs {n} people and makes most of its money from {what}.",
    '"{what} will {verb} sooner than {place} expects," said {who}, who has followed {c} for years.',
    "Analysts in {place} had expected {what} to {verb}, but {why}, and {who} called it a surprise.",
    "On {day} regulators in {place} asked {c} to explain why {what} did not {verb}.",
    "A spokesman for {who} declined to comment on {what}; {why}, according to two people in {place}.",
    "Orders worth {n} million crowns were moved from {place} after {what} began to {verb}.",
    "{who} told reporters that {why}, and that {what} could {verb} before {day}.",
)
_ENGLISH_WORDS = {
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "the weekend"),
    "place": [
        a + b
        for a in ("Tor", "Gren", "Castel", "Rye", "Veld", "Ash")
        for b in ("vale", "mark", "haven", "ford")
    ],
    "who": [
        f"{a} {b}"
        for a in ("Ida", "Tomas", "Priya", "Owen", "Greta", "Sam", "Lena", "Hugo")
        for b in ("Marlow", "Brandt", "Lockwood", "Castellan", "Nyholm", "Adeyo", "Pryce", "Vant")
    ],
    "what": (
        "freight capacity",
        "the share buyback",
        "demand for cold storage",
        "its lithium contract",
        "the second assembly line",
        "cash held abroad",
        "the ferry concession",
        "spending on research",
    ),
    "verb": ("double", "fall", "recover", "stall", "shrink", "grow", "pass to a rival", "be written down"),
    "why": (
        "tariffs came earlier than planned",
        "a key supplier left the market",
        "customers asked for longer terms",
        "energy prices stayed high",
        "the harbour froze for a week",
        "lenders grew cautious",
    ),
}
