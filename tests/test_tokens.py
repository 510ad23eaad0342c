"""Pages as lists of tags and texts: nothing that lexbor writes is taken for a tag, nothing is lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from lake.extraction.cleaning import clean
from lake.extraction.tokens import LEFT_OUT, VOID, Tokens, attributes_of, tokens_of, unescaped


def read(html: str) -> Tokens:
    body = LexborHTMLParser("<body>" + html).body
    assert body is not None
    return tokens_of(body)


def text_of(html: str) -> str:
    return unescaped("".join(read(html).texts))


def test_tags_attributes_and_texts_stand_side_by_side() -> None:
    found = read('a<p class="x">b<br>c</p>d')
    assert found.names == ["div", "p", "br", "/p"]
    assert found.attributes == ["", ' class="x"', "", ""]
    assert found.texts == ["a", "b", "c", "d"]


def test_brackets_in_values_comments_and_odd_names_are_no_tags() -> None:
    html = '<p title="a<b>c" x"y z<w=1>1 &lt;i&gt;<!-- <b> > -->2<?php <b> ?>3</p><p　class="u">4'
    assert text_of(html) == "1 <i>2 ?>34"  # an instruction ends at the first bracket
    assert attributes_of(read(html).attributes[1])["title"] == "a<b>c"


def test_values_are_resolved() -> None:
    assert attributes_of(read('<a href="?a=1&amp;b=2" title=\'"&nbsp;\'>x').attributes[1]) == {
        "href": "?a=1&b=2",
        "title": '"\xa0',
    }


def test_elements_without_text_of_an_article_are_left_out_whole() -> None:
    for name in LEFT_OUT:
        inner = "x" if name in ("optgroup", "option") else f"x<b>y</b><{name}>z</{name}>"
        assert "x" not in text_of(f"<p>1<{name}>{inner}</{name}>2</p>").partition("2")[0], name


def test_raw_text_is_text_and_no_markup() -> None:
    assert text_of("<p>1</p><xmp><b>2</b></xmp>3") == "1<b>2</b>3"
    assert text_of("<p>1<plaintext><b>2</p>") == "1<b>2</p>"
    assert "<b>2</b>" in clean("<xmp><b>2</b></xmp>").text


def test_a_script_that_speaks_of_scripts_ends_where_lexbor_says() -> None:
    assert text_of("1<script><!-- <script> </script> x --></script>2") == "12"


PIECES = (
    "<div>",
    "</div>",
    "<p>",
    "<b>",
    "</b>",
    "<a href='x>y'>",
    "<td>",
    "<table>",
    "<br>",
    "<!-- <p> -->",
    "<svg>",
)
MORE = (
    "</svg>",
    "<select>",
    "<i <u>",
    "x",
    " ",
    "&lt;",
    "&amp;lt;",
    "<nav>",
    "</nav>",
    "<pre>\n",
    "<title>",
    "<hr/>",
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES + MORE)))
def test_the_texts_are_the_trees_and_every_tag_has_its_end(pieces: list[str]) -> None:
    tree = LexborHTMLParser("<body>" + "".join(pieces))
    assert tree.body is not None
    tokens = tokens_of(tree.body)
    assert len(tokens.names) == len(tokens.attributes) == len(tokens.texts)
    opened: list[str] = []
    for name in tokens.names[1:]:
        if name.startswith("/"):
            assert opened.pop() == name[1:]
        elif name not in VOID and not name.startswith("!"):
            opened.append(name)
    assert not opened
    for rare in tree.body.css(", ".join(LEFT_OUT)):
        if rare.parent is not None:
            rare.decompose()
    assert unescaped("".join(tokens.texts)) == tree.body.text()
