"""Taking what the lake holds elsewhere: tables for other tools, captures as WARC, articles as posts.

``tables`` writes articles as Parquet, CSV or JSON lines, ``warc`` captures with their bytes, ``jekyll`` articles
in the form of the seed archive. docs/export.md says what comes back when an export is ingested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lake.errors import Stop, Usage
from lake.export.jekyll import write_posts
from lake.export.selection import Selection
from lake.export.tables import write_csv, write_jsonl, write_parquet
from lake.export.warc import write_warc
from lake.locations import LakeRoot

__all__ = ["Exported", "Format", "export"]

Format = Literal["warc", "parquet", "csv", "jsonl", "jekyll"]

_WRITERS: Mapping[Format, Callable[[Selection, Path], Mapping[str, int]]] = {
    "warc": write_warc,
    "parquet": write_parquet,
    "csv": write_csv,
    "jsonl": write_jsonl,
    "jekyll": write_posts,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where; ``counts`` says how much of what."""

    format: Format
    path: str
    counts: Mapping[str, int] = field(default_factory=dict)


def export(
    root: LakeRoot,
    form: Format,
    target: Path,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    site: str | None = None,
) -> Exported:
    """Write the lake, or what the dates (both inclusive) and the site choose, to ``target``.

    The target appears whole or not at all.

    Raises:
        Usage: the target exists already, or the range is empty.
        Stop: there is no published lake, or bytes are damaged or gone.
    """
    if since and until and since > until:
        raise Usage(f"--since {since} is after --until {until}")
    if not root.database.is_file():
        raise Stop(f"there is no lake at {root.path}: run `newslake ingest` first")
    if target.exists():
        raise Usage(f"{target} exists: give a new name or remove it first")
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    counts = _WRITERS[form](Selection(root, since, until, site), fresh)
    fresh.rename(target)
    return Exported(form, str(target), counts)
