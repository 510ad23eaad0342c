"""HTML to lexbor's tree, with the guards that keep its time linear in the page's length."""

from __future__ import annotations

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from lake.extraction.bounds import bounded
from lake.extraction.depth import shallow
from lake.extraction.lazy import with_images

__all__ = ["parse"]


def parse(html: str) -> LexborHTMLParser:
    """Parse a page or fragment; a lazy image's copy for readers without scripts stands in for it.

    Lone surrogates, which UTF-8 cannot write, become question marks.

    Without lexbor's mutation events: they copy a ``<select>``'s options once more with each further one
    (40,000 cost 18 s, without them .2 s) and nothing else on a page that is only read.
    """
    html = with_images(html)
    try:
        return LexborHTMLParser(bounded(shallow(html)), options=LexborDocumentOptions.WO_EVENTS)
    except UnicodeEncodeError:
        plain = html.encode("utf-8", "replace").decode("utf-8")
        return LexborHTMLParser(bounded(shallow(plain)), options=LexborDocumentOptions.WO_EVENTS)
