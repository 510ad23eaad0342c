"""The clock is set back: what came last still counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from lake.locations import LakeRoot
from lake.model import Item
from lake.storage.verify import verify
from tests.stored import current, number, post, rows, run

AHEAD = dt.timedelta(hours=5)


def when(item: Item, ahead: dt.timedelta) -> Item:
    """The item as a machine captures it whose clock is ahead by so much."""
    return replace(item, fetched_at=dt.datetime.now(dt.UTC) + ahead)


def said(root: LakeRoot) -> str:
    return current(root, "body_text")[f"eastmoney:{number(1)}"][0]


def test_bytes_that_come_after_the_clock_was_set_back_count(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    run(root, [when(post(1, body="先。"), AHEAD)], "r1")
    run(root, [post(1, body="后。")], "r2")
    assert said(root) == "后。"
    run(
        root, (when(post(1, body="先。"), dt.timedelta()) for _ in range(1)), "r3"
    )  # fetched now, and back again
    assert said(root) == "先。"
    run(root, [post(1, body="末。")], "r4")
    assert said(root) == "末。"
    times = [at for (at,) in rows(root, "captures", "captured_at")]
    assert len(set(times)) == 4
    assert verify(root) == []


def test_of_bytes_that_come_twice_in_a_run_the_last_count(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    run(root, [when(post(1, body="先。"), AHEAD)], "r1")
    run(root, [post(1, body="中。"), post(1, body="后。")], "r2")
    assert said(root) == "后。"


def test_what_was_recorded_long_ago_does_not_replace_what_is_newer(tmp_path: Path) -> None:
    root = LakeRoot(tmp_path / "lake")
    run(root, [post(1, body="今。")], "r1")
    run(root, [when(post(1, body="昔。"), -AHEAD)], "r2")
    assert said(root) == "今。"


def test_index_and_tables_agree_on_the_last_outcome(tmp_path: Path) -> None:
    """Outcomes of another extractor are recorded after those that stand, whatever the clock says."""
    root = LakeRoot(tmp_path / "lake")
    run(root, [post(1)], "r1")
    run(root, [post(1)], "r2")
    recorded = rows(root, "outcomes", "recorded_at")
    assert recorded == sorted(recorded)
