"""Where delta-rs finds a lake's tables, on disk or in a bucket, and what goes wrong there as newslake's own errors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from deltalake.exceptions import DeltaError

from lake.locations import LakeRoot
from lake.storage.bucket import failure
from lake.storage.objects import ObjectPath

__all__ = ["delta_options", "reached"]


@contextlib.contextmanager
def reached(root: LakeRoot) -> Iterator[None]:
    """Raise what a bucket's server says to delta-rs as newslake's own errors; others, and those of a disk, pass."""
    try:
        yield
    except (DeltaError, OSError) as error:
        found = failure(str(root.path), error) if isinstance(root.path, ObjectPath) else None
        if found is None:
            raise
        raise found from None


def delta_options(root: LakeRoot) -> dict[str, str] | None:
    """How delta-rs is to write to a bucket; the rest it reads from the environment."""
    if not isinstance(root.path, ObjectPath):
        return None
    return {"aws_conditional_put": "etag", "aws_s3_allow_unsafe_rename": "false"}
