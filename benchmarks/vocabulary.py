"""Words and sentence frames of the invented articles; every name in it is made up.

Frames' gaps: C security, B board, I index, T glossary term (from the article's cast), P person, K broker, city,
role, mod(ifier), noun, adj (what the noun does), why, when, say, do, ud (up or down), rate, and numbers.
"""

from __future__ import annotations

from itertools import product

__all__ = [
    "ADJ",
    "BOARDS",
    "BROKERS",
    "CITIES",
    "DO",
    "FRAMES",
    "GIVEN",
    "HEADLINES",
    "HEADS",
    "MODS",
    "NOUNS",
    "ROLES",
    "SAY",
    "SURNAMES",
    "TAILS",
    "TERMS",
    "TRADES",
    "WHEN",
    "WHY",
]


def _words(text: str) -> list[str]:
    return text.split()


HEADS = "澜禾霁岑砚沅翎芷槿朔湛烁岚峤璟漪蘅珩琮曜泓颢翊骁筠瀚昀澈晟祺"
TAILS = "川域原汐屿桐远衡润能合泰成维图启庭联通源策声帆峰陆野石木信荣"
TRADES = _words("""
    科技 股份 精工 新材 药业 智能 电气 重工 食品 乳业 光电 生物 环保 软件 控股 能源 物流 纺织 建材 化学
    医疗 传媒 汽配 船舶 矿业 农业 纸业 电子 通信 家居
""")
BOARDS = _words("""
    低温储能 合成淀粉 海上制氢 柔性屏 固态电池 工业母机 冷链设备 盐湖提锂 碳化硅 无人配送 智慧灌溉
    精密轴承 特种玻璃 生物农药 光纤预制棒 航空餐食 钙钛矿 氢燃料 宠物食品 再生铝 银发经济 数字孪生
    深海养殖 预制菜 功率器件 免疫治疗 纺织机械 稀有气体 虚拟电厂 社区团购 证券 银行 半导体 白酒 煤炭
    新能源
""")
TERMS = _words("""
    业绩 公告 分析师 净利润 营业收入 市盈率 龙虎榜 北向资金 融资融券 股权登记日 限售股 回购 毛利率
    资产负债率 换手率 涨停 集合竞价 大宗交易 质押 每股收益 可转债 期货 逆回购 存款准备金率
""")
SURNAMES = "林沈陆顾蒋谢邹柏窦章云苏潘葛范彭鲁韦昌苗凤方俞任袁柳"
NAMES = _words("""
    砚秋 若川 思齐 明屿 知远 望舒 清和 景行 一禾 怀瑾 子衿 云舟 既白 晚晴 承泽 星野 映雪 长歌 青岩 亦辰
    书澜 南乔
""")
GIVEN = NAMES + [
    a + b
    for a, b in product(
        "若思明知望清景怀云晚承星映长青亦书南一子", "秋川齐屿远舒和行禾瑾衿舟晴泽野雪歌岩辰澜"
    )
]
TOWNS = _words("""
    澜州 青汐 砚城 岚港 霁山 沅江新区 北屿 栖云 槿阳 朔原 泓口 璟湾 芦汀 望川 云麓 白陶 石浦 梓关 鹿洲
    雁坪
""")
CITIES = TOWNS + [a + b for a, b in product("澜青砚岚霁栖槿泓璟芦云白梓雁沅朔", "州城溪浦湾陵川岭塘坪")]
HOUSES = _words("""
    海策 沧澜 北屿 澄观 远桥 鼎禾 云麓 恒泽 瑞翎 天槿 岭南汐 朔方
""")
BROKERS = [house + kind for house, kind in product(HOUSES, ("证券", "资本", "期货"))]
MODS = _words("""
    新一轮 阶段性 超预期 结构性 季节性 持续性 区域 上游 下游 核心 传统 高端 海外 境内 新兴 存量 增量
    中长期 短期 潜在 优质 低效 集中式 分布式 定制化 规模化 数字化 绿色 跨境 县域 头部 中小 民营 国有
    外资 长协 现货 远期 自有 委外 全流程 差异化 一体化 轻资产 高附加值 低毛利 高频 跨界 平台型 专业化
""")
NOUNS = _words("""
    产能 订单 需求 库存 成本 价格 渠道 门店 客户 供应链 原料 运费 交付 排产 研发 专利 产线 基地 合同
    现金流 应收账款 存货 估值 利润空间 开工率 出货量 装机量 渗透率 市占率 补贴 关税 汇率 信贷 社融 票据
    消费 出口 招标 中标 并购 技改 扩产 检修 停产 复工 调价 促销 直播 冷库 仓储 港口 班列 电价 煤价 气价
    粮价 生猪 大豆 铜材 铝锭 硅料 锂盐 玻璃 纯碱 棉纱 纸浆 面板 芯片 模组 整车 零部件 疫苗 器械 药材
    软件 算力 数据 牌照 理财 保单 债券 基金份额
""")
NOUNS += [
    a + b
    for a, b in product(
        "铜锂硅棉糖油气煤电纸钢铝锌镍盐药茶酒粮布胶碳氢氟磷硫稀玉豆菜果肉蛋奶鱼虾竹木石瓷",
        "价材料企矿商库品源耗量市链件机板粉浆税贷单仓",
    )
]
ADJ = _words("""
    稳步回升 明显承压 好于预期 略低于预期 高位震荡 企稳回暖 继续分化 边际改善 加速释放 小幅回落 大幅波动
    维持紧平衡 逐步出清 环比走弱 同比转正 创年内新高 处于历史低位 超出市场预期 保持韧性 面临不确定性
    快速放量 有序推进
""")
WHY = _words("""
    下游补库意愿增强 海外订单集中交付 原材料价格回落 新产线提前投产 季节性因素消退 政策细则落地
    汇率波动加大 渠道库存偏高 节假日错位 极端天气影响运输 头部厂商主动减产 终端促销力度加大
    资金面保持宽松 监管趋严 技术路线切换 前期基数较低 招标节奏前移 电力供应紧张 港口拥堵缓解
    行业标准更新
""")
ROLES = _words("""
    董事长 总经理 首席财务官 董事会秘书 副总裁 首席经济学家 行业研究员 基金经理 销售负责人 独立董事
    工厂负责人
""")
WHEN = _words("""
    今年以来 本周 上周 三季度以来 进入旺季后 午后 早盘 尾盘 年初 年底前 未来三年 近一个月 过去两年
    春节后 月末 下半年
""")
WHEN += [f"{when}{hour}时" for when, hour in product(("当日", "次日", "周一", "周三", "周五"), range(9, 20))]
SAY = _words("""
    表示 指出 认为 透露 坦言 强调 介绍 预计 判断 提醒 回应称 分析称
""")
ADJ += [
    a + b
    for a, b in product(
        _words("略有 再度 仍在 一路 率先 悄然 意外 同步 缓慢 骤然 止住 有望 难言 持续"),
        _words("走高 走低 收窄 扩大 转暖 降温 吃紧 宽松 分化 见顶 筑底 反复 提速 放缓"),
    )
]
WHY += [
    a + b
    for a, b in product(NOUNS[:105], ("偏紧", "过剩", "外流", "涨价", "受限", "延误", "被替代", "改规则"))
]
DO = _words("""
    签署 启动 终止 延期 追加 披露 完成 推进 论证 收购 剥离 布局 扩建 引入 下调 上调 重启 评估
""")

