"""The blocks of an article, written in one pass as text and Markdown.

A block is a paragraph, heading, list, table, quotation or image. In a list each item is a line; in a table
each row is a line and a tab parts its cells. ``lines`` writes what stands inside a block.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lake.extraction import markdown
from lake.extraction.lines import CELL, ITEM, LINE, Lines

__all__ = ["Block", "Blocks", "Place"]

Place = tuple[int, int, int]
"""A place while writing: number of the block, pieces of its text, pieces of its Markdown."""

_LEAD = re.compile(r"\s*(?:(?:-|\d{1,9}\.) )?")  # a gap, and the bullet that it may hold in a list
_GAP = re.compile(r"\s*")


@dataclass(slots=True)
class Block:
    """One block; ``role`` says what the page used it for, ``start`` is its place in the joined text."""

    text: str
    markdown: str
    role: str
    start: int = -1


class Blocks(Lines):
    """The blocks written so far, and the one being written."""

    def __init__(self, whole: str) -> None:
        super().__init__(whole)
        self.done: list[Block] = []
        self.role = ""  # of the block being written
        self.heading = 0
        self.quotes = 0
        self._rows: list[list[markdown.Cell]] = []

    # -- boundaries --------------------------------------------------------------------------------

    def line_break(self) -> None:
        """A ``<br>``: a new line; two in a row part paragraphs."""
        if self.verbatim:
            self._write_verbatim("\n")
        elif self.in_table or self.heading:
            self._space(" ")
        elif self._gap == LINE and not self.lists:
            self.flush()
        elif self._gap != ITEM:
            self._gap = LINE

    def boundary(self) -> None:
        """The edge of a block element: a new block, within a list a new line, within a cell a space."""
        if self.in_table:
            self._space(" ")
        elif not self.lists:
            self.flush()
        elif self._gap != ITEM:
            self._gap = LINE

    def item(self) -> None:
        """The start of a list item."""
        if self.lists:
            self._gap = ITEM

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
        gap = None if content[:1].isalpha() else (_LEAD if self.lists else _GAP).match(content)
        lead = gap.end() if gap else 0
        if not content[lead:] or (self.lists and "\n" in content[lead:]):
            return  # marks hold within one list item only
        marked = render(content[lead:])
        before = "" if lead else "".join(self._markdown[max(0, place[2] - 1) : place[2]])
        if marked[0] == before[-1:] == "`":
            return  # two code spans side by side would be read as one longer mark, and what follows as HTML
        if marked[0] == "[" and before.endswith("!"):
            self._markdown[place[2] - 1] = f"{before[:-1]}\\!"  # else the link would be an image
        self._markdown[place[2] :] = [content[:lead], marked]

    def picture(self, marked: str) -> None:
        """Add an image: it has no text. Before a block's first word it stands on a line of its own."""
        if self._gap == ITEM:
            self._write_gap("")
        self._markdown.append(marked)
        if not self._length and not self.lists and not self.in_table:
            self._gap = LINE

    # -- tables ------------------------------------------------------------------------------------

    def open_table(self) -> None:
        """Begin a data table."""
        self.flush()
        self.in_table, self._rows = True, []

    def row(self) -> None:
        """Begin a row."""
        self._rows.append([])
        self._gap = LINE if self._length else ""

    def cell(self) -> Place:
        """Begin a cell; its place goes to ``close_cell``."""
        if not self._rows:
            self._rows.append([])
        if self._gap != LINE:
            self._gap = CELL if self._last else ""
        return self.here()

    def close_cell(self, place: Place, columns: int, height: int) -> None:
        """End the cell that began at ``place``."""
        content = "".join(self._markdown[place[2] :]).strip()
        del self._markdown[place[2] :]
        self._rows[-1].append((content, columns, height))
        if self._gap != LINE:
            self._gap = ""

    def close_table(self) -> None:
        """End the table: one block."""
        self.in_table = False
        self._markdown = [markdown.table([row for row in self._rows if row])]
        self.flush()
