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


def _words(text: str) -> list[str]:
    return text.split()


_HEADS = "澜禾霁岑砚沅翎芷槿朔湛烁岚峤璟漪蘅珩琮曜泓颢翊骁筠瀚昀澈晟祺"
_TAILS = "川域原汐屿桐远衡润能合泰成维图启庭联通源策声帆峰陆野石木信荣"
_TRADES = _words("""
    科技 股份 精工 新材 药业 智能 电气 重工 食品 乳业 光电 生物 环保 软件 控股 能源 物流 纺织 建材 化学
    医疗 传媒 汽配 船舶 矿业 农业 纸业 电子 通信 家居
""")
_BOARDS = _words("""
    低温储能 合成淀粉 海上制氢 柔性屏 固态电池 工业母机 冷链设备 盐湖提锂 碳化硅 无人配送 智慧灌溉
    精密轴承 特种玻璃 生物农药 光纤预制棒 航空餐食 钙钛矿 氢燃料 宠物食品 再生铝 银发经济 数字孪生
    深海养殖 预制菜 功率器件 免疫治疗 纺织机械 稀有气体 虚拟电厂 社区团购 证券 银行 半导体 白酒 煤炭
    新能源
""")
_TERMS = _words("""
    业绩 公告 分析师 净利润 营业收入 市盈率 龙虎榜 北向资金 融资融券 股权登记日 限售股 回购 毛利率
    资产负债率 换手率 涨停 集合竞价 大宗交易 质押 每股收益 可转债 期货 逆回购 存款准备金率
""")
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
    stems = [a + b for a, b in product(_HEADS, _TAILS)]
    names = [stems[(k * 373) % len(stems)] + _TRADES[k % len(_TRADES)] for k in range(len(pairs))]
    signs = iter(range(FIRST_SIGN, FIRST_SIGN + 6400))
    securities = [Thing(chr(next(signs)), n, p) for n, p in zip(names, pairs, strict=True)]
    boards = [Thing(chr(next(signs)), n, f"90.BK9{k:03d}") for k, n in enumerate(_BOARDS, 100)]
    indices = [Thing(chr(next(signs)), n, p, f"Info.{3259 + k}") for k, (n, p) in enumerate(_INDICES.items())]
    page = "http://data.eastmoney.com/bbsj/"
    terms = [Thing(chr(next(signs)), n, None, f"Info.{3300 + k}", page) for k, n in enumerate(_TERMS)]
    return securities, boards, indices, terms


_SURNAMES = "林沈陆顾蒋谢邹柏窦章云苏潘葛范彭鲁韦昌苗凤方俞任袁柳"
_GIVEN = _words("""
    砚秋 若川 思齐 明屿 知远 望舒 清和 景行 一禾 怀瑾 子衿 云舟 既白 晚晴 承泽 星野 映雪 长歌 青岩 亦辰
    书澜 南乔
""")
_CITIES = _words("""
    澜州 青汐 砚城 岚港 霁山 沅江新区 北屿 栖云 槿阳 朔原 泓口 璟湾 芦汀 望川 云麓 白陶 石浦 梓关 鹿洲
    雁坪
""")
_HOUSES = _words("""
    海策 沧澜 北屿 澄观 远桥 鼎禾 云麓 恒泽 瑞翎 天槿 岭南汐 朔方
""")
_BROKERS = [house + kind for house, kind in product(_HOUSES, ("证券", "资本", "期货"))]
_MODS = _words("""
    新一轮 阶段性 超预期 结构性 季节性 持续性 区域 上游 下游 核心 传统 高端 海外 境内 新兴 存量 增量
    中长期 短期 潜在 优质 低效 集中式 分布式 定制化 规模化 数字化 绿色 跨境 县域 头部 中小 民营 国有
    外资 长协 现货 远期 自有 委外 全流程 差异化 一体化 轻资产 高附加值 低毛利 高频 跨界 平台型 专业化
""")
_NOUNS = _words("""
    产能 订单 需求 库存 成本 价格 渠道 门店 客户 供应链 原料 运费 交付 排产 研发 专利 产线 基地 合同
    现金流 应收账款 存货 估值 利润空间 开工率 出货量 装机量 渗透率 市占率 补贴 关税 汇率 信贷 社融 票据
    消费 出口 招标 中标 并购 技改 扩产 检修 停产 复工 调价 促销 直播 冷库 仓储 港口 班列 电价 煤价 气价
    粮价 生猪 大豆 铜材 铝锭 硅料 锂盐 玻璃 纯碱 棉纱 纸浆 面板 芯片 模组 整车 零部件 疫苗 器械 药材
    软件 算力 数据 牌照 理财 保单 债券 基金份额
""")
_ADJ = _words("""
    稳步回升 明显承压 好于预期 略低于预期 高位震荡 企稳回暖 继续分化 边际改善 加速释放 小幅回落 大幅波动
    维持紧平衡 逐步出清 环比走弱 同比转正 创年内新高 处于历史低位 超出市场预期 保持韧性 面临不确定性
    快速放量 有序推进
""")
_WHY = _words("""
    下游补库意愿增强 海外订单集中交付 原材料价格回落 新产线提前投产 季节性因素消退 政策细则落地
    汇率波动加大 渠道库存偏高 节假日错位 极端天气影响运输 头部厂商主动减产 终端促销力度加大
    资金面保持宽松 监管趋严 技术路线切换 前期基数较低 招标节奏前移 电力供应紧张 港口拥堵缓解
    行业标准更新
""")
_ROLES = _words("""
    董事长 总经理 首席财务官 董事会秘书 副总裁 首席经济学家 行业研究员 基金经理 销售负责人 独立董事
    工厂负责人
""")
_WHEN = _words("""
    今年以来 本周 上周 三季度以来 进入旺季后 午后 早盘 尾盘 年初 年底前 未来三年 近一个月 过去两年
    春节后 月末 下半年
""")
_SAY = _words("""
    表示 指出 认为 透露 坦言 强调 介绍 预计 判断 提醒 回应称 分析称
""")
_DO = _words("""
    签署 启动 终止 延期 追加 披露 完成 推进 论证 收购 剥离 布局 扩建 引入 下调 上调 重启 评估
""")

