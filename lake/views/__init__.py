"""The published views: one .sql file each, listed here in the order in which they build on each other.

``header`` reads the files, ``stored`` makes the relations that they stand on, ``publish`` writes
``lake.duckdb``, ``document`` writes docs/views.md. To add a view: write its .sql file, add its name here.
"""

from __future__ import annotations

__all__ = ["VIEWS"]

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
)
