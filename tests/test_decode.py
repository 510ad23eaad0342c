"""Bytes to text: BOMs, declarations that are right, wrong or missing, mixed and broken bytes."""

from __future__ import annotations

import json
import lzma
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.errors import Reject
from lake.extraction.decode import decode

DATA = Path(__file__).parents[2] / "shared" / "extraction" / "data"
PAGE = (
    "<html><head><meta charset='{}'><title>青禾重工上半年净利润增长两成</title></head><body><p>记者从青禾重工了解到，"
    "公司今年上半年实现营业收入一百二十亿元，同比增长百分之二十。董事长李晓明表示，下半年将继续加大研发投入。</p>"
    "<p>市场人士认为，这家公司的股票价格已经反映了部分预期。</p></body></html>"
)
TRADITIONAL = (
    "<html><head><meta charset='{}'><title>遠岸航運公佈業績</title></head><body><p>記者從遠岸航運了解到，公司今年上半年"
    "實現營業收入一百二十億元，同比增長百分之二十。董事長表示，下半年將繼續加大投入，市場對此有不同的看法。</p></body></html>"
)
HEADERS = (
    None,
    "text/html",
    "text/html; charset=utf-8",
    "text/html; charset=gbk",
    "text/html; charset=ISO-8859-1",
)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5", "iso-8859-1", "nonsense", ""])
@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "gbk", "gb2312", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_chinese_pages_are_read_whatever_is_declared(charset: str, declared: str, header: str | None) -> None:
    text = PAGE.format(declared)
    assert decode(text.encode(charset), header)[0] == text


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("declared", ["big5", "gbk", "utf-8", ""])
def test_big5_is_told_from_gbk(declared: str, header: str | None) -> None:
    text = TRADITIONAL.format(declared)
    assert decode(text.encode("big5"), header) == (text, "big5")


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "gb18030"])
def test_the_gb_family_is_one_charset(charset: str) -> None:
    assert decode(PAGE.format("gb2312").encode(charset))[1] == "gb18030"


def test_characters_beyond_gbk_survive_a_gb2312_declaration() -> None:
    text = PAGE.format("gb2312").replace("李晓明", "李㼆𠮷")
    assert decode(text.encode("gb18030"))[0] == text


@pytest.mark.parametrize("declared", ["gbk", "utf-8", "windows-1252", ""])
def test_western_text_is_not_taken_for_chinese(declared: str) -> None:
    text = f"<meta charset='{declared}'><p>The café’s owner paid £20 — naïvely, he said — for a “rare” vase near Zürich.</p>"
    assert decode(text.encode("windows-1252"))[0] == text


def test_japanese_and_russian_need_their_declaration() -> None:
    for charset, sentence in (
        ("shift_jis", "これは新聞の記事です。東京で開かれた。"),
        ("windows-1251", "Это новость из города."),
    ):
        text = f"<meta charset='{charset}'><p>{sentence}</p>"
        assert decode(text.encode(charset)) == (text, charset)


def test_a_page_with_a_fragment_in_another_charset_keeps_both() -> None:
    head, tail = PAGE.format("gbk").split("<p>市场")
    mixed = (
        head.encode("gbk") + "<p>读者评论：写得很好，支持青禾重工</p><p>市场".encode() + tail.encode("gbk")
    )
    text = decode(mixed)[0]
    assert "董事长李晓明表示" in text and "读者评论：写得很好" in text and "人士认为" in text
    mixed = head.encode() + "<p>来源：新华财经的报道说公司在上海</p><p>市场".encode("gbk") + tail.encode()
    text = decode(mixed)[0]
    assert "董事长李晓明表示" in text and "来源：新华财经的报道" in text and "人士认为" in text


@pytest.mark.parametrize("body", [b"x", b"abc", b"<p>a", "中".encode(), "中文".encode("gbk"), b"123456789"])
def test_a_few_bytes_are_no_utf16(body: bytes) -> None:
    assert decode(body)[1] in ("utf-8", "gb18030")


def test_a_few_broken_bytes_cost_only_themselves() -> None:
    body = PAGE.format("utf-8").encode()
    at = body.index("董事长".encode())
    text, charset = decode(body[:at] + b"\xff\xfe\x80" + body[at:])
    assert charset == "utf-8" and "百分之二十。" in text and "董事长李晓明表示" in text


def test_a_page_cut_inside_a_character_is_still_utf8() -> None:
    body = PAGE.format("gbk").encode()[:-200]
    cut = next(n for n in range(len(body), 0, -1) if not _valid(body[:n]))
    text, charset = decode(body[:cut])
    assert charset == "utf-8" and "青禾重工" in text and "\ufffd" not in text


def _valid(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\x00\x00", "empty"),
        (bytes(range(256)) * 40, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(0, 256, 3)) * 50, "binary"),
        (b"\x01\x02\x03\x04\x05" * 100, "undecodable"),
    ],
)
def test_what_is_no_text_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Reject) as caught:
        decode(body)
    assert (caught.value.stage, caught.value.reason) == ("decode", reason)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffd"), min_size=1))
def test_any_text_survives_utf8(text: str) -> None:
    body = ("<p>这是一个句子" + text + "</p>").encode()
    assert decode(body)[0] == body.decode()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_reject(body: bytes) -> None:
    try:
        text, charset = decode(body)
    except Reject as reject:
        assert reject.stage == "decode"
    else:
        assert isinstance(text, str) and charset


META = re.compile(r"<meta\b[^>]{0,300}charset[^>]*>", re.IGNORECASE)
KANA = re.compile("[\u3041-\u30fa]")
METAS = (None, "", "utf-8", "gb2312", "gbk", "big5", "iso-8859-1", "utf-16")
"""What replaces a page's own declaration; None keeps it, an empty one takes it out."""


@cache
def development_pages() -> list[tuple[str, str]]:
    """Id and HTML of the Chinese development pages, the declaration changed from page to page."""
    pages = []
    for path in sorted(DATA.glob("zh_*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            pages += [json.loads(line) for line in lines]
    changed = []
    for number, page in enumerate(pages):
        if len(KANA.findall(page["html"])) > 100:
            continue  # a Japanese page among them
        meta = METAS[number % len(METAS)]
        html = (
            page["html"]
            if meta is None
            else META.sub(f'<meta charset="{meta}">' if meta else "", page["html"])
        )
        changed.append((page["id"], html))
    return changed


@pytest.mark.skipif(not DATA.exists(), reason="the development pages are not at hand")
@pytest.mark.parametrize(
    "charset",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "gb2312", "big5hkscs"],
)
def test_development_pages_survive_reencoding(charset: str) -> None:
    """Declarations true, false and none; characters that a charset lacks are left out before (in Big5 every third)."""
    for number, (name, html) in enumerate(development_pages()):
        body = html.encode(charset, "ignore")
        header = HEADERS[number // len(METAS) % len(HEADERS)]
        wanted = body.decode("gb18030" if charset == "gb2312" else charset)
        assert decode(body, header)[0] == wanted, (name, header)


@pytest.mark.skipif(not DATA.exists(), reason="the development pages are not at hand")
@pytest.mark.parametrize(("charset", "other"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_development_pages_with_a_pasted_fragment(charset: str, other: str) -> None:
    """A line of another charset at the end costs nothing but, at most, the characters at its edges."""
    pasted = "<p>读者评论：写得很好，支持这家公司</p>"
    for name, html in development_pages()[::4]:
        body = html.encode(charset, "replace") + pasted.encode(other)
        text = decode(body)[0]
        assert text.startswith(html.encode(charset, "replace").decode(charset)[:-2]), name
        assert "写得很好，支持这家公司" in text, name
