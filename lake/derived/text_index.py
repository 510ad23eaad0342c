"""The derived table ``text_index``: where each pair of characters and each word stands, for the macro ``search``.

| key | row | doc | position | text | revision |
| --- | --- | --- | --- | --- | --- |
| 0 | a revision of an article | its number | | article_id | revision |
| 1 | a word | its key | | the word | |
| 2 | some articles that were indexed together | how many they are | their characters on average | | |
| other | a place of that key | the article's number | see ``places.Places`` | | |

Articles have numbers because a place would take three times the bytes with their ids. A number counts in
this table only, and only as long as a file is there. Five of its bits, from the 21st on, are twice the logarithm of
the article's length to the base of 2, so that ranking by length needs no other row. Superseded revisions stay in it: their ids are not in
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
_ARTICLE, _WORD, _SOME = 0, 1, 2
_TEXTS = ("title", "body_text")
_BATCHES, _LENGTHS, _ROWS = 16, 5, 20
"""Bits of a number that count the batches of a segment, tell the length, and count the rows of a batch."""


def _build(batch: Batch) -> pa.Table:
    articles = batch.articles.combine_chunks()
    lengths = pc.add(
        *(pc.fill_null(pc.utf8_length(articles.column(name)), 0) for name in _TEXTS)
    ).combine_chunks()
    # segments end at different versions, and a batch has other files before it than the next
    numbers = _numbers(lengths, batch.last << _BATCHES | len(batch.past))
    by_number = pc.array_sort_indices(numbers)
    articles, numbers = articles.take(by_number), numbers.take(by_number)
    found = places(*(articles.column(name).to_pylist() for name in _TEXTS))
    order = _by_key(found.key)
    ids, revisions = (articles.column(name).combine_chunks() for name in ("article_id", "revision"))
    average = pa.array([round(pc.mean(lengths).as_py() or 0)], pa.int32())
    return pa.concat_tables(
        [
            _rows(_repeated(_ARTICLE, len(ids)), numbers, pa.nulls(len(ids), pa.int32()), ids, revisions),
            _words(found.words),
            _rows(_repeated(_SOME, 1), _repeated(len(ids), 1), average),
            _rows(
                found.key.take(order),
                numbers.take(found.article.take(order)),
                found.position.take(order),
            ),
        ]
    )


def _by_key(keys: pa.Array) -> pa.Array:
    """The order of places by key, else as they come: by counting, a third of the time of Arrow's sorting."""
    coded = keys.dictionary_encode()
    at = pc.subtract(
        pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int32()), len(keys))), pa.scalar(1, pa.int32())
    )
    grouped = pa.table([coded.indices, at], ["code", "at"]).group_by("code", use_threads=False)
    lists = grouped.aggregate([("at", "list")]).combine_chunks()
    order = pc.array_sort_indices(coded.dictionary.take(lists.column("code")))
    return lists.column("at_list").take(order).combine_chunks().flatten()


def _numbers(lengths: pa.Array, batch: int) -> pa.Array:
    logarithm = pc.floor(pc.multiply(2.0, pc.log2(pc.add(lengths, 1)))).cast(pa.int64())
    logarithm = pc.min_element_wise(logarithm, (1 << _LENGTHS) - 1)
    first = pa.scalar(batch << _LENGTHS, pa.int64())
    high = pc.shift_left(pc.add(logarithm, first), pa.scalar(_ROWS, pa.int64()))
    return pc.add(high, pa.array(range(len(lengths)), pa.int64()))


def _words(words: dict[str, int]) -> pa.Table:
    return _rows(
        _repeated(_WORD, len(words)),
        pa.array(list(words.values()), pa.int64()),
        pa.nulls(len(words), pa.int32()),
        pa.array(list(words), pa.string()),
    )


def _repeated(value: int, times: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.int64()), times)


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
    row_group=500_000,
    version=2,
)
"""One row per place in a revision's title or text, per revision, and per word of some rows.

Rows in a row group: a query reads what the files say of all of them, and all keys of those that have one of its
own; at a million articles both cost the same with so many.
"""

HEADLINES = Derived(
    name="headlines",
    columns=_HEADLINE_COLUMNS,
    reads=tuple(_HEADLINE_COLUMNS.names),
    order="article_id, revision",
    build=by_query(_HEADLINES, _HEADLINE_COLUMNS),
    query=_HEADLINES,
)
"""One row per revision of an article: what a list of answers shows of it."""
