"""What an export is about: all of a lake, or the articles of some dates or of one site."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lake.locations import LakeRoot
from lake.views.stored import quoted

__all__ = ["Selection"]


@dataclass(frozen=True, slots=True)
class Selection:
    """``since`` and ``until`` are publication dates, both inclusive; None means no bound, or all sites."""

    root: LakeRoot
    since: dt.date | None = None
    until: dt.date | None = None
    site: str | None = None

    def articles(self, columns: str = "*") -> str:
        """A query for these columns of the chosen articles, in order of publication."""
        bounds = []
        if self.since is not None:
            bounds.append(f"published_date >= DATE '{self.since}'")
        if self.until is not None:
            bounds.append(f"published_date <= DATE '{self.until}'")
        if self.site is not None:
            bounds.append(f"site = {quoted(self.site)}")
        where = f" WHERE {' AND '.join(bounds)}" if bounds else ""
        return f"SELECT {columns} FROM articles{where} ORDER BY published_at, article_id"
