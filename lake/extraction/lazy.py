"""Lazy images whose only address stands in the ``<noscript>`` behind them.

Templates write ``<img src="data:…"><noscript><img src="…"></noscript>`` (Next.js's image component to version 12,
WordPress plugins); scripts fill the first one, and pages are read here without scripts.
"""

from __future__ import annotations

import re

__all__ = ["with_images"]

_COPY = re.compile(r"<noscript>\s{0,50}(<img\b[^<>]{1,8000}>)\s{0,50}</noscript>", re.IGNORECASE)
_EMPTY = re.compile(
    r"<img\b(?![^<>]*[\s\"'](?:src|srcset|data-[\w-]{1,40})\s{0,3}=\s{0,3}[\"']?(?:https?:|/))[^<>]*>\s*",
    re.IGNORECASE,
)
_BEFORE = 8000
"""Characters before a ``<noscript>`` in which the lazy image's tag is looked for."""


def with_images(html: str) -> str:
    """The page with such copies taken out of their ``<noscript>``; others stay (a counter's pixel, a second copy)."""
    if "<noscript" not in html and "<NOSCRIPT" not in html:
        return html
    return _COPY.sub(_unwrapped, html)


def _unwrapped(copy: re.Match[str]) -> str:
    html, start = copy.string, copy.start()
    tag = html.rfind("<", max(0, start - _BEFORE), start)
    return copy[1] if tag >= 0 and _EMPTY.fullmatch(html, tag, start) else copy[0]
