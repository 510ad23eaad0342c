"""One walk over a Beautiful Soup tree, in document order and without recursion.

Each element's handler says what to do when it opens and returns what to do when it closes; most elements
need neither. Blocks collect the text; images, links, charts, glossary terms and marks are collected with
the number of the block that they stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bs4.element import Comment, NavigableString, Tag

from lake.extraction import elements, markdown
from lake.extraction.blocks import Blocks, Place
from lake.extraction.marks import Pair, chart_of, glossary_of, is_first, is_marked, pair_of, pair_of_id
from lake.model import Chart, GlossaryTerm, Image, Link

__all__ = ["Walk"]

Attrs = Mapping[str, str]
Close = Callable[[], None]


def _nothing() -> None:
    """Close of an element that needs none."""


@dataclass(slots=True)
class _Term:
    """A span whose id names a pair or a glossary term; the tag inside it usually marks it itself."""

    element_id: str
    marked: bool = False


class Walk:
    """The state of one walk, and what it found."""

    def __init__(self, base_url: str | None, *, balanced: bool) -> None:
        self.blocks = Blocks()
        self.images: list[tuple[int, Image]] = []
        self.links: list[tuple[int, Link]] = []
        self.charts: list[Chart] = []
        self.glossary: list[tuple[int, int, GlossaryTerm]] = []  # block, end within it, term
        self.marks: list[tuple[int, int, Pair, str, bool]] = []  # block, end within it, pair, name, first
        self._base_url = base_url
        self._balanced = balanced  # every chart comment has its end: what lies between can be left out
        self._in_chart = False
        self._terms: list[_Term] = []

    def run(self, soup: Tag) -> None:
        """Walk the whole tree."""
        write, open_element, rest = self.blocks.write, self._open, iter(soup.contents)
        outer: list[tuple[Iterator[Any], Close]] = []
        close: Close | None = _nothing
        while True:
            node: Any
            for node in rest:
                kind = type(node)
                if kind is NavigableString:
                    if not self._in_chart:
                        write(node)
                elif kind is Tag:
                    close = open_element(node)
                    if close is None:
                        continue
                    if node.contents:
                        outer.append((rest, close))
                        rest = iter(node.contents)
                        break
                    close()
                elif kind is Comment:
                    self._comment(node)
            else:
                if not outer:
                    break
                rest, close = outer.pop()
                close()
        self.blocks.flush()

    def _comment(self, comment: str) -> None:
        if "EM_StockImg_" in comment:
            self._in_chart = self._balanced and "Start" in comment

    def _open(self, tag: Tag) -> Close | None:
        """Open an element; None leaves it and its content out, else what to call at its end."""
        name = tag.name
        attrs: Any = tag.attrs
        if name in elements.SKIPPED:
            return None
        if attrs and ("style" in attrs or "hidden" in attrs) and elements.is_hidden(attrs):
            return None
        handler = _HANDLERS.get(name)
        if handler is not None:
            return handler(self, tag, attrs)
        return _nothing if tag.contents else None

    # -- blocks ------------------------------------------------------------------------------------

    def _block(self, tag: Tag, attrs: Attrs) -> Close:
        self.blocks.boundary()
        role = elements.role(tag.name, attrs)
        if role:
            outer, self.blocks.role = self.blocks.role, role
            return partial(self._close_role, outer)
        return self.blocks.boundary

    def _close_role(self, outer: str) -> None:
        self.blocks.boundary()
        self.blocks.role = outer

    def _heading(self, tag: Tag, attrs: Attrs) -> Close:
        self.blocks.boundary()
        if self.blocks.lists or self.blocks.in_table or self.blocks.heading:
            return self.blocks.boundary
        self.blocks.heading = int(tag.name[1])
        return self._close_heading

    def _close_heading(self) -> None:
        self.blocks.flush()
        self.blocks.heading = 0

    def _quote(self, tag: Tag, attrs: Attrs) -> Close:
        self.blocks.boundary()
        self.blocks.quotes += 1
        return self._close_quote

    def _close_quote(self) -> None:
        self.blocks.boundary()
        self.blocks.quotes -= 1

    def _verbatim(self, tag: Tag, attrs: Attrs) -> Close:
        if self.blocks.lists or self.blocks.in_table or self.blocks.verbatim:
            self.blocks.boundary()
            return self.blocks.boundary
        self.blocks.flush()
        self.blocks.verbatim += 1
        return self._close_verbatim

    def _close_verbatim(self) -> None:
        self.blocks.flush()
        self.blocks.verbatim -= 1

    def _line_break(self, tag: Tag, attrs: Attrs) -> Close | None:
        if not self._in_chart:
            self.blocks.line_break()
        return _nothing if tag.contents else None

    # -- lists and tables --------------------------------------------------------------------------

    def _list(self, tag: Tag, attrs: Attrs) -> Close:
        if self.blocks.in_table:
            return _nothing
        if not self.blocks.lists:
            self.blocks.flush()
        self.blocks.lists.append(1 if tag.name == "ol" else 0)
        return self._close_list

    def _close_list(self) -> None:
        self.blocks.lists.pop()
        if not self.blocks.lists:
            self.blocks.flush()

    def _item(self, tag: Tag, attrs: Attrs) -> Close:
        if not self.blocks.lists:
            return self._block(tag, {})
        self.blocks.item()
        return _nothing

    def _table(self, tag: Tag, attrs: Attrs) -> Close:
        if self.blocks.in_table or self.blocks.lists or self.blocks.verbatim or elements.is_layout(tag):
            return self._block(tag, attrs)
        self.blocks.open_table()
        return self.blocks.close_table

    def _row(self, tag: Tag, attrs: Attrs) -> Close:
        if not self.blocks.in_table:
            return self._block(tag, attrs)
        self.blocks.row()
        return _nothing

    def _cell(self, tag: Tag, attrs: Attrs) -> Close:
        if not self.blocks.in_table:
            return self._block(tag, attrs)
        place = self.blocks.cell()
        return partial(
            self.blocks.close_cell, place, elements.span(attrs, "colspan"), elements.span(attrs, "rowspan")
        )

    # -- inline ------------------------------------------------------------------------------------

    def _strong(self, tag: Tag, attrs: Attrs) -> Close:
        return partial(self._close_emphasis, self.blocks.here(), "**")

    def _emphasis(self, tag: Tag, attrs: Attrs) -> Close:
        return partial(self._close_emphasis, self.blocks.here(), "*")

    def _close_emphasis(self, place: Place, mark: str) -> None:
        if not self.blocks.verbatim and not self.blocks.heading:
            self.blocks.wrap(place, lambda content: markdown.emphasis(content, mark))

    def _code(self, tag: Tag, attrs: Attrs) -> Close:
        return partial(self._close_code, self.blocks.here())

    def _close_code(self, place: Place) -> None:
        text = self.blocks.since(place)
        if text and not self.blocks.verbatim and "\n" not in text:
            self.blocks.wrap(place, lambda content: markdown.code(text))

    def _span(self, tag: Tag, attrs: Attrs) -> Close | None:
        if not tag.contents:
            return None
        if not attrs:
            return _nothing
        if is_marked(attrs):
            pair = pair_of(attrs)
            return self._mark(tag, pair, is_first(attrs)) if pair else _nothing
        element_id = attrs.get("id", "")
        if element_id.startswith(("stock_", "bk_", "Info.")):
            self._terms.append(_Term(element_id))
            return partial(self._close_term, self.blocks.here())
        return _nothing

    def _link(self, tag: Tag, attrs: Attrs) -> Close | None:
        if not tag.contents:
            return None
        address = attrs.get("href", "")
        if is_marked(attrs) and "baike." not in address:
            if pair := pair_of(attrs):
                return self._mark(tag, pair, is_first(attrs))
            return _nothing if self._terms else self._plain_link(address)
        if elements.is_advertising(address):
            return None
        return self._plain_link(address)

    def _mark(self, tag: Tag, pair: Pair, first: bool) -> Close | None:
        place, only = self.blocks.here(), tag.contents[0]
        if len(tag.contents) > 1 or type(only) is not NavigableString or self._in_chart:
            return partial(self._close_mark, place, pair, first)
        self.blocks.write(only)
        self._close_mark(place, pair, first)
        return None

    def _plain_link(self, address: str) -> Close:
        url = markdown.absolute(address, self._base_url) if address else None
        return partial(self._close_link, self.blocks.here(), url) if url else _nothing

    def _close_link(self, place: Place, url: str) -> None:
        text = " ".join(self.blocks.since(place).split())
        if text:
            self.links.append((place[0], Link(url, text)))
        if not self.blocks.verbatim:
            self.blocks.wrap(place, lambda content: markdown.link(content, url))

    def _close_mark(self, place: Place, pair: Pair, first: bool) -> None:
        if name := self.blocks.since(place):
            self.marks.append((place[0], self.blocks.length, pair, name, first))
            if self._terms:
                self._terms[-1].marked = True

    def _close_term(self, place: Place) -> None:
        term = self._terms.pop()
        text = self.blocks.since(place)
        number = glossary_of(term.element_id)
        if term.marked or not text:
            return
        if number:
            self.glossary.append((place[0], self.blocks.length, GlossaryTerm(number, text)))
        elif pair := pair_of_id(term.element_id):
            self._close_mark(place, pair, True)

    def _image(self, tag: Tag, attrs: Attrs) -> None:
        image = elements.read_image(attrs, self._base_url)
        if image is None:
            return
        if chart := chart_of(attrs, image.url):
            self.charts.append(chart)
        elif not self._in_chart:
            self.images.append((len(self.blocks.done), image))
            self.blocks.picture(markdown.image(image.alt or "", image.url))


_HANDLERS: dict[str, Callable[[Walk, Tag, Attrs], Close | None]] = {
    **dict.fromkeys(elements.BLOCKS, Walk._block),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Walk._heading),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), Walk._list),
    **dict.fromkeys(("strong", "b"), Walk._strong),
    **dict.fromkeys(("em", "i"), Walk._emphasis),
    **dict.fromkeys(("td", "th"), Walk._cell),
    **dict.fromkeys(("pre", "listing", "xmp"), Walk._verbatim),
    "blockquote": Walk._quote,
    "br": Walk._line_break,
    "li": Walk._item,
    "table": Walk._table,
    "tr": Walk._row,
    "code": Walk._code,
    "span": Walk._span,
    "a": Walk._link,
    "img": Walk._image,
}
