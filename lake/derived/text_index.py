"""The derived table ``text_index``: where each pair of characters and each word stands, for the macro ``search``.

| key | row | doc | position | text | revision |
| --- | --- | --- | --- | --- | --- |
| 0 | a revision of an article | its number | its length in characters | article_id | revision |
| 1 | a word | its key | how often it stands in the rows that were indexed together | the word | |
| other | a place of that key | the article's number | see ``places.Places`` | | |

Articles have numbers because a place would take three times the bytes with their ids. A number counts in
this table only, and only as long as a file is there. Superseded revisions stay in it: their ids are not in
the table ``headlines``, through which each answer goes.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from lake.derived.places import places
from lake.derived.table import Batch, Derived, by_query

__all__ = ["HEADLINES", "TEXT_INDEX"]

_COLUMNS = pa.schema(
    [
        pa.field("key", pa.int64()),
        pa.field("doc", pa.int64()),
        pa.field("position", pa.int32()),
        pa.field("text", pa.string()),
        pa.field("revision", pa.int32()),
    ]
)
_ARTICLE, _WORD = 0, 1
_BATCHES, _ROWS = 16, 20
"""Bits of a number that count the batches of a segment, and the rows of a batch."""


def _build(batch: Batch) -> pa.Table:
    titles, texts = (batch.articles.column(name) for name in ("title", "body_text"))
    found = places(titles.to_pylist(), texts.to_pylist())
    first = (batch.last << _BATCHES | len(batch.past)) << _ROWS  # segments end at different versions
    return pa.concat_tables(
        [
            _articles(batch.articles, first),
            _words(found.words, found.key),
            _rows(found.key, pc.add(found.article, pa.scalar(first, pa.int64())), found.position),
        ]
    )


def _articles(articles: pa.Table, first: int) -> pa.Table:
    lengths = [
        pc.fill_null(pc.utf8_length(articles.column(name)), 0).combine_chunks()
        for name in ("title", "body_text")
    ]
    return _rows(
        pa.repeat(pa.scalar(_ARTICLE, pa.int64()), len(articles)),
        pa.array(range(first, first + len(articles)), pa.int64()),
        pc.add(*lengths).cast(pa.int32()),
        articles.column("article_id").combine_chunks(),
        articles.column("revision").combine_chunks(),
    )


def _words(words: dict[str, int], keys: pa.Array) -> pa.Table:
    counts = {
        each["values"]: each["counts"] for each in pc.value_counts(keys.filter(pc.less(keys, 0))).to_pylist()
    }
    return _rows(
        pa.repeat(pa.scalar(_WORD, pa.int64()), len(words)),
        pa.array(list(words.values()), pa.int64()),
        pa.array([counts[key] for key in words.values()], pa.int32()),
        pa.array(list(words), pa.string()),
    )


def _rows(*columns: pa.Array) -> pa.Table:
    missing = [pa.nulls(len(columns[0]), field.type) for field in _COLUMNS]
    return pa.table([*columns, *missing[len(columns) :]], schema=_COLUMNS)


_HEADLINE_COLUMNS = pa.schema(
    [
        pa.field("article_id", pa.string()),
        pa.field("revision", pa.int32()),
        pa.field("published_at", pa.timestamp("us", "UTC")),
        pa.field("published_date", pa.date32()),
        pa.field("media", pa.string()),
        pa.field("title", pa.string()),
    ]
)
_HEADLINES = f"SELECT {', '.join(_HEADLINE_COLUMNS.names)} FROM articles"

TEXT_INDEX = Derived(
    name="text_index",
    columns=_COLUMNS,
    reads=("article_id", "revision", "title", "body_text"),
    order="key, doc, position",
    build=_build,
    row_group=50_000,
    most_groups=200,
)
"""One row per place in a revision's title or text, per revision, and per word of some rows."""

HEADLINES = Derived(
    name="headlines",
    columns=_HEADLINE_COLUMNS,
    reads=tuple(_HEADLINE_COLUMNS.names),
    order="article_id, revision",
    build=by_query(_HEADLINES, _HEADLINE_COLUMNS),
    query=_HEADLINES,
)
"""One row per revision of an article: what a list of answers shows of it."""
