"""Text and Markdown of an article's blocks, written side by side in one pass.

A block is a paragraph, heading, list, table, quotation or image. White space is normalised while writing,
so that the place of every mark is known at once: a run of it is one space, none at a line's ends, and none
where a line break of the source parts two wide characters (CSS Text 3, "segment break transformation").
In a list each item is a line; in a table each row is a line and a tab parts its cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import east_asian_width

from lake.extraction import markdown

__all__ = ["Block", "Blocks", "Place"]

Place = tuple[int, int, int]
"""A place while writing: number of the block, pieces of its text, pieces of its Markdown."""

_HIDDEN = "\x00-\x08\x0e-\x1b\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff"
_RUN = re.compile(rf"[\s{_HIDDEN}]+")
_HIDDEN_RUN = re.compile(f"[{_HIDDEN}]+")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\uffff\U00010000-\U0010ffff]")  # where all wide characters stand
_LEAD = re.compile(r"\s*(?:(?:-|\d{1,9}\.) )?")  # a gap, and the bullet that it may hold
_SPACE, _SOURCE_BREAK, _LINE, _ITEM, _CELL = " ", "\n", "br", "item", "cell"
_STRONG_GAPS = (_LINE, _ITEM, _CELL)


@dataclass(slots=True)
class Block:
    """One block; ``role`` says what the page used it for, ``start`` is its place in the joined text."""

    text: str
    markdown: str
    role: str
    start: int = -1


class Blocks:
    """The blocks written so far, and the one being written."""

    def __init__(self) -> None:
        self.done: list[Block] = []
        self.role = ""  # of the block being written
        self.heading = 0
        self.quotes = 0
        self.lists: list[int] = []  # per open list: the next item's number, or 0 for bullets
        self.in_table = False
        self.verbatim = 0
        self._rows: list[list[markdown.Cell]] = []
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
        """Add a text node."""
        text = str(text)  # a plain string: Beautiful Soup's own is slower in every step
        if self.verbatim:
            self._write_verbatim(text)
        elif text.isprintable() and "  " not in text:
            if text[:1] != " " != text[-1:]:
                self._put(text)
            else:
                self._write_line(text)
        elif (text.isascii() or not _WIDE.search(text)) and (line := " ".join(text.split())).isprintable():
            self._write_line(line, text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :])
        else:
            self._write_spaced(text)

    def _write_line(self, text: str, before: str = "", after: str = "") -> None:
        """Write text whose white space inside is single spaces only, with the white space around it."""
        inner = text.strip()
        if before or text[:1].isspace():
            self._space(before or text[0])
        if inner:
            self._put(inner)
            if after or text[-1].isspace():
                self._space(after or text[-1])

    def _write_spaced(self, text: str) -> None:
        at = 0
        for run in _RUN.finditer(text):
            if run.start() > at:
                self._put(text[at : run.start()])
            if white := _HIDDEN_RUN.sub("", run[0]):
                self._space(white)
            at = run.end()
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
        """Write text that neither begins nor ends with white space, after the gap before it."""
        if not text:
            return
        if self._gap:
            self._write_gap(text[0])
        marked = markdown.escape(text)
        self._text.append(text)
        self._markdown.append(marked if self._last else markdown.line_start(marked))
        self._length += len(text)
        self._last = text[-1]

    def _write_gap(self, following: str) -> None:
        gap, self._gap = self._gap, ""
        if gap == _ITEM:
            self._write_item()
        elif not self._length:
            if self._markdown and gap == _LINE:
                self._markdown.append("\n")
        elif gap == _LINE:
            self._add("\n", "" if self.in_table else "  \n" + "   " * len(self.lists))
            self._last = ""
        elif gap == _CELL:
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

    # -- boundaries --------------------------------------------------------------------------------

    def line_break(self) -> None:
        """A ``<br>``: a new line; two in a row part paragraphs."""
        if self.verbatim:
            self._write_verbatim("\n")
        elif self.in_table or self.heading:
            self._space(" ")
        elif self._gap == _LINE and not self.lists:
            self.flush()
        elif self._gap != _ITEM:
            self._gap = _LINE

    def boundary(self) -> None:
        """The edge of a block element: a new block, within a list a new line, within a cell a space."""
        if self.in_table:
            self._space(" ")
        elif not self.lists:
            self.flush()
        elif self._gap != _ITEM:
            self._gap = _LINE

    def item(self) -> None:
        """The start of a list item."""
        if self.lists:
            self._gap = _ITEM

    def flush(self) -> None:
        """End the block being written."""
        if self._text or self._markdown:
            text, marked = "".join(self._text), "".join(self._markdown)
            if self.verbatim:
                text = text.strip("\n")
                marked = markdown.fenced(text)
            if self.heading and text:
                marked = f"{'#' * self.heading} {marked}"
            if self.quotes:
                marked = "> " * self.quotes + marked.replace("\n", "\n" + "> " * self.quotes)
            if marked.strip():
                self.done.append(Block(text, marked, self.role if text else "image"))
            self._text, self._markdown, self._length = [], [], 0
        self._last = self._gap = ""

    # -- spans -------------------------------------------------------------------------------------

    def here(self) -> Place:
        """The current place, to ask later for what was written since."""
        return len(self.done), len(self._text), len(self._markdown)

    def since(self, place: Place) -> str:
        """The text written since ``place`` without white space at its start; "" when its block ended."""
        return "".join(self._text[place[1] :]).lstrip() if place[0] == len(self.done) else ""

    def wrap(self, place: Place, render: Callable[[str], str]) -> None:
        """Replace the Markdown written since ``place`` by ``render`` of it, unless its block ended."""
        if place[0] != len(self.done):
            return
        content = "".join(self._markdown[place[2] :])
        lead = _LEAD.match(content).end()  # type: ignore[union-attr]
        if content[lead:]:
            self._markdown[place[2] :] = [content[:lead], render(content[lead:])]

    def picture(self, marked: str) -> None:
        """Add an image: it has no text. Before a block's first word it stands on a line of its own."""
        if self._gap == _ITEM:
            self._write_gap("")
        self._markdown.append(marked)
        if not self._length and not self.lists and not self.in_table:
            self._gap = _LINE

    # -- tables ------------------------------------------------------------------------------------

    def open_table(self) -> None:
        """Begin a data table."""
        self.flush()
        self.in_table, self._rows = True, []

    def row(self) -> None:
        """Begin a row."""
        self._rows.append([])
        self._gap = _LINE if self._length else ""

    def cell(self) -> Place:
        """Begin a cell; its place goes to ``close_cell``."""
        if not self._rows:
            self._rows.append([])
        if self._gap != _LINE:
            self._gap = _CELL if self._last else ""
        return self.here()

    def close_cell(self, place: Place, columns: int, height: int) -> None:
        """End the cell that began at ``place``."""
        content = "".join(self._markdown[place[2] :]).strip()
        del self._markdown[place[2] :]
        self._rows[-1].append((content, columns, height))
        if self._gap != _LINE:
            self._gap = ""

    def close_table(self) -> None:
        """End the table: one block."""
        self.in_table = False
        self._markdown = [markdown.table([row for row in self._rows if row])]
        self.flush()


def _wide(character: str) -> bool:
    return character > "\u1100" and east_asian_width(character) in "WF"
