"""Where pages come from: every source gives items, or rejects that say why there is none."""

# os.path.abspath keeps the links in a path that the caller typed; Path.resolve would not.
# ruff: noqa: PTH100, PTH111

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence

from lake.errors import Reject
from lake.model import Item, RejectRecord
from lake.settings import Limits
from lake.sources import globs, refusals
from lake.sources.files import Files

__all__ = ["read"]

log = logging.getLogger(__name__)


def read(sources: Sequence[str], limits: Limits) -> Iterator[Item | RejectRecord]:
    """Everything that the sources hold, in the order given, each file and folder once.

    Never raises for what it finds: whatever can't be read is a reject of stage ``discover`` or
    ``capture``, and the rest goes on. One item is held in memory at a time.

    Args:
        sources: files, folders, globs or archives; relative paths start at the working folder.
        limits: what one file, member or archive may cost.
    """
    files = Files(limits, remember=len(sources) > 1 or any(source.count("**") > 1 for source in sources))
    for source in sources:
        nothing = True
        for found in _source(source, files):
            nothing = False
            yield found
        if nothing:
            log.warning("%s: no page in it that was not read before", refusals.shown(source))


def _source(source: str, files: Files) -> Iterator[Item | RejectRecord]:
    """Everything that one source holds and no source before it held."""
    path = os.path.abspath(os.path.expanduser(source))
    if not source.strip():
        words = "the name is empty; name a file, a folder, a glob or an archive"
        yield refusals.record(Reject("discover", "not_found", words), source)
    elif globs.is_pattern(source) and not os.path.lexists(path):
        yield from _matches(path, files)
    else:
        yield from files.read(path)


def _matches(pattern: str, files: Files) -> Iterator[Item | RejectRecord]:
    """Everything at the paths that match the pattern."""
    path = None
    for path in globs.expand(pattern):
        yield from files.read(path)
    if path is None:
        words = "nothing matches; check the pattern, or name its folder"
        yield refusals.record(Reject("discover", "no_match", words), pattern)
