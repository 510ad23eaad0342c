"""The derived table ``stories``: which articles repeat which, found when they come and never changed after.

A story is an article and its reposts. Its id is that of the article that the lake had first, and every other one is
compared with that article alone, so that no chain of small changes leads from one text to another. An article is
given a story once: the most alike of those whose first article was published within WINDOW of it, else one of its
own. Nothing that comes later changes that, neither a new revision nor an article that would have joined two stories.

Articles count in the order of their runs, and within one by time of publication. So the stories are the same
however the runs are cut into segments, and also when all is made anew, unless runs overlapped (then the order of
their beginnings counts, not that of their commits) or a revision that a text was compared with has been left behind.
"""

from __future__ import annotations

import pyarrow as pa

from lake.derived.grouping import settled
from lake.derived.shingles import METHOD, SKETCH, normalised, sketch
from lake.derived.table import Batch, Derived
from lake.schema import article_fields

__all__ = ["STORIES"]

_ARTICLE = article_fields(
    "article_id", "revision", "published_at", "published_date", "media", "source", "title", "run_id"
)
_STORY = (
    pa.field("story_id", pa.string()),
    pa.field("story_date", pa.date32()),  # of the article with that id, when it came
    pa.field("leads", pa.bool_()),  # whether it is the article that others are compared with
    pa.field("jaccard", pa.float64()),  # of its first revision with that article; NULL where it leads
    pa.field("contained", pa.float64()),
)
_COLUMNS = pa.schema([*_ARTICLE, *SKETCH, *_STORY])


def _build(batch: Batch) -> pa.Table:
    """Sketches; the stories come when all rows of a segment are there, for their order is not that of files."""
    rows = batch.articles
    texts = [normalised(text or "") for text in rows.column("body_text").to_pylist()]
    held = rows.select([field.name for field in _ARTICLE])
    found = sketch(texts)
    columns = [*held.columns, *found.columns, *(pa.nulls(len(rows), field.type) for field in _STORY)]
    return pa.table(columns, names=_COLUMNS.names).cast(_COLUMNS)


STORIES = Derived(
    name="stories",
    columns=_COLUMNS,
    reads=(*(field.name for field in _ARTICLE), "body_text", "mentions"),
    order="published_at, article_id, revision",
    build=_build,
    settle=settled,
    version=METHOD,
)
"""One row per revision of an article."""
