"""Cleaning an article's body: what stays, what goes, and that nothing is invented."""

from __future__ import annotations

import html as html_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from lake.extraction.bounds import bounded
from lake.extraction.cleaning import clean
from lake.model import Chart, GlossaryTerm, Link

CHART = (
    '<!-- EM_StockImg_Start --><p style="text-align:center;">'
    '<a href="http://quote.eastmoney.com/unify/r/0.009981" data-code="009981|0|2" data-code2="009981|0|6|" '
    'class="EmImageRemark"><img src="https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=0.009981&imageType=k" '
    'alt="K图 009981_0" data-code="K 009981|0|2" width="578" height="276" /></a></p><!-- EM_StockImg_End -->'
)


def test_paragraphs_are_parted_by_a_blank_line_and_white_space_is_normalised() -> None:
    content = clean("<p>　　第一段，\r\n  接着写。</p>\r\n <p> two\n words \xa0 here </p><p></p>")
    assert content.text == "第一段，接着写。\n\ntwo words here"
    assert content.markdown == content.text


def test_line_breaks_part_lines_and_two_of_them_paragraphs() -> None:
    assert clean("<p>甲<br>乙<br/><br/>　　丙<br></p>").text == "甲\n乙\n\n丙"
    assert clean("开头<br/>结尾").markdown == "开头  \n结尾"


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none;height:1px;overflow:hidden;">看不见</p>',
        '<div style="DISPLAY : none"><p>看不见</p></div>',
        "<p hidden>看不见</p>",
        "<script>看不见</script>",
        "<style>看不见</style>",
        "<noscript><p>看不见</p></noscript>",
        "<!-- 看不见 -->",
        "<nav><a href='https://a.example/'>看不见</a></nav>",
        "<button>看不见</button>",
        "<select><option>看不见</option></select>",
        '<p><a class="toplink" href="https://acttg.eastmoney.com/pub/x">看不见</a></p>',
        "<template><p>看不见</p></template>",
    ],
)
def test_what_a_reader_does_not_see_is_left_out(hidden: str) -> None:
    content = clean(f"<p>前文。</p>{hidden}<p>后文。</p>")
    assert content.text == "前文。\n\n后文。"
    assert "看不见" not in content.markdown
    assert content.links == ()


def test_a_chart_block_becomes_a_chart() -> None:
    content = clean(CHART + "<p>正文。</p>")
    assert content.text == content.markdown == "正文。"
    assert content.images == content.links == ()
    url = "https://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=0.009981&imageType=k"
    assert content.charts == (Chart("K", 0, "009981", url),)


@pytest.mark.parametrize(
    ("image", "chart"),
    [
        (
            '<img data-code="R 09981|116|5" src="https://webquotepic.eastmoney.com/GetPic.aspx?nid=116.09981">',
            ("R", 116, "09981"),
        ),
        (
            '<img src="https://webquotepic.eastmoney.com/GetPic.aspx?nid=105.QQQX&imageType=r">',
            ("R", 105, "QQQX"),
        ),
        ('<img data-code="BK9981|90|1" src="//webquoteklinepic.eastmoney.com/p.png">', ("K", 90, "BK9981")),
    ],
)
def test_charts_are_known_by_their_code_or_their_host(image: str, chart: tuple[str, int, str]) -> None:
    (found,) = clean(f"<p>{image}</p>").charts
    assert (found.kind, found.market, found.code) == chart


def test_a_chart_comment_without_its_end_hides_nothing() -> None:
    cut = CHART.replace("<!-- EM_StockImg_End -->", "")
    content = clean(cut + "<p>正文还在。</p>")
    assert content.text == "正文还在。"
    assert len(content.charts) == 1


