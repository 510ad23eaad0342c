"""Glob patterns: ``*``, ``?``, ``[…]`` within a part of the path, ``**`` for folders of any depth.

A pattern gives what a shell would give (sorted, without hidden names, without following links under
``**``), but has no limit on the number of names and lists one folder at a time.
"""

# Plain os calls: a Path object for each of millions of files would cost more than reading it.
# ruff: noqa: PTH112, PTH114, PTH118, PTH208

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator

__all__ = ["expand", "is_pattern"]

_MAGIC = re.compile(r"[*?[]")


def is_pattern(source: str) -> bool:
    """Whether the text holds glob characters."""
    return _MAGIC.search(source) is not None


def expand(pattern: str) -> Iterator[str]:
    """The existing paths that match the absolute ``pattern``. A ``**`` at its end means the folder itself."""
    parts = [part for part in pattern.split("/") if part]
    while parts[-1:] == ["**"]:
        parts.pop()
    yield from _below("/", parts)


def _below(folder: str, parts: list[str]) -> Iterator[str]:
    """Paths under ``folder`` that match the remaining parts of the pattern."""
    if not parts:
        yield folder
        return
    part, rest = parts[0], parts[1:]
    if part == "**" and rest[:1] == ["**"]:
        yield from _below(folder, rest)
    elif part == "**":
        yield from _below(folder, rest)
        for name in _listed(folder):
            path = os.path.join(folder, name)
            if not name.startswith(".") and os.path.isdir(path) and not os.path.islink(path):
                yield from _below(path, parts)
    elif is_pattern(part):
        matches = re.compile(fnmatch.translate(part)).match
        for name in _listed(folder):
            if matches(name) and (part.startswith(".") or not name.startswith(".")):
                yield from _below(os.path.join(folder, name), rest)
    elif os.path.lexists(path := os.path.join(folder, part)):
        yield from _below(path, rest)


def _listed(folder: str) -> list[str]:
    """The sorted names in a folder; none if it is no folder or can't be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