FRAMES = """
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
“{noun}、{noun}，一样都不能少。”{P}算过，{K}给出的{pc}%太乐观，{city}{noun}{adj}才是常态。
{when}走访{city}、{city}，{noun}商贩{P}直言：{noun}{adj}，手里{n}吨{mod}货压到{md}。
拐点来了吗？{K}持保留态度：{noun}{adj}、{noun}{adj}，二者{when}未必同步。
{C}股东会上，{P}被追问{n}次{noun}，答复只有一句：{why}。
{city}海关口径：{md}当周{noun}进口{wan}吨，{noun}出口{wan}吨，{ud}幅分别为{pc2}%、{pc2}%。
再看{noun}。{city}报{price}元，{city}报{price}元，价差{price2}元，套利窗口{adj}。
{P}出任{C}{role}，{yr}年曾任职{K}，熟悉{mod}{noun}与{noun}。
租约、{noun}、{noun}……{city}仲裁机构{md}受理{C}的申请，标的{wan}万元。
{C}澄清：从未与{C}商谈{noun}，{mod}{noun}{adj}系{why}所致。
原定{md}投料的{noun}车间改到{md}，{C}解释为{why}。
{noun}{adj}，{noun}{adj}，{noun}却{adj}——{P}把这叫作“{mod}背离”。
{K}将{C}{yr}年每股收益由{price2}元改为{price2}元，{noun}假设从{pc2}%降至{pc2}%。
{city}{md}最低气温骤降，{noun}日耗{wan}吨，{noun}可用天数只剩{n}天。
换手{pc2}%，振幅{pc2}%，{C}{when}收于{price}元。
同一天，{B}ETF份额增加{wan}万份，{C}融资余额{yi2}亿元。
{city}—{city}{noun}专列首发，满载{n}标箱，全程{n}小时，货值{wan}万元。
{P}团队在{city}试种{n}亩，{noun}亩产{price}公斤，每亩省下{noun}{price2}元。
问询函要求{C}说明：{noun}为何{adj}？{noun}计提是否充分？{P}须于{md}前答复。
美元指数{ud}至{pc}，{noun}折算每吨{price}美元，{city}买家{when}观望。
{C}与{K}签下{n}年{noun}协议，首期{yi2}亿元，余款视{noun}而定。
{mod}也好，{mod}也罢，{P}只认一个数：{noun}{pc2}%。
{city}拍出{n}宗地块，{C}以{yi2}亿元竞得其一，溢价{pc2}%，须配建{noun}。
{noun}检测不合格{n}批次，{C}召回{wan}件，{city}监管人员到场封存。
夜盘{noun}主力合约涨{pc2}%，{noun}跌{pc2}%，持仓{wan}手。
{C}官微晒出{noun}样机：重{n}公斤，续航{n}小时，{when}在{city}路测。
{P}减持{wan}股，均价{price}元，套现后仍持{pc2}%。
{yr}年至今，{C}{noun}专利{n}件，{P}一人署名{n}件。
“别盯着{noun}，去看{noun}。”{city}老交易员{P}摇头。
{K}抽样{n}家{noun}企业，{n}家计划{do}，{n}家按兵不动，理由多是{why}。
工信口径的{mod}{noun}目录新增{n}项，{C}入选{n}项，{noun}除外。
{city}{noun}协会改选，{P}接替{P}，任期{n}年。
{noun}仓单{wan}张，较{md}{ud}{n}张，{city}库满。
{C}旗下{city}工厂停电{n}小时，{noun}报废{n}批，损失{wan}万元以内。
由于{why}，{K}把{noun}年内高点下修到{price}元。
"""

HEADLINES = """
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
