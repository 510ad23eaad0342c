"""HTML made smaller before it is parsed, with the same result: a tree costs time per element.

Only wrappings that say nothing go, and only in exactly the forms that EastMoney writes them (seed archive's
posts, 2022); any other form is left to the walk, which reads them all. Every pattern is linear: what may repeat is bounded.
"""

from __future__ import annotations

import re

__all__ = ["shrunk"]

_EMPTY = re.compile(r'<span\b[^<>]*></span>|<p style="display:none[^<>"]*">\s{0,9}(?:<br ?/?>)?\s{0,9}</p>')
"""Spans that wait for a quotation, one after each first mention, and the hidden paragraph at the start."""

_WRAPPED_MARK = re.compile(
    r'<span id="(?:stock|bk)_[\w.]{1,30}">(<a\b[^<>]{0,300}\bclass="keytip"[^<>]{0,300}\bdata-code="[\w,]{1,30}"[^<>]*>[^<>]*</a ?>)</span>'
)
"""A first mention whose inner tag names the pair itself."""

_CHART = re.compile(
    r'<!-- EM_StockImg_Start --><p[^<>]*><a\b[^<>]*>(<img\b[^<>]{0,500}\bdata-code="[KR] [^<>]*>)</a></p><!-- EM_StockImg_End -->'
)
"""A chart block: its image alone names kind and pair."""


def shrunk(html: str) -> str:
    """The same HTML with fewer elements."""
    html = _EMPTY.sub("", html)
    if "keytip" in html:
        html = _WRAPPED_MARK.sub(r"\1", html)
    if "EM_StockImg_Start" in html:
        html = _CHART.sub(r"\1", html)
    return html.replace("<br /></p>", "</p>")
