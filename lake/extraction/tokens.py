"""A parsed element as flat lists of tags and the texts between them.

lexbor repairs a page's HTML and writes it again, both in C; what it writes is regular: each tag is closed,
each value quoted, ``<`` and ``>`` stand nowhere but around tags and comments. So one regular expression
splits it, and reading a page is a loop over strings. An object for each node cost several times as much
(figures in ``docs/decisions/one-tree.md``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

__all__ = [
    "LEFT_OUT",
    "VOID",
    "Tokens",
    "attributes_of",
    "escape_raw_text",
    "tokens_of",
    "unescaped",
    "value_of",
]

LEFT_OUT = (
    "script style noscript template svg iframe nav select button textarea object applet optgroup option canvas audio "
    "video datalist dialog title rt rp noembed noframes"
).split()
"""Elements that hold no text of an article. ``noscript`` repeats what a script shows."""
_COMMON = ", ".join(LEFT_OUT[:12])
"""Those that most pages have: each more costs lexbor a hundredth of a page's time, met or not."""
_RARE = frozenset(LEFT_OUT[12:])
_RAW = frozenset(("noembed", "noframes", "xmp", "plaintext"))
"""Elements whose text lexbor writes as it is (HTML Standard, "serializing HTML fragments"), but for the common ones."""
VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()
)
"""Elements that lexbor writes without an end tag."""

_TOKEN = re.compile(r"<(!--(?s:.*?)--(?=>)|[^ >]++)([^>]*+)>")
_ATTRIBUTE = re.compile(r' ([^ \t\n\f\r/>][^ \t\n\f\r/>=]*)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tags with the texts behind them, as parallel lists: ``names`` and ``texts`` of equal length, and ``attributes``.

    An end tag's name begins with ``/``, a comment's is ``!--`` and its text, and its end. Attributes and
    texts are as lexbor wrote them, but for the no-break spaces, which are resolved: see ``attributes_of``
    and ``unescaped``. The first tag is the element itself.
    """

    names: list[str]
    attributes: list[str]
    texts: list[str]

    @classmethod
    def of_html(cls, html: str) -> Tokens:
        """The tokens of inner HTML as lexbor writes it, without elements of raw text (``LEFT_OUT``)."""
        parts = _TOKEN.split(html.replace("&nbsp;", "\xa0"))
        return cls(["div", *parts[1::3]], ["", *parts[2::3]], parts[0::3])


def tokens_of(root: LexborNode) -> Tokens:
    """The tokens of an element's content; takes ``LEFT_OUT`` out of the tree."""
    _leave_out(root, _COMMON)
    tokens = Tokens.of_html(root.inner_html or "")
    if not _RAW.isdisjoint(tokens.names):
        _leave_out(root, "noembed, noframes")
        escape_raw_text(root)
        tokens = Tokens.of_html(root.inner_html or "")
    return tokens if _RARE.isdisjoint(tokens.names) else _without_rare(tokens)


def _leave_out(root: LexborNode, selector: str) -> None:
    for node in reversed(root.css(selector)):  # inner ones before outer ones
        node.decompose()


def escape_raw_text(root: LexborNode) -> None:
    """Make elements whose text is written unescaped ``<pre>``, in which it is escaped."""
    for node in root.css("xmp, plaintext"):
        verbatim = root.parser.create_node("pre")
        verbatim.insert_child(node.text())
        node.replace_with(verbatim)


def _without_rare(tokens: Tokens) -> Tokens:
    kept = Tokens([], [], [])
    until, depth = "", 0  # the end tag of what is left out, and how many are missing
    for name, written, text in zip(tokens.names, tokens.attributes, tokens.texts, strict=True):
        if until:
            depth += (name == until[1:]) - (name == until)
            if not depth:
                until = ""
                kept.texts[-1] += text
        elif name in _RARE:
            until, depth = f"/{name}", 1
        else:
            kept.names.append(name)
            kept.attributes.append(written)
            kept.texts.append(text)
    return kept


def attributes_of(written: str) -> dict[str, str]:
    """A tag's attributes from what lexbor wrote."""
    found = _ATTRIBUTE.findall(written)
    if "&" not in written:
        return dict(found)
    return {name: unescaped(value) for name, value in found}


def value_of(written: str, name: str) -> str:
    """One attribute's value, "" if it is missing; for an element of which no other attribute is asked."""
    value = written.partition(f' {name}="')[2].partition('"')[0]
    return unescaped(value) if "&" in value else value


def unescaped(text: str) -> str:
    """Text or value with the signs that lexbor escapes (HTML Standard, "escaping a string")."""
    if "&" not in text:
        return text
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&nbsp;", "\xa0")
    return text.replace("&amp;", "&")
