"""The generic extractor: the container, both ends, what is left out and what is kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from lake.extraction.generic import find
from lake.extraction.outline import outline
from lake.extraction.page import extract_page
from lake.extraction.prose import words_in
from lake.model import Article
from tests.pages import PARAGRAPHS, TITLE, article, page


def read(html: str) -> Article:
    return extract_page(html, url="https://news.example.cn/a/88.html")


@pytest.mark.parametrize(
    "container",
    [
        "<div>",
        '<div class="article-content">',
        "<article>",
        "<td>",
        '<div class="content-with-sidebar">',
        '<div id="comment-free">',
    ],
)
def test_the_text_is_the_articles_paragraphs_and_nothing_else(container: str) -> None:
    html = page(article(), container=container)
    if container == "<td>":
        html = html.replace("<td>", "<table><tr><td>").replace("</td>", "</td></tr></table>")
    assert read(html).body_text == "\n\n".join(PARAGRAPHS)


OTHER = [
    f"第{n}段别处的文字，说的是另一件事，写得很长，句子也很完整，读者一眼看不出区别。" for n in range(30)
]


def box(paragraphs: int, tag: str = "<div>") -> str:
    return f"{tag}{article(OTHER[:paragraphs])}</div>"


@pytest.mark.parametrize(
    "container", ['<div itemprop="articleBody">', '<div class="x Entry_Content">', '<div id="artibody">']
)
def test_a_known_container_comes_before_what_has_more_prose(container: str) -> None:
    found = read(page(article(), container=container, after=box(6)))
    assert found.body_text == "\n\n".join(PARAGRAPHS)
    assert found.rules["body_text"] == "known container"
    unnamed = read(page(article(), after=box(6)))
    assert unnamed.rules["body_text"] == "most prose"
    assert OTHER[0] in unnamed.body_text


@pytest.mark.parametrize("beside", [box(2, '<div class="post-content">'), box(30)])
def test_a_known_name_proves_nothing_of_one_among_several_or_of_a_few_words(beside: str) -> None:
    """One of the texts of a thread, and the first sentences above what a reader pays for."""
    found = read(page(article(), container='<div class="post-content">', after=beside))
    assert found.rules["body_text"] == "most prose"


def test_text_in_runs_of_line_breaks() -> None:
    body = "<br><br>".join(f"　　{text}" for text in PARAGRAPHS)
    assert read(page(body)).body_text == "\n\n".join(PARAGRAPHS)


def test_each_paragraph_in_its_own_element_with_styled_words() -> None:
    body = "".join(
        f'<div class="p"><span style="font-size:16px">{text[:8]}</span><font>{text[8:]}</font></div>'
        for text in PARAGRAPHS
    )
    assert read(page(body)).body_text == "\n\n".join(PARAGRAPHS)


def test_sections_of_one_article_stay_together() -> None:
    body = "".join(
        f'<section class="part"><h2>第{n}节</h2>{article(PARAGRAPHS)}</section>' for n in range(1, 4)
    )
    body = "".join(
        f'<section class="part"><h2>第{n}节</h2><p>{text}</p><p>{text[::-1]}</p></section>'
        for n, text in enumerate(PARAGRAPHS, 1)
    )
    text = read(page(body)).body_text
    assert all(paragraph in text for paragraph in PARAGRAPHS) and "第4节" in text and "相关阅读" not in text


@pytest.mark.parametrize(
    "noise",
    [
        '<div class="share"><p>分享到微信朋友圈，打开微信扫一扫，点击右上角的按钮即可分享这篇文章。</p></div>',
        "<p>责任编辑的话：</p><p>免责声明：本文仅代表作者个人观点，与本网无关，请读者仅作参考。</p>",
        '<ul><li><a href="/1">云帆股份中标三亿元订单</a></li><li><a href="/2">云帆股份回购股份进展公告</a></li></ul>',
        '<div style="display:none">这一段藏在页面里，是给机器看的关键词堆砌，读者看不到，也不属于正文。</div>',
        "<aside><p>栏目介绍：本栏目每天为您带来最新的产业资讯，欢迎订阅我们的邮件。</p></aside>",
        "<nav><p>上一页，下一页，返回目录，全部都是导航里的文字。</p></nav>",
    ],
)
def test_what_stands_between_or_behind_the_paragraphs_is_left_out(noise: str) -> None:
    phrase = LexborHTMLParser(noise).text(strip=True)[-12:]
    for body in (article(PARAGRAPHS[:2]) + noise + article(PARAGRAPHS[2:]), article() + noise):
        text = read(page(body)).body_text
        assert phrase not in text and all(paragraph in text for paragraph in PARAGRAPHS)


def test_hidden_text_that_is_most_of_the_article_stays() -> None:
    body = f'<p>{PARAGRAPHS[0]}</p><div class="hidden-content" style="display:none">{article(PARAGRAPHS[1:])}</div><a>展开全文</a>'
    assert read(page(body)).body_text == "\n\n".join(PARAGRAPHS)


def test_a_second_rendering_of_the_text_is_left_out() -> None:
    body = f'<div class="desktop">{article()}</div><div class="mobile">{article()}</div>'
    text = read(page(body)).body_text
    assert [text.count(paragraph) for paragraph in PARAGRAPHS] == [1, 1, 1, 1]


def test_comments_longer_than_the_article_are_no_article() -> None:
    talk = "".join(
        f"<p>第{n}楼的网友说，他从不同意这样的看法，因为事实完全不是这样，大家应该再等等。</p>"
        for n in range(12)
    )
    text = read(page(article(), after=f'<div class="comment-list">{talk}</div>')).body_text
    assert text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "延伸阅读：<a href='/1'>远岸物流去年亏损</a>",
        "ALSO READ | <a href='/1'>Ferry fares to rise</a>",
        "更多内容请下载青禾新闻客户端，或关注微信公众号“青禾”",
        "立即打开青禾新闻APP",
        "相關新聞：<a href='/1'>遠岸物流去年虧損</a>",
    ],
)
def test_lines_that_lead_elsewhere_are_left_out(line: str) -> None:
    body = f"{article(PARAGRAPHS[:2])}<p>{line}</p>{article(PARAGRAPHS[2:])}"
    assert read(page(body)).body_text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("name", ["cmt-list", "article-recommend", "related-content"])
def test_comments_and_related_texts_many_times_as_long_are_no_article(name: str) -> None:
    talk = "".join(
        f"<div><p>第{n}条说的是别的事情，远岸物流去年在内陆新开了两个站，今年打算再开三个，地方还没有选好。</p></div>"
        for n in range(30)
    )
    assert read(page(article(), after=f'<div class="{name}">{talk}</div>')).body_text == "\n\n".join(
        PARAGRAPHS
    )
    inside = page("", container="<div>").replace("<h1>", f'<div class="{name}"><h1>')
    assert "第29条" in read(inside.replace('<div class="info">', f'{talk}<div class="info">')).body_text


OTHERS = tuple(
    f"滨州港第{n}条外贸航线昨日恢复，港口负责人说，旺季要到春节之后才会结束，舱位已经订满。" for n in range(9)
)


def test_of_several_articles_in_a_row_the_first_is_the_pages() -> None:
    whole = "".join(
        f'<div class="item"><h1>{title}</h1><div class="t">2024-05-06 08:30</div><div>{article(texts)}</div></div>'
        for title, texts in ((TITLE, PARAGRAPHS), ("滨州港恢复九条航线", OTHERS))
    )
    html = f"<html><head><title>{TITLE}</title></head><body><div>{whole}</div></body></html>"
    assert read(html).body_text == "\n\n".join(PARAGRAPHS)


def test_a_flash_beside_a_list_of_teasers_is_the_article() -> None:
    teasers = "".join(
        f'<li><a href="/{n}">航线的消息之{n}，标题写得长</a><p>{text}</p></li>'
        for n, text in enumerate(OTHERS)
    )
    flash = f"<h1>{TITLE}</h1><p class='t'>2024-05-06 08:30</p><div>{PARAGRAPHS[0]}</div>"
    html = (
        f"<html><head><title>{TITLE}</title></head><body><div>{flash}</div><ul>{teasers}</ul></body></html>"
    )
    assert read(html).body_text == PARAGRAPHS[0]


STORY = (
    "The harbour council voted on Tuesday to keep the old pier open, ending two years of argument over its future.",
    "Engineers had warned that the timber supports would fail within five years unless the city paid for repairs.",
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>June 26, 2023</p>", ""),
        ("<div><time>7 March 2023</time><span>Jane Roe</span><span>Harbour correspondent</span></div>", ""),
        ("<p>Jane Roe · 4 min read · Mar 7, 2023</p><p>--</p>", ""),
        ("<p>Reading Time: 8 minutes</p><p>Jump to Recipe</p>", ""),
        ("", "<p>Back to top</p><p>LEARN MORE</p><p>Filed under: News</p>"),
    ],
)
def test_lines_of_date_and_buttons_in_the_container_are_left_out(before: str, after: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
    html = f"<html lang='en'><head><title>The pier stays</title></head><body><article><h1>The pier stays</h1>{before}{text}{after}</article></body></html>"
    assert read(html).body_text == "\n\n".join(STORY)


@pytest.mark.parametrize("own", [STORY[:1], STORY])
def test_articles_beside_a_paywalled_one_are_none_of_it(own: tuple[str, ...]) -> None:
    others = "".join(
        f'<div><h3><a href="/{n}">Ferry number {n} is late again today</a></h3><p>The ferry left an hour late, said the crew.</p></div>'
        for n in range(8)
    )
    text = "".join(f"<p>{paragraph}</p>" for paragraph in own)
    html = (
        "<html lang='en'><head><title>The council keeps the old pier open</title></head><body><main><article>"
        f"<h1>The council keeps the old pier open</h1>{text}</article><section><h2>Free to read</h2>{others}</section></main>"
    )
    assert read(html).body_text == "\n\n".join(own)


def test_captions_named_so_belong_to_their_pictures() -> None:
    pictures = (
        '<div class="wp-caption"><img src="/a.jpg"><p class="wp-caption-text">临港的车间</p></div>'
        '<div class="image"><img src="/b.jpg"><div class="image-caption">下线的车辆</div></div>'
    )
    found = read(page(article(PARAGRAPHS[:2]) + pictures + article(PARAGRAPHS[2:])))
    assert [image.caption for image in found.images] == ["临港的车间", "下线的车辆"]
    assert found.body_text == "\n\n".join(PARAGRAPHS)


def test_a_long_table_of_figures_is_part_of_its_article() -> None:
    rows = "".join(
        f"<tr><td>60{n:04}</td><td>公司{n}</td><td>{n}.25</td><td>+{n}.1%</td></tr>" for n in range(40)
    )
    head = "<tr><th>代码</th><th>名称</th><th>收盘</th><th>涨幅</th></tr>"
    body = f"<p>{PARAGRAPHS[0]}</p><table>{head}{rows}</table><p>{PARAGRAPHS[3]}</p>"
    found = read(page(body))
    assert found.body_text.startswith(PARAGRAPHS[0]) and found.body_text.endswith(PARAGRAPHS[3])
    assert "| 600039 | 公司39 | 39.25 | +39.1% |" in found.body_markdown


def test_boxes_that_unfold_hold_the_article_together() -> None:
    boxes = "".join(
        f'<h3>第{n}步</h3><div class="box" style="display: none"><p>第{n}步的做法：{text}</p></div>'
        for n, text in enumerate(PARAGRAPHS * 3)
    )
    text = read(page(f"<p>{PARAGRAPHS[0]}</p>{boxes}")).body_text
    assert all(f"第{n}步的做法" in text for n in range(12))


def test_comments_one_by_one_are_no_article_however_many() -> None:
    talk = "".join(
        f'<div class="comment-item"><p>第{n}楼的网友说，他从不同意这样的看法，大家应该再等等，事实不是这样。</p></div>'
        for n in range(30)
    )
    assert read(page(article(), after=talk)).body_text == "\n\n".join(PARAGRAPHS)


def test_a_short_text_of_one_paragraph_and_a_list_keeps_its_list() -> None:
    body = f"<p>{PARAGRAPHS[0]}{PARAGRAPHS[1]}</p><ul><li>产能五千辆</li><li>投资三十亿</li><li>明年投产</li></ul>"
    assert "投资三十亿" in read(page(body)).body_text


def test_what_follows_a_heading_of_related_reading_at_the_end_goes() -> None:
    tail = "<p>推荐阅读：</p><p>云帆股份上月的吞吐量同比增长一成</p>"
    assert read(page(article() + tail)).body_text == "\n\n".join(PARAGRAPHS)
    early = article(PARAGRAPHS[:1]) + "<p>推荐阅读：</p>" + article(PARAGRAPHS[1:])
    assert PARAGRAPHS[3] in read(page(early)).body_text


def test_a_footer_longer_than_the_article_is_none() -> None:
    rights = (
        "<p>本网站所载内容仅供参考，不构成任何投资建议，使用者应当自行承担风险，本公司不承担责任。</p>" * 3
    )
    rights += (
        "<p>未经书面许可，任何单位和个人不得转载、复制或者以其他方式使用本网站的内容，违者必究。</p>" * 3
    )
    html = page(article(PARAGRAPHS[:1])).replace("</body>", f"<footer><div>{rights}</div></footer></body>")
    assert read(html).body_text == PARAGRAPHS[0]


def test_an_unlucky_class_name_around_the_whole_page_costs_nothing() -> None:
    html = page(article()).replace('<div class="wrap">', '<div class="breadcrumb sidebar-left">')
    assert PARAGRAPHS[0] in read(html).body_text and "相关阅读" not in read(html).body_text


def test_the_heading_is_not_repeated_in_the_text() -> None:
    assert read(page(f"<h1>{TITLE}</h1>{article()}")).body_text == "\n\n".join(PARAGRAPHS)


def test_images_tables_lists_quotes_and_code_survive() -> None:
    body = (
        f"<p>{PARAGRAPHS[0]}</p><figure><img src='data:image/gif;base64,R0' data-src='//img.example.cn/1.jpg' alt='重卡'>"
        f"<figcaption>首批重卡下线</figcaption></figure><p>{PARAGRAPHS[1]}</p><ul><li>产能：五千辆</li><li>投资：三十亿元</li></ul>"
        "<table><tr><th>年份</th><th>产量</th></tr><tr><td>2024</td><td>500</td></tr></table>"
        f"<blockquote><p>{PARAGRAPHS[2]}</p></blockquote><pre><code>a = 1\nb = 2</code></pre><p>{PARAGRAPHS[3]}</p>"
    )
    found = read(page(body))
    assert found.images[0].url == "https://img.example.cn/1.jpg" and found.images[0].caption == "首批重卡下线"
    for piece in (
        "- 产能：五千辆",
        "| 年份 | 产量 |",
        f"> {PARAGRAPHS[2]}",
        "a = 1\nb = 2",
        "![首批重卡下线](https://img.example.cn/1.jpg)",
    ):
        assert piece in found.body_markdown


def test_markdown_and_links_are_safe_and_absolute() -> None:
    body = (
        f'<p onclick="x()">{PARAGRAPHS[0]}<a href="javascript:alert(1)">点我</a><a href="/b/2.html">公告全文</a></p>'
        f'<p>{PARAGRAPHS[1]}<script>alert(2)</script></p><iframe src="https://evil.example/"></iframe>{article(PARAGRAPHS[2:])}'
    )
    found = read(page(body))
    assert [link.url for link in found.links] == ["https://news.example.cn/b/2.html"]
    assert not any(
        word in found.body_markdown for word in ("javascript", "alert", "onclick", "iframe", "evil")
    )


def test_words_count_latin_and_wide_text_alike() -> None:
    assert words_in("The harbour reopened today") == pytest.approx(4, abs=1)
    assert words_in("港口今天重新开放") == pytest.approx(5, abs=1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<p>",
                "</p>",
                "<a href=x>",
                "</a>",
                "<br>",
                "<td>",
                "<li>",
                *PARAGRAPHS,
                "短",
                " ",
            ]
        )
    )
)
def test_any_tag_soup_gives_an_area_of_its_own_text(pieces: list[str]) -> None:
    tree = LexborHTMLParser("<body>" + "".join(pieces))
    assert tree.body is not None
    found = outline(tree.body)
    area = find(found)
    source = "".join(tree.text().split())
    assert all("".join(block.text.split()) in source for block in area.kept)
    assert len({id(block) for block in area.kept}) == len(area.kept)
