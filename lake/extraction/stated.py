"""What a post says of its article beyond its own form: the key ``newslake`` of its front matter.

``newslake export`` writes it where the form has no place for a field: a JSON object with those columns of the
view ``articles`` that the post itself gives otherwise. JSON on one line is YAML too, so Jekyll reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from lake.errors import Reject
from lake.extraction.exported import values
from lake.extraction.front_matter import FrontMatter
from lake.model import Article

__all__ = ["line", "stated", "with_stated"]

KEY = "newslake"
_WHOLE = {"article_id", "site", "published_at", "date_origin", "extractor", "body_text"}
"""With these a statement is an article of its own, and nothing is read from the post's form."""
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON leaves as it is and YAML 1.2 (section 5.1) does not take as printable."""


def line(columns: Mapping[str, Any]) -> str:
    """The line of front matter for these columns, whose values are as JSON holds them."""
    return f"{KEY}: {_UNPRINTABLE.sub(_escaped, json.dumps(columns, ensure_ascii=False))}"


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def stated(head: FrontMatter) -> dict[str, Any]:
    """The fields that the front matter states so, as ``Article`` takes them; empty where there are none.

    Raises:
        Reject: stage ``extract``, reason ``bad_row``: they are damaged.
    """
    text = head.fields.get(KEY)
    if text is None:
        return {}
    try:
        columns = json.loads(text)
        if not isinstance(columns, dict):
            raise TypeError("no JSON object")
        return values(columns)
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError, pa.ArrowException) as error:
        raise Reject("extract", "bad_row", f"front matter, {KEY}: {error}"[:500]) from error


def with_stated(fields: Mapping[str, Any], read: Callable[[], Article]) -> Article:
    """The article that ``read`` takes from the post's form, with these fields in place of what it gave."""
    if not fields:
        return read()
    rules = dict.fromkeys(fields, f"front_matter.{KEY}")
    if fields.keys() >= _WHOLE:
        return Article(**fields, channel="plain", rules=rules)
    article = read()
    return replace(article, **fields, rules={**article.rules, **rules})
