"""A bucket's objects as DuckDB's Python client reads files: through fsspec's interface, read-only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fsspec import AbstractFileSystem

from lake.storage.objects import ObjectPath

__all__ = ["Objects"]

_NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Objects(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The data files of a lake, which never change: their sizes are asked for once, their time is always the same.

    So DuckDB may keep what it has read of them.
    """

    protocol = "s3"
    cachable = False

    def __init__(self) -> None:
        super().__init__()
        self._sizes: dict[str, int] = {}

    def glob(self, path: str, maxdepth: int | None = None, **_: Any) -> list[str]:
        """The path itself: a view names its files one by one."""
        return [path]

    def exists(self, path: str, **_: Any) -> bool:
        """Whether there is such an object."""
        return ObjectPath.parse(path).exists()

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Its size."""
        if path not in self._sizes:
            self._sizes[path] = ObjectPath.parse(path).stat().st_size
        return {"name": path, "size": self._sizes[path], "type": "file"}

    def modified(self, path: str) -> dt.datetime:
        """The same for all: a data file's name is never used again."""
        return _NEVER

    def open(self, path: str, mode: str = "rb", *_: Any, **__: Any) -> Any:
        """The object as a file."""
        return ObjectPath.parse(path).lazily(self.info(path)["size"])
