"""Files and folders on disk.

Memory is bounded by the largest file allowed and by the names of one folder per level. The rules are told
in docs/sources.md.
"""

# Plain os calls: a Path object for each of millions of files would cost more than reading it.
# ruff: noqa: PTH114, PTH116, PTH118, PTH120

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
from collections import deque
from collections.abc import Iterator
from typing import Literal

from lake.errors import Reject
from lake.model import Item, Origin, RejectRecord
from lake.settings import Limits
from lake.sources import archives, kinds, refusals

__all__ = ["Files", "read_bytes"]

log = logging.getLogger(__name__)

_OPEN = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
"""Without blocking: a pipe put in a file's place after it was looked at can't hang the run."""
_PIECE = 64 * 1024
_LOOK = "/"
"""Mark behind a listed name that is not a plain file and needs a closer look."""


class Files:
    """Reads files and folders, each once, in the order of their names.

    ``remember``: keep the paths of single files, so that a file which another source names too is read
    once. Folders are always known again, by device and inode, whatever path leads to them.
    """

    def __init__(self, limits: Limits, *, remember: bool) -> None:
        self._limits = limits
        self._remember = remember
        self._single: set[str] = set()
        self._folders: set[tuple[int, int]] = set()

    def read(self, path: str) -> Iterator[Item | RejectRecord]:
        """Everything at the absolute ``path`` that somebody named: a file, an archive or a folder."""
        try:
            found = _look(path)
        except Reject as reject:
            yield refusals.record(reject, path)
            return
        if stat.S_ISDIR(found.st_mode):
            yield from self._tree(path)
        elif self._is_first(path):
            yield from self._file(path, named=True)

    def _is_first(self, path: str) -> bool:
        """Whether the single file at ``path`` has not been read yet; remembers it."""
        folder, name = os.path.split(path)
        if path in self._single:
            return False
        if self._folders and kinds.is_wanted(name) and not name.startswith("."):
            with contextlib.suppress(OSError):
                if _identity(os.stat(folder)) in self._folders:
                    return False
        if self._remember:
            self._single.add(path)
        return True

    def _tree(self, root: str) -> Iterator[Item | RejectRecord]:
        """The folder's files, then those of the folders that links in it lead to.

        Links wait until the end so that a folder's own path wins over a link to it.
        """
        links: deque[str] = deque()
        yield from self._folder(root, links)
        while links:
            link = links.popleft()
            if _leads_up(link):
                words = "the link leads to a folder above it and is not followed; remove it"
                yield refusals.record(Reject("discover", "symlink_loop", words), link)
            else:
                yield from self._folder(link, links)

    def _folder(self, top: str, links: deque[str]) -> Iterator[Item | RejectRecord]:
        """One real tree, depth first; links to folders are put into ``links``."""
        levels = [("", [top + _LOOK])]
        while levels:
            folder, names = levels[-1]
            if not names:
                levels.pop()
                continue
            name = names.pop()
            path = os.path.join(folder, name.removesuffix(_LOOK))
            try:
                kind = _kind(path) if name.endswith(_LOOK) else "file"
                if kind == "folder" or path == top:
                    levels.append((path, self._names(path)))
                elif kind == "link":
                    links.append(path)
                elif kinds.is_wanted(path) and path not in self._single:
                    yield from self._file(path)
            except Reject as reject:
                if reject.reason != "not_a_file" or kinds.is_wanted(path):
                    yield refusals.record(reject, path)

    def _names(self, folder: str) -> list[str]:
        """What to visit in a folder, last first; nothing if the folder was read before."""
        try:
            identity = _identity(os.stat(folder))
            if identity in self._folders:
                return []
            with os.scandir(folder) as entries:
                names = _chosen(folder, entries)
        except OSError as error:
            raise refusals.of_os_error(error, "discover") from error
        self._folders.add(identity)
        return names

    def _file(self, path: str, *, named: bool = False) -> Iterator[Item | RejectRecord]:
        """One plain file: an item, an archive's members, or a reject."""
        if kinds.is_archive(path):
            yield from archives.read_archive(path, self._limits)
            return
        if named and kinds.is_export(path):
            from lake.sources.exported import read_exported  # reads Parquet, which few files need

            yield from read_exported(path, self._limits)
            return
        try:
            body = read_bytes(path, self._limits)
            if named and not kinds.is_page(path) and not kinds.is_text(body):
                words = "neither text nor an archive; name pages, folders, .zip or .tar files"
                raise Reject("discover", "not_text", words)
            yield Item(Origin(path=refusals.shown(path)), body)
        except Reject as reject:
            yield refusals.record(reject, path)


def read_bytes(path: str, limits: Limits) -> bytes:
    """The whole file, read again once if it changed meanwhile.

    Raises:
        Reject: it can't be opened, is no plain file, is larger than ``limits.item_bytes``, or keeps changing.
    """
    for _ in range(2):
        try:
            body = _read_once(path, limits.item_bytes)
        except OSError as error:
            raise refusals.of_os_error(error, "capture") from error
        if body is not None:
            return body
    raise Reject("capture", "changed", "changed while it was read; run again later")


def _read_once(path: str, most: int) -> bytes | None:
    """The file's bytes; None if it changed meanwhile. Sizes are counted, not believed."""
    descriptor = os.open(path, _OPEN)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Reject("capture", "not_a_file", "no longer a plain file; run again")
        body = os.read(descriptor, min(before.st_size, most) + 1)
        while len(body) <= most and (more := os.read(descriptor, min(_PIECE, most + 1 - len(body)))):
            body += more
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if before.st_size > most or len(body) > most:
        words = f"larger than {most} bytes, which no news page is; split or leave it out"
        raise Reject("capture", "too_large", words)
    unchanged = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return body if unchanged else None


def _chosen(folder: str, entries: Iterator[os.DirEntry[str]]) -> list[str]:
    """The names to visit, last first: pages and archives, and with a mark whatever needs a closer look."""
    names, ignored = [], 0
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if not entry.is_file(follow_symlinks=False):
            names.append(entry.name + _LOOK)
        elif kinds.is_wanted(entry.name):
            names.append(entry.name)
        else:
            ignored += 1
    if ignored:
        log.debug("%s: %d other files ignored", refusals.shown(folder), ignored)
    return sorted(names, reverse=True)


def _kind(path: str) -> Literal["file", "folder", "link"]:
    """A file (perhaps by a link), a folder, or a link to a folder; raises a reject for anything else."""
    found = _look(path)
    if stat.S_ISREG(found.st_mode):
        return "file"
    return "link" if os.path.islink(path) else "folder"


def _look(path: str) -> os.stat_result:
    """What the path leads to: a plain file or a folder. Nothing is opened."""
    try:
        found = os.stat(path)
    except ValueError as error:
        raise Reject("discover", "not_found", "no such file or folder: the name holds a NUL") from error
    except OSError as error:
        if error.errno == errno.ENOENT and os.path.islink(path):
            words = "the link leads nowhere; remove it or bring back its target"
            raise Reject("discover", "broken_link", words) from error
        raise refusals.of_os_error(error, "discover") from error
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise Reject(
            "discover", "not_a_file", "a pipe, socket or device, which is never opened; leave it out"
        )
    return found


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _leads_up(link: str) -> bool:
    """Whether the link to a folder leads to a folder that it lies in."""
    target, place = os.path.realpath(link), os.path.realpath(os.path.dirname(link))
    return os.path.commonpath((target, place)) == target
