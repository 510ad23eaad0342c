"""The published views and table macros: one .sql file each, listed in the order in which they build on each other.

``header`` reads the files, ``stored`` makes the relations that they stand on, ``publish`` writes
``lake.duckdb``, ``document`` writes docs/views.md. To add one: write its .sql file, add its name here.
"""

from __future__ import annotations

__all__ = ["MACROS", "VIEWS"]

VIEWS = (
    "articles",
    "revisions",
    "mentions",
    "charts",
    "images",
    "links",
    "glossary",
    "captures",
    "rejects",
    "snapshots",
    "relevance",
    "attention_daily",
    "abnormal_attention",
    "board_heat",
    "securities",
    "calendar",
    "co_mentions",
    "media_share",
    "publish_delay",
    "seasonality",
    "coverage_gaps",
    "revisions_diff",
    "topics",
    "quality_daily",
    "stories",
    "reposts",
    "novelty",
)
"""The views."""

MACROS = (
    "articles_about",
    "abnormal_attention_on",
    "timeline",
    "as_of",
    "event_window",
    "similar",
    "search",
)
"""The table macros, which take parameters; made after the views."""
