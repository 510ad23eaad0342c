"""Structuring in batches: a bad page costs itself and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from lake.ingest import IngestRequest, capture, discover
from lake.locations import LakeRoot
from lake.settings import Sizes
from lake.storage import staging
from lake.storage.raw import read_batch
from lake.structure import BatchResult, _to_table, extract_capture, structure_batch, structure_batches

POST = '---\ntitle: "第{n}篇"\ndate: 2022-03-01 09:30:00 +0800\ncategories: emnews\n---\n\n第{n}篇的正文。\n'


def captured(tmp_path: Path, names: Sequence[str], batch: int) -> list[Path]:
    folder = tmp_path / "in"
    folder.mkdir()
    for n, name in enumerate(names):
        (folder / name).write_text(POST.format(n=n), "utf-8")
    request = IngestRequest((str(folder),), LakeRoot(tmp_path / "lake"), sizes=Sizes(batch_items=batch))
    return [Path(spec) for spec in capture(request, discover(request)).stored.specs]


def dies_of_killer(spec: Path, *, only: Sequence[str] | None = None, part: str = "") -> BatchResult:
    """A worker that a certain page kills, as a crash in a C library would."""
    for row, _ in read_batch(spec, bodies=False):
        if "killer" in row["origin"] and (only is None or row["capture_id"] in only):
            os._exit(9)
    return structure_batch(spec, only=only, part=part)


def origins(results: Sequence[BatchResult], kind: str) -> set[str]:
    paths = [path for path in (getattr(result, kind) for result in results) if path]
    rows = [row for path in paths for row in staging.read(Path(path), ["origin"]).to_pylist()]
    return {Path(row["origin"]).name for row in rows}


def test_a_page_that_kills_its_process_is_a_reject_and_the_rest_goes_on(tmp_path: Path) -> None:
    names = [f"{n:02d}.md" for n in range(7)] + ["killer.md"]
    specs = captured(tmp_path, names, batch=4)
    counted: list[int] = []
    results = structure_batches(specs, workers=2, progress=counted.append, work=dies_of_killer)
    assert origins(results, "articles") == set(names) - {"killer.md"}
    assert origins(results, "rejects") == {"killer.md"}
    assert sum(counted) == len(names)
    refused = next(result.rejects for result in results if result.rejects)
    assert staging.read(Path(refused), ["stage", "reason"]).to_pylist() == [
        {"stage": "extract", "reason": "crash"}
    ]


def test_a_lone_batch_that_an_earlier_run_died_over_is_isolated(tmp_path: Path) -> None:
    specs = captured(tmp_path, ["a.md", "killer.md"], batch=10)
    results = structure_batches(specs, workers=1, isolate=True, work=dies_of_killer)
    assert origins(results, "articles") == {"a.md"}
    assert origins(results, "rejects") == {"killer.md"}


def test_a_pool_gives_what_one_process_gives(tmp_path: Path) -> None:
    names = [f"{n:02d}.md" for n in range(9)]
    specs = captured(tmp_path, names, batch=2)
    alone = structure_batches(specs, workers=1)
    ids = [staging.read(Path(str(r.articles)), ["capture_id", "content_hash"]).to_pylist() for r in alone]
    pooled = structure_batches(specs, workers=3)
    assert [
        staging.read(Path(str(r.articles)), ["capture_id", "content_hash"]).to_pylist() for r in pooled
    ] == ids
    assert sum(result.extracted for result in pooled) == len(names)


def test_few_batches_are_cut_so_that_all_processes_have_work_to_the_end(tmp_path: Path) -> None:
    names = [f"{n:03d}.md" for n in range(230)]
    specs = captured(tmp_path, names, batch=115)
    counted: list[int] = []
    pooled = structure_batches(specs, workers=2, progress=counted.append)
    assert len(pooled) == len(counted) == 6
    columns = ("capture_id", "content_hash")
    cut = [row for r in pooled for row in staging.read(Path(str(r.articles)), columns).to_pylist()]
    whole = structure_batches(specs, workers=1)
    assert cut == [row for r in whole for row in staging.read(Path(str(r.articles)), columns).to_pylist()]


def test_a_row_that_no_column_can_hold_is_a_reject(tmp_path: Path) -> None:
    (spec,) = captured(tmp_path, ["a.md", "b.md"], batch=10)
    rows = []
    for row, body in read_batch(spec):
        rows.append((row["origin"], extract_capture(row, body)))
    rows[0][1]["title"] = "\ud800"
    rejects: list = []
    table = _to_table(rows, rejects)
    assert len(table) == 1
    assert [(each.stage, each.reason) for each in rejects] == [("extract", "unstorable")]


def test_the_time_of_a_response_says_how_recent_its_content_is(tmp_path: Path) -> None:
    (spec,) = captured(tmp_path, ["a.md"], batch=10)
    (row, body) = next(read_batch(spec))
    assert extract_capture(row, body)["as_of"] != row["captured_at"]
    assert extract_capture(row | {"http_status": 200}, body)["as_of"] == row["captured_at"]


CHILDREN = """
import os, sys, time
from lake.processes import pool
if __name__ == "__main__":
    with pool(2) as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        executor.submit(time.sleep, 60).result()
"""


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 1), (signal.SIGKILL, -signal.SIGKILL)])
def test_processes_end_at_once_with_the_one_that_asked_for_them(tmp_path: Path, how: int, code: int) -> None:
    script = tmp_path / "parent.py"
    script.write_text(CHILDREN, "utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        time.sleep(0.5)  # until the other one sleeps
        parent.send_signal(how)
        ended = parent.wait(20)
        assert ended in (code, -how)
        _, alive = psutil.wait_procs([child], timeout=10)
    assert not alive
