"""What a run of text is worth as an article's prose: its length in words, and a value that links and scraps lower."""

from __future__ import annotations

__all__ = ["HEADINGS", "value_of", "words_in"]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PAUSES = ("，", "。", ", ", ". ", "、", "！", "？", "；", "… ", "! ", "? ")
"""Marks inside sentences; looked for one by one, which is faster than a regular expression."""
_SHORT = {"p": 0.5, "td": -0.01, "th": -0.01}
"""What a short text is worth by its element; elsewhere it costs."""
_ENDS = ".!?。！？…；”"


def words_in(text: str) -> float:
    """Length in words: a CJK character counts .6 (words of 1.6 characters), Latin text 5.5 characters a word."""
    characters = len(text)
    if text.isascii():
        return characters / 5.5
    wide = (len(text.encode("utf-8", "replace")) - characters) / 2
    return wide * 0.6 + (characters - wide) / 5.5


def value_of(tag: str, text: str, words: float, links: float) -> float:
    """What a block is worth as article text, in words.

    Sentences count in full, longer text without any at .6 in text elements and .3 elsewhere, short text is
    neutral in a paragraph and costs elsewhere, links cost half their length. The weights were set on the
    development pages, each set checked against the others.
    """
    if links > 0.5:
        if words > 30 and sum(map(text.count, _PAUSES)) > 2:
            return words * 0.3  # prose inside a link that was never closed, or a linked teaser
        return -(2.0 + words * 0.5)
    if words < 8:
        return 1.0 if tag in HEADINGS else _SHORT.get(tag, -2.0)
    if tag in HEADINGS:
        return 1.0
    if text[-1] in _ENDS or _pauses(text):
        return words * (1.0 - links)
    if tag in ("p", "pre", "blockquote", "td"):
        return words * 0.6 * (1.0 - links)
    return words * 0.3 * (1.0 - links) if words >= 12 else -2.0


def _pauses(text: str) -> bool:
    """Whether a text holds a mark inside a sentence; substrings are faster here than a regular expression."""
    if text.isascii():
        return ", " in text or ". " in text or "? " in text or "! " in text
    return (
        "，" in text or "。" in text or ", " in text or ". " in text or any(map(text.__contains__, _PAUSES))
    )
