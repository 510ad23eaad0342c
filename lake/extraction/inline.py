"""What stands inside a line: emphasis, code, links, images, and the site's marks of securities and terms.

Each function opens one element, given its attributes (for a link and a ``span`` as in ``Tokens``), and returns what to do when it ends; ``LEAVE_OUT`` leaves
the element and its content out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from lake.extraction import elements, markdown
from lake.extraction.blocks import Blocks, Place
from lake.extraction.marks import (
    Pair,
    chart_of,
    glossary_of,
    is_first,
    is_marked,
    may_be_marked,
    pair_of,
    pair_of_id,
)
from lake.extraction.tokens import attributes_of, value_of
from lake.model import Chart, GlossaryTerm, Image, Link

__all__ = ["LEAVE_OUT", "Attrs", "Close", "Inline"]

Attrs = Mapping[str, str]
Close = Callable[[], None]


def LEAVE_OUT() -> None:  # noqa: N802 - a sentinel of the type Close
    """Returned by a handler: leave the element and its content out."""


@dataclass(slots=True)
class _Term:
    """A span whose id names a pair or a glossary term; the tag inside it usually marks it itself."""

    element_id: str
    marked: bool = False


class Inline:
    """What was found inside the lines, each with the number of the block that it stands in."""

    def __init__(self, blocks: Blocks, base_url: str | None) -> None:
        self.images: list[tuple[int, Image]] = []
        self.links: list[tuple[int, Link]] = []
        self.charts: list[Chart] = []
        self.glossary: list[tuple[int, int, GlossaryTerm]] = []  # block, end within it, term
        self.marks: list[tuple[int, int, Pair, str, bool]] = []  # block, end within it, pair, name, first
        self.in_chart = False
        self._blocks = blocks
        self._base_url = base_url
        self._terms: list[_Term] = []
        self._set = ""  # what the picture's sources offer to the image behind them

    def strong(self) -> Close:
        """``strong`` or ``b``."""
        return partial(self._close_emphasis, self._blocks.here(), "**")

    def emphasis(self) -> Close:
        """``em`` or ``i``."""
        return partial(self._close_emphasis, self._blocks.here(), "*")

    def _close_emphasis(self, place: Place, mark: str) -> None:
        if not self._blocks.verbatim and not self._blocks.heading:
            self._blocks.wrap(place, lambda content: markdown.emphasis(content, mark))

    def code(self) -> Close:
        """``code``."""
        return partial(self._close_code, self._blocks.here())

    def _close_code(self, place: Place) -> None:
        text = self._blocks.since(place)
        if text and not self._blocks.verbatim and "\n" not in text:
            self._blocks.wrap(place, lambda content: markdown.code(text))

    def span(self, written: str) -> Close | None:
        """``span``: may mark a security or a term."""
        if may_be_marked(written) and is_marked(attrs := attributes_of(written)):
            pair = pair_of(attrs)
            return self._mark(pair, is_first(attrs)) if pair else None
        element_id = value_of(written, "id")
        if element_id.startswith(("stock_", "bk_", "Info.")):
            self._terms.append(_Term(element_id))
            return partial(self._close_term, self._blocks.here())
        return None

    def link(self, written: str) -> Close | None:
        """``a``: a link, a mark, or an advertisement, which is left out."""
        address = value_of(written, "href")
        if may_be_marked(written) and "baike." not in address and is_marked(attrs := attributes_of(written)):
            if pair := pair_of(attrs):
                return self._mark(pair, is_first(attrs))
            return None if self._terms else self._plain_link(address)
        if elements.is_advertising(address):
            return LEAVE_OUT
        return self._plain_link(address)

    def _mark(self, pair: Pair, first: bool) -> Close:
        return partial(self._close_mark, self._blocks.here(), pair, first)

    def _plain_link(self, address: str) -> Close | None:
        url = markdown.absolute(address, self._base_url) if address else None
        return partial(self._close_link, self._blocks.here(), url) if url else None

    def _close_link(self, place: Place, url: str) -> None:
        text = " ".join(self._blocks.since(place).split())
        if text:
            self.links.append((place[0], Link(url, text)))
        if not self._blocks.verbatim:
            self._blocks.wrap(place, lambda content: markdown.link(content, url))

    def _close_mark(self, place: Place, pair: Pair, first: bool) -> None:
        if name := self._blocks.since(place):
            self.marks.append((place[0], self._blocks.length, pair, name, first))
            if self._terms:
                self._terms[-1].marked = True

    def _close_term(self, place: Place) -> None:
        term = self._terms.pop()
        text = self._blocks.since(place)
        number = glossary_of(term.element_id)
        if term.marked or not text:
            return
        if number:
            self.glossary.append((place[0], self._blocks.length, GlossaryTerm(number, text)))
        elif pair := pair_of_id(term.element_id):
            self._close_mark(place, pair, True)

    def source(self, attrs: Attrs) -> None:
        """``source`` in a ``picture``: where the image's own address is missing, it stands here."""
        self._set = self._set or attrs.get("srcset") or attrs.get("data-srcset") or ""

    def image(self, attrs: Attrs) -> None:
        """``img``: an image or a chart."""
        offered, self._set = self._set, ""
        image = elements.read_image(attrs, self._base_url)
        if image is None and offered:
            image = elements.read_image({**attrs, "srcset": offered}, self._base_url)
        if image is None:
            return
        if chart := chart_of(attrs, image.url):
            self.charts.append(chart)
        elif not self.in_chart:
            self.images.append((len(self._blocks.done), image))
            self._blocks.picture(markdown.image(image.alt or "", image.url))
