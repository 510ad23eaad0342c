"""Writers beside maintenance and readers: nothing is lost or doubled, and nobody sees half a change."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from lake.locations import LakeRoot
from lake.storage.tables import create
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.chaos import FULL, crowd, model, world

_WRITERS, _MAINTENANCES, _READERS, _POLLS = (3, 2, 2, 300) if FULL else (2, 1, 1, 25)
_CONTEXT = multiprocessing.get_context("forkserver")


@pytest.mark.timeout(3600)
def test_a_crowd(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    create(root)
    publish(root)
    folder = str(tmp_path)
    jobs = [_CONTEXT.Process(target=crowd.keep_writing, args=(folder, n)) for n in range(_WRITERS)]
    jobs += [_CONTEXT.Process(target=crowd.keep_maintaining, args=(folder, n)) for n in range(_MAINTENANCES)]
    looks = (crowd.poll_views, crowd.poll_files)
    readers = [
        _CONTEXT.Process(target=look, args=(folder, n, _POLLS)) for n in range(_READERS) for look in looks
    ]
    for process in (*jobs, *readers):
        process.start()
    for process in readers:
        process.join()
    (tmp_path / "stop").touch()
    for process in jobs:
        process.join()
    assert [process.exitcode for process in (*jobs, *readers)] == [0] * len([*jobs, *readers])

    seen = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    print(seen)
    polls = [each for each in seen.values() if "polls" in each]
    assert len(polls) == 2 * _READERS
    assert [each["anomalies"] for each in polls] == [[]] * len(polls)
    batches = sum(each.get("batches", 0) for each in seen.values())
    there = model.found(root)
    own = {key for key in there["articles"] if key[0] != world.article_id(crowd.SHARED)}
    assert len(own) == batches * crowd.BATCH
    assert len(there["captures"]) == len(there["outcomes"]) == batches * (crowd.BATCH + 1)
    publish(root)
    _, views = model.published(root)
    assert len(views["articles"]) == batches * crowd.BATCH + 1
    assert verify(root) == []