def test_images_keep_original_size_and_caption() -> None:
    content = clean(
        '<p>前。</p><center><img src="https://img.example/a.jpg" orginial_src="https://img.example/a_o.jpg" '
        'emheight="385" width="580" alt="Image"/></center><p style="text-align:center;">图片来源：虚构图库</p><p>后。</p>'
    )
    (image,) = content.images
    assert image.url == "https://img.example/a.jpg"
    assert image.original_url == "https://img.example/a_o.jpg"
    assert (image.width, image.height, image.alt) == (580, 385, "Image")
    assert image.caption == "图片来源：虚构图库"
    assert content.text == "前。\n\n图片来源：虚构图库\n\n后。"
    assert content.markdown.count("图片来源：虚构图库") == 1
    assert "![Image](https://img.example/a.jpg)" in content.markdown


def test_a_figcaption_goes_to_its_image_alone() -> None:
    content = clean(
        "<figure><img src='https://i.example/1.png'><figcaption>工厂 外景</figcaption></figure><p>文。</p>"
    )
    assert content.images[0].caption == "工厂 外景"
    assert content.text == "文。"
    assert content.markdown == "![工厂 外景](https://i.example/1.png)\n\n文。"


@pytest.mark.parametrize(
    "line",
    [
        "<p style='text-align:center'><strong>小标题</strong></p>",
        "<p style='text-align:center'>这是一句正文。</p>",
    ],
)
def test_a_centred_heading_or_sentence_is_no_caption(line: str) -> None:
    content = clean(f"<center><img src='https://i.example/1.png'></center>{line}")
    assert content.images[0].caption is None
    assert content.text


def test_lazy_images_are_found_and_data_images_are_not() -> None:
    content = clean(
        "<img src='data:image/gif;base64,R0' data-src='/pic/2.jpg'><img data-src='data:x' src='/pic/3.jpg'><img src='data:image/png;base64,AA'><img src='#'>",
        base_url="https://site.example/a/1.html",
    )
    assert [image.url for image in content.images] == [
        "https://site.example/pic/2.jpg",
        "https://site.example/pic/3.jpg",
    ]


@pytest.mark.parametrize(
    ("html", "urls"),
    [
        ("<img src='data:x' data-srcset='/a-8.jpg 800w, /a-16.jpg 1600w'>", ["/a-16.jpg"]),
        ("<img src='/blank.gif' data-echo='/h.jpg'>", ["/h.jpg"]),
        ("<img src='/s.gif' _src='/h.jpg?w=600' title='/t.jpg'>", ["/h.jpg?w=600"]),
        ("<img src='data:x' data-name='h.jpg'>", []),
        ("<picture><source srcset='/i-4.jpg 400w, /i-8.jpg 800w'><img src='data:x'></picture>", ["/i-8.jpg"]),
        (
            "<picture><source srcset='/i-8.webp 800w'><img src='/i.jpg'></picture><img src='data:x'>",
            ["/i.jpg"],
        ),
        ("<img srcset='/b.jpg 1x, /b-2.jpg 2x'>", ["/b-2.jpg"]),
        ("<img src='/img/blank.gif' srcset='/c.jpg'>", ["/c.jpg"]),
        ("<img src='/img/blank.gif'>", ["/img/blank.gif"]),
        ("<img src='/d.jpg' srcset='/d-2.jpg 2x'>", ["/d.jpg"]),
        ("<amp-img src='/e.jpg' width='8' height='5'></amp-img>", ["/e.jpg"]),
        ("<img src='data:x'><noscript><img src='/f.jpg'></noscript>", ["/f.jpg"]),
        ("<img data-src='/g.jpg' src='data:x'> <noscript><img src='/g.jpg'></noscript>", ["/g.jpg"]),
        ("<p>x</p><noscript><img height='1' width='1' src='/counter'></noscript>", []),
        ("<p>x</p><noscript><img src='/counter'></noscript>", []),
    ],
)
def test_the_address_of_a_lazy_image(html: str, urls: list[str]) -> None:
    images = clean(html, base_url="https://site.example/a/1.html").images
    assert [image.url for image in images] == [f"https://site.example{url}" for url in urls]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ('<p class="em_media">（文章来源：虚构财经）</p>', "虚构财经"),
        ('<p class="em_media">(文章来源：虚构财经)</p>', "虚构财经"),
        ('<p class="em_media">文章来源：虚构财经</p>', "虚构财经"),
        ("<p>（文章来源:虚构财经）</p>", "虚构财经"),
        (
            '<p class="em_media">（文章来源：虚构<span id="bk_90.BK0473"><a class="keytip" data-code="90,BK0473">证券</a>'
            '</span><span id="bkquote_90.BK0473"></span>报）</p>',
            "虚构证券报",
        ),
    ],
)
def test_the_source_line_becomes_the_source_and_marks_nothing(line: str, source: str) -> None:
    content = clean(f"<p>正文。</p>{line}")
    assert content.source_line == source
    assert content.text == content.markdown == "正文。"
    assert content.mentions == ()


