"""The examples: enough of them, every form present, README complete, and each read as its author meant it."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest

from lake.errors import Reject
from lake.extraction import extract
from lake.model import Article

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
POSTS = sorted((EXAMPLES / "finews").rglob("*.md"))
PAGES = sorted((EXAMPLES / "pages").iterdir())
RECORDS = sorted((EXAMPLES / "records").iterdir())
BAD = sorted(p for p in (EXAMPLES / "bad").iterdir() if p.suffix != ".zip")
CAPTURED = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def read(path: Path) -> Article:
    return extract(path.read_bytes(), captured_at=CAPTURED, name=path.name)


def post(part: str, *, folder: str = "_posts", start: str = "2") -> Article:
    found = [
        p
        for p in POSTS
        if part in p.read_text("utf-8") and p.parent.name == folder and p.name[11:].startswith(start)
    ]
    assert len(found) == 1, found
    return read(found[0])


def pairs(article: Article) -> list[str]:
    return [f"{m.market}.{m.code}" for m in article.mentions]


def test_there_are_enough_articles_over_enough_dates() -> None:
    articles: dict[str, Article] = {}
    for path in [*POSTS, *PAGES, *RECORDS]:
        article = read(path)
        articles[article.article_id] = article
    with zipfile.ZipFile(EXAMPLES / "archives" / "2022-05-late.zip") as archive:
        for name in archive.namelist():
            article = extract(archive.read(name), captured_at=CAPTURED, name=name)
            articles[article.article_id] = article
    assert len(articles) >= 45
    assert len({article.published_date for article in articles.values()}) >= 10
    assert {article.language for article in articles.values()} >= {"zh", "en"}


def test_the_readme_names_every_file() -> None:
    text = (EXAMPLES / "README.txt").read_text("utf-8")
    named = {line.strip() for line in text.splitlines()}
    files = {
        str(p.relative_to(EXAMPLES)) for p in EXAMPLES.glob("*/**/*") if p.is_file() and p.suffix != ".ipynb"
    }
    assert files <= named


def test_files_are_byte_exact_in_a_checkout() -> None:
    """Line ends and encodings are part of the examples: nothing may convert them."""
    assert any(b"</p>\r\n <p>" in p.read_bytes() for p in POSTS)
    assert any(b"</p>\n <p>" in p.read_bytes() for p in POSTS)
    with pytest.raises(UnicodeDecodeError):
        (EXAMPLES / "pages" / "beilan-0517-gbk.htm").read_bytes().decode("utf-8")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(EXAMPLES / "bad" / "truncated.zip")


@pytest.mark.parametrize(
    "form",
    [
        r"\A\n---\n",
        r'title: ""\ndate:  \+0800\n',
        r'title: ".*".*"\n',
        r'title: ".*: .*"\n',
        r'title: "#',
        r'title: ".*。"\n',
        r"\ndate: [0-9: -]{19}\n",
        r"categories: sitenews\n",
        r"tags: 每日产经新闻新闻\n",
        r"tags: 青汐新闻新闻\n",
        r"<http://[^>]*infoCode=NW\d{18}>",
        r'style="display:none',
        r'data-code="K \w+\|',
        r'data-code="R \w+\|',
        r'<span id="stock_',
        r'<span id="bk_90\.BK9',
        r'<span web="1" href="[^"]+" class="em_stock_key_common"',
        r'<a class="em_stock_key_common" data-code="0,301905"',
        r'class="em_stock_key_common" data-code="605788"',
        r"baike\.eastmoney\.com",
        r'<span id="Info\.3259"><a href="[^"]+0\.399006" class="infokey">',
        r'class="infokey">净利润',
        r"orginial_src=",
        r"图片来源：",
        r"（文章来源：",
        r"\(文章来源：",
        r'文章来源：海策<span id="bk_',
        r'澜州<span id="bk_90\.BK9104">.*业协会',
        r"&lt;",
        r"imageType=k&token",
        r"AI点评：",
        r"免责声明：",
        r"<p>　　",
        r"\(301905\)",
        r"\(8936\.HK",
        r"\(689123\.SH，最新价：",
        r"\]\(\./emnews/\)",
        r"\]\(\.\./emnews/\)",
        r"\]\(//[^)]+/emnews/\)｜\[返回首页\]",
        r"\]\(//[^)]+/emnews/\)\n\[返回首页\]",
        r"\.html>\s*\Z",
    ],
)
def test_every_form_occurs(form: str) -> None:
    assert any(re.search(form, p.read_bytes().decode()) for p in POSTS)


@pytest.mark.parametrize("path", [*POSTS, *PAGES, *RECORDS], ids=lambda p: p.name)
def test_each_file_is_an_article_with_text_and_date(path: Path) -> None:
    article = read(path)
    assert article.body_text.strip()
    assert article.date_origin != "capture"
    assert dt.date(2021, 12, 6) <= article.published_date <= dt.date(2026, 4, 15)
    if not path.name.startswith("-"):
        assert article.title


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.name)
def test_bad_files_are_rejected_with_stage_and_reason(path: Path) -> None:
    with pytest.raises(Reject) as caught:
        read(path)
    assert caught.value.stage in {"decode", "extract"}
    assert caught.value.reason
    assert caught.value.detail


def test_copies_of_one_article_agree_on_its_identity() -> None:
    by_number: dict[str, set[str]] = defaultdict(set)
    for path in [*POSTS, *PAGES, *RECORDS]:
        number = re.search(r"\d{18}", path.name)
        if number:
            by_number[number[0]].add(read(path).article_id)
    assert all(len(ids) == 1 for ids in by_number.values())
    assert all(ids == {f"eastmoney:{number}"} for number, ids in by_number.items())


def test_a_story_with_every_common_trait() -> None:
    article = post('title: "零下四十度也能充电')
    assert article.title == "零下四十度也能充电 澜川储能发布第三代低温电芯"
    assert article.published_at.isoformat() == "2022-05-16T09:05:12+08:00"
    assert article.media == "岚港TechNote"
    assert article.digest is not None
    assert article.digest.startswith("澜川储能5月16日在澜州发布")
    assert pairs(article) == ["0.301905", "106.ZQVX", "0.301962", "90.BK9101"]
    assert [m.kind for m in article.mentions] == ["security", "security", "security", "board"]
    assert [(c.kind, c.market, c.code) for c in article.charts] == [("K", 0, "301905")]
    assert [t.term for t in article.glossary] == ["净利润"]
    assert [(i.caption, (i.original_url or "")[-6:]) for i in article.images] == [
        ("图片来源：澜川储能官网", "_o.jpg")
    ]
    assert "文章来源" not in article.body_text
    assert article.body_text.count("\n\n") == 5


def test_the_medium_s_copy_names_the_medium_and_marks_only_its_chart() -> None:
    article = post('title: "零下四十度也能充电', start="NW")
    assert article.channel == "media"
    assert article.media == "岚港TechNote"
    assert article.digest is None
    assert pairs(article) == ["0.301905"]


def test_a_board_inside_the_source_line_or_a_longer_name_is_no_mention() -> None:
    assert "90.BK9104" not in pairs(post('title: "收评：创业板指跌1.9%'))
    assert "90.BK9105" not in pairs(post('title: "青汐乳业: 生鲜乳'))
    assert "90.BK9104" not in pairs(post('title: "望川传媒'))


def test_indices_funds_currencies_and_two_listings_of_one_issuer() -> None:
    wrap = {f"{m.market}.{m.code}": m.kind for m in post('title: "A股收评').mentions}
    assert wrap["1.000001"] == wrap["0.399001"] == wrap["0.399006"] == "index"
    assert {m.kind for m in post('title: "澜汐稳健混合').mentions if m.market == 150} == {"fund"}
    assert "133.USDCNH" in pairs(post('title: "汇率周报'))
    mine = {f"{m.market}.{m.code}": m.symbol for m in post('title: "鹿洲矿业海外').mentions}
    assert (mine["1.605766"], mine["116.08958"]) == ("605766.SH", "8958.HK")


def test_a_table_and_a_comparison_sign_survive() -> None:
    assert "| 锂矿 | +4.12% | 鹿洲矿业 |" in post('title: "A股收评').body_markdown
    assert "p<0.001" in post('title: "泓信生物-B：吸入式').body_text


def test_titles_keep_quotes_colons_hashes_and_full_stops() -> None:
    titles = {read(p).title for p in POSTS}
    assert '青汐乳业: 生鲜乳收购价连降九周 "喝奶的人没有少"' in titles
    assert "#两会之后看消费# 冷链补贴细则出台 这些环节先受益" in titles
    assert "晨禾药业：与泓信生物-B的协议尚需股东大会批准。" in titles


def page(name: str) -> Article:
    return read(EXAMPLES / "pages" / name)


def test_pages_are_read_whole_and_alone() -> None:
    gbk = page("beilan-0517-gbk.htm")
    assert gbk.title == "鹿洲矿业拿下南角锂矿 莫索群岛为什么选中它"
    assert gbk.published_at.isoformat() == "2022-05-17T21:06:00+08:00"
    assert gbk.body_text.startswith("五家公司竞标")
    assert "打印" not in gbk.body_text
    story = page("qingxi-news-88213.html")
    assert story.authors == ("凤书澜", "任青岩")
    assert "保险公司没有情绪" in story.body_text
    assert "沙发" not in story.body_text
    assert "相关阅读" not in story.body_text
    english = page("harborledger-valan.html")
    assert english.language == "en"
    assert english.published_at.utcoffset() == dt.timedelta(hours=-4)
    assert english.url == "https://www.harborledger.example/autos/2022/05/18/valan-cold-weather-cells"
    river = page("yuanjiang-river-freight.html")
    assert river.published_at.isoformat() == "2022-05-22T08:40:00+08:00"
    assert "| 北线 | 1490 | 1619 | 1846 |" in river.body_markdown
    assert "http://img.yuanjiang.example/2022/0522/barge.jpg" in {i.url for i in river.images}
