"""What was found on a page, from which each field is read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lake.extraction.metadata import Metadata
from lake.extraction.profile import Found, Profile
from lake.extraction.surroundings import Lines

__all__ = ["Evidence"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found on a page. ``lines`` are empty where a profile gave all that they could tell."""

    address: str | None
    profile: Profile | None
    found: Found | None
    head: Metadata
    lines: Lines
    captured_at: dt.datetime