_FRAMES = """
{C}{md}晚间{T}，预计{yr}年{T}{yi}亿元至{yi}亿元，同比增长{pc}%，主要系{why}，{mod}{noun}{adj}。
{C}披露的{T}显示，报告期内实现营业收入{yi}亿元，同比{ud}{pc}%；归属于上市公司股东的{T}为{yi}亿元，毛利率{pc}%。
截至收盘，{I}报{pt}点，涨{pc2}%；{B}板块领涨，{C}、{C}涨幅超过{pc2}%，成交额合计{yi}亿元。
盘面上，{B}、{B}概念{when}走强，{C}封住{T}，{C}跟涨，而{B}方向{adj}。
{K}{role}{P}{say}，{when}{mod}{noun}{adj}，叠加{why}，{B}行业有望迎来{mod}{noun}的再平衡。
{P}{say}，公司{when}将{do}{mod}{noun}项目，总投资约{yi}亿元，建设地点位于{city}，建成后年产能{wan}万吨。
{K}发布研报称，维持{C}“{rate}”评级，目标价{price}元，理由是{noun}{adj}，{mod}{noun}占比提升至{pc}%。
数据显示，{md}{city}{mod}{noun}均价为每吨{price}元，较前一交易日{ud}{price2}元，{mod}库存{wan}万吨。
对于{mod}{noun}，{C}方面{say}，目前{noun}{adj}，{do}工作正在按计划{when}开展，不会对{noun}产生重大影响。
受{why}影响，{mod}{noun}{adj}，{city}多家企业{do}{noun}，{B}相关公司{C}盘中一度{ud}{pc2}%。
{city}有关部门{when}召开座谈会，围绕{mod}{noun}、{noun}与{noun}听取意见，{P}等{n}位企业负责人参加。
从资金流向看，{T}全天净流入{yi}亿元，其中{C}获净买入{yi}亿元，{C}遭净卖出{yi}亿元。
记者从{city}获悉，{C}参与的{mod}{noun}示范线已经投运，日均处理量{n}吨，较设计值高出{pc2}%。
“{noun}{adj}并不意味着{mod}{noun}见底。”{P}对记者{say}，“真正的变量在于{why}，以及{noun}能否{adj}。”
机构人士{say}，{when}{noun}对{B}的拉动约为{pc2}个百分点，若{why}，{mod}{noun}仍可能{adj}。
值得注意的是，{C}{when}股价累计{ud}{pc}%，{T}升至{pc}%，{K}席位合计买入{wan}万元。
海外方面，{mod}{noun}{adj}，隔夜{I}{ud}{pc2}%，{C}盘后{ud}{pc2}%，市场对{mod}{noun}的分歧加大。
{C}拟以每股{price}元的价格{do}不超过{wan}万股，资金总额不超过{yi}亿元，用于{mod}{noun}及补充流动资金。
{T}方面，{C}董事会审议通过议案，拟每{n}股派发现金红利{price2}元，{T}为{md}。
供应端来看，{city}{n}家工厂{when}{do}，合计影响{mod}{noun}约{wan}万吨；需求端{noun}{adj}，{noun}{adj}。
{K}{role}{P}{say}，应关注{B}中{mod}{noun}占比较高的公司，如{C}、{C}等，同时警惕{why}带来的{noun}风险。
{C}在投资者互动平台{say}，公司{mod}{noun}已进入{C}供应链，{when}小批量供货，占营收比重约{pc2}%。
{B}指数{when}{ud}{pc}%，成份股中{n}只上涨、{n}只下跌，{mod}{noun}与{mod}{noun}成为资金博弈焦点。
有业内人士算了一笔账：{noun}每{ud}{price2}元，{mod}{noun}的单位利润就会相应变动{pc2}%，对{C}全年{T}影响约{yi}亿元。
{noun}、{noun}和{noun}是{P}反复提到的三个词；在他看来，{mod}{noun}{adj}只是{why}的结果。
此次{do}完成后，{C}持有标的公司{pc}%股权，后者主营{mod}{noun}，{yr}年营收{yi}亿元、净亏损{wan}万元。
央行{md}开展{yi}亿元{T}操作，中标利率{pc2}%，当日有{yi}亿元到期，{mod}资金面{adj}。
在{city}的一处{mod}{noun}现场，记者看到，{n}条生产线满负荷运转，订单已经排到{md}之后。
{C}{role}{P}因个人原因辞职，其{mod}{noun}工作由{P}代行，公司{say}此举不影响{noun}。
展望后市，{K}{say}，{mod}{noun}{adj}的概率较大，{B}估值处于近{n}年{pc}%分位，配置上建议{mod}与{mod}并重。
交易所数据显示，截至{md}，{T}余额为{yi}亿元，较前一日{ud}{yi2}亿元，{B}获{mod}资金加仓居前。
{C}与{C}{when}{do}战略合作协议，双方将在{mod}{noun}、{noun}及{noun}领域展开合作，期限{n}年。
风险提示：{why}；{mod}{noun}{adj}；{noun}不及预期。
不过，也有声音{say}，{noun}{adj}背后是{why}，{C}能否兑现{mod}{noun}仍待{n}月数据验证。
{mod}{noun}价格{when}由每件{price}元调整为{price}元，{city}、{city}等地率先执行，{C}称尚未接到通知。
统计显示，{n}家公司发布{T}，{n}家预喜，占比{pc}%；{B}、{B}行业预喜率居前，{C}增幅上限达{pc}%。
{P}{say}：“我们不追求{mod}{noun}的速度，更看重{noun}和{noun}的匹配。{when}，公司{noun}{adj}。”
按照规划，到{yr}年，{city}将形成{mod}{noun}、{mod}{noun}两大集群，产业规模达到{yi}亿元，引进企业{n}家。
"""