def test_a_source_at_the_end_of_a_paragraph_is_cut_off() -> None:
    content = clean("<p>正文到此为止。（文章来源：虚构通讯社）</p>")
    assert content.source_line == "虚构通讯社"
    assert content.text == content.markdown == "正文到此为止。"


def test_a_source_line_before_a_disclaimer_is_found() -> None:
    rest = "".join(f"<p>免责声明第{k}条，内容仅供参考。</p>" for k in range(5))
    content = clean(f'<p>正文。</p><p class="em_media">（文章来源：虚构网）</p>{rest}')
    assert content.source_line == "虚构网"
    assert "文章来源" not in content.text


def test_the_editor_line_is_taken_out() -> None:
    content = clean("<p>正文。</p><p>（文章来源：虚构网）</p><p>（责任编辑：DF000）</p>")
    assert (content.source_line, content.editor, content.text) == ("虚构网", "DF000", "正文。")


def test_a_sentence_about_sources_is_no_source_line() -> None:
    text = "能源来源：风、光、水三者的占比分别上升，其中风电增长最快，全年新增装机创下历史纪录，行业人士认为仍有空间。"
    assert clean(f"<p>{text}</p>").text == text


def test_structure_is_kept_in_markdown() -> None:
    content = clean(
        "<h2>小标题</h2><p>一<strong>重点：</strong>二<em>强调</em></p><ul><li>甲</li><li><p>乙</p><ul><li>丙</li></ul></li>"
        "</ul><ol><li>首</li><li>次</li></ol><blockquote><p>引文</p></blockquote><pre>a  b\n c</pre><p><code>x*y</code></p>"
    )
    assert content.markdown == (
        "## 小标题\n\n一**重点**：二*强调*\n\n- 甲\n- 乙\n   - 丙\n\n1. 首\n2. 次\n\n> 引文\n\n```\na  b\n c\n```\n\n`x*y`"
    )
    assert content.text == "小标题\n\n一重点：二强调\n\n甲\n乙\n丙\n\n首\n次\n\n引文\n\na  b\n c\n\nx*y"


def test_tables_become_markdown_tables() -> None:
    content = clean(
        "<table><tr><th>代码</th><th>名称</th></tr><tr><td>1|2</td><td><p>甲</p><p>乙</p></td></tr>"
        "<tr><td colspan=2>合计</td></tr></table>"
    )
    assert content.markdown == "| 代码 | 名称 |\n| --- | --- |\n| 1\\|2 | 甲 乙 |\n| 合计 |  |"
    assert content.text == "代码\t名称\n1|2\t甲 乙\n合计"


def test_rowspans_keep_columns_in_place() -> None:
    content = clean("<table><tr><td rowspan=2>甲</td><td>1</td></tr><tr><td>2</td></tr></table>")
    assert content.markdown.splitlines()[-1] == "|  | 2 |"


def test_a_layout_table_is_no_table() -> None:
    assert clean("<table><tr><td><p>段一</p><p>段二</p></td></tr></table>").markdown == "段一\n\n段二"


def test_a_counters_pixel_is_no_image() -> None:
    assert (
        clean(
            "<img src='https://c.example/p.gif' width=1 height=1><img src='https://c.example/q.gif' height=0>"
        ).images
        == ()
    )


