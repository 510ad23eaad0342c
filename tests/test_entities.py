"""Mentions: every form of markup, tickers, standard names, and which marks are no mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.extraction.cleaning import clean
from lake.extraction.entities import mentions
from lake.extraction.markets import kind_of, market_of, mic_of, symbol_of
from lake.extraction.tickers import find_tickers
from lake.model import Chart, Mention


def first(pair: str, name: str) -> str:
    """A first mention, as the site marks it; boards have ``BK`` codes."""
    kind = "bk" if pair.startswith("90.") else "stock"
    return (
        f'<span id="{kind}_{pair}"><a href="http://quote.eastmoney.com/unify/r/{pair}" class="keytip" '
        f'data-code="{pair.replace(".", ",")}">{name}</a></span><span id="quote_{pair}"></span>'
    )


def later(pair: str, name: str) -> str:
    return (
        f'<span web="1" href="http://quote.eastmoney.com/unify/r/{pair}" class="em_stock_key_common" '
        f'data-code="{pair.replace(".", ",")}">{name}</span>'
    )


def found(html: str) -> tuple[Mention, ...]:
    return clean(f"<p>{html}</p>").mentions


def pairs(html: str) -> list[str]:
    return [f"{m.market}.{m.code}" for m in found(html)]


# -- markup ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "pair"),
    [
        (first("116.09981", "远图科技"), (116, "09981")),
        (first("90.BK9981", "风电"), (90, "BK9981")),
        (later("106.QQQX", "远图"), (106, "QQQX")),
        (
            '<a class="em_stock_key_common" href="http://quote.eastmoney.com/r/0.009981">远图</a>',
            (0, "009981"),
        ),
        (
            '<a class="keytip" href="http://quote.eastmoney.com/r/1.609981" data-code="609981">远图</a>',
            (1, "609981"),
        ),
        ('<span class="em_stock_key_common" data-code="009981">远图</span>', (0, "009981")),
        ('<span class="em_stock_key_common" data-code="BK9981">风电</span>', (90, "BK9981")),
        (
            '<span id="Info.116.09982"><a class="keytip" data-code="116,09982" href="#">远图</a></span>',
            (116, "09982"),
        ),
        ('<span id="stock_105.QQQX">远图</span>', (105, "QQQX")),
        (
            '<span id="stock_0099812"><a class="keytip" href="http://quote.eastmoney.com/SZ009981.html">远图</a></span>',
            (0, "009981"),
        ),
        ('<a class="keytip" href="http://quote.eastmoney.com/sh609981.html">远图</a>', (1, "609981")),
        ('<a class="keytip" href="http://quote.eastmoney.com/hk/09981.html">远图</a>', (116, "09981")),
        ('<a class="keytip" href="http://quote.eastmoney.com/us/QQQX.html">远图</a>', (None, "QQQX")),
        ('<span class="em_stock_key_common" data-code="1,609981"><b>远图</b>股份</span>', (1, "609981")),
    ],
)
def test_every_form_of_markup(markup: str, pair: tuple[int, str]) -> None:
    (mention,) = found(f"今天，{markup}，上涨。")
    assert (mention.market, mention.code) == pair
    assert (mention.count, mention.first_offset, mention.marked_by) == (1, 3, "markup")


def test_words_linked_to_the_encyclopaedia_are_no_securities() -> None:
    html = (
        '<span href="http://baike.eastmoney.com/item/x" class="em_stock_key_common">总体设计</span>'
        '<a href="http://baike.eastmoney.com/item/y" class="em_stock_key_common" data-code="009981">文化</a>'
    )
    assert found(html) == ()


def test_one_element_per_pair_in_order_of_appearance_charts_last() -> None:
    chart = '<img data-code="K QQQX|106|7" src="https://webquoteklinepic.eastmoney.com/x?nid=106.QQQX">'
    html = f"{chart}涨幅居前的有{first('0.009981', '青禾重工')}、{first('90.BK9981', '风电')}，{later('0.009981', '青禾重工')}领涨。"
    board, _ = found(html)[1], 0
    assert pairs(html) == ["0.009981", "90.BK9981", "106.QQQX"]
    assert [(m.count, m.marked_by) for m in found(html)] == [(2, "markup"), (1, "markup"), (0, "chart")]
    assert board.name == "风电"
    assert found(html)[2].first_offset is None


def test_a_charted_security_that_the_text_marks_is_one_mention() -> None:
    text = "青禾重工上涨。"
    marked = clean(f"<p>{first('0.009981', '青禾重工')}上涨。</p>").mentions
    assert [m.marked_by for m in marked] == ["markup"]
    assert [m.marked_by for m in mentions((), [Chart("K", 0, "009981", "u")], text)] == ["chart"]


# -- standard names --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("market", "code", "kind", "symbol", "mic"),
    [
        (0, "300343", "security", "300343.SZ", "XSHE"),
        (1, "600160", "security", "600160.SH", "XSHG"),
        (0, "920118", "security", "920118.BJ", "BJSE"),
        (0, "830799", "security", None, None),
        (0, "399006", "index", "399006.SZ", "XSHE"),
        (1, "000001", "index", "000001.SH", "XSHG"),
        (0, "000001", "security", "000001.SZ", "XSHE"),
        (116, "01810", "security", "1810.HK", "XHKG"),
        (116, "00700", "security", "0700.HK", "XHKG"),
        (116, "80700", "security", "80700.HK", "XHKG"),
        (128, "00700", "security", "0700.HK", "XHKG"),
        (105, "AAPL", "security", "AAPL", "XNAS"),
        (106, "BRK_A", "security", "BRK.A", "XNYS"),
        (107, "SPY", "security", "SPY", None),
        (90, "BK0475", "board", None, None),
        (100, "HSI", "index", None, None),
        (124, "HSCCI", "index", None, None),
        (150, "012734", "fund", None, None),
        (1, "510300", "fund", "510300.SH", "XSHG"),
        (0, "159915", "fund", "159915.SZ", "XSHE"),
        (113, "cu2209", "other", None, "XSGE"),
        (101, "GC00Y", "other", None, None),
        (119, "EURUSD", "other", None, None),
        (7, "X", "other", None, None),
    ],
)
def test_standard_names_only_where_they_are_certain(
    market: int, code: str, kind: str, symbol: str | None, mic: str | None
) -> None:
    assert (kind_of(market, code), symbol_of(market, code), mic_of(market, code)) == (kind, symbol, mic)


@pytest.mark.parametrize(
    ("code", "market"),
    [
        ("002353", 0),
        ("300024", 0),
        ("688376", 1),
        ("510300", 1),
        ("920118", 0),
        ("01810", 116),
        ("BK0475", 90),
        ("AAPL", None),
        ("730001", None),
        ("1234", None),
    ],
)
def test_the_market_of_a_bare_code(code: str, market: int | None) -> None:
    assert market_of(code) == market


# -- tickers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("维持索菲某(002999.SZ，最新价：23.21元)评级", [(0, "002999")]),
        ("某某股份(000901)晚间公告", [(0, "000901")]),
        ("某某股份（600999，买入）", [(1, "600999")]),
        ("某某生物-B(2999.HK)", [(116, "02999")]),
        ("某某集团(01999)", [(116, "01999")]),
        ("某某控股(700 HK)", [(116, "00700")]),
        ("（600998.SH、000997.SZ、09998.HK）", [(1, "600998"), (0, "000997"), (116, "09998")]),
        ("看好$QQQX$与$QQQY的表现", [(None, "QQQX"), (None, "QQQY")]),
        ("$某某公司(QQQX)$", [(None, "QQQX")]),
        ("在纳斯达克：QQQX、NYSE: QQQY上市", [(105, "QQQX"), (106, "QQQY")]),
        ("某某(QQQX.O)和某某(QQQY.N)", [(105, "QQQX"), (106, "QQQY")]),
        ("某某(QQQX.US)", [(None, "QQQX")]),
        ("SH600999与sz000901", [(1, "600999"), (0, "000901")]),
        ("上证某指数(000001)", [(1, "000001")]),
        ("某某银行(000001)", [(0, "000001")]),
        ("某某创业板指(399006)", [(0, "399006")]),
        ("某300ETF(510300)", [(1, "510300")]),
        ("某某股份（股票代码：002999）", [(0, "002999")]),
        ("某某银行（A股代码：600999；H股代码：09999）", [(1, "600999"), (116, "09999")]),
        ("某某网（NASDAQ股票代码：QQQX，港交所股份代号：9999）", [(105, "QQQX"), (116, "09999")]),
        (
            "某某(Nasdaq: QQQX)、(NYSE American: QQY)和(HKEX: 700)",
            [(105, "QQQX"), (107, "QQY"), (116, "00700")],
        ),
        ("某某（美股代码：QQQX）", [(None, "QQQX")]),
        ("某某(HK.09999)、(600999.XSHG)和(QQQX US)", [(116, "09999"), (1, "600999"), (None, "QQQX")]),
    ],
)
def test_tickers_in_plain_text(text: str, expected: list[tuple[int | None, str]]) -> None:
    assert [mark.pair for mark in find_tickers(text)] == expected
    for mark in find_tickers(text):
        assert text[mark.start : mark.end].upper().endswith(mark.name.upper())


@pytest.mark.parametrize(
    "text",
    [
        "截至日期(20220501)、时间(202205)",
        "总额(600000元)和(300000)",
        "邮编(300000)，电话(010)12345678，热线(400600)",
        "某某混合A(001938)净值",
        "价格为$100，涨$5.2",
        "版本2.002572.SZ1",
        "(600519)打头",
        "约合(1.2)亿元，同比(0.5)",
        "面积600519平方米",
        "A.O.史密斯",
        "计息(600000)元，配股(600000)股",
        "$USD和US$ABC",
        "邮政代码：600519，英雄代号：ABCDEF，港交所：25%",
        "国内生产总值（GDP）与首席财务官(CFO)",
        "",
    ],
)
def test_numbers_that_are_no_tickers(text: str) -> None:
    assert find_tickers(text) == []


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("A$AAPL涨，$TSLA$跌", [(None, "TSLA")]),
        ("xSZ000901与sz000901、.SH600519与SH：600519", [(0, "000901"), (1, "600519")]),
        ("lone \ud800 surrogate，NYSE: KO", [(106, "KO")]),
    ],
)
def test_what_stands_before_a_ticker_counts(text: str, pairs: list[tuple[int | None, str]]) -> None:
    assert [mark.pair for mark in find_tickers(text)] == pairs


def test_a_ticker_after_a_marked_name_is_the_same_mention() -> None:
    (mention,) = found(f"{first('0.000901', '某某股份')}(000901)公告")
    assert (mention.count, mention.marked_by, mention.name, mention.first_offset) == (
        1,
        "markup",
        "某某股份",
        0,
    )


def test_a_ticker_without_market_takes_that_of_the_marked_pair() -> None:
    assert pairs(f"{first('106.QQQX', '远图')}，即$QQQX$，大涨") == ["106.QQQX"]


@given(st.text(alphabet="0123456789()（）$.SHZKABJONUnaqsdye代码股票港交所：:，、 某股份", max_size=60))
def test_tickers_stand_in_the_text(text: str) -> None:
    for mark in find_tickers(text):
        assert text[mark.start : mark.end] == mark.name or text[mark.start : mark.end].upper() == mark.name


# -- false marks -----------------------------------------------------------------------------------

BROKERS, BANKS, INSURERS, ENERGY, ROBOTS = "90.BK0473", "90.BK0475", "90.BK0474", "90.BK0493", "90.BK9990"


@pytest.mark.parametrize(
    "html",
    [
        f"北辰{first(BROKERS, '证券')}分析师表示",
        f"据北辰{later(BROKERS, '证券')}研报，",
        f"中国人民{first(BANKS, '银行')}决定",
        f"虚城{first(BANKS, '银行')}公告",
        f"安泰{first(INSURERS, '保险')}宣布",
        f"中国{first(BROKERS, '证券')}业协会发布",
        f"中国{first(BROKERS, '证券')}投资基金业协会发布",
        f"据《{first(BROKERS, '证券')}时报》报道",
        f"《中国{first(BROKERS, '证券')}报》记者获悉",
        f"上海{first(BROKERS, '证券')}交易所",
        f"{first('90.BK9991', '半导体')}行业协会称",
        f"{first('90.BK9992', '旅游')}研究院数据",
        f"{first('90.BK9993', '券商')}中国记者获悉",
        f"{first('90.BK9994', '教育')}部要求",
        f"{first('90.BK9995', '互联网')}信息办公室通报",
        f"{first('90.BK9996', '黄金')}周出行",
        f"{first(BANKS, '银行')}间市场",
        f"{first(BROKERS, '证券')}代码：009981",
        f"{first(BROKERS, '证券')}之星消息",
        f"OECD{first('106.D', 'D')}x",
    ],
)
def test_a_mark_inside_a_longer_name_or_word_is_no_mention(html: str) -> None:
    assert pairs(html) == []


@pytest.mark.parametrize(
    "html",
    [
        f"共有5家{first(BANKS, '银行')}参与测试",
        f"多家{first(BANKS, '银行')}下调利率",
        f"国有{first(BANKS, '银行')}上涨",
        f"股份制商业{first(BANKS, '银行')}净息差",
        f"{first(BANKS, '银行')}板块走强",
        f"，{first(BROKERS, '证券')}行业报告指出",
        f"看好{first(BROKERS, '证券')}、{first(INSURERS, '保险')}",
        f"建议关注{first(BANKS, '银行')}",
        f"当前{first(INSURERS, '保险')}、私募等机构",
        f"养老{first(INSURERS, '保险')}产品",
        f"中国{first(BANKS, '银行')}业总资产",
        f"{first(BANKS, '银行')}报告显示",
        f"{first(ENERGY, '新能源')}汽车来了",
        f"促进{later(ENERGY, '新能源')}消纳",
        f"自主{first('90.BK9997', '知识产权')}。",
        f"国防{first('90.BK9998', '军工')}",
        f"{first('90.BK9994', '教育')}部分公司",
        f"{first('90.BK9996', '黄金')}期货上涨",
        f"{first('90.BK9991', '半导体')}报价上调",
    ],
)
def test_a_board_that_the_text_speaks_of_is_a_mention(html: str) -> None:
    assert len(found(html)) >= 1
    assert found(html)[0].kind == "board"


def test_a_boards_word_that_ends_a_marked_companys_name_is_no_mention() -> None:
    assert pairs(f"{first('1.609981', '虚构银河')}{first(BROKERS, '证券')}：看好后市") == ["1.609981"]
    assert pairs(f"{first('106.QQQX', '远图')}{first('90.BK9981', '汽车')}交付") == ["106.QQQX"]


def test_one_true_mark_keeps_the_pair_and_only_true_marks_count() -> None:
    html = f"北辰{first(BROKERS, '证券')}指出，{later(BROKERS, '证券')}板块估值低，{later(BROKERS, '证券')}可看好。"
    (mention,) = found(html)
    assert mention.count == 2
    assert mention.first_offset == html_offset(html, "证券板块")


def html_offset(html: str, text: str) -> int:
    return clean(f"<p>{html}</p>").text.index(text)


@pytest.mark.parametrize(
    "html",
    [
        f"积极发展{later('116.09983', '绿色经济')}",
        f"发展{first('116.09983', '绿色经济')}是长线目标，{later('116.09983', '绿色经济')}的提法",
        f"用于建设{later('116.09984', '绿色谷地')}、完善设施",
        f"{first('0.309981', '机器人')}产业提速",
        f"关注{first('90.BK9981', '风电')}、{first('0.309981', '机器人')}等，以及{later('0.309981', '机器人')}、"
        f"{first('90.BK9982', '光伏')}",
        f"中国{first('1.609983', '虚构石油')}大学",
        f"{first('1.609984', '虚构银行')}业协会",
        f"{first('0.009985', '海上复旦')}大学教授",
    ],
)
def test_ordinary_words_that_are_a_companys_name_are_no_mention(html: str) -> None:
    assert not [m for m in found(html) if m.kind == "security"]


@pytest.mark.parametrize(
    "html",
    [
        f"{first('0.309981', '机器人')}涨停，{later('0.309981', '机器人')}产业提速",
        f"{first('0.309981', '机器人')}(309981)：发展{later('0.309981', '机器人')}",
        f"{first('105.QQQX', '苹某')}产业链公司",
        f"{first('105.QQQX', '苹某')}概念股",
        f"推动{first('1.609981', '某某茅台')}上涨",
        f"推进{first('1.609981', '某某茅台')}改革",
        f"建设{first('116.09984', '绿色谷地')}，{later('116.09984', '绿色谷地')}股价上涨",
        f"{first('1.609981', '某某茅台')}、{first('0.009982', '某粮液')}、{first('90.BK9983', '白酒')}",
        f"{first('90.BK9983', '白酒')}、{first('1.609981', '某某茅台')}走高",
        f"雷某今日在{first('105.QQQW', '微某')}宣布",
        f"{first('1.609984', '虚构银行')}业绩增长",
        f"{first('1.609985', '北辰证券')}研究所认为",
        f"{first('116.09983', '绿色经济')}（09983.HK）发展{later('116.09983', '绿色经济')}",
    ],
)
def test_a_company_that_the_text_speaks_of_is_a_mention(html: str) -> None:
    assert [m for m in found(html) if m.kind == "security"]


def test_a_chart_of_the_company_outweighs_ordinary_words() -> None:
    chart = '<img data-code="K 309981|0|2" src="https://webquoteklinepic.eastmoney.com/x">'
    (mention,) = found(f"{chart}{first('0.309981', '机器人')}产业提速")
    assert mention.marked_by == "markup"
