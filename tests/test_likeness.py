"""Shingles, sketches, and what makes one text a repost of another."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.derived.likeness import Likeness, Text, alike
from lake.derived.shingles import MARKS, normalised, shingles, sketch

HAN = [chr(code) for code in range(0x4E00, 0x5E00)]


def prose(characters: int, seed: int = 1) -> str:
    """Sentences without sense or figures."""
    rng = Random(seed)
    return "".join(rng.choice(HAN) + ("，" if n % 12 == 11 else "") for n in range(characters))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("青禾钢铁（699001）涨３.２１％！", "青禾钢铁699001涨321"),
        ("Ｑinghe  Steel's\n\n“plan”", "qinghesteelsplan"),
        ("青禾 钢铁_扩产", "青禾钢铁扩产"),
        ("扩产。\n\n（责任编辑：林远）\n\n免责声明：仅供参考。", "扩产"),
        ("来源：甲报\n\n扩产", "扩产"),
        ("资金来源稳定", "资金来源稳定"),
        ("。，！", ""),
        ("", ""),
    ],
)
def test_what_is_left_of_a_text(text: str, wanted: str) -> None:
    assert normalised(text) == wanted


@given(st.text())
def test_normalising_again_changes_nothing(text: str) -> None:
    once = normalised(text)
    assert (
        normalised(once) == once or "\n" in text
    )  # a label inside a line begins one once the lines are joined


def test_a_shingle_is_four_chinese_characters_or_eight_latin_ones() -> None:
    assert len(shingles("青禾钢铁扩产")) == 3
    assert len(shingles("青禾钢")) == 0
    assert len(shingles("theplantinthevalleyopenedthisweek")) == 33 - 7
    assert shingles("青禾钢铁青禾钢铁") >= shingles("青禾钢铁")


@given(st.text(alphabet="青禾钢铁扩产a1𠀀", min_size=4, max_size=40), st.text(alphabet="甲乙丙", max_size=20))
def test_a_text_within_another_has_its_shingles(text: str, more: str) -> None:
    assert shingles(text) <= shingles(more + text + more)


def test_a_latin_text_among_chinese_words_keeps_its_shingles() -> None:
    latin = "northmereroboticsdelaysitsbatteryplantafterlendersgrewcautious"
    assert len(shingles(latin)) > 50
    assert shingles(latin) <= shingles(f"据外媒{latin}责任编辑")


def test_sketches_are_the_same_in_any_company_and_process() -> None:
    texts = [prose(300, 1), "", "青禾", prose(2000, 2), "plain text in latin letters " * 9]
    alone = [sketch([text]).to_pylist()[0] for text in texts]
    assert sketch(texts).to_pylist() == alone
    code = "import sys; from lake.derived.shingles import sketch; print(sketch([sys.argv[1]]).to_pylist()[0])"
    run = subprocess.run([sys.executable, "-c", code, texts[0]], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(alone[0])


def test_an_empty_text_has_no_keys() -> None:
    assert sketch([""]).to_pylist() == [{"characters": 0, "same": None, "bands": [], "marks": []}]
    assert sketch(["青禾"]).to_pylist()[0]["bands"] == []


def test_marks_are_a_sixteenth_of_the_shingles_and_those_of_a_part_are_among_those_of_the_whole() -> None:
    whole = prose(4000).replace("，", "")
    [one, part] = sketch([whole, whole[500:1500]]).to_pylist()
    assert len(one["marks"]) == pytest.approx(4000 / MARKS, rel=0.25)
    assert set(part["marks"]) < set(one["marks"])


@pytest.mark.parametrize(("changed", "least", "most"), [(0.02, 0.95, 1), (0.5, 0, 0.1)])
def test_bands_find_what_is_alike(changed: float, least: float, most: float) -> None:
    """At a Jaccard index of 0.85 all but one in a hundred, at 0.1 hardly any."""
    found = 0
    for seed in range(100):
        rng, text = Random(seed), prose(600, seed).replace("，", "")
        edited = "".join(rng.choice(HAN) if rng.random() < changed else sign for sign in text)
        one, other = sketch([text, edited]).column("bands").to_pylist()
        found += not set(one).isdisjoint(other)
    assert least <= found / 100 <= most


def repeats(earlier: str, later: str, **parts: str) -> Likeness | None:
    return alike(
        Text.of(parts.get("title", "甲"), earlier),
        Text.of(parts.get("later_title", parts.get("title", "甲")), later),
    )


def test_a_copy_under_another_headline_is_a_repost() -> None:
    assert repeats(prose(200), prose(200), title="扩产", later_title="突发") == Likeness(1.0, 1.0)


def test_a_cut_is_a_repost_by_what_it_holds() -> None:
    found = repeats(prose(400), prose(400)[:100])
    assert found is not None
    assert found.contained == 1
    assert found.jaccard == pytest.approx(0.25, abs=0.03)


def test_a_text_that_holds_another_is_a_repost_up_to_twice_its_length() -> None:
    item, others = prose(200), prose(1000, 2)
    assert repeats(item, item + others[:190])
    assert repeats(item, item + others[:260]) is None  # a round-up
    assert repeats(item + others[:260], item)


@pytest.mark.parametrize(("shared", "wanted"), [(330, True), (310, False)])
def test_seven_tenths_of_both_are_enough(shared: int, wanted: bool) -> None:
    """330 of 400 in common: 330 / (2 · 400 - 330) = 0.70."""
    text = prose(500).replace("，", "")
    earlier, later = text[:400], text[400 - shared : 400] + prose(500, 2).replace("，", "")[: 400 - shared]
    assert (repeats(earlier, later) is not None) is wanted


def test_short_texts_must_be_equal() -> None:
    flash = "青禾钢铁公告拟回购股份用于员工持股计划"  # 19 characters: the headline counts, too
    assert repeats(flash + "。", flash)
    assert repeats(flash, flash, title="快讯", later_title="公告") is None
    assert repeats(flash + "方案", flash + "方案", title="快讯", later_title="公告")
    assert repeats(flash + "方案", flash + "预案") is None
    assert repeats("", "") is None


NOTE = (
    "{}公告，公司控股股东于近日办理了部分股份解除质押的业务，不存在平仓风险，不会导致公司实际控制权发生变更。"
    "上述股东资信状况良好，具备履约能力。{}将持续关注有关情况，及时履行信息披露义务，请投资者注意投资风险。"
)


def test_notes_of_one_template_about_others_are_none() -> None:
    one, other = NOTE.format("青禾钢铁", "青禾钢铁"), NOTE.format("沧澜汽车", "沧澜汽车")
    assert repeats(one, other, title="公告")  # nothing tells them apart
    assert repeats(one, other, title="青禾钢铁：解除质押", later_title="沧澜汽车：解除质押") is None
    marked = [Text.of("公告", text, [(1, code)]) for text, code in ((one, "699001"), (other, "399001"))]
    assert alike(*marked) is None


PRICES = (
    "青禾钢铁今日盘中快速上涨，五分钟内涨幅超过百分之二，截至发稿报{}元，成交{}亿元，换手率{}%，主力资金净流入{}万元，"
    "散户资金净流出明显，近期多家机构给出评级，目标均价有所上调，请投资者注意追高风险。"
)


def test_notes_of_one_template_with_other_figures_are_none() -> None:
    one = PRICES.format(3.21, 1.5, 2.2, 803)
    assert repeats(one, PRICES.format(3.21, 1.5, 2.2, 803).replace("3.21", "３.２１"))
    assert repeats(one, PRICES.format(3.47, 1.9, 2.8, 911)) is None


@settings(max_examples=50)
@given(st.integers(0, 30), st.integers(40, 300), st.integers(40, 300))
def test_likeness_is_a_share(seed: int, one: int, other: int) -> None:
    found = repeats(prose(one, seed), prose(other, seed))
    if found:
        assert 0 < found.jaccard <= found.contained <= 1