def test_links_are_absolute_safe_and_listed() -> None:
    content = clean(
        "<p>见<a href='/a/1.html'>公告 全文</a>、<a href='javascript:alert(1)'>脚本</a>、<a href='data:text/html,x'>数据</a>、"
        "<a href='https://b.example/x(1) y'>外站</a></p>",
        base_url="https://a.example/n/",
    )
    assert content.text == "见公告 全文、脚本、数据、外站"
    assert content.links == (
        Link("https://a.example/a/1.html", "公告 全文"),
        Link("https://b.example/x%281%29%20y", "外站"),
    )
    assert "[公告 全文](https://a.example/a/1.html)" in content.markdown
    assert "javascript" not in content.markdown
    assert "data:" not in content.markdown


def test_text_that_looks_like_markup_is_escaped() -> None:
    content = clean(
        "<p>《&lt;协定&gt;》*ST某_某 [注] &amp;lt; 5~10% 8~9%</p><p># 不是标题</p><p>1. 不是列表</p><p>- 也不是</p>"
    )
    assert content.text.startswith("《<协定>》*ST某_某 [注] &lt; 5~10%")
    assert content.markdown.startswith(r"《\<协定>》\*ST某\_某 \[注\] \&lt; 5\~10% 8\~9%")
    assert content.markdown.split("\n\n")[1:] == ["\\# 不是标题", "1\\. 不是列表", "\\- 也不是"]


def test_glossary_terms_and_index_links() -> None:
    content = clean(
        '<p><span id="Info.9321"><a href="http://data.example/" class="infokey">业绩</a></span>好，'
        '<span id="Info.9259"><a href="http://quote.eastmoney.com/unify/r/0.399006" class="infokey">创业板指</a></span>涨，'
        '<span id="Info.9224"><a href="http://data.example/i" class="infokey">券商</a></span>中国记者获悉。</p>'
    )
    assert content.glossary == (GlossaryTerm("9321", "业绩"),)
    assert [(m.kind, m.market, m.code, m.name) for m in content.mentions] == [
        ("index", 0, "399006", "创业板指")
    ]
    assert content.links == ()


def test_dropped_selectors_leave_nothing_behind() -> None:
    content = clean(
        "<div class=share>分享<a href='https://x.example/'>链接</a></div><p>正文</p>",
        drop=(".share", "#none"),
    )
    assert (content.text, content.links) == ("正文", ())


def test_marks_are_the_same_however_their_wrapping_is_written() -> None:
    """Known wrappings are taken off before the parse; the walk must read the others alike."""
    wrapped = (
        '<span id="stock_0.009981"><a href="http://quote.eastmoney.com/unify/r/0.009981" class="keytip" '
        'data-code="0,009981">云帆数据</a></span><span id="quote_0.009981"></span>上涨'
    )
    known = clean(CHART + f'<p style="display:none;"> </p><p>{wrapped}。<br /></p>')
    other = clean(
        CHART.replace("<p ", "<p data-x='1' ").replace("<!-- ", "<!--")
        + f'<p style="display: none;"><br></p><p>{wrapped.replace("<span ", "<span data-x=1 ")}。<br></p>'
    )
    assert known == other
    assert known.text == "云帆数据上涨。"
    assert known.mentions[0].count == 1


def test_deep_nesting_keeps_the_text_around_it() -> None:
    content = clean("<p>前</p>" + "<div>" * 10_000 + "深处" + "</div>" * 10_000 + "<p>后</p>")
    assert content.text == "前\n\n深处\n\n后"
    assert clean("<ul><li>" * 3_000 + "底").text == "底"
    assert clean("<b>" * 5_000 + "粗").text == "粗"
    assert clean("<blockquote>" * 300 + "引").text == "引"


def test_a_tag_of_a_hundred_thousand_attributes_is_cut_and_its_text_stays() -> None:
    many = " ".join(f'a{k}="x > y"' if k % 9 else f"b{k}" for k in range(100_000))
    assert clean(f'<p>前</p><p {many} title="末">中</p><p>后</p>').text == "前\n\n中\n\n后"


