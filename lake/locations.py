"""Every path and file name of a lake, in one place.

| path | what |
| --- | --- |
| ``captures/ articles/ outcomes/ rejects/`` | Delta tables |
| ``lake.duckdb`` | the published views; ``.lock`` orders publishers, ``.wal`` is a guard: keep both |
| ``names.parquet`` | the table of names that ``newslake names learn`` writes; absent until then |
| ``cache/index.sqlite`` | the key index, rebuildable at any time |
| ``cache/views-….duckdb`` | the views without data, copied each time that the lake is published |
| ``cache/paths/`` | where an ingest of a list of WARC files goes on that was killed |
| ``cache/robots/`` | robots.txt files, kept for a day |
| ``derived/<name>/`` | the files of derived tables, made again when they are gone |
| ``staging/<run id>/`` | work of one run, removed when it ends |
| ``reports/<date>.html`` | the report of a day, if one was asked for |
| ``sources.toml`` | the user's own sources, if any |

In a bucket (``s3://…``) lie the tables, ``derived/``, ``lake.duckdb``, ``names.parquet``, ``reports/`` and ``sources.toml``. ``cache/``,
``staging/``, locks and all that one machine alone needs lie in a folder of that machine (`LakeRoot.local`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from lake.errors import Usage
from lake.storage.bucket import ENDPOINTS
from lake.storage.files import Place
from lake.storage.objects import ObjectPath

__all__ = ["TABLES", "LakeRoot", "lake_root"]

TABLES = ("captures", "articles", "outcomes", "rejects")


@dataclass(frozen=True, slots=True)
class LakeRoot:
    """The folder, or the prefix of a bucket, that holds a lake. A ``path`` on disk is absolute."""

    path: Place

    def table(self, name: str) -> Place:
        """The folder of the Delta table ``name`` (one of TABLES)."""
        return self.path / name

    @property
    def database(self) -> Place:
        """The published DuckDB file."""
        return self.path / "lake.duckdb"

    @property
    def names(self) -> Place:
        """The table of learned names; absent until there is one."""
        return self.path / "names.parquet"

    def derived(self, name: str) -> Place:
        """The folder of the derived table ``name``."""
        return self.path / "derived" / name

    @property
    def configuration(self) -> Place:
        """The user's own sources; there need not be any."""
        return self.path / "sources.toml"

    @property
    def local(self) -> Path:
        """The folder of this machine for caches, staging and locks: the lake's own, if it lies on disk.

        For a bucket it is one folder for each address and endpoint in ``$NEWSLAKE_CACHE``, by default
        ``~/.cache/newslake``.
        """
        if isinstance(self.path, Path):
            return self.path
        endpoint = next(filter(None, map(os.environ.get, ENDPOINTS)), "")
        mark = hashlib.sha256(f"{endpoint}\n{self.path}".encode()).hexdigest()[:16]
        folder = os.environ.get("NEWSLAKE_CACHE") or "~/.cache/newslake"
        return Path(folder).expanduser().absolute() / f"{self.path.bucket}-{mark}"

    @property
    def index(self) -> Path:
        """The key index: a cache, safe to delete at any time."""
        return self.local / "cache" / "index.sqlite"

    @property
    def robots(self) -> Path:
        """The folder that keeps robots.txt files between runs."""
        return self.local / "cache" / "robots"

    def report(self, day: dt.date) -> Place:
        """The page of a day's report."""
        return self.path / "reports" / f"{day.isoformat()}.html"

    def staging(self, run_id: str) -> Path:
        """The folder for one run's intermediate files."""
        return self.local / "staging" / run_id


def lake_root(location: str | os.PathLike[str] | None = None) -> LakeRoot:
    """The lake at ``location``, else at ``$NEWSLAKE_ROOT``, else at ``./data``: a folder or ``s3://…``.

    Raises Usage for a place with ``%`` or ``?``, since delta-rs reads the one as an escape, DuckDB the other as
    the end of a file's name; in a bucket also for ``*``, ``[`` and ``#``.
    """
    chosen = os.fspath(location) if location else os.environ.get("NEWSLAKE_ROOT") or "data"
    if "://" in chosen:
        path: Place = ObjectPath.parse(chosen)
    else:
        path = Path(chosen).expanduser().absolute()
    signs = "%?" if isinstance(path, Path) else "%?*[#"
    if any(sign in str(path) for sign in signs):
        raise Usage(f"a lake's path may hold none of {signs}, which its storage reads as signs: {path}")
    return LakeRoot(path)
