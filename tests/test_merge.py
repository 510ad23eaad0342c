"""Copies of one article: the best of each, whatever the order."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.merge import Copy, content_hash, merge
from lake.model import Article, Mention
from lake.rows import merged_row, staged_copy, staged_row

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2022, 5, 26, 12, 0, tzinfo=SHANGHAI)
SEEN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
STEEL = Mention("security", 1, "600999", "600999.SH", "XSHG", "青禾钢铁", 1, 0, "markup")


def article(**changes) -> Article:
    values = {
        "article_id": "eastmoney:202205261234567890",
        "site": "eastmoney",
        "published_at": NOON,
        "date_origin": "front_matter",
        "extractor": "newslake/1",
        "title": "青禾钢铁扩产",
        "body_text": "青禾钢铁宣布扩产。",
        "body_markdown": "青禾钢铁宣布扩产。",
        "channel": "plain",
        "as_of": NOON,
    }
    return Article(**(values | changes))


def copy(origin: str, held: Article, *, captured_at: dt.datetime = SEEN) -> Copy:
    return Copy(held, f"id-of-{origin}", origin, "finews", captured_at)


PLAIN = copy(
    "/a/1.md", article(url="http://e/1", digest="扩产", category="emnews", tags=("滚动",), mentions=(STEEL,))
)
MEDIA = copy(
    "/a/NW1.md",
    article(
        url="http://share/NW1",
        category="chenbao",
        tags=("晨报新闻",),
        media="晨报",
        channel="media",
        title="青禾扩产",
    ),
)
STUB = copy(
    "/a/-1.md",
    article(
        title=None,
        date_origin="id",
        published_at=NOON.replace(hour=0),
        as_of=None,
        vintage=-1,
        tags=("滚动",),
    ),
)


def test_one_copy_stays_as_it_is() -> None:
    merged = merge([PLAIN])
    assert merged.article == PLAIN.article
    assert merged.provenance == ()


@pytest.mark.parametrize("order", list(itertools.permutations([PLAIN, MEDIA, STUB])))
def test_twin_and_stub_give_the_best_of_each_in_any_order(order: tuple[Copy, ...]) -> None:
    merged = merge(order)
    best = merged.article
    assert (best.url, best.digest, best.category, best.title) == (
        "http://e/1",
        "扩产",
        "emnews",
        "青禾钢铁扩产",
    )
    assert best.media == "晨报"
    assert best.tags == ("滚动", "晨报新闻")
    assert best.mentions == (STEEL,)
    assert (best.published_at, best.date_origin) == (NOON, "front_matter")
    assert dict(merged.provenance)["media"] == MEDIA.capture_id
    assert merged.content_hash == merge([PLAIN, MEDIA, STUB]).content_hash


def test_a_digest_that_stands_for_the_text_is_escaped_in_markdown() -> None:
    bare = article(digest="<b>扩产*", body_text="x", body_markdown="x", digest_only=True)
    stub = article(title=None, body_text="", body_markdown="")
    merged = merge([copy("/a/1.md", bare), copy("/a/2.md", stub)]).article
    assert (merged.body_text, merged.body_markdown) == ("<b>扩产*", "\\<b>扩产\\*")


def test_a_digest_only_copy_leaves_the_body_to_the_twin() -> None:
    bare = copy("/a/1.md", article(digest="扩产", body_text="扩产", body_markdown="扩产", digest_only=True))
    best = merge([bare, MEDIA]).article
    assert best.digest == "扩产"
    assert best.body_text == MEDIA.article.body_text


def test_a_later_format_of_a_moved_post_wins() -> None:
    early = copy("/a/_posts/1.md", article(body_text="旧文", body_markdown="旧文", vintage=0))
    moved = copy("/a/old_post/1.md", article(body_text="新文", body_markdown="新文", vintage=2))
    assert merge([early, moved]).article.body_text == merge([moved, early]).article.body_text == "新文"


def test_the_same_origin_again_replaces_itself_even_when_shorter() -> None:
    first = copy("http://e/1", article(body_text="很长的第一版文字", body_markdown="很长的第一版文字"))
    later = Copy(
        article(body_text="更正", body_markdown="更正"),
        "id-2",
        "http://e/1",
        None,
        SEEN + dt.timedelta(hours=1),
    )
    merged = merge([later, first])
    assert merged.article.body_text == "更正"
    assert [c.capture_id for c in merged.copies] == ["id-2"]


def test_copies_of_two_articles_do_not_merge() -> None:
    with pytest.raises(ValueError, match="one article"):
        merge([PLAIN, copy("/b", replace(PLAIN.article, article_id="eastmoney:1"))])


def test_the_hash_follows_content_and_nothing_else() -> None:
    same = replace(PLAIN.article, extractor="newslake/2", vintage=7, rules={"title": "h1"})
    assert content_hash(same) == content_hash(PLAIN.article)
    for change in (
        {"title": "别的"},
        {"mentions": ()},
        {"media": "晚报"},
        {"published_at": NOON + dt.timedelta(1)},
    ):
        assert content_hash(replace(PLAIN.article, **change)) != content_hash(PLAIN.article)


@pytest.mark.parametrize(
    "zone", [SHANGHAI, dt.UTC, dt.timezone(dt.timedelta(hours=-5)), ZoneInfo("Asia/Kolkata")]
)
def test_a_staged_row_gives_the_copy_back(zone: dt.tzinfo) -> None:
    held = replace(PLAIN.article, published_at=NOON.replace(tzinfo=zone), authors=("甲", "乙"))
    row = staged_row(held, capture_id="c", origin="/o", source="s", captured_at=SEEN)
    back = staged_copy(row | {"published_at": row["published_at"].astimezone(dt.UTC)})
    assert back.article == held
    assert back.article.published_date == held.published_date


def test_a_merged_row_names_its_captures() -> None:
    row = merged_row(merge([PLAIN, MEDIA]), revision=3, first_seen_at=SEEN, run_id="r")
    assert row["capture_ids"] == sorted([PLAIN.capture_id, MEDIA.capture_id])
    assert row["capture_id"] == PLAIN.capture_id
    assert {"field": "media", "capture_id": MEDIA.capture_id} in row["provenance"]
    assert row["published_date"] == dt.date(2022, 5, 26)


TEXT = st.text("钢铁扩产 a", max_size=6)


@st.composite
def copies(draw: st.DrawFn) -> list[Copy]:
    found = []
    for number in range(draw(st.integers(1, 5))):
        text = draw(TEXT)
        held = article(
            title=draw(st.none() | TEXT),
            digest=draw(st.none() | TEXT),
            media=draw(st.none() | TEXT),
            body_text=text,
            body_markdown=text,
            tags=tuple(draw(st.lists(TEXT, max_size=2, unique=True))),
            channel=draw(st.sampled_from(["plain", "media", "page"])),
            date_origin=draw(st.sampled_from(["front_matter", "id", "url"])),
            published_at=NOON + dt.timedelta(hours=draw(st.integers(0, 2))),
            as_of=draw(st.none() | st.just(NOON)),
            vintage=draw(st.integers(0, 2)),
            digest_only=draw(st.booleans()),
            part=draw(st.sampled_from([0, 0, 1, 2, 3])),
        )
        origin = draw(st.sampled_from(["/x", "/y", "/z"]))
        found.append(
            Copy(held, f"c{number}", origin, None, SEEN + dt.timedelta(hours=draw(st.integers(0, 1))))
        )
    return found


@settings(max_examples=200, deadline=None)
@given(copies(), st.randoms())
def test_order_and_repetition_change_nothing(found: list[Copy], random) -> None:
    shuffled = found * 2
    random.shuffle(shuffled)
    once, again = merge(found), merge(shuffled)
    assert again.article == once.article
    assert again.provenance == once.provenance
    assert again.content_hash == once.content_hash
