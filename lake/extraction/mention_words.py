"""Vocabulary of the rules for false marks (see ``false_marks``): kinds of words, never particular companies.

Chosen by reading the seed archive's posts and from general knowledge of Chinese financial news.
"""

from __future__ import annotations

import re

__all__ = [
    "ABSTRACT_NOUNS",
    "ASSOCIATION",
    "BUILT",
    "COMPANY_ASSOCIATION",
    "COMPANY_FACT",
    "COMPANY_WORDS",
    "FUNCTION_WORDS",
    "INDUSTRY",
    "INSTITUTIONS",
    "MINISTRIES",
    "MINISTRY",
    "NEWSPAPER",
    "OTHER_WORDS",
    "PROMOTED",
    "TAILS",
]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FUNCTION_WORDS = (
    *"的和与及或在对向从由被把让是为以等了到家些各该某其此本这那无将使给按经就而但则又再较更最所着过于之即用个种类只批",
    *"间如除并均都也还先后前时因若称指看受需要应可会能仍已曾正才便却赴去找跑卖买",
    *_words(
        "各大 四大 五大 六大 两大 三大 几大 众多 许多 诸多 很多 大型 中型 小型 中小 大中型 外资 中资 内资 合资 民营 国有 头部 传统 "
        "上市 线上 互联网 数字 智能 主要 多数 少数 部分 全部 所有 其他 其它 其余 不少 任何 整个 上述 前述 目前 如今 今日 当日 昨日 "
        "近期 最近 去年 今年 日前 近年 金融 多元金融 大金融 保险 银行 信托 基金 期货 券商 非银 权重 蓝筹 地产 房地产 煤炭 钢铁 "
        "有色 消费 医药 白酒 板块 行业 概念 A股 港股 美股 H股 沪深 两市 优质 低估值 高股息 龙头 核心 全国性 中国 我国 美国 欧洲 "
        "日本 德国 英国 法国 韩国 印度 俄罗斯 全球 国内 海外 境内 境外 国外 香港 内地 本地 当地 外国 欧美 亚洲 涉及 有关 相关 违反 "
        "持有 买入 卖出 发行 买卖 从事 包括 包含 以及 例如 比如 尤其 特别 看好 关注 布局 增持 减持 重仓 配置 推荐 领涨 领跌 拖累 "
        "带动 利好 利空 通过 支持 鼓励 引导 要求 推动 促进 成为 作为 加上 成立 设立 组建 来自 其中 当中 同时 还有 只有 没有 拥有 "
        "需求 企业 机构 市场 公司 客户 居民 做空 做多 投资 转向 流入 流出 撤出"
    ),
)
"""Words that part what follows from a name before it: particles, quantities, qualities, countries, verbs."""

INSTITUTIONS = {
    "证券": _words("有价"),
    "银行": _words(
        "商业 股份制 股份 地方 地方性 城市 农村 村镇 政策性 投资 私人 手机 网上 网络 影子 开放 区域 区域性 系统重要性"
    ),
    "保险": _words("财产 人身 健康 养老 医疗 责任 意外 农业 车 互助 巨灾 再 商业"),
    "信托": _words("家族 慈善 资金 单一 集合 服务"),
}
"""Boards whose word ends institutions' names -> words that make a kind of it instead of a name."""

TAILS = (*INSTITUTIONS, *_words("汽车 医药 制药 电力 航空 石油 石化 钢铁 水泥 地产 传媒"))
"""Boards' words that end a company's name where they stand right after it."""

ASSOCIATION = re.compile(
    r"(?:投资基金|资产管理)?(?:行业|产业|工业|同业|业)?(?:协会|学会|商会|联合会|研究会|促进会|公会)|"
    r"大学|学院(?!派)|医院|出版社|博物馆|研究[院所]|交易所|监督管理|监管(?:局|委|总局)|登记结算|信息办公室|"
    r"时报|日报|晚报|早报|周报|导报|商报|周刊|市场红?周刊|之星|中国(?=记者|获悉|讯|报道|消息|》|”|）|\)|·)"
)
"""What makes the words before it the name of an association, school, authority, exchange or medium."""

COMPANY_ASSOCIATION = re.compile(
    r"(?:行业|产业|工业|同业|业)?(?:协会|学会|商会|联合会)|大学|出版社|时报|日报|晚报"
)
"""The same after a company's name: fewer, as a company's own institute or hospital still names it."""

NEWSPAPER = re.compile(r"报(?:社|记者|报道|讯|消息|统计|获悉|了解|刊|(?=[，。、：；！？》”’）)·\s])|$)")
"""``报`` as a newspaper, not as the verb to quote or to report."""

OTHER_WORDS = {
    "证券": re.compile(r"法(?!人)|代码|简称|事务|部(?![分门署])|从业"),
    "银行": re.compile(r"间|家(?!族|庭|电|居|具|用|企)"),
    "保险": re.compile(r"[箱柜丝杠栓]|起见"),
    "黄金": re.compile(r"周|时[段间代]|分割|搭?档|海岸|地段"),
    "石油": re.compile(r"输出国"),
    "汽车": re.compile(r"站"),
}
"""A board's word -> what makes another word of it."""

MINISTRIES = _words("教育 国防 水利 商务 文化 旅游 农业 交通 环保 体育 卫生")
MINISTRY = re.compile(r"部(?![分门署位件队])|厅|总局|局(?![面势部限])")
"""Boards' words that name an authority together with what follows."""

PROMOTED = re.compile(r"(?:发展|壮大|培育|倡导|提倡|践行|迈向|繁荣)(?:好|起)?$")
"""Verbs whose object is a field or an idea, hardly ever a company."""

BUILT = re.compile(r"(?:建设|打造|构建|共建|建成|推进|探索|实现)$")
"""Verbs whose object is more often a field or a work than a company."""

INDUSTRY = re.compile(r"产业(?!链)|行业|领域|赛道|板块")
"""Nouns that make a field of the word before them (not 产业链 and 概念, which follow companies too)."""

COMPANY_FACT = re.compile(
    r"[(（]|股价|股份|公司|集团|控股|涨停|跌停|收报|收涨|收跌|公告|披露|发布|宣布|表示|旗下|董事|首席|高管|财报|营收|[AH]股"
)
"""What follows a company's name and no ordinary word."""

COMPANY_WORDS = _words("股份 科技 集团 控股 证券 银行 保险 公司 实业 药业 电子 电器 光电")
"""Endings that make a name a company's beyond doubt."""

ABSTRACT_NOUNS = _words("经济 社会 时代 未来 世界 文明 创新 生态")
"""Endings of names that read as ordinary words."""
