"""Posts, API records and what else comes as a file: every variant, in text written for these tests."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.errors import Reject
from lake.extraction import extract
from lake.extraction.detect import detect
from lake.model import Article

NOW = dt.datetime(2022, 3, 1, 4, 0, tzinfo=dt.UTC)
ID = "202202150000000017"
NAME = f"2022-02-15-{ID}.md"
URL = f"http://finance.eastmoney.com/news/1354,{ID}.html"
BACK = "[返回东财滚动新闻](//news.example/emnews/)｜[返回首页](//news.example/)"
BODY = (
    '<p style="display:none;height:1px;overflow:hidden;"><br /></p>'
    '<p>青禾重工<span id="quote_0.009981"></span>周二公告。</p><p>订单增长。</p><p class="em_media">（文章来源：虚构日报）</p>'
)


def post(
    *,
    title: str = "青禾重工中标",
    date: str = "2022-02-15 17:54:10 +0800",
    category: str = "emnews",
    tag: str = "东财滚动新闻",
    digest: str | None = "青禾重工周二公告中标。",
    body: str = BODY,
    url: str | None = URL,
    back: str = BACK,
    name: str = NAME,
) -> Article:
    parts = [f'---\nlayout: post\ntitle: "{title}"\ndate: {date}\ncategories: {category}\ntags: {tag}\n---']
    parts += [f"> {digest}\n"] if digest is not None else []
    parts += [body, ""]
    parts += [f"<{url}>", ""] if url is not None else []
    return extract("\n".join([*parts, back]).encode(), name=name, captured_at=NOW)


def test_a_full_post() -> None:
    article = post()
    assert article.article_id == f"eastmoney:{ID}"
    assert article.site == "eastmoney"
    assert article.url == URL
    assert article.title == "青禾重工中标"
    assert article.digest == "青禾重工周二公告中标。"
    assert article.body_text == article.body_markdown == "青禾重工周二公告。\n\n订单增长。"
    assert article.media == "虚构日报"
    assert article.category == "emnews"
    assert article.tags == ("东财滚动新闻",)
    assert article.published_at.isoformat() == "2022-02-15T17:54:10+08:00"
    assert (article.date_origin, article.channel, article.language) == ("front_matter", "plain", "zh")
    assert not article.digest_only


def test_a_digest_without_a_block_quote() -> None:
    article = post(digest=None, body="\n离岸汇率今日走高，为三年来最高。", date="2022-02-15 10:46:18")
    assert article.digest == article.body_text == article.body_markdown == "离岸汇率今日走高，为三年来最高。"
    assert article.digest_only
    assert article.media is None
    assert article.published_at.isoformat() == "2022-02-15T10:46:18+08:00"


def test_a_digest_and_nothing_else() -> None:
    article = post(body="")
    assert article.digest_only
    assert article.body_text == article.digest == "青禾重工周二公告中标。"


def test_a_digest_over_two_lines_and_with_entities() -> None:
    assert post(digest="第一行 &amp; 其他\n> 第二行").digest == "第一行 & 其他 第二行"


def test_a_media_post() -> None:
    number = f"NW{ID}"
    article = post(
        category="xugouribao",
        tag="虚构日报新闻",
        digest=None,
        url=f"http://finews.example/html_News/NewsShare.html?infoCode={number}",
        name=f"2022-02-15-{number}.md",
    )
    assert article.article_id == f"eastmoney:{ID}"
    assert (article.channel, article.digest, article.media) == ("media", None, "虚构日报")
    assert article.url == f"http://finews.example/html_News/NewsShare.html?infoCode={number}"


@pytest.mark.parametrize(
    ("tag", "media"), [("虚构财经新闻", "虚构财经"), ("每日虚构新闻新闻", "每日虚构新闻")]
)
def test_the_medium_of_a_tag_loses_one_suffix(tag: str, media: str | None) -> None:
    article = post(
        category="x", tag=tag, digest=None, body="<p>无来源行。</p>", url=None, name=f"2022-02-15-NW{ID}.md"
    )
    assert article.media == media


def test_a_plain_posts_tag_is_no_medium() -> None:
    assert post(body="<p>无来源行。</p>").media is None


def test_site_news() -> None:
    article = extract(
        '---\nlayout: post\ntitle: "开张"\ndate: 2021-12-01 13:33:50\ncategories: sitenews\ntags: 站长消息\n---\n\n欢迎\n',
        name="2021-12-01-open.md",
        captured_at=NOW,
    )
    assert (article.site, article.article_id, article.url) == ("finews", "finews:2021-12-01-open", None)
    assert (article.title, article.body_text, article.digest, article.digest_only) == (
        "开张",
        "欢迎",
        None,
        False,
    )


@pytest.mark.parametrize(
    "back",
    [
        "",
        "[返回东财滚动新闻](./emnews/)\n[返回首页](./)",
        "[返回东财滚动新闻](../emnews/)\n[返回首页](../)",
        "[返回东财滚动新闻](//old.example/emnews/)\n[返回首页](//old.example/)",
        BACK,
        f"\n\n{BACK}\n\n",
    ],
)
def test_every_footer_is_left_out(back: str) -> None:
    article = post(back=back)
    assert article.url == URL
    assert article.body_text.endswith("订单增长。")
    assert "返回" not in article.body_markdown


def test_later_formats_rank_higher_by_content_alone() -> None:
    plain = {"digest": None, "body": "快讯。"}
    ranks = [
        post(title="", date=" +0800", url="").vintage,
        post(date="2022-02-15 10:00:00", back="", **plain).vintage,  # type: ignore[arg-type]
        post(date="2022-02-15 10:00:00", back="[返回a](./a/)\n[返回首页](./)", **plain).vintage,  # type: ignore[arg-type]
        post(date="2022-02-15 10:00:00", back="[返回a](//h/a/)\n[返回首页](//h/)", **plain).vintage,  # type: ignore[arg-type]
        post(back="", **plain).vintage,  # type: ignore[arg-type]
        post(**plain).vintage,  # type: ignore[arg-type]
        post().vintage,
    ]
    assert ranks == sorted(set(ranks))


def test_a_stub_is_an_article_too() -> None:
    article = post(title="", date=" +0800", url="", name=f"-{ID}.md")
    assert article.article_id == f"eastmoney:{ID}"
    assert (article.title, article.url, article.as_of, article.vintage) == (None, None, None, 0)
    assert article.published_at.isoformat() == "2022-02-15T00:00:00+08:00"
    assert article.date_origin == "id"
    assert article.body_text


@pytest.mark.parametrize(
    ("date", "url", "name", "expected", "origin"),
    [
        ("2022-02-16 08:00:00 +0800", URL, NAME, "2022-02-16T08:00:00+08:00", "front_matter"),
        ("", URL, NAME, "2022-02-15T00:00:00+08:00", "url"),
        ("坏", None, NAME, "2022-02-15T00:00:00+08:00", "id"),
        ("", None, "2022-02-14-note.md", "2022-02-14T00:00:00+08:00", "id"),
        ("", None, "note.md", "2022-03-01T12:00:00+08:00", "capture"),
        (
            "",
            "http://finance.eastmoney.com/news/1354,209913990000000017.html",
            "a.md",
            "2022-03-01T12:00:00+08:00",
            "capture",
        ),
    ],
)
def test_the_date_falls_back(date: str, url: str | None, name: str, expected: str, origin: str) -> None:
    article = post(date=date, url=url, name=name)
    assert article.published_at.isoformat() == expected
    assert article.date_origin == origin
    assert article.published_date == article.published_at.date()


def test_a_url_without_an_id_identifies_by_the_url() -> None:
    first, again = (post(url="https://blog.example/a?x=1", name=name) for name in ("a.md", "b.md"))
    other = post(url="https://blog.example/b", name="a.md")
    assert first.article_id == again.article_id != other.article_id
    assert first.site == "blog.example"


UNSAFE = "涨了 <script>alert(1)</script> [点](javascript:alert(1)) *注*"


@pytest.mark.parametrize(
    "text",
    [
        f'---\ntitle: "标题"\ncategories: emnews\n---\n> {UNSAFE}\n\n<{URL}>\n',
        f'---\ntitle: "标题"\ncategories: sitenews\n---\n\n# {UNSAFE}\n',
        json.dumps({"title": "标题", "digest": UNSAFE}, ensure_ascii=False),
        json.dumps({"title": "标题", "content": f"{UNSAFE} &lt;"}, ensure_ascii=False).replace(
            "<script>", "< script>"
        ),
    ],
)
def test_a_digest_that_stands_for_the_text_is_escaped_in_markdown(text: str) -> None:
    article = extract(text.encode(), name="a.md" if text[0] == "-" else "a.json", captured_at=NOW)
    assert "alert(1)" in article.body_text
    assert not re.search(r"(?<!\\)<\s?script|(?<!\\)\]\(|(?<!\\)\*|^#", article.body_markdown)


def test_titles_with_quotes_colons_and_hashes() -> None:
    assert post(title='"首次"披露：营收#增长。').title == '"首次"披露：营收#增长。'


def test_a_blank_line_before_and_windows_line_ends() -> None:
    text = f'\n---\r\nlayout: post\r\ntitle: "标题"\r\ndate: 2022-02-15 10:00:00 +0800\r\ncategories: emnews\r\n---\r\n> 摘要\r\n\r\n<p>甲</p>\r\n <p>乙</p>\r\n\r\n<{URL}>\r\n'
    article = extract(text.encode(), name=NAME, captured_at=NOW)
    assert (article.digest, article.body_text, article.url) == ("摘要", "甲\n\n乙", URL)


def test_a_cut_off_post_keeps_what_it_has() -> None:
    whole = '---\ntitle: "标题"\ndate: 2022-02-15 10:00:00 +0800\ncategories: emnews\n---\n> 摘要\n\n<p>第一段。</p><p>第二段<a href="ht'
    article = extract(whole.encode()[:-1], name=NAME, captured_at=NOW)
    assert article.body_text == "第一段。\n\n第二段"
    assert article.article_id == f"eastmoney:{ID}"


def test_markup_in_gb18030_is_decoded() -> None:
    text = f'---\ntitle: "编码测试的标题"\ndate: 2022-02-15 10:00:00 +0800\ncategories: emnews\n---\n\n<p>这一段文字用国标编码，内容是上市公司的公告。</p>\n\n<{URL}>\n'
    assert extract(text.encode("gb18030"), name=NAME, captured_at=NOW).title == "编码测试的标题"


@pytest.mark.parametrize(
    "junk", ["<!-- cached -->", "</body></html>", "~~~~\n\nx\n", "<<<<<<< HEAD\n======="]
)
def test_lines_behind_the_url_do_not_hide_it(junk: str) -> None:
    text = f'---\ntitle: "标题"\ndate: 2022-02-15 10:00:00 +0800\ncategories: emnews\n---\n> 摘要\n\n{BODY}\n\n<{URL}>\n\n'
    plain = extract(text.encode(), name="a.md", captured_at=NOW)
    odd = extract((text + junk + "\n").encode(), name="a.md", captured_at=NOW)
    assert (odd.url, odd.article_id, odd.body_text) == (URL, plain.article_id, plain.body_text)


def test_an_address_in_the_text_is_not_the_posts_own() -> None:
    text = '---\ntitle: "标题"\ndate: 2022-02-15 10:00:00 +0800\ncategories: sitenews\n---\n\n见\n\n<https://notes.example/a>\n\n完。\n'
    article = extract(text.encode(), name="a.md", captured_at=NOW)
    assert (article.url, article.site) == (None, "finews")
    assert "完。" in article.body_text


def test_a_footer_without_url_is_no_text() -> None:
    text = f'---\ntitle: "标题"\ndate: 2022-02-15 10:00:00 +0800\ncategories: sitenews\n---\n\n正文一句。\n\n{BACK}\n'
    assert extract(text.encode(), name="a.md", captured_at=NOW).body_text == "正文一句。"


def test_a_headline_alone_is_refused() -> None:
    text = f'---\ntitle: "只有标题"\ndate: 2022-02-15 10:00:00 +0800\ncategories: emnews\n---\n\n<{URL}>\n\n{BACK}\n'
    with pytest.raises(Reject) as refused:
        extract(text.encode(), name=NAME, captured_at=NOW)
    assert (refused.value.stage, refused.value.reason) == ("extract", "no_text")
    assert "只有标题" in refused.value.detail


def test_front_matter_without_title_and_text_is_refused() -> None:
    with pytest.raises(Reject) as refused:
        extract(b'---\nlayout: post\ntitle: ""\n---\n\n<>\n', name="x.md", captured_at=NOW)
    assert (refused.value.stage, refused.value.reason) == ("extract", "no_article")
    assert "x.md" in refused.value.detail


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (bytes(range(256)) * 8, "binary"),
        (b"%PDF-1.7 ...", "binary"),
        ("只是一段文字".encode(), "no_article"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "binary"),
        (
            b'<?xml version="1.0"?>\n<!-- made by hand -->\n<rss version="2.0"><channel><title>a</title></channel></rss>',
            "feed",
        ),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url></url></urlset>', "feed"),
        (b"", "empty"),
    ],
)
def test_what_is_no_article_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Reject) as refused:
        extract(body, name="a.md", captured_at=NOW)
    assert refused.value.reason == reason


def test_extraction_is_a_pure_function() -> None:
    assert post() == post()


_PIECES = [
    "---\n",
    "<p>",
    "</p>",
    "<table><tr><td>",
    '<a href="//[">',
    "<!-- EM_StockImg_Start -->",
    "\x00",
    "> ",
    "\n",
    '"',
    "<",
    "&#",
    "[返回",
]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_post_is_an_article_or_a_reject(data: st.DataObject) -> None:
    body = f'---\ntitle: "标题"\ndate: 2022-02-15 10:00:00\ncategories: emnews\n---\n> 摘要\n\n{BODY}\n\n<{URL}>\n\n{BACK}\n'
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body)))
        gone = data.draw(st.integers(0, 40))
        body = body[:at] + data.draw(st.sampled_from(_PIECES)) + body[at + gone :]
    cut = data.draw(st.integers(0, len(body.encode())))
    try:
        article = extract(body.encode()[:cut], name=NAME, captured_at=NOW)
    except Reject as refused:
        assert refused.stage in ("decode", "extract")
        assert refused.reason
    else:
        assert article.published_at.tzinfo is not None
        assert article.title or article.body_text or article.body_markdown


# -- JSON records ----------------------------------------------------------------------------------

LIST_RECORD = {
    "title": "青禾重工中标",
    "digest": "【青禾重工中标】青禾重工周二公告中标。",
    "id": ID,
    "url_w": URL,
    "showtime": "2022-02-15 17:54:10",
    "infoCode": "",
    "content": BODY,
}


def record(value: object, name: str = "r.json") -> Article:
    return extract(json.dumps(value, ensure_ascii=False).encode(), name=name, captured_at=NOW)


def test_a_list_record_with_its_body_agrees_with_the_post() -> None:
    article, same = record(LIST_RECORD), post()
    for field in (
        "article_id",
        "url",
        "title",
        "digest",
        "body_text",
        "body_markdown",
        "media",
        "published_at",
        "mentions",
    ):
        assert getattr(article, field) == getattr(same, field), field
    assert article.vintage > same.vintage


def test_a_media_record() -> None:
    article = record(
        {
            "title": "青禾重工中标",
            "infoCode": f"NW{ID}",
            "medianame": "虚构日报",
            "showtime": "2022-02-15 17:54:10",
            "text": "<p>正文。</p>",
        }
    )
    assert (article.article_id, article.channel, article.media) == (f"eastmoney:{ID}", "media", "虚构日报")


def test_a_record_of_the_newer_list() -> None:
    article = record(
        {
            "code": ID,
            "title": "青禾重工中标",
            "summary": "摘要",
            "mediaName": "虚构日报",
            "showTime": "2022-02-15 17:54:10",
            "uniqueUrl": f"http://finance.eastmoney.com/a/{ID}.html",
        }
    )
    assert article.digest_only
    assert (article.body_text, article.media) == ("摘要", "虚构日报")
    assert article.url == f"http://finance.eastmoney.com/a/{ID}.html"


def test_an_article_call_and_jsonp() -> None:
    value = {
        "data": {
            "Art_Code": ID,
            "Art_Title": "青禾重工中标",
            "Art_Content": "<p>　　正文</p>",
            "Art_ShowTime": "2022/02/15 17:54:10",
            "Art_Media_Name": "虚构日报",
            "Art_Author_Name": "张三 李四",
            "Art_Keyword": "重工,订单",
            "Art_UniqueUrl": f"//finance.eastmoney.com/a/{ID}.html",
        },
        "success": 1,
        "message": "",
    }
    article = record(value)
    assert article == extract(f"jQuery11_22({json.dumps(value)})", captured_at=NOW)
    assert (article.body_text, article.tags, article.authors) == ("正文", ("重工", "订单"), ("张三", "李四"))
    assert article.published_at.isoformat() == "2022-02-15T17:54:10+08:00"
    assert article.url == f"https://finance.eastmoney.com/a/{ID}.html"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"title": "断', "broken_json"),
        ('[{"title":"a"},{"title":"b"}]', "many_records"),
        ('{"data":{"list":[{"title":"a"},{"title":"b"}]}}', "many_records"),
        ('{"code":0,"message":"Required parameter"}', "no_article"),
        ("[" * 5000 + '"x"', "broken_json"),
    ],
)
def test_json_that_is_no_article(text: str, reason: str) -> None:
    with pytest.raises(Reject) as refused:
        extract(text.encode(), name="a.json", captured_at=NOW)
    assert refused.value.reason == reason


# -- what bytes are --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b"\n\n ", "empty"),
        (b"---\nlayout: post\n", "post"),
        (b"---\nlayout post\ntitle: x\n", "post"),
        (b"---\n\nsome prose\n", "text"),
        (b"\xef\xbb\xbf\n---\r\ntitle: x\n", "post"),
        (b"title: x\ndate: 2022-01-01\n", "post"),
        (b"<!DOCTYPE html><html>", "html"),
        ("<html><p>中文".encode("utf-16"), "html"),
        ("<html><p>中文".encode("utf-16-le"), "html"),
        ("<HTML><meta charset=gb2312><p>中文".encode("gbk"), "html"),
        (b"<div id='ContentBody'><p>x</p></div>", "fragment"),
        (b'{"title": 1}', "json"),
        (b'cb({"title": 1})', "json"),
        (b"[{}]", "json"),
        ("纯文本".encode(), "text"),
        (b"\x1f\x8b\x08", "binary"),
        (b"\0" * 100, "binary"),
        (b" " * 10_000 + b"<html>", "html"),
    ],
)
def test_detect(body: bytes, kind: str) -> None:
    assert detect(body) == kind
