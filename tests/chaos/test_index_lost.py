"""The key index is removed again and again while many processes use it: nobody is stopped or told anything wrong."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.settings import Sizes
from lake.storage.index import Index
from lake.storage.indexfile import open_index, remove
from lake.storage.tables import open_lake
from lake.storage.verify import verify
from tests.chaos import FULL, model, world
from tests.chaos.world import Feed
from tests.stored import post, run

_CONTEXT = multiprocessing.get_context("forkserver")
_ROUNDS, _RUNS = (400, 40) if FULL else (25, 3)
_LONG_AGO, _LATER = (dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (2000, 2100))


def _restart(path: Path) -> None:
    """As whoever finds it damaged does."""
    open_index(path).retire()


def _delete(path: Path) -> None:
    path.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)


_WAYS: dict[str, Callable[[Path], None]] = {
    "removed": remove,
    "restarted": _restart,
    "unlinked": _delete,
    "cleared": _clear,
}


def _lose(folder: str, seed: int, *ways: str) -> None:
    rng, path = Random(seed), LakeRoot(Path(folder) / "lake").index
    while not (Path(folder) / "stop").exists():
        _WAYS[rng.choice(ways)](path)
        time.sleep(rng.uniform(0, 0.3 if "cleared" in ways else 0.02))  # to make an index takes milliseconds


def _ask(folder: str, articles: int) -> None:
    root = LakeRoot(Path(folder) / "lake")
    lake = open_lake(root)
    for n in range(_ROUNDS):
        with Index(root) as index:
            for _ in range(n % 3 + 1):
                index.catch_up(lake)
                assert len(list(index.everything("articles", ["article_id"]))) == articles
                assert len(index.captured_between(_LONG_AGO, _LATER)) == articles
                assert len(index.take([f"{n:04x}"])) <= 1


def _write(folder: str, writer: int) -> None:
    root = LakeRoot(Path(folder) / "lake")
    for n in range(_RUNS):
        feed = Feed(Path(folder) / f"writer{writer}")
        for each in range(n + 1):
            feed.put(f"{each}.md", writer * 1000 + each, 1 + (n + each) % 3)
        report = ingest(IngestRequest((str(feed.folder),), root, sizes=Sizes(workers=1)))
        assert report.captured == n + 1, report


def _beside(folder: Path, jobs: list[multiprocessing.process.BaseProcess], *ways: str) -> None:
    """Run jobs to their end while two processes lose the index in these ways."""
    losing = [_CONTEXT.Process(target=_lose, args=(str(folder), seed, *ways)) for seed in range(2)]
    for process in (*jobs, *losing):
        process.start()
    for process in jobs:
        process.join()
    (folder / "stop").touch()
    for process in losing:
        process.join()
    assert [process.exitcode for process in (*jobs, *losing)] == [0] * len([*jobs, *losing])


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("ways", [("removed", "restarted", "unlinked"), ("cleared",)], ids=" ".join)
def test_who_asks_the_index_is_told_the_same(tmp_path: Path, ways: tuple[str, ...]) -> None:
    root = LakeRoot(tmp_path / "lake")
    run(root, [post(n) for n in range(3)], "r1")
    _beside(tmp_path, [_CONTEXT.Process(target=_ask, args=(str(tmp_path), 3)) for _ in range(3)], *ways)
    with Index(root) as index:
        index.catch_up(open_lake(root))
        files = {each.name for each in root.index.parent.iterdir() if each.name.startswith("index")}
        assert len({name.split(".")[0] for name in files}) == 2, "what nobody uses is left there"


@pytest.mark.timeout(1200)
def test_who_writes_loses_and_doubles_nothing(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    jobs = [_CONTEXT.Process(target=_write, args=(str(tmp_path), writer)) for writer in range(2)]
    _beside(tmp_path, jobs, "removed", "restarted", "unlinked")
    there = model.found(root)
    current = {article_id: value[0] for (article_id, _), value in sorted(there["articles"].items())}
    numbers = [(writer * 1000 + each, each) for writer in range(2) for each in range(_RUNS)]
    assert current == {world.article_id(n): world.body(n, 1 + (_RUNS - 1 + each) % 3) for n, each in numbers}
    assert verify(root) == []
