"""Pieces of GitHub-flavoured Markdown, safe to render: escaped text, http(s) addresses only.

Rules from CommonMark 0.31 and GitHub's table extension.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

__all__ = [
    "SIGNS",
    "Cell",
    "absolute",
    "code",
    "emphasis",
    "escape",
    "fenced",
    "image",
    "line_start",
    "link",
    "paragraphs",
    "table",
]

Cell = tuple[str, int, int]
"""One table cell: Markdown, columns spanned, rows spanned."""

MAX_COLUMNS = 100
"""Columns kept of a table row: a bound against hostile spans, far above any news table."""

_ESCAPED = tuple("`*_[]<~")
_ENTITY = re.compile(r"&(?=[#\w]{1,31};|#?$)")
SIGNS = ("\\", "&", *_ESCAPED)
"""Characters that mean something within a line of Markdown."""
_LINE_START = re.compile(r"(#{1,6}(?=\s|$)|[-+=](?=\s|$|[-=+ ])|>|\d{1,9}(?=[.)]))")
_LINE_STARTS = frozenset("#-+=>") | frozenset(map(str, range(10)))
_NO_PLAIN_PATH = ("/.", "#", ";")
"""What ``urljoin`` may take out of a path."""
_URL_UNSAFE = re.compile(r"[\s<>()\[\]\\\"'`|]")
_WORD_SPAN = re.compile(r"(?s)(\W*)(.*?)(\W*)")


def escape(text: str) -> str:
    """Text as Markdown that shows exactly this text within a line."""
    if "\\" in text:
        text = text.replace("\\", r"\\")
    if "&" in text:
        text = _ENTITY.sub(r"\\&", text)
    # one look for each is twenty times as fast as an expression, and most texts hold none
    for sign in _ESCAPED:
        if sign in text:
            text = text.replace(sign, f"\\{sign}")
    return text


def line_start(markdown: str) -> str:
    """The same line with a leading ``#``, ``-``, ``+``, ``=``, ``>`` or ``1.`` escaped."""
    found = _LINE_START.match(markdown) if markdown[:1] in _LINE_STARTS else None
    if not found:
        return markdown
    return f"{found[0]}\\{markdown[found.end() :]}" if found[0].isdigit() else f"\\{markdown}"


def paragraphs(text: str) -> str:
    """Plain text, paragraphs parted by a blank line, as Markdown that shows exactly this text."""
    return "\n\n".join(line_start(escape(paragraph)) for paragraph in text.split("\n\n"))


def absolute(url: str, base: str | None) -> str | None:
    """``url`` made absolute; None for other schemes than http(s) and where no base tells the host."""
    url = url.strip()
    if not url.startswith(("http://", "https://")):
        joined = _joined(url, base)
        if joined is None or not joined.lower().startswith(("http://", "https://")):
            return None
        url = joined
    if url.isprintable() and " " not in url:
        return url
    return _URL_UNSAFE.sub(_percent, "".join(sign if sign.isprintable() else _encoded(sign) for sign in url))


def _joined(url: str, base: str | None) -> str | None:
    """``urljoin``, which costs twenty times as much as the usual case needs: a plain path from the host's root."""
    plain = url[:1] == "/" != url[1:2] and url[-1] != "?" and url.isprintable()
    if plain and base and not any(map(url.__contains__, _NO_PLAIN_PATH)) and (root := _root(base)):
        return root + url
    if url.startswith("//") and base is None:
        base = "https://host.invalid/"
    try:
        return urljoin(base or "", url)
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _root(base: str) -> str:
    """Scheme and host of an http(s) address, else nothing."""
    try:
        parts = urlsplit(base)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""


def link(content: str, url: str) -> str:
    """An inline link; ``content`` is Markdown already."""
    return f"[{content}]({_URL_UNSAFE.sub(_percent, url)})"


def image(alt: str, url: str) -> str:
    """An inline image."""
    return f"![{escape(alt)}]({_URL_UNSAFE.sub(_percent, url)})"


def _percent(match: re.Match[str]) -> str:
    return _encoded(match[0])


def _encoded(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


def emphasis(content: str, mark: str) -> str:
    """``content`` between ``mark``s, the marks moved inwards to the first and last letters.

    CommonMark opens emphasis before a letter and closes it after one wherever they stand; next to
    punctuation it does so only beside spaces, which Chinese text does not have.
    """
    if not content[:1].isalnum() or not content[-1:].isalnum():
        if "](" in content:
            return content  # the marks would go into a link's address
        head, content, tail = _WORD_SPAN.fullmatch(content).groups()  # type: ignore[union-attr]
        if not content or "\\" in (head[-1:], tail[:1]) or "`" in head + tail:
            return f"{head}{content}{tail}"
        return f"{head}{mark}{content}{mark}{tail}"
    return f"{mark}{content}{mark}"


def code(text: str) -> str:
    """Inline code, fenced with more backticks than it holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def fenced(text: str) -> str:
    """A code block."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def table(rows: Sequence[Sequence[Cell]]) -> str:
    """A table whose first row is the head; spanned cells are left empty, all rows equally wide."""
    grid = _grid(rows)
    width = max((len(row) for row in grid), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in grid]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)


def _grid(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    grid: list[list[str]] = []
    below: dict[int, int] = {}  # column -> rows that a cell above still covers
    for row in rows:
        line: list[str] = []
        for content, columns, height in row:
            _skip_covered(line, below)
            for k in range(min(columns, MAX_COLUMNS - len(line))):
                if height > 1:
                    below[len(line)] = height - 1
                line.append("" if k else content.replace("|", "\\|"))
        _skip_covered(line, below)
        grid.append(line)
    return grid


def _skip_covered(line: list[str], below: dict[int, int]) -> None:
    while below.get(len(line), 0) > 0:
        below[len(line)] -= 1
        line.append("")
