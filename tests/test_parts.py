"""Articles over several pages: which page is which part, and that all that were captured become one article."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from lake.extraction.page import extract_page
from lake.extraction.parsing import parse
from lake.extraction.parts import part_of
from lake.extraction.profiles import profile_for
from lake.ingest import IngestRequest, ingest
from lake.locations import lake_root
from lake.merge import Copy, merge
from lake.model import Article, Image, Mention
from lake.settings import Sizes
from tests.pages import page

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
SITE = "https://news.example.cn"


def links(*pairs: tuple[str, str]) -> str:
    return "<div>" + " ".join(f'<a href="{href}">{text}</a>' for href, text in pairs) + "</div>"


@pytest.mark.parametrize(
    ("url", "pager", "part"),
    [
        ("/a/101_2.html", links(("101.html", "1"), ("101_3.html", "下一页")), ("/a/101.html", 2)),
        ("/a/101-3.shtml", links(("/a/101.shtml", "[1]"), ("101-2.shtml", "上一页")), ("/a/101.shtml", 3)),
        ("/a/101_1.html", links(("101_0.html", "上一页"), ("101_2.html", "下一页")), ("/a/101_0.html", 1)),
        ("/a/101_2.html", links(("101_1.html", "上一页")), ("/a/101_1.html", 2)),
        ("/a/101.html?page=2", links(("101.html", "Previous page")), ("/a/101.html", 2)),
        ("/view?id=7&p=2", links(("/view?id=7&p=1", "上一页")), ("/view?id=7&p=1", 2)),
        ("/story/2/", links(("/story/", "1"), ("/story/3/", "3")), ("/story/", 2)),
        ("/story/page/2/", '<a rel="prev" href="/story/">Older</a>', ("/story/", 2)),
        ("/a/101.html", links(("101_2.html", "2"), ("101_2.html", "下一页")), None),
        ("/a/101_1.html", links(("101.html", "1"), ("101_2.html", "下一页")), None),
        ("/a/news-2.html", links(("news.html", "更多新闻"), ("/", "首页")), None),
        ("/a/news-2.html", links(("news-1.html", "昨日要闻")), None),
        ("/2024/12/", links(("/2024/", "2024年")), None),
        ("/a/101_2.html", "", None),
    ],
)
def test_a_pager_confirms_what_the_address_says(url: str, pager: str, part: tuple[str, int] | None) -> None:
    tree = parse(page("<p>第二页的正文。</p>", after=pager))
    found = part_of(tree, SITE + url, SITE + url, None)
    assert found == (None if part is None else (SITE + part[0], part[1]))


def test_a_profile_that_reads_one_id_from_both_addresses_confirms_it_too() -> None:
    first = "http://finance.people.com.cn/n1/2024/0510/c1004-40232123.html"
    later = first.replace(".html", "-2.html")
    assert part_of(parse(""), later, later, profile_for(later)) == (first, 2)
    assert part_of(parse(""), first, first, profile_for(first)) is None


def test_a_later_page_may_state_the_first_ones_address() -> None:
    tree = parse(links((f"{SITE}/a/101.html", "1")))
    assert part_of(tree, f"{SITE}/a/101.html", f"{SITE}/a/101_2.html", None) == (f"{SITE}/a/101.html", 2)
    mobile = "https://m.example.cn/a/101_2.html"
    tree = parse(links(("101.html", "上一页")))
    assert part_of(tree, f"{SITE}/a/101_2.html", mobile, None) == (f"{SITE}/a/101.html", 2)


TEXTS = (
    ("青禾重工周一宣布在临港建厂，总投资二十亿元，首期工程下月开工。", "公司说，厂房建成后年产五千辆重卡。"),
    ("当地政府表示，将为项目配套建设四座加氢站，并铺设专用道路。", "市场人士认为，重卡的成本仍然偏高。"),
    ("截至发稿，公司股价上涨百分之三，成交额比前一日放大一倍。", "公司下周将举行投资者说明会。"),
)


def captured(number: int, *, url: str | None = None) -> tuple[str, str]:
    """Address and HTML of one of three pages."""
    address = url or f"{SITE}/a/101{'' if number == 1 else f'_{number}'}.html"
    pager = [(f"101{'' if n == 1 else f'_{n}'}.html", str(n)) for n in (1, 2, 3) if n != number]
    body = "".join(f"<p>{text}</p>" for text in TEXTS[number - 1])
    head = '<meta property="article:published_time" content="2024-05-01T08:00:00+08:00">'
    return address, page(body, head=head, after=links(*pager))


def copy(number: int, article: Article) -> Copy:
    return Copy(article, f"c{number}", f"o{number}", None, NOW + dt.timedelta(minutes=number))


def pages() -> list[Copy]:
    return [
        copy(n, extract_page(html, url=url, captured_at=NOW))
        for n in (1, 2, 3)
        for url, html in (captured(n),)
    ]


def test_all_pages_become_one_article_in_their_order_however_they_come() -> None:
    whole = "\n\n".join(text for texts in TEXTS for text in texts)
    found = [merge(order).article for order in itertools.permutations(pages())]
    assert {article.body_text for article in found} == {whole}
    assert {article.url for article in found} == {f"{SITE}/a/101.html"}
    assert len({merge(order).content_hash for order in itertools.permutations(pages())}) == 1


def test_what_comes_behind_a_missing_page_waits() -> None:
    first, second, third = pages()
    assert merge([first, third]).article.body_text == "\n\n".join(TEXTS[0])
    assert merge([third, second]).article.body_text == "\n\n".join((*TEXTS[1], *TEXTS[2]))
    assert merge([third]).article.body_text == "\n\n".join(TEXTS[2])


def test_a_page_that_repeats_the_article_adds_nothing() -> None:
    first, *_ = pages()
    comments = copy(
        2, replace(first.article, part=2, body_text=first.article.body_text + "\n\n读者：写得好。")
    )
    assert merge([first, comments]).article.body_text == first.article.body_text


def test_a_whole_post_is_not_continued_by_pages() -> None:
    first, second, _ = pages()
    post = copy(9, replace(first.article, channel="plain", body_text="全文。", body_markdown="全文。"))
    assert merge([post, first, second]).article.body_text == "全文。"


def test_mentions_of_all_pages_count_and_stand_at_their_place() -> None:
    first, second, _ = pages()
    steel = Mention("security", 1, "600999", "600999.SH", "XSHG", "青禾重工", 1, 0, "ticker")
    other = replace(steel, code="600998", symbol="600998.SH", first_offset=3)
    image = Image("https://news.example.cn/1.jpg")
    first = replace(first, article=replace(first.article, mentions=(steel,)))
    second = replace(second, article=replace(second.article, mentions=(steel, other), images=(image,)))
    article = merge([first, second]).article
    offset = len("\n\n".join(TEXTS[0])) + 2
    assert [(each.code, each.count, each.first_offset) for each in article.mentions] == [
        ("600999", 2, 0),
        ("600998", 1, offset + 3),
    ]
    assert article.images == (image,)


def test_pages_saved_one_by_one_end_as_one_article(tmp_path: Path) -> None:
    root = lake_root(tmp_path / "lake")
    folder = tmp_path / "in"
    folder.mkdir()
    outcomes = []
    for number in (2, 1, 3):
        url, html = captured(number)
        stated = html.replace("</head>", f'<link rel="canonical" href="{url}"></head>')
        (folder / f"{number}.html").write_text(stated, "utf-8")
        report = ingest(IngestRequest((str(folder),), root, sizes=Sizes(workers=1)))
        outcomes.append((report.new, report.revised, report.unchanged))
    assert outcomes == [(1, 0, 0), (0, 1, 1), (0, 1, 2)]
    with duckdb.connect(str(root.database), read_only=True) as connection:
        ((text, revision, url),) = connection.sql("SELECT body_text, revision, url FROM articles").fetchall()
    assert text == "\n\n".join(text for texts in TEXTS for text in texts)
    assert (revision, url) == (3, f"{SITE}/a/101.html")
