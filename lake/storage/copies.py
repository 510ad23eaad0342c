"""Captures of the raw zone, extracted again."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator

import pyarrow as pa

from lake.errors import Reject
from lake.extraction.known_names import KnownNames
from lake.locations import LakeRoot
from lake.merge import Copy
from lake.rows import staged_copy
from lake.schema import STAGED
from lake.storage.index import Index
from lake.storage.raw import read_many
from lake.structure import extract_capture

__all__ = ["reread"]

log = logging.getLogger(__name__)


def reread(
    root: LakeRoot,
    capture_ids: Collection[str],
    index: Index | None = None,
    names: KnownNames | None = None,
) -> Iterator[Copy]:
    """What these captures say today; those that give no article any more are left out.

    ``index`` may be given if it has caught up. Raises Stop where bytes are damaged or gone.
    """
    for row, body in read_many(root, capture_ids, index):
        try:
            staged = pa.Table.from_pylist([extract_capture(row, body, names)], STAGED)
        except Reject as reject:
            log.info("%s no longer gives an article: %s", row["origin"], reject)
            continue
        yield staged_copy(staged.to_pylist()[0])
