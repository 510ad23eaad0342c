"""Text and Markdown of the block that is being written, side by side.

White space is normalised while writing, so that the place of every mark is known at once: a run of it is
one space, none at a line's ends, and none where a line break of the source parts two wide characters
(CSS Text 3, "segment break transformation").
"""

from __future__ import annotations

import re
from unicodedata import east_asian_width

from lake.extraction import markdown

__all__ = ["CELL", "ITEM", "LINE", "Lines", "shown"]

_HIDDEN = "\x00-\x08\x0e-\x1b\x7f\xad\u200b-\u200f\u202a-\u202e\u061c\u2060-\u206f\ufeff\ufffe\uffff"
_RUN = re.compile(rf"[\s{_HIDDEN}]+")
_HIDDEN_RUN = re.compile(f"[{_HIDDEN}]+")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\uffff\U00010000-\U0010ffff]")  # where all wide characters stand
_SPACE, _SOURCE_BREAK = " ", "\n"
LINE, ITEM, CELL = "br", "item", "cell"
"""Gaps that are more than white space: a new line, a list item, a table's cell."""
_STRONG_GAPS = frozenset((LINE, ITEM, CELL))


def shown(text: str) -> str:
    """Text without control characters and those that steer its direction or have no width; on one line."""
    return text if text.isprintable() else " ".join(_HIDDEN_RUN.sub("", text).split())


class Lines:
    """The pieces of one block, and the gap before the next piece.

    ``whole`` is all that will be written: what it does not hold need not be looked for in each piece.
    """

    def __init__(self, whole: str) -> None:
        self.lists: list[int] = []  # per open list: the next item's number, or 0 for bullets
        self.in_table = False
        self.verbatim = 0
        self._signs = [sign for sign in markdown.SIGNS if sign in whole]
        self._text: list[str] = []
        self._markdown: list[str] = []
        self._length = 0
        self._last = ""  # last character of the line, "" at its start
        self._gap = ""  # white space met and not yet written

    @property
    def length(self) -> int:
        """Characters written in the current block."""
        return self._length

    def write(self, text: str) -> None:
        """Add a text that is not empty."""
        if self.verbatim:
            self._write_verbatim(text)
            return
        inner = text.strip()
        if not inner.isprintable() or "  " in inner:  # of white space, single spaces alone are printable
            line = " ".join(inner.split())
            if not line.isprintable() or not (text.isascii() or not _WIDE.search(text)):
                self._write_spaced(text)
                return
        else:
            line = inner
        if inner is text:
            self._put(line)
        else:
            self._write_line(line, text, inner)

    def _write_line(self, line: str, text: str, inner: str) -> None:
        """Write the line that a text's ``inner`` part makes, with the white space around it."""
        before = text.find(inner) if inner else len(text)
        if before:
            self._space(text[:before])
        if line:
            self._put(line)
            if after := text[before + len(inner) :]:
                self._space(after)

    def _write_spaced(self, text: str) -> None:
        at = 0
        for run in _RUN.finditer(text):
            start, end = run.span()
            if end - start == 1 and text[start] == " " and start > 0 and end < len(text):
                continue  # between words: written with them
            if start > at:
                self._put(text[at:start])
            if white := _HIDDEN_RUN.sub("", run[0]):
                self._space(white)
            at = end
        if at < len(text):
            self._put(text[at:])

    def _write_verbatim(self, text: str) -> None:
        text = _HIDDEN_RUN.sub("", text)
        self._text.append(text)
        self._markdown.append(text)
        self._length += len(text)

    def _space(self, white: str) -> None:
        if self._gap not in _STRONG_GAPS:
            only_breaks = "\n" in white and "\u3000" not in white and "\xa0" not in white
            self._gap = _SOURCE_BREAK if only_breaks else _SPACE

    def _put(self, text: str) -> None:
        """Write text that is not empty and neither begins nor ends with white space, after the gap before it."""
        if self._gap:
            self._write_gap(text[0])
        marked = text
        for sign in self._signs:
            if sign in text:
                marked = markdown.escape(text)
                break
        if not self._last:
            marked = markdown.line_start(marked)
        self._text.append(text)
        self._markdown.append(marked)
        self._length += len(text)
        self._last = text[-1]

    def _write_gap(self, following: str) -> None:
        gap, self._gap = self._gap, ""
        if gap == ITEM:
            self._write_item()
        elif not self._length:
            if self._markdown and gap == LINE:
                self._markdown.append("\n")
        elif gap == LINE:
            self._add("\n", "" if self.in_table else "  \n" + "   " * len(self.lists))
            self._last = ""
        elif gap == CELL:
            self._add("\t", "")
        elif gap == _SPACE or not (_wide(self._last) and _wide(following)):
            self._add(" ", " ")

    def _write_item(self) -> None:
        depth = max(len(self.lists) - 1, 0)
        number = self.lists[-1] if self.lists else 0
        bullet = f"{number}. " if number else "- "
        if number:
            self.lists[-1] = number + 1
        self._add("\n" if self._length else "", ("\n" if self._markdown else "") + "   " * depth + bullet)
        self._last = ""

    def _add(self, text: str, marked: str) -> None:
        self._text.append(text)
        self._markdown.append(marked)
        self._length += len(text)


def _wide(character: str) -> bool:
    return character > "\u1100" and east_asian_width(character) in "WF"
