"""The derived table ``briefs``: articles without their texts and lists, sorted by time, in few files.

Questions about when, where and how much was published read it instead of hundreds of files of articles.
"""

from __future__ import annotations

import pyarrow as pa

from lake.derived.table import Derived, by_query
from lake.schema import article_fields

__all__ = ["BRIEFS"]

_COLUMNS = pa.schema(
    [
        *article_fields("article_id", "revision", "published_at", "published_date", "date_origin"),
        *article_fields("first_seen_at", "source", "site", "media"),
        pa.field("host", pa.string()),  # of the address, in lower case
        pa.field("section", pa.string()),  # the category, else the first word of the address's path
        pa.field("has_title", pa.bool_()),
        pa.field("has_digest", pa.bool_()),
        pa.field("has_text", pa.bool_()),
        pa.field("has_authors", pa.bool_()),
        pa.field("has_category", pa.bool_()),
        pa.field("has_tags", pa.bool_()),
        pa.field("has_url", pa.bool_()),
        pa.field("has_mentions", pa.bool_()),
        pa.field("has_time", pa.bool_()),  # besides the date, and not that of the capture
    ]
)

_QUERY = """
SELECT
    article_id,
    revision,
    published_at,
    published_date,
    date_origin,
    first_seen_at,
    source,
    site,
    media,
    nullif(lower(regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://([^/:?#]+)', 1)), '') AS host,
    coalesce(
        nullif(category, ''),
        nullif(lower(regexp_extract(url, '^[^:]+://[^/?#]+/([A-Za-z][A-Za-z-]+)/', 1)), '')
    ) AS section,
    coalesce(title <> '', false) AS has_title,
    coalesce(digest <> '', false) AS has_digest,
    coalesce(body_text <> '', false) AS has_text,
    coalesce(len(authors) > 0, false) AS has_authors,
    coalesce(category <> '', false) AS has_category,
    coalesce(len(tags) > 0, false) AS has_tags,
    coalesce(url <> '', false) AS has_url,
    coalesce(len(mentions) > 0, false) AS has_mentions,
    -- midnight at UTC+8 is a date; arithmetic, so that no client needs a table of zones
    date_origin IS DISTINCT FROM 'capture'
        AND (epoch_us(published_at) + 28_800_000_000) % 86_400_000_000 <> 0 AS has_time
FROM articles
"""

BRIEFS = Derived(
    name="briefs",
    columns=_COLUMNS,
    reads=(
        "article_id",
        "revision",
        "published_at",
        "published_date",
        "date_origin",
        "first_seen_at",
        "source",
        "site",
        "media",
        "url",
        "category",
        "title",
        "digest",
        "body_text",
        "authors",
        "tags",
        "mentions",
    ),
    order="published_date, published_at, article_id, revision",
    build=by_query(_QUERY, _COLUMNS),
    query=_QUERY,
)
"""One row per revision of an article."""
