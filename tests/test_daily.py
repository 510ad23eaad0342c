"""The report of a day: its answers worked by hand, its page whole, its text harmless."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shutil
from pathlib import Path
from random import Random

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser

from flows.cli import main
from lake.daily import Daily, gather, render, write
from lake.daily.questions import QUESTIONS
from lake.daily.summary import figures, markdown, sentence
from lake.daily.wording import clip, compared, duration, edits, percent
from lake.errors import Stop
from lake.locations import LakeRoot
from tests.daily_lake import BANK, BOARD, DAY, HOSTILE, STEEL, busy, lake, month
from tests.small_lake import SHANGHAI


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    """Six articles on steel, one of them corrected, and one on the bank that has only a date."""
    day = [busy(number) for number in range(6)]
    corrected = busy(0, revision=2, title="青禾钢铁第0号公告（更正）", captured_at=day[0]["first_seen_at"])
    bank = busy(9, title="云岭银行半年报", mentions=[BANK], media="汐网", source="archive")
    bank["published_at"] = dt.datetime.combine(DAY, dt.time(), SHANGHAI)
    rejected = dt.datetime.combine(DAY, dt.time(0, 30), SHANGHAI)
    reject = {"reject_id": "r", "rejected_at": rejected, "stage": "extract", "reason": "too_short"}
    folder = tmp_path_factory.mktemp("daily") / "lake"
    return lake(folder, [*month([*day, bank]), corrected], rejects=[{**reject, "origin": "x", "detail": "3"}])


@pytest.fixture(scope="module")
def daily(root: LakeRoot) -> Daily:
    return gather(root)


def test_the_newest_day_is_meant_and_every_question_is_answered(daily: Daily) -> None:
    assert daily.day == DAY
    assert tuple(daily.answers) == QUESTIONS
    assert daily.articles == 7


def test_figures_compare_with_the_same_weekdays(daily: Daily) -> None:
    row = daily.row("figures")
    assert (row["media"], row["sources"], row["naming"], row["is_session"]) == (2, 2, 7, True)
    assert (row["usual"], row["weeks"]) == (1.0, 4)
    assert row["snapshot"] == 2


def test_sixty_days_and_the_half_hours_of_articles_with_a_time(daily: Daily) -> None:
    days = {row["date"]: row["articles"] for row in daily.rows("days")}
    assert len(days) == 60
    assert (days[DAY], days[DAY - dt.timedelta(1)], days[DAY - dt.timedelta(31)]) == (7, 1, 0)
    assert [tuple(row.values()) for row in daily.rows("hours")] == [(570, "morning", 6)]


def test_attention_and_what_is_unusual(daily: Daily) -> None:
    assert [(row["name"], row["articles"], row["weight"]) for row in daily.rows("attention")] == [
        ("青禾钢铁", 6, 6.0),
        ("云岭银行", 1, 1.0),
    ]
    (steel,) = daily.rows("abnormal")
    assert (steel["code"], steel["articles"]) == ("699001", 6)
    assert steel["usual"] == pytest.approx(6 / 30)
    assert steel["z"] == pytest.approx((6 - 0.2) / (0.2 * 0.8 * 30 / 29) ** 0.5)
    assert steel["title"] == "青禾钢铁第0号公告（更正）"
    days = {row["date"]: row["articles"] for row in daily.rows("abnormal_days")}
    assert sum(days.values()) == 12
    assert days[DAY] == 6


def test_one_text_that_many_repeat_is_not_unusual_attention(tmp_path: Path) -> None:
    text = "青禾钢铁与云岭银行签订长期供货协议，特种钢产能将于年内投产，双方还将共同建设研发中心，预计明年上半年完工。"
    repeated = [
        busy(number, media=f"媒体{number}", title="青禾钢铁扩产", body_text=text) for number in range(5)
    ]
    of_one_text = gather(lake(tmp_path / "one", month(repeated)))
    assert of_one_text.row("told")["stories"] == 1
    assert of_one_text.rows("abnormal") == ()
    another = busy(
        9,
        body_text="青禾钢铁董事会今日审议了另一件事，与此前的协议没有关系，具体内容将于下周的股东大会上公布，请投资者留意风险。",
    )
    (steel,) = gather(lake(tmp_path / "two", month([*repeated, another]))).rows("abnormal")
    assert (steel["articles"], steel["texts"]) == (6, 2)


def test_headlines_lead_with_the_article_most_about_the_security_most_in_the_news(daily: Daily) -> None:
    titles = [(row["title"], row["names"]) for row in daily.rows("headlines")]
    assert titles[:3] == [
        ("青禾钢铁第0号公告（更正）", ["青禾钢铁"]),
        ("云岭银行半年报", ["云岭银行"]),
        ("青禾钢铁第1号公告", None),
    ]
    assert len(titles) == 7


def test_boards_media_sources_corrections_rejects(daily: Daily) -> None:
    (board,) = daily.rows("boards")
    assert (board["name"], board["share"]) == ("低温储能", pytest.approx(100 * 6 / 26))
    assert [(row["media"], row["articles"]) for row in daily.rows("media")] == [("晨汐日报", 6), ("汐网", 1)]
    feed, archive = daily.rows("sources")
    assert (feed["source"], feed["articles"], feed["p50"]) == ("feed", 6, 147.5)
    assert (archive["articles"], archive["timed"], archive["p50"]) == (1, 0, None)
    (correction,) = daily.rows("corrections")
    assert correction["changed"] == ["title"]
    assert correction["title_before"] == "青禾钢铁第0号公告"
    (reject,) = daily.rows("rejects")
    assert (reject["rejects"], reject["open"], reject["reason"]) == (1, 1, "too_short")


def test_a_story_has_who_was_first_and_who_came_after(tmp_path: Path) -> None:
    text = (
        "青禾钢铁周五公告，拟在澜州建设第二座电弧炉，年产能八十万吨，预计后年投产，资金来自自有与银行贷款。"
    )
    told = [
        busy(0, media="晨汐日报", title="青禾钢铁建炉", body_text=text),
        busy(45, media="汐网", title="青禾钢铁建炉", body_text=text),
        busy(50, media="汐网", title="青禾钢铁建炉", body_text=text),
    ]
    daily = gather(
        lake(tmp_path / "lake", month([*told, busy(20, title="别的事", body_text="岚港今日开港。")]))
    )
    assert daily.row("told") == {"stories": 2, "shared": 1, "articles": 4, "repeats": 2}
    (story,) = daily.rows("stories")
    assert (story["media"], story["articles"], story["media_count"]) == ("晨汐日报", 3, 2)
    assert story["followers"] == [{"media": "汐网", "minutes": 45.0}]
    assert daily.rows("breakers") == ({"media": "晨汐日报", "articles": 1, "stories": 1},)
    page = LexborHTMLParser(render(daily))
    assert page.css_first("#stories .first").text() == "晨汐日报"
    assert "汐网 +45 min" in " ".join(page.css_first("#stories li").text().split())
    assert "青禾钢铁建炉 (晨汐日报), 2 media" in markdown(daily, "x")


def test_the_sentence_the_markdown_and_the_table(daily: Daily) -> None:
    assert sentence(daily) == (
        "Friday, 24 June 2022: 7 articles from 2 media, 7 times the usual. "
        "Unusual attention: 青禾钢铁 (6 articles, usually 0.2)."
    )
    told = markdown(daily, "/lake/reports/x.html")
    assert "- 云岭银行半年报 (汐网)" in told
    assert "### 1 correction\n" in told
    assert figures(daily)[1] == {
        "security": "云岭银行",
        "symbol": "699002.SH",
        "articles": 1,
        "media": 1,
        "weight": 1.0,
        "z": None,
    }


def test_the_page_shows_it_all_and_the_same_answers_give_the_same_page(daily: Daily, root: LakeRoot) -> None:
    page = render(daily)
    assert page == render(gather(root, DAY))
    tree = LexborHTMLParser(page)
    text = tree.body.text(separator=" ")
    for wanted in ("24 June 2022", "云岭银行半年报", "低温储能", "too_short", "晨汐日报", "Snapshot 2"):
        assert wanted in text
    assert tree.css_first("#corrections ins").text() == "（更正）"
    assert {node.id for node in tree.css("section")} >= {"pulse", "about", "unusual", "boards", "quality"}


def test_the_sql_that_the_page_shows_is_the_sql_that_gave_its_rows(daily: Daily, root: LakeRoot) -> None:
    page = render(daily)
    shown = [html.unescape(text) for text in re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)]
    assert len(shown) == len(LexborHTMLParser(page).css("details")) >= 12
    by_sql = {answer.sql: answer.rows for answer in daily.answers.values()}
    with duckdb.connect(str(root.database), read_only=True) as connection:
        for sql in shown:
            assert len(connection.execute(sql).fetchall()) == len(by_sql[sql])


def test_every_chart_draws_its_rows_with_the_page_s_colours(daily: Daily) -> None:
    page = LexborHTMLParser(render(daily))
    titles = [node.text() for node in page.css("figure svg title")]
    for said in ("Fri 24 Jun 2022: 7 articles", "09:30, morning: 6 articles", "汐网: 1 article"):
        assert titles.count(said) == 2  # once for each width
    fills = {node.attributes["fill"] for node in page.css("figure svg path[fill]")}
    assert fills <= {"var(--accent)", "var(--usual)", "var(--faint)", "var(--morning)", "var(--paper)"}


def hostile(folder: Path) -> LakeRoot:
    mention = STEEL | {"name": HOSTILE, "count": 2}
    board = BOARD | {"name": HOSTILE}
    day = [
        busy(
            number,
            title=HOSTILE,
            digest=HOSTILE,
            media=HOSTILE,
            source=HOSTILE,
            category=HOSTILE,
            url="javascript:alert(1)//" if number else "https://x.example/?a=\"onclick='b'",
            mentions=[mention, board],
        )
        for number in range(4)
    ]
    again = day[0] | {"revision": 2, "title": f"x{HOSTILE}", "body_text": f"a{HOSTILE}\n\n{HOSTILE}"}
    rejected = dt.datetime.combine(DAY, dt.time(9), SHANGHAI)
    reject = {"reject_id": "r", "rejected_at": rejected, "origin": HOSTILE, "stage": "extract"}
    return lake(folder, [*month(day), again], rejects=[{**reject, "reason": HOSTILE, "detail": HOSTILE}])


def test_hostile_text_stays_text_and_nothing_is_fetched(tmp_path: Path) -> None:
    daily = gather(hostile(tmp_path / "lake"))
    page = render(daily)
    tree = LexborHTMLParser(page)
    assert tree.css("script, iframe, img, object, embed, form, base, image, use, foreignObject") == []
    assert tree.css("figure svg")
    assert "alert(1)" in tree.body.text()
    for node in tree.root.traverse():
        for name, value in node.attributes.items():
            assert not name.startswith("on")
            if name == "href":
                assert (value or "").startswith(("https://x.example/", "https://steel.example/", "data:,"))
            assert name not in ("src", "srcset", "action", "formaction", "xlink:href")
            if name == "style":
                assert re.fullmatch(r"--part:\d\.\d\d", value or "")
    assert "url(" not in page
    assert "@import" not in page
    assert "49" not in tree.css_first("#about").text()
    assert "default-src 'none'" in page
    assert "\u202e" not in re.sub(r"<title>.*?</title>", "", page)  # a tip is a text of its own
    told = markdown(daily, "x")
    assert "<script>" not in re.sub(r"\\.", "", told)


def test_a_day_without_articles_an_empty_lake_and_none(root: LakeRoot, tmp_path: Path) -> None:
    quiet = gather(root, dt.date(2021, 1, 1))
    assert quiet.articles == 0
    assert sentence(quiet) == "Friday, 1 January 2021: The lake has no article of this day."
    assert "Nothing was published on this day" in render(quiet)
    empty = gather(lake(tmp_path / "empty", []))
    assert empty.day == dt.datetime.now(SHANGHAI).date()
    assert "Nothing was published" in render(empty)
    with pytest.raises(Stop, match="no lake at"):
        gather(LakeRoot(tmp_path / "none"))


def test_too_few_days_before_are_said(tmp_path: Path) -> None:
    page = render(gather(lake(tmp_path / "lake", [busy(1)])))
    assert "the lake holds articles on 0 of the 60 days before" in page
    assert "1 article" in page


def test_a_huge_day_makes_no_huge_page(root: LakeRoot, tmp_path: Path) -> None:
    def many(number: int) -> dict[str, object]:
        mention = STEEL | {"code": f"6{number % 2000:05d}", "name": f"甲{number % 2000}"}
        words = "".join(map(chr, Random(number).choices(range(0x4E00, 0x9000), k=200)))
        text = {"title": words, "digest": words, "body_text": words, "media": f"媒体{number % 900}"}
        fields = {"article_id": f"h:{number}", "mentions": [mention], "source": f"s{number % 50}"}
        return busy(number % 60, **text, **fields)

    page = render(gather(lake(tmp_path / "lake", month([many(number) for number in range(3000)]))))
    assert len(page) < 2 * len(render(gather(root)))


def test_a_file_of_an_older_version_lacks_a_section_and_nothing_else(root: LakeRoot, tmp_path: Path) -> None:
    older = LakeRoot(tmp_path)
    shutil.copy(root.database, older.database)
    with duckdb.connect(str(older.database)) as connection:
        connection.execute("DROP VIEW board_heat; DROP MACRO TABLE abnormal_attention_on")
    daily = gather(older)
    assert set(QUESTIONS) - set(daily.answers) == {"boards", "abnormal", "abnormal_days"}
    page = LexborHTMLParser(render(daily))
    assert page.css_first("#about")
    assert not page.css_first("#unusual")


def test_the_command_writes_the_page_and_says_so(
    root: LakeRoot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--lake", str(root.path)]) == 0
    kept = root.path / "reports" / "2022-06-24.html"
    assert capsys.readouterr().out.splitlines()[1] == str(kept)
    chosen = tmp_path / "new" / "page.html"
    arguments = [
        "report",
        "--lake",
        str(root.path),
        "--date",
        "2022-06-24",
        "--output",
        str(chosen),
        "--json",
    ]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["date"], told["articles"], told["page"]) == ("2022-06-24", 7, str(chosen))
    assert told["answers"]["abnormal"][0]["name"] == "青禾钢铁"
    assert chosen.read_bytes() == kept.read_bytes()
    assert [path.name for path in chosen.parent.iterdir()] == ["page.html"]


def test_a_page_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "page.html"
    write("first", path)
    write("second", path)
    assert path.read_text("utf-8") == "second"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (None, "–"),
        (0.25, "15 s"),
        (2.5, "2.5 min"),
        (119, "119 min"),
        (150, "2.5 h"),
        (-30, "-30 min"),
        (60 * 24 * 12, "12 days"),
        (60 * 24 * 365.25 * 4.5, "4.5 years"),
    ],
)
def test_durations(minutes: float | None, text: str) -> None:
    assert duration(minutes) == text


def test_words() -> None:
    assert [percent(part) for part in (None, 0.0, 0.996, 1.0)] == ["–", "0", "99", "100"]
    assert compared(50, None) == ""
    assert compared(103, 100) == "as usual"
    assert compared(250, 100) == "2.5 times the usual"
    assert compared(50, 100) == "50 % fewer than usual"
    assert clip("a\n b" + "c" * 200, 5) == "a bc…"
    assert clip("甲\u202e乙\u2066丙") == "甲乙丙"
    assert edits("涨三成", "涨两成") == [("same", "涨"), ("gone", "两"), ("new", "三"), ("same", "成")]
    assert edits("x", None) == [("new", "x")]
