"""The language of a text, by its script first and the page's statement second."""

from __future__ import annotations

import re

__all__ = ["language_of"]

_KANA = re.compile("[\u3041-\u30fa]+")
_HANGUL = re.compile("[\uac00-\ud7a3]+")
_HAN = re.compile("[\u4e00-\u9fff]+")
_ENGLISH = re.compile(r"\b(?:the|and|of|to|is|that|with|for)\b", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z]{2,3}(?=[-_]|$)")
_SAMPLE = 1000


def language_of(text: str, stated: str | None) -> str | None:
    """The ISO 639 code of a text's language (``zh``, ``en`` …), or None where nothing tells.

    A script that one language owns decides (templates often state ``en`` for Chinese pages): kana for
    Japanese, Hangul for Korean, Han for Chinese. Otherwise the page's ``lang`` counts, then English words.
    """
    sample = text[:_SAMPLE]
    size = max(1, len(sample))
    if not sample.isascii():
        if _characters(_KANA, sample) * 20 > size:
            return "ja"
        if _characters(_HANGUL, sample) * 10 > size:
            return "ko"
        if _characters(_HAN, sample) * 10 > size:
            return "zh"
    code = _CODE.match((stated or "").strip())
    named = code[0].lower() if code else None
    if named and named not in ("zh", "ja", "ko"):
        return named
    if len(_ENGLISH.findall(sample)) * 80 > size:
        return "en"
    return named if size < 20 else None


def _characters(script: re.Pattern[str], text: str) -> int:
    return sum(map(len, script.findall(text)))  # by runs
