"""HTML to structured article, as one function without I/O."""

from __future__ import annotations

import datetime as dt

from lake.model import Article

__all__ = ["EXTRACTOR", "extract"]

EXTRACTOR = "newslake/1"
"""Name and version that every article carries; raised when the rules change what they give."""


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
        body: a full HTML page, an HTML fragment, a post with front matter, or a JSON record.
        url: the address it was fetched from.
        content_type: the declared type, as in the HTTP header.
        captured_at: aware time of capture; dated layouts and relative dates are read against it.
        name: the file's or member's name; a post's name holds its date and id.

    Returns:
        The article; every field that was not found is None or empty.

    Raises:
        Reject: stage ``decode`` or ``extract``, when this is no article.
    """
    raise NotImplementedError
