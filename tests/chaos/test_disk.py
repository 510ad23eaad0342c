"""Disks that are full, read-only or forbidden: what fails changes nothing, and works once it may."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.errors import NewslakeError
from lake.locations import LakeRoot
from lake.query import ask
from lake.storage.verify import verify
from tests.chaos import FULL, model
from tests.chaos.attack import Lake
from tests.chaos.killing import Ended, run_and_kill
from tests.chaos.work import KINDS, work

_SIZE = 24 * 1024 * 1024
_FREE = (0, 1, 4, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 1024) if FULL else (0, 128)
"""KiB that are left on the disk."""


class _FullDisk(Lake):
    """Operations have ``free`` bytes on the disk, or as many as they like (None)."""

    free: int | None = None
    failed = 0

    def do(self, words: tuple[str, str, str | None], after: float | None, change: int | None) -> Ended:
        ballast = self.root.path.parent / "ballast"
        if self.free is not None:
            left = os.statvfs(ballast.parent)
            ballast.write_bytes(bytes(max(0, left.f_bavail * left.f_frsize - self.free)))
        ended = run_and_kill(work, words, self.root.path, may_fail=self.free is not None)
        ballast.unlink(missing_ok=True)
        self.failed += ended.killed
        return ended


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "none", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode
    except FileNotFoundError:
        done = 1
    if done != 0:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=False)
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _grown(folder: Path, kind: type[Lake] = Lake) -> Lake:
    """A lake with articles, revisions and rejects; its world is beside the disk."""
    lake = kind(folder, 7)
    if folder.name == "disk":
        lake.world.folder = folder.parent / "world"
    for _ in range(3):
        lake.run("ingest", lake.world.changed_feed())
    return lake


def test_a_full_disk(disk: Path) -> None:
    lake = _grown(disk, _FullDisk)
    assert isinstance(lake, _FullDisk)
    for kilobytes in _FREE:
        for kind in KINDS:
            feed = lake.world.changed_feed() if kind == "ingest" else None
            lake.free = kilobytes * 1024
            lake.run(kind, feed)
            lake.free = None
    assert lake.failed >= len(_FREE)
    lake.finish()


def test_a_disk_that_is_read_only(disk: Path) -> None:
    lake = _grown(disk)
    feed = lake.world.changed_feed()
    before = model.found(lake.root)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for kind in KINDS:
        words = (kind, str(lake.root.path), str(feed.folder))
        assert run_and_kill(work, words, lake.root.path, may_fail=True).killed
    with ask(lake.root, "SELECT count(*) FROM articles") as answer:
        assert list(answer.rows) == [(len(lake.state.articles),)]
    assert model.found(lake.root) == before
    assert verify(lake.root) == []
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    lake.run("ingest", feed)


def _as_nobody(kind: str, path: str, source: str) -> None:
    os.setuid(65534)
    try:
        work(kind, path, source)
    except (OSError, NewslakeError) as error:
        print(error)
        os._exit(3)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
@pytest.mark.parametrize("mode", [0o755, 0o700], ids=["may read", "may not even read"])
def test_a_lake_of_another_user(tmp_path: Path, mode: int) -> None:
    lake = _grown(tmp_path)
    feed = lake.world.changed_feed()
    before = model.found(lake.root)
    lake.root.path.chmod(mode)
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(0o755)
    for kind in KINDS:
        words = (kind, str(lake.root.path), str(feed.folder))
        assert run_and_kill(_as_nobody, words, lake.root.path, may_fail=True).killed
    assert model.found(lake.root) == before
    lake.run("ingest", feed)


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """A message, not a traceback, where a file stands in the way of a folder."""
    (tmp_path / "lake").write_text("not a folder")
    with pytest.raises((OSError, NewslakeError)):
        work("publish", str(LakeRoot(tmp_path / "lake").path))