@pytest.mark.parametrize(
    "html",
    [
        '<p class="a"">' + "字" * 10_000 + '</p><p title=">">乙</p>',
        "<p a=1 b>" + "a b c < d " * 2_000 + "</p>",
        f"<p {'x' * 9_000}>甲</p>",
    ],
)
def test_long_text_and_odd_quotes_are_not_taken_for_attributes(html: str) -> None:
    assert bounded(html) == html


def test_a_cut_off_body_keeps_its_text() -> None:
    assert clean('<p>第一段。</p><p>第二段断在<a href="http://a.exam').text.startswith(
        "第一段。\n\n第二段断在"
    )


def test_offsets_point_at_the_first_mark_in_the_text() -> None:
    content = clean(
        CHART + "<p>　　今天， <span>先说</span>\n别的。</p><p>再说<span id='stock_0.009982'>"
        "<a class='keytip' data-code='0,009982'>云帆数据</a></span>，以及"
        "<span class='em_stock_key_common' data-code='0,009982'>云帆数据</span>。</p>"
    )
    first = content.mentions[0]
    assert (first.count, first.marked_by) == (2, "markup")
    assert first.first_offset is not None
    assert content.text[first.first_offset :].startswith("云帆数据，以及")


# -- properties ------------------------------------------------------------------------------------

_TEXT = st.text(alphabet="天地玄黄宇宙洪荒 abc\n\u3000*_[]<&#-1.|（）\u200b", min_size=1, max_size=12)
_TAGS = [
    "p",
    "div",
    "span",
    "b",
    "i",
    "ul",
    "li",
    "ol",
    "table",
    "tr",
    "td",
    "h3",
    "blockquote",
    "pre",
    "a",
    "code",
    "br",
]


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, inner: f"<{tag} href='https://a.example/'>{''.join(inner)}</{tag}>",
        st.sampled_from(_TAGS),
        st.lists(children, max_size=4),
    )


_TREES = st.lists(st.recursive(_TEXT.map(html_module.escape), _element, max_leaves=20), max_size=5).map(
    "".join
)
_TAG_SOUP = st.lists(
    st.one_of(_TEXT, st.sampled_from([f"<{tag}>" for tag in _TAGS] + [f"</{tag}>" for tag in _TAGS])),
    max_size=30,
).map("".join)


def _letters(text: str) -> str:
    return "".join(character for character in text if not character.isspace() and character != "\u200b")


def _shown(html: str) -> str:
    """The text as a parser of the HTML Standard orders it."""
    body = LexborHTMLParser(f"<body><div>{html}</div>").body
    return body.text() if body else ""


def _is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(character in rest for character in part)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(_TREES, _TAG_SOUP))
def test_text_is_the_inputs_in_its_order_and_never_twice(html: str) -> None:
    """A subsequence of the input's letters can neither invent nor repeat nor reorder any."""
    content = clean(f"<div>{html}</div>")
    assert _is_subsequence(_letters(content.text), _letters(_shown(html)))
    assert content == clean(f"<div>{html}</div>")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TREES)
def test_all_visible_letters_stay_and_cleaning_again_changes_nothing(html: str) -> None:
    text = clean(html).text
    assert _letters(text) == _letters(_shown(html))
    if "<pre" not in html:
        again = "".join(
            f"<p>{'<br>'.join(html_module.escape(line) for line in part.split(chr(10)))}</p>"
            for part in text.replace("\t", " ").split("\n\n")
        )
        assert clean(again).text == text.replace("\t", " ")


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "S", "Z", "C")), max_size=200))
def test_any_text_is_read(html: str) -> None:
    clean(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>\n  营收 12 亿元\u3000同比\n增长 3 % \n</p>", "营收 12 亿元 同比增长 3 %"),
        ("<p> a \u200bb  c\u200b <b> d</b> </p>", "a b c d"),
        ("<p>中\n文 <b>字</b>\n</p>", "中文 字"),
        ("<p>\u3000\u3000首\xa0行</p>", "首 行"),
    ],
)
def test_white_space_around_and_between_words(html: str, text: str) -> None:
    assert clean(html).text == text
