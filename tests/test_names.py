"""Names in source, author and editor lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.extraction.bylines import named
from lake.extraction.names import authors, editor, medium, outlet
from lake.extraction.persons import are_persons, is_person

LINE = "2019-09-07 17:00:49　来源：临江商报网 作者：韩予墨 责任编辑：宋予安_NF123 举报"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (LINE, "临江商报网"),
        ("2025-06-19 09:12:00 来源: 海湾科技 北京 举报", "海湾科技"),
        ("2024年05月10日06:58 | 来源：人民网－临泽日报", "人民网－临泽日报"),
        ("（文章来源：临江商报）", "临江商报"),
        ("来源：[ 海湾 ]", "海湾"),
        ("来源：Harbour City Journal 2024-05-01", "Harbour City Journal"),
        ("2018年05月03日 10:22 来源：海峡新闻网 参与互动", "海峡新闻网"),
        ("2016年05月25日10:10 海湾晚报", "海湾晚报"),
        ("临江商报", "临江商报"),
        ("来源：《临江周刊》", "临江周刊"),
        ("http://www.harbour.example 2005年03月21日 11:21 《临江周刊》", "临江周刊"),
        ("AUTO.HARBOUR.EXAMPLE 2003年11月12日16:36　 海湾网—新早报", "海湾网—新早报"),
        ("HARBOUR.EXAMPLE 2005年05月13日14:15", None),
        ("21世纪山城报道", "21世纪山城报道"),
        ("穆清秋/河滨晨报", "河滨晨报"),
        ("2022-02-08 11:52:34来源：河滨画报", "河滨画报"),
        ("2022/02/08 來源：河濱晚報　責任編輯：宋予安", "河濱晚報"),
        ("来源 河滨晨报", "河滨晨报"),
        ("2022-02-08 11:52 转自：河滨晨报", "河滨晨报"),
        ("来源：", None),
        ("来源： 作者：韩予墨", None),
        ("作者：韩予墨", None),
        ("2019-01-01 10:11", None),
        ("", None),
        (None, None),
    ],
)
def test_medium(text: str | None, name: str | None) -> None:
    assert medium(text) == name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("2024-05-06 08:30 远岸日报", "远岸日报"),
        ("·河滨卫视 2024-05-06 08:30", "河滨卫视"),
        ("海湾网—新快报 作者：韩予墨", "海湾网—新快报"),
        ("首页 > 远岸日报 > 正文 2024-05-06", None),
        ("2024-05-06 08:30 财经新闻", None),
        ("2024-05-06 08:30 我要举报", None),
        ("2024-05-06 08:30 韩予墨", None),
    ],
)
def test_a_medium_without_a_label(line: str, name: str | None) -> None:
    assert outlet(line) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LINE, ("韩予墨",)),
        ("文｜财新 江望月 谢予怀", ("江望月", "谢予怀")),
        ("文/江望月", ("江望月",)),
        ("作者：江望月、谢予怀", ("江望月", "谢予怀")),
        ("本报记者 邱望山 通讯员 梁 宁", ("邱望山", "梁宁")),
        ("河滨晨报记者 穆清秋", ("穆清秋",)),
        ("实习记者穆清秋、江望月", ("穆清秋", "江望月")),
        ("穆清秋/河滨晨报", ("穆清秋",)),
        ("作者最新文章", ()),
        ("发表于2014-08-24 21:30| 1164次阅读| 0 条评论", ()),
        ("河滨日报 海湾周刊 远岸瞭望 半月谈 环球 名牌 传媒科技 参考", ()),
        ("By Jane Roe and John Doe", ("Jane Roe", "John Doe")),
        ("2022/02/08 記者穆清秋／臺北報導", ("穆清秋",)),
        ("作者：临江新闻·河滨晨报记者穆清秋 受访者供图", ("穆清秋",)),
        ("临江新闻记者 穆清秋 发自滨州", ("穆清秋",)),
        ("Jane Roe, Jane Roe", ("Jane Roe",)),
        ("作者：河滨晨报", ()),
        ("责任编辑：宋予安", ()),
        ("来源：河滨晨报", ()),
        ("2019-01-01 10:11", ()),
        (None, ()),
    ],
)
def test_authors(text: str | None, found: tuple[str, ...]) -> None:
    assert authors(text) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("By Jane Roe", ("Jane Roe",)),
        ("BY JANE ROE, STAFF WRITER", ("JANE ROE",)),
        ("By Jane Roe, John Doe and Mei Lin-Ortiz", ("Jane Roe", "John Doe", "Mei Lin-Ortiz")),
        ("Written by: Jane Roe | March 7, 2023", ("Jane Roe",)),
        ("March 7, 2023 by Jane Roe", ("Jane Roe",)),
        ("Submitted by Jane van der Roe on Tue, 03/07/2023 - 09:15", ("Jane van der Roe",)),
        ("By Jane Roe Published March 7, 2023", ("Jane Roe",)),
        ("Reporting by Jane Roe; Editing by John Doe", ("Jane Roe",)),
        ("Por Juana Roca", ("Juana Roca",)),
        ("Von Jana Rohr und Jan Dorn", ("Jana Rohr", "Jan Dorn")),
        ("By Kirsten", ("Kirsten",)),
        ("By the time the ferry came, all had gone.", ()),
        ("By Monday the harbour was open again", ()),
        ("The pier was built by Jane Roe in a summer", ()),
        ("Von Montag bis Freitag", ()),
    ],
)
def test_bylines_of_western_pages(line: str, found: tuple[str, ...]) -> None:
    assert named(line) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (LINE, "宋予安"),
        ("(责编：石清和、杜若)", "石清和、杜若"),
        ("[作者: 甄秋白 责任编辑: 韦青岚 ]", "韦青岚"),
        ("【编辑:卓听松】", "卓听松"),
        ("责任编辑：谢予怀 | 版面编辑：吴知夏", "谢予怀"),
        ("责任编辑： 宋予安 HN110", "宋予安"),
        ("宋予安_NT5678", "宋予安"),
        ("(责任编辑：DF537)", "DF537"),
        ("责任编辑：", None),
        ("来源：河滨晨报", None),
        (None, None),
    ],
)
def test_editor(text: str | None, name: str | None) -> None:
    assert editor(text) == name


@given(st.text(alphabet="来源：作者责任编辑: 、/|张三2019-10年月日[]（）\n　_", max_size=80))
def test_names_are_never_invented(text: str) -> None:
    for name in (medium(text), *authors(text)):
        assert name is None or all(letter in text for letter in name.replace(" ", ""))


@pytest.mark.parametrize(
    ("line", "persons"),
    [
        ("赵延冬、徐笑天", True),
        ("胡望平", True),
        ("周末", False),
        ("远岸日报", False),
        ("黄金周", False),
        ("", False),
    ],
)
def test_a_line_of_names_alone(line: str, persons: bool) -> None:
    assert are_persons(line) is persons


def test_a_person_is_one_name() -> None:
    assert is_person("徐笑天")
    assert not is_person("徐笑天 胡望平")
    assert not is_person("许可证")
