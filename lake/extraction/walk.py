"""One walk over an article's tokens, in document order and without recursion.

Each element's handler says what to do when it opens and returns what to do when it closes; most elements
need neither. Blocks collect the text, ``inline`` what stands inside the lines.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lake.extraction import elements
from lake.extraction.blocks import Blocks
from lake.extraction.inline import LEAVE_OUT, Close, Inline
from lake.extraction.tokens import VOID, Tokens, attributes_of, unescaped

__all__ = ["Walk"]

_DEEPEST = 200
"""Levels below which only blocks mean anything: more than any real page has, few enough for quadratic steps."""
_EDGES = frozenset(
    f"{slash}{name}"
    for slash in ("", "/")
    for name in (
        "div p section article main header footer ul ol li dl dt dd table thead tbody tfoot tr td th figure "
        "figcaption blockquote h1 h2 h3 h4 h5 h6 center form br hr img"
    ).split()
)
"""Tags behind which white space is nothing."""
_NAMED_ROLES = ("center", "figcaption")
_OTHER, _BLOCK, _HANDLED, _END, _COMMENT = range(5)


class _Kinds(dict[str, int]):
    """What the walk does at a tag, by its name as in ``Tokens``."""

    def __missing__(self, name: str) -> int:
        return _COMMENT if name.startswith("!") else _OTHER


class Walk:
    """The state of one walk, and what it found."""

    def __init__(
        self, tokens: Tokens, base_url: str | None, *, balanced: bool, keep_hidden: bool = False
    ) -> None:
        self._tokens = tokens
        self.blocks = Blocks(unescaped("".join(tokens.texts)))
        self.inline = Inline(self.blocks, base_url)
        self._balanced = balanced  # every chart comment has its end: what lies between can be left out
        self._keep_hidden = keep_hidden
        self._at = -1  # number of the token that is being read
        self._open: list[Close | None] = []  # what to do at the ends of the open elements

    def run(self) -> None:
        """Walk over all tokens."""
        tokens, inline, opened = self._tokens, self.inline, self._open
        write, boundary, push, pop = (
            self.blocks.write,
            self.blocks.boundary,
            self._open.append,
            self._open.pop,
        )
        until, depth = "", 0  # the end tag of an element that is left out, and how many are missing
        fresh = False  # nothing happened since the last boundary
        kinds = map(_KINDS.__getitem__, tokens.names)
        for number, (kind, name, written, text) in enumerate(
            zip(kinds, tokens.names, tokens.attributes, tokens.texts, strict=True)
        ):
            if until:
                depth += (name == until[1:]) - (name == until)
                if depth:
                    continue
                until = ""
            elif kind == _END:
                if opened and (close := pop()) is not None:
                    if close is not boundary or not fresh:
                        close()
                    fresh = close is boundary
            elif kind == _BLOCK and not written and name not in _NAMED_ROLES:
                if not fresh:
                    boundary()
                    fresh = True
                push(boundary)
            elif kind or written:
                self._at, fresh = number, False
                if not self._enter(kind, name, written):
                    until, depth = f"/{name}", 1
                    continue
            if text and not (text.isspace() and name in _EDGES) and not inline.in_chart:
                write(unescaped(text) if "&" in text else text)
                fresh = False
        while opened:
            if (close := pop()) is not None:
                close()
        self.blocks.flush()

    def _enter(self, kind: int, name: str, written: str) -> bool:
        """Open an element; whether its content is read."""
        if written and not self._keep_hidden and _is_hidden(written):
            return name in VOID
        if kind == _BLOCK:
            self._open.append(self._block(name, written))
        elif kind == _HANDLED:
            shallow = len(self._open) < _DEEPEST
            close = _HANDLERS[name](self, name, written) if shallow else None
            if close is LEAVE_OUT:
                return False
            if name not in VOID:
                self._open.append(close)
        elif kind == _COMMENT and "EM_StockImg_" in name:
            self.inline.in_chart = self._balanced and "Start" in name
        return True

    # -- blocks ------------------------------------------------------------------------------------

    def _block(self, tag: str, written: str) -> Close:
        self.blocks.boundary()
        role = elements.role(tag, written)
        if role:
            outer, self.blocks.role = self.blocks.role, role
            return partial(self._close_role, outer)
        return self.blocks.boundary

    def _close_role(self, outer: str) -> None:
        self.blocks.boundary()
        self.blocks.role = outer

    def _heading(self, tag: str, written: str) -> Close:
        self.blocks.boundary()
        if self.blocks.lists or self.blocks.in_table or self.blocks.heading or self.blocks.verbatim:
            return self.blocks.boundary
        self.blocks.heading = int(tag[1])
        return self._close_heading

    def _close_heading(self) -> None:
        self.blocks.flush()
        self.blocks.heading = 0

    def _quote(self, tag: str, written: str) -> Close:
        self.blocks.boundary()
        self.blocks.quotes += 1
        return self._close_quote

    def _close_quote(self) -> None:
        self.blocks.boundary()
        self.blocks.quotes -= 1

    def _verbatim(self, tag: str, written: str) -> Close:
        if self.blocks.lists or self.blocks.in_table or self.blocks.verbatim or self.blocks.heading:
            self.blocks.boundary()
            return self.blocks.boundary
        self.blocks.flush()
        self.blocks.verbatim += 1
        return self._close_verbatim

    def _close_verbatim(self) -> None:
        self.blocks.flush()
        self.blocks.verbatim -= 1

    def _line_break(self, tag: str, written: str) -> None:
        if not self.inline.in_chart:
            self.blocks.line_break()

    def _rule(self, tag: str, written: str) -> None:
        self.blocks.boundary()

    # -- lists and tables --------------------------------------------------------------------------

    def _list(self, tag: str, written: str) -> Close | None:
        if self.blocks.in_table:
            return None
        if not self.blocks.lists:
            self.blocks.flush()
        self.blocks.lists.append(1 if tag == "ol" else 0)
        return self._close_list

    def _close_list(self) -> None:
        self.blocks.lists.pop()
        if not self.blocks.lists:
            self.blocks.flush()

    def _item(self, tag: str, written: str) -> Close | None:
        if not self.blocks.lists:
            return self._block(tag, "")
        self.blocks.item()
        return None

    def _table(self, tag: str, written: str) -> Close:
        blocks = self.blocks
        if (
            blocks.in_table
            or blocks.lists
            or blocks.verbatim
            or elements.is_layout(self._tokens.names, self._at)
        ):
            return self._block(tag, written)
        blocks.open_table()
        return blocks.close_table

    def _row(self, tag: str, written: str) -> Close | None:
        if not self.blocks.in_table:
            return self._block(tag, written)
        self.blocks.row()
        return None

    def _cell(self, tag: str, written: str) -> Close:
        if not self.blocks.in_table:
            return self._block(tag, written)
        attrs = attributes_of(written)
        columns, rows = elements.span(attrs, "colspan"), elements.span(attrs, "rowspan")
        return partial(self.blocks.close_cell, self.blocks.cell(), columns, rows)


def _is_hidden(written: str) -> bool:
    return ("style" in written or "hidden" in written) and elements.is_hidden(attributes_of(written))


_HANDLERS: dict[str, Callable[[Walk, str, str], Close | None]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Walk._heading),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), Walk._list),
    **dict.fromkeys(("td", "th"), Walk._cell),
    **dict.fromkeys(("pre", "listing", "xmp"), Walk._verbatim),
    "blockquote": Walk._quote,
    "br": Walk._line_break,
    "hr": Walk._rule,
    "li": Walk._item,
    "table": Walk._table,
    "tr": Walk._row,
    **dict.fromkeys(("strong", "b"), lambda walk, tag, written: walk.inline.strong()),
    **dict.fromkeys(("em", "i"), lambda walk, tag, written: walk.inline.emphasis()),
    "code": lambda walk, tag, written: walk.inline.code(),
    "span": lambda walk, tag, written: walk.inline.span(written) if written else None,
    "a": lambda walk, tag, written: walk.inline.link(written),
    "source": lambda walk, tag, written: walk.inline.source(attributes_of(written)),
    **dict.fromkeys(
        ("img", "amp-img", "amp-anim"), lambda walk, tag, written: walk.inline.image(attributes_of(written))
    ),
}
_KINDS = _Kinds()
_KINDS.update(dict.fromkeys(elements.BLOCKS, _BLOCK) | dict.fromkeys(_HANDLERS, _HANDLED))
_KINDS.update({f"/{name}": _END for name in _KINDS if name not in VOID})
