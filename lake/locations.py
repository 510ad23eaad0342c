"""Every path and file name of a lake, in one place.

| path | what |
| --- | --- |
| ``captures/ articles/ outcomes/ rejects/`` | Delta tables |
| ``lake.duckdb`` | the published views; ``.lock`` orders publishers, ``.wal`` is a guard: keep both |
| ``names.parquet`` | the table of names that ``newslake names learn`` writes; absent until then |
| ``cache/index.sqlite`` | the key index, rebuildable at any time |
| ``cache/views-….duckdb`` | the views without data, copied each time that the lake is published |
| ``cache/robots/`` | robots.txt files, kept for a day |
| ``staging/<run id>/`` | work of one run, removed when it ends |
| ``sources.toml`` | the user's own sources, if any |
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from lake.errors import Usage

__all__ = ["TABLES", "LakeRoot", "lake_root"]

TABLES = ("captures", "articles", "outcomes", "rejects")


@dataclass(frozen=True, slots=True)
class LakeRoot:
    """The folder that holds a lake. ``path`` is absolute."""

    path: Path

    def table(self, name: str) -> Path:
        """The folder of the Delta table ``name`` (one of TABLES)."""
        return self.path / name

    @property
    def database(self) -> Path:
        """The published DuckDB file."""
        return self.path / "lake.duckdb"

    @property
    def names(self) -> Path:
        """The table of learned names; absent until there is one."""
        return self.path / "names.parquet"

    @property
    def index(self) -> Path:
        """The key index: a cache, safe to delete at any time."""
        return self.path / "cache" / "index.sqlite"

    @property
    def configuration(self) -> Path:
        """The user's own sources; there need not be any."""
        return self.path / "sources.toml"

    @property
    def robots(self) -> Path:
        """The folder that keeps robots.txt files between runs."""
        return self.path / "cache" / "robots"

    def staging(self, run_id: str) -> Path:
        """The folder for one run's intermediate files."""
        return self.path / "staging" / run_id


def lake_root(location: str | os.PathLike[str] | None = None) -> LakeRoot:
    """The lake at ``location``, else at ``$NEWSLAKE_ROOT``, else at ``./data``.

    Raises Usage for a path with ``%`` or ``?``: delta-rs reads the one as an escape, DuckDB the other as
    the end of a file's name.
    """
    chosen = os.fspath(location) if location else os.environ.get("NEWSLAKE_ROOT") or "data"
    path = Path(chosen).expanduser().absolute()
    if any(sign in str(path) for sign in "%?"):
        raise Usage(f"a lake's path may hold no % and no ?, which its storage reads as signs: {path}")
    return LakeRoot(path)
