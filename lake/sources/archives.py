"""Archives: zip and tar."""

from __future__ import annotations

from collections.abc import Iterator

from lake.errors import Reject
from lake.model import Item, RejectRecord
from lake.settings import Limits
from lake.sources import refusals

__all__ = ["read_archive"]


def read_archive(path: str, limits: Limits) -> Iterator[Item | RejectRecord]:
    """Every page in the archive at ``path``, in the archive's order, and a reject for whatever is refused."""
    yield refusals.record(Reject("capture", "unsupported", f"{path}: archives can't be read yet"), path)
