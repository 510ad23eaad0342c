"""Chinese personal names by their form: a frequent family name and one or two characters.

The family names are those of some five in six people in China (the Ministry of Public Security's yearly reports on
names), less the ones that begin more words than names (高, 白, 金, 方, 安).
"""

from __future__ import annotations

import re

__all__ = ["are_persons", "is_person"]

_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯董萧曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范姚谭廖邹熊陆郝孔崔康毛邱秦顾侯邵孟龙段汤尹黎易武乔贺赖龚闫施陶殷詹翟樊闵"
)
_NO_PERSON = re.compile(
    "(?:黄金|周[边末刊围年期报一二三四五六日]|何[时况必等地处]|林[业地区]|夏[季天日]|田[园径地]|任[务何意命免]|范[围本畴]|康复|毛利"
    "|顾[问客]|龙头|段落|易[用购车]|武[器汉术]|贺[词岁]|陆[地续军]|陈[述列旧]|张[家贴]|苏州|沈阳|曾[经在]|许[可多]|谢[谢绝]|郑州|罗马|唐山"
    "|梁[山]|余[额下]|汪洋|钟[表点]|秦岭|孔子|夏令|王[牌国者]|李宁$|杨梅|胡[同润]|徐州|施[工行]|陶瓷|殷切|汤[姆]).*"
)
_PERSON = rf"[{_FAMILY}][\u4e00-\u9fff]{{1,2}}"
_PERSONS = re.compile(rf"{_PERSON}(?:[、，,\s\u3000]{{1,3}}{_PERSON}){{0,4}}")
_ONE = re.compile(_PERSON)


def is_person(text: str) -> bool:
    """Whether a text is one person's name and nothing else."""
    return _ONE.fullmatch(text) is not None and not _NO_PERSON.fullmatch(text)


def are_persons(line: str) -> bool:
    """Whether a line holds nothing but one to five names of persons."""
    if len(line) > 30 or not _PERSONS.fullmatch(line):
        return False
    return not any(_NO_PERSON.fullmatch(one) for one in re.split(r"[、，,\s\u3000]+", line))