_HEADLINES = """
{C}：{yr}年净利同比预增{pc}%-{pc}%
{B}板块持续走强 {C}涨停
收评：{I}涨{pc2}% {B}概念{adj}
{K}：维持{C}“{rate}”评级 目标价{price}元
{C}{role}{P}：{mod}{noun}{adj}
{city}出台措施支持{mod}{noun} {B}行业{adj}
{C}拟{yi}亿元{do}{mod}{noun}项目
“{mod}{noun}”{adj}：{C}们的生意经
{md}晚间公司公告精选：{C}{do}{noun}
{mod}{noun}{adj} 机构：{why}
{noun}每吨{ud}{price2}元 {C}回应：{noun}{adj}
央行{md}净投放{yi}亿元 资金面{adj}
"""


def _split(frame: str) -> tuple[tuple[str, str], ...]:
    """A frame as (text before, name of the gap) pairs; the last gap has no name."""
    parts = frame.replace("}", "{").split("{")
    return tuple(zip(parts[::2], [*parts[1::2], ""], strict=True))


class Frames:
    """Fills frames. ``cast`` maps C, B, I, T (security, board, index, term) to this article's own signs."""

    def __init__(self, rng: Random) -> None:
        self.random = rng.random
        self.sentences = [_split(line) for line in _FRAMES.split("\n") if line]
        self.headlines = [_split(line) for line in _HEADLINES.split("\n") if line]
        self.gaps: dict[str, Sequence[str]] = {
            "P": [s + g for s, g in product(_SURNAMES, _GIVEN)],
            "city": _CITIES,
            "K": _BROKERS,
            "mod": _MODS,
            "noun": _NOUNS,
            "adj": _ADJ,
            "why": _WHY,
            "role": _ROLES,
            "when": _WHEN,
            "say": _SAY,
            "do": _DO,
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
        """One sentence from ``frame``."""
        random, gaps, out = self.random, self.gaps, []
        for text, gap in frame:
            out.append(text)
            if gap:
                choices = cast.get(gap) or gaps[gap]
                out.append(choices[int(random() * len(choices))])
        return "".join(out)

    def sentence(self, cast: Mapping[str, Sequence[str]]) -> str:
        """One sentence from any frame."""
        return self.fill(self.sentences[int(self.random() * len(self.sentences))], cast)


def headline(frames: Frames, cast: Mapping[str, Sequence[str]]) -> str:
    """One title; it may hold quotes and colons, as real ones do."""
    return frames.fill(frames.headlines[int(frames.random() * len(frames.headlines))], cast)
