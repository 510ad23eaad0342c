"""What single HTML elements mean for an article, read from their names and attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lake.extraction import markdown
from lake.extraction.lines import shown
from lake.extraction.tokens import attributes_of
from lake.model import Image

__all__ = ["BLOCKS", "is_advertising", "is_hidden", "is_layout", "read_image", "role", "span"]

Attrs = Mapping[str, str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _words(
    "p div section article main header footer aside center figure figcaption address form fieldset dl dt dd "
    "details summary hgroup tbody thead tfoot caption body html"
)
_HIDDEN = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE)
_CAPTION = re.compile(r"(?:^|\s)(?!wp-caption(?:\s|$))[\w-]*[cC]aption(?:-?[tT]ext)?(?:\s|$)")
"""Classes of captions as templates write them (``wp-caption-text``, ``image-caption``); ``wp-caption`` is the box."""
_CENTRED = re.compile(r"text-align\s{0,9}:\s{0,9}center", re.IGNORECASE)
_ADVERTISING = ("//acttg.eastmoney.com", "//ai.eastmoney.com")
"""Hosts of the site's own advertisements inside bodies (public captures of 2025-26)."""
_ORIGINALS = ("orginial_src", "original_src", "data-original-src")
_LAZY = (
    "data-original", "data-src", "data-lazy-src", "data-lazyload", "data-lazy", "data-actualsrc", "data-url", "src",
)  # fmt: skip
"""Where lazily loaded images keep their address, best first; ``orginial`` is EastMoney's spelling."""
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
"""Where they keep several for screens of different widths; looked at where no single one is given."""
_STANDS_IN = re.compile(
    r"(?:/|^)(?:[\w-]{0,20}[-_])?(?:blank|spacer|placeholder|loading|transparent|pixel|1x1|lazy(?:load)?|s|none|gr[ae]y|empty|clear|default)"
    r"(?:[-_][\w-]{0,20})?\.(?:gif|png|jpe?g|svg)(?:\?|$)",
    re.IGNORECASE,
)
"""Names of pictures that stand where another one is loaded later."""
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".bmp")
_QUERY = re.compile("[?#!@]")
_NO_ADDRESS = frozenset(("alt", "title", "class", "id", "style", "name", "src"))
_WIDTH = re.compile(r"\s(\d{1,5})(?:\.\d{1,2})?[wx]\s*$")
_PIXELS = re.compile(r"\s{0,9}(\d{1,5})(?:\.\d{1,9})?\s{0,9}(?:px)?\s{0,9}")
TABLE_CELL_PARAGRAPHS = 3
"""Paragraphs in one cell from which a table is taken for page layout."""
PIXEL = 2
"""Width or height up to which an image shows nothing; counters declare 0 or 1."""
_LONGEST_SET = 10_000
"""Characters read of a ``srcset``."""
MAX_SPAN = 1000
"""Most columns or rows that a cell may span (HTML Standard: colspan is clamped to 1000)."""


def is_hidden(attrs: Attrs) -> bool:
    """Whether a reader does not see the element."""
    style = attrs.get("style")
    return (style is not None and _HIDDEN.search(style) is not None) or "hidden" in attrs


def is_advertising(address: str) -> bool:
    """Whether a link leads to an advertisement."""
    return "eastmoney.com" in address and any(host in address for host in _ADVERTISING)


def role(name: str, written: str) -> str:
    """What the page uses a block for: ``caption``, ``source``, ``centred`` or nothing special.

    ``written`` are its attributes as in ``Tokens``.
    """
    if name == "figcaption" or (
        "aption" in written and _CAPTION.search(attributes_of(written).get("class", ""))
    ):
        return "caption"
    if "enter" not in written and "ENTER" not in written and "em_media" not in written:
        return "centred" if name == "center" else ""
    attrs = attributes_of(written)
    if "em_media" in attrs.get("class", ""):
        return "source"
    style = attrs.get("style")
    centred = name == "center" or attrs.get("align") == "center" or (style and _CENTRED.search(style))
    return "centred" if centred else ""


def is_layout(names: Sequence[str], table: int) -> bool:
    """Whether a table arranges the page: it holds a table, has one column, or paragraphs of prose.

    ``names`` are those of ``Tokens``, the table's tag is the one numbered ``table``.
    """
    columns = cells = paragraphs = 0
    for number in range(table + 1, len(names)):
        name = names[number]
        if name == "/table":
            break
        if name == "tr":
            cells = 0
        elif name in ("td", "th"):
            cells, paragraphs = cells + 1, 0
            columns = max(columns, cells)
        elif name == "p":
            paragraphs += 1
        if name == "table" or paragraphs >= TABLE_CELL_PARAGRAPHS:
            return True
    return columns < 2


def span(attrs: Attrs, key: str) -> int:
    """A cell's ``colspan`` or ``rowspan``, from 1 to MAX_SPAN."""
    value = attrs.get(key, "").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() and len(value) < 6 else 1


def read_image(attrs: Attrs, base_url: str | None) -> Image | None:
    """The image that an ``<img>`` shows; None where it has no http(s) address or is a counter's pixel."""
    url = _address(attrs, base_url)
    if url is None:
        return None
    original = next((attrs[key] for key in _ORIGINALS if attrs.get(key)), "")
    image = Image(
        url,
        markdown.absolute(original, base_url) if original else None,
        alt=shown(" ".join(attrs.get("alt", "").split())) or None,
        width=_pixels(attrs.get("width")),
        height=_pixels(attrs.get("emheight") or attrs.get("height")),
    )
    return None if _is_pixel(image) else image


def _address(attrs: Attrs, base_url: str | None) -> str | None:
    """The address that an image is loaded from: a lazy one, its own, the widest of a set, any other, or a stand-in's."""
    sources = (attrs.get(key, "").strip() for key in _LAZY)
    urls = (markdown.absolute(source, base_url) for source in sources if source.strip("#"))
    first = next(filter(None, urls), None)
    if first is not None and not _STANDS_IN.search(first):
        return first
    others = [_widest(attrs[key]) for key in _SETS if attrs.get(key)]
    others += [value for key, value in attrs.items() if key not in _NO_ADDRESS and _is_picture(value)]
    return next(filter(None, (markdown.absolute(one.strip(), base_url) for one in others if one)), first)


def _is_picture(value: str) -> bool:
    """Whether an address is a picture's by its ending, whatever the attribute is called in which a script finds it."""
    path = _QUERY.split(value.strip(), maxsplit=1)[0]
    return "/" in path and path.lower().endswith(_ENDINGS) and len(path.split()) == 1


def _widest(candidates: str) -> str:
    """The address of the widest image of a ``srcset`` (HTML Standard: ``address width, address width``)."""
    best, widest = "", -1
    for candidate in re.split(r",\s+|,(?=https?:|//)", candidates[:_LONGEST_SET]):
        width = _WIDTH.search(candidate)
        size = int(width[1]) if width else 0
        if size > widest and (address := candidate.split()[:1]):
            best, widest = address[0], size
    return best


def _is_pixel(image: Image) -> bool:
    """Whether an image is a counter's pixel or a rule, by its declared size."""
    return any(size is not None and size <= PIXEL for size in (image.width, image.height))


def _pixels(value: str | None) -> int | None:
    found = _PIXELS.fullmatch(value) if value else None
    return int(found[1]) if found else None
