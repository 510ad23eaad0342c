"""The table of names: which security a name stands for when a text does not mark it.

It is data of its own, ``names.parquet`` in the lake's folder, so that extraction stays a function of bytes and
this table. ``lake.learning`` makes it anew; a run works with the copy that it took when it began, so that all
its processes and all of its commit see the same names. A lake without the file finds no names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from lake.errors import Stop
from lake.extraction.known_names import KnownName, KnownNames
from lake.extraction.marks import Pair
from lake.locations import LakeRoot
from lake.storage.files import Place, readable, write_whole

__all__ = ["Name", "Verdict", "fingerprint", "known_names", "pin", "read", "write"]

Verdict = Literal["taken", "kind", "short", "ambiguous", "rare", "ordinary"]
"""What became of a name: ``taken`` is looked for; the others only keep shorter names out of themselves.
``kind``: no security, index or fund; ``short``: too few letters; ``ambiguous``: marked as several pairs;
``ordinary``: its letters stand too often where the site marks none; ``rare``: marked in too few articles."""

_SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("market", pa.int32()),
        ("code", pa.string()),
        ("articles", pa.int64()),
        ("others", pa.int64()),
        ("seen", pa.int64()),
        ("agreed", pa.int64()),
        ("verdict", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name, the pair that it is marked as most often, and what the lake's articles say of it.

    ``articles``: articles that mark the name as this pair, ``others``: as another pair. ``seen``: articles
    with the site's markup in which the name is found as in an unmarked text; ``agreed``: those of them that
    do mention the pair.
    """

    name: str
    market: int
    code: str
    articles: int
    others: int
    seen: int
    agreed: int
    verdict: Verdict

    @property
    def pair(self) -> Pair:
        """EastMoney's (market, code)."""
        return self.market, self.code

    @property
    def precision(self) -> float | None:
        """The part of the articles with the name in which it is a mention; None if it was never found."""
        return self.agreed / self.seen if self.seen else None


def write(root: LakeRoot, names: Sequence[Name]) -> Place:
    """Replace the lake's table as a whole; runs that have begun keep theirs."""
    with write_whole(root.names) as path:
        pq.write_table(pa.Table.from_pylist([asdict(name) for name in names], _SCHEMA), path)
    return root.names


def read(path: Place) -> list[Name]:
    """The names of a table. Raises Stop if it cannot be read."""
    try:
        return [Name(**row) for row in pq.read_table(readable(path), schema=_SCHEMA).to_pylist()]
    except FileNotFoundError as error:
        raise Stop(f"there is no table of names at {path}: run `newslake names learn`") from error
    except (OSError, pa.ArrowException) as error:
        raise Stop(f"{path} cannot be read: {error}; remove it or run `newslake names learn`") from error


def pin(root: LakeRoot, run_id: str) -> Path | None:
    """The run's own copy of the lake's table, in its staging folder; None if the lake has none."""
    copy = root.staging(run_id) / root.names.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        copy.write_bytes(root.names.read_bytes())
    except FileNotFoundError:
        return None
    return copy


def fingerprint(path: Place | None) -> str | None:
    """What tells one table from another: 12 hex digits of its sha256; None for no table."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path is not None else None
    except FileNotFoundError:
        return None


@lru_cache(maxsize=2)
def known_names(path: Path | None) -> KnownNames | None:
    """The table ready for extraction, made once a process; ``path`` is a run's copy, which never changes.

    None for no table and for one without a name to look for.
    """
    names = read(path) if path is not None else []
    if not any(name.verdict == "taken" for name in names):
        return None
    return KnownNames(KnownName(name.name, name.pair, name.verdict == "taken") for name in names)
