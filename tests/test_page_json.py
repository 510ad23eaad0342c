"""JSON objects in page scripts."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lake.extraction.page_json import after, between, dig, next_data, texts

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=5), st.text(max_size=30))
def test_any_object_is_cut_exactly(value: dict[str, object], rest: str) -> None:
    text = f"<script>var other = 1; var allData = {json.dumps(value)};{rest}"
    assert after(text, "var allData") == value


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    assert after("var allData" + text, "var allData") is None or "{" in text
    next_data('<script id="__NEXT_DATA__">' + text, "props")
    between(text, "a", "b")


def test_braces_and_quotes_in_strings_do_not_end_the_object() -> None:
    text = 'window.DATA = {"a": "}\\"{", "b": "line\nend"}; window.DATA2 = {"c": 1}'
    assert after(text, "window.DATA") == {"a": '}"{', "b": "line\nend"}


def test_the_first_place_that_holds_an_object_counts() -> None:
    text = 'window.DATA && go(); window.DATA = {broken; window.DATA={"x": 1}'
    assert after(text, "window.DATA") == {"x": 1}
    assert after(text, "window.NONE") is None
    assert after("window.DATA = [1]; f({})", "window.DATA") is None


def test_deep_nesting_is_no_object() -> None:
    assert after('allData = {"a":' + "[" * 200_000, "allData") is None


def test_next_data_follows_a_path() -> None:
    text = '<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"x":{"y":1}}}}</script>'
    assert next_data(text, "props", "pageProps", "x") == {"y": 1}
    assert next_data(text, "props", "pageProps", "x", "y") is None
    assert next_data(text, "props", "missing", "x") is None
    assert next_data("<script>{}</script>") is None


def test_small_helpers() -> None:
    assert dig({"a": {"b": 0}}, "a", "b") == 0
    assert dig([1], "a") is None
    assert texts([{"n": "a"}, {"n": ""}, {"n": 3}, "x"], "n") == ("a",)
    assert texts(["a", None, 1]) == ("a",)
    assert texts("ab") == ()
    assert between("x<!--s--> <b>a</b>\n c <!--e-->", "<!--s-->", "<!--e-->") == "a c"
    assert between("x<!--s--> <!--e-->", "<!--s-->", "<!--e-->") is None
    assert between("x<!--s-->a", "<!--s-->", "<!--e-->") is None
