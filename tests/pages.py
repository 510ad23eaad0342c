"""Pages for tests, made of invented text: an article among everything that sites put around it."""

from __future__ import annotations

__all__ = ["PARAGRAPHS", "TITLE", "article", "page"]

TITLE = "青禾重工在临港建成首条氢能重卡生产线"
PARAGRAPHS = (
    "青禾重工昨日宣布，公司在临港建成首条氢能重卡生产线，设计年产能五千辆，首批二十辆已经下线并交付给远岸物流。",
    "公司董事长李晓明在仪式上表示，这条生产线从开工到投产用了十一个月，比原计划提前了两个月，关键设备全部由国内企业提供。",
    "远岸物流负责人说，首批车辆将跑在港口到内陆的固定线路上，沿线已经建好四座加氢站，每天可以完成三个来回。",
    "市场人士认为，氢能重卡的成本仍比柴油车高出四成，未来两年能否降下来，要看电堆寿命和加氢价格两件事。",
)
MENU = "".join(
    f'<li><a href="/c{n}/">{name}</a></li>'
    for n, name in enumerate(("首页", "新闻", "财经", "科技", "体育", "汽车"))
)
RELATED = "".join(
    f'<li><a href="/a/{n}.html">云帆股份发布第{n}季度业绩预告，净利润同比增长</a><span>11-0{n}</span></li>'
    for n in range(1, 8)
)


def article(paragraphs: tuple[str, ...] = PARAGRAPHS) -> str:
    """The article's paragraphs as HTML."""
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def page(
    body: str,
    *,
    head: str = "",
    before: str = "",
    after: str = "",
    title: str = TITLE,
    container: str = "<div>",
) -> str:
    """A whole page: menu, heading with a source line, the body in its container, related links, comments, footer."""
    tag = container.strip("<>").split()[0]
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}_财经_青禾新闻网</title>{head}
<script>var a = "<p>这不是正文，只是脚本里的一句话，不应该出现在任何地方。</p>";</script><style>p {{ color: red }}</style></head>
<body><div class="header"><ul>{MENU}</ul></div>
<div class="wrap"><h1>{title}</h1><div class="info">2024年05月06日 08:30 来源：<a href="/m">远岸日报</a> 作者：周望舒</div>{before}
{container}{body}</{tag}>
<div class="share-bar"><a>微信</a> <a>微博</a> <a>复制链接</a></div>{after}
<div class="list"><h3>相关阅读</h3><ul>{RELATED}</ul></div>
<div class="comments"><p>这位网友说得很有道理，我也觉得价格还是太高，再等两年看看吧。</p><p>支持国产，希望早日普及。</p></div></div>
<div class="footer"><p>版权所有 青禾新闻网 未经授权不得转载，违者必究。</p><p>沪ICP备12345678号</p></div></body></html>"""
