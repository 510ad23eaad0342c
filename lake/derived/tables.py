"""The derived tables of a lake. To add one: declare it in a module of its own, name it here."""

from __future__ import annotations

from lake.derived.briefs import BRIEFS
from lake.derived.mentions import MENTIONS
from lake.derived.stories import STORIES
from lake.derived.superseding import SUPERSEDING
from lake.derived.table import Derived
from lake.derived.text_index import HEADLINES, TEXT_INDEX

__all__ = ["DERIVED"]

DERIVED: tuple[Derived, ...] = (SUPERSEDING, BRIEFS, MENTIONS, STORIES, HEADLINES, TEXT_INDEX)
"""In the order in which they are built; SUPERSEDING comes first, for the others leave out what it names."""
