"""The derived table ``mentions``: what articles mention, sorted by what is mentioned.

A month's rows of one pair of market and code lie together: a question about one pair reads one row group a
month, a question about one date reads one month.
"""

from __future__ import annotations

import pyarrow as pa

from lake.derived.table import Derived, by_query
from lake.schema import article_fields

__all__ = ["MENTIONS"]

_COLUMNS = pa.schema(
    [
        *article_fields("article_id", "revision", "published_at", "published_date", "media", "title"),
        pa.field("position", pa.int32()),
        pa.field("kind", pa.string()),
        pa.field("market", pa.int32()),
        pa.field("code", pa.string()),
        pa.field("symbol", pa.string()),
        pa.field("mic", pa.string()),
        pa.field("name", pa.string()),
        pa.field("count", pa.int32()),
        pa.field("first_offset", pa.int32()),
        pa.field("marked_by", pa.string()),
        pa.field("securities", pa.int32()),  # how many securities the article names
        pa.field("others", pa.list_(pa.string())),  # the other securities as ``market.code``; NULL: too many
        pa.field("in_title", pa.bool_()),
        pa.field("charted", pa.bool_()),
    ]
)

_QUERY = """
WITH positioned AS (
    SELECT
        article_id,
        revision,
        published_at,
        published_date,
        media,
        title,
        -- a sum is three times cheaper here than the length of a filtered list
        list_sum([(each.kind = 'security')::integer FOR each IN mentions])::integer AS securities,
        [struct_pack(market := chart.market, code := chart.code) FOR chart IN charts] AS charted_pairs,
        [
            coalesce(each.market::varchar, '') || '.' || each.code
            FOR each IN mentions IF each.kind = 'security'
        ] AS pairs,
        unnest(range(1, len(mentions) + 1))::integer AS position,
        unnest(mentions) AS mention
    FROM articles
)

SELECT
    article_id,
    revision,
    published_at,
    published_date,
    media,
    title,
    position,
    mention.kind,
    mention.market,
    mention.code,
    mention.symbol,
    mention.mic,
    mention.name,
    mention.count,
    mention.first_offset,
    mention.marked_by,
    securities,
    CASE
        WHEN mention.kind = 'security' AND securities <= 10 THEN [
            pair FOR pair IN pairs IF pair <> coalesce(mention.market::varchar, '') || '.' || mention.code
        ]
    END AS others,
    coalesce(
        contains(title, mention.name),
        contains(title, mention.code) AND regexp_matches(mention.code, '^[0-9]{5,}$'),
        false
    ) AS in_title,
    coalesce(
        list_contains(charted_pairs, struct_pack(market := mention.market, code := mention.code)), false
    ) AS charted
FROM positioned
"""

MENTIONS = Derived(
    name="mentions",
    columns=_COLUMNS,
    reads=(
        "article_id",
        "revision",
        "published_at",
        "published_date",
        "media",
        "title",
        "mentions",
        "charts",
    ),
    order="date_trunc('month', published_date), market, code, published_at, article_id, position, revision",
    build=by_query(_QUERY, _COLUMNS),
    query=_QUERY,
)
"""One row per revision of an article and pair that it mentions."""
