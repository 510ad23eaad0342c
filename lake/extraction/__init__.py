"""HTML to structured article, as one function without I/O."""

from __future__ import annotations

import datetime as dt

from lake.errors import Reject
from lake.extraction.decode import decode
from lake.extraction.detect import SAMPLE, detect
from lake.extraction.version import EXTRACTOR
from lake.model import ROW_TYPE, Article

__all__ = ["EXTRACTOR", "extract"]

_NO_ARTICLE = {
    "empty": ("empty", "no bytes but white space"),
    "binary": ("binary", "bytes that are no text in any encoding"),
    "feed": ("feed", "a feed or a sitemap, which lists articles: add it as a source, or name its address"),
    "text": ("no_article", "plain text without front matter or markup"),
}


def extract(
    body: bytes | str,
    *,
    url: str | None = None,
    content_type: str | None = None,
    captured_at: dt.datetime | None = None,
    name: str | None = None,
) -> Article:
    """Structure one news article.

    Args:
        body: a full HTML page, an HTML fragment, a post with front matter, a JSON record, or a row of an export.
        url: the address it was fetched from.
        content_type: the declared type, as in the HTTP header.
        captured_at: aware time of capture, now if None; dated layouts and relative dates are read against it.
        name: the file's or member's name; a post's name holds its date and id.

    Returns:
        The article; every field that was not found is None or empty.

    Raises:
        Reject: stage ``decode`` or ``extract``, when this is no article.
    """
    when = captured_at or dt.datetime.now(dt.UTC)
    if content_type == ROW_TYPE and url is None:  # a server may say of its answers what it likes
        from lake.extraction.exported import extract_row

        return extract_row(body, captured_at=when)
    kind = detect(body.strip()[:SAMPLE].encode("utf-8", "replace") if isinstance(body, str) else body, name)
    if kind in _NO_ARTICLE:
        reason, found = _NO_ARTICLE[kind]
        raise Reject("extract", reason, f"{found} ({name or url or 'no name'})")
    text = body if isinstance(body, str) else decode(body, content_type)[0]
    # What reads an article is loaded with the first one: a quiet tick reads none, and it is a fifth of its time.
    if kind == "post":
        from lake.extraction.posts import extract_post

        return extract_post(text, name=name, url=url, captured_at=when)
    if kind == "json":
        from lake.extraction.records import extract_record

        return extract_record(text, name=name, url=url, captured_at=when)
    from lake.extraction.page import extract_page  # imports this package's EXTRACTOR

    return extract_page(text, url=url, captured_at=when, name=name)
