"""The report of a day: questions in SQL, charts, and one HTML page that needs nothing but itself.

``gathering`` asks the published file, ``charts`` draws, ``page`` puts the page together, ``summary`` says it in
words for a terminal and for Prefect. Only ``gathering`` reads and only ``page.write`` writes.
"""

from __future__ import annotations

from lake.daily.gathering import Daily, gather
from lake.daily.page import render, write

__all__ = ["Daily", "gather", "render", "write"]
