"""Damage of every kind that can be planted is found; what the raw zone can restore is the same as before."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from random import Random

import pytest

from flows.cli import main
from lake.errors import Stop
from lake.locations import TABLES, LakeRoot
from lake.storage import snapshots
from lake.storage.maintain import maintain
from lake.storage.repair import Repaired, repair
from lake.storage.tablelog import log_entry
from lake.storage.tables import open_table
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.chaos import FULL, model
from tests.chaos.attack import Lake
from tests.chaos.world import Feed

_FLIPS = 60 if FULL else 6


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with revisions, rejects, copies and merged files."""
    lake = Lake(tmp_path_factory.mktemp("grown"), 3)
    for _ in range(5):
        feed = lake.world.changed_feed()
        feed.put("blank.html", None, len(feed.files))
        lake.run("ingest", feed)
    return lake


@pytest.fixture
def root(grown: Lake, tmp_path: Path) -> LakeRoot:
    """A copy of it, to be damaged."""
    shutil.copytree(grown.root.path, tmp_path / "lake", symlinks=True)
    root = LakeRoot(tmp_path / "lake")
    publish(root)
    return root


def files(root: LakeRoot, name: str) -> list[Path]:
    table = open_table(root, name)
    return [table.folder / file.path for file in table.files()]


def mended(root: LakeRoot, before: dict) -> Repaired:
    """Repair; everything derived is as it was, and the lake is sound."""
    assert verify(root) != []
    done = repair(root)
    assert done.lost == []
    assert model.found(root) == before
    if FULL:  # else what repair itself found in the end is believed
        assert verify(root) == []
        assert repair(root).done == []
    return done


@pytest.mark.parametrize("name", ["articles", "outcomes", "rejects"])
@pytest.mark.parametrize("how", ["gone", "short", "flipped", "all gone"] if FULL else ["flipped", "all gone"])
def test_files_that_derive_from_captures_are_made_again(root: LakeRoot, name: str, how: str) -> None:
    before = model.found(root)
    for path in files(root, name)[: None if how == "all gone" else 1]:
        _damage(path, how)
    mended(root, before)
    _, views = model.published(root)
    assert views == model.shown(before)


def test_everything_that_derives_from_captures_at_once(root: LakeRoot) -> None:
    """The captures alone give the lake again, but for what only the run knew: which captures came together."""
    before = model.found(root)
    for name in ("articles", "outcomes", "rejects"):
        for path in files(root, name):
            path.unlink()
    root.index.unlink()
    root.database.unlink()
    done = repair(root)
    there = model.found(root)
    assert done.lost == []
    assert (there["captures"], there["outcomes"], there["rejects"]) == (
        before["captures"],
        before["outcomes"],
        before["rejects"],
    )
    current = {article_id: value for (article_id, _), value in sorted(before["articles"].items())}
    assert {article_id: value for (article_id, _), value in sorted(there["articles"].items())} == current
    assert verify(root) == []


@pytest.mark.parametrize("how", ["gone", "short", "scratched"])  # one bit may hit what no reader needs
def test_lost_bytes_are_named_and_can_be_captured_again(root: LakeRoot, grown: Lake, how: str) -> None:
    before = model.found(root)
    _damage(files(root, "captures")[0], how)
    assert verify(root) != []
    lost = repair(root).lost
    assert {"lost_captures"} <= {finding.kind for finding in lost}
    there = model.found(root)
    assert there["articles"] == before["articles"]
    for feed in grown.world.feeds:
        _ingest(root, feed)
    latest = {origin: listed[-1] for origin, listed in before["captures"].items()}
    assert {origin: listed[-1] for origin, listed in model.found(root)["captures"].items()} == latest


def test_a_lost_index_and_a_lost_view_file(root: LakeRoot) -> None:
    before = model.found(root)
    root.index.write_bytes(b"no database")
    root.database.write_bytes(os.urandom(4096))
    assert [finding.kind for finding in verify(root)] == ["published"]
    repair(root)
    assert verify(root) == [] and model.found(root) == before
    assert model.published(root)[1] == model.shown(before)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("left", [0, 40] if FULL else [40])
def test_a_log_whose_last_entry_was_torn(root: LakeRoot, name: str, left: int) -> None:
    """As a disk may leave it that lies about what it has written."""
    before = model.found(root)
    last = max((root.table(name) / "_delta_log").glob("*.json"))
    last.write_bytes(last.read_bytes()[:left])
    assert verify(root) != []
    mended(root, before)


def test_a_damaged_checkpoint_is_set_aside(root: LakeRoot) -> None:
    for n in range(12):
        table = open_table(root, "rejects")
        table.commit([], {"run_id": f"x{n}"})
    before = model.found(root)
    (checkpoint,) = (root.table("rejects") / "_delta_log").glob("*.checkpoint.parquet")
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    assert {finding.kind for finding in verify(root)} == {"log"}
    repair(root)
    assert verify(root) == [] and model.found(root) == before


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("which", [0, 1, -2] if FULL else [1])
def test_a_log_entry_that_is_gone_is_filled_in(root: LakeRoot, name: str, which: int) -> None:
    before = model.found(root)
    entries = sorted((root.table(name) / "_delta_log").glob("*.json"))
    entries[which].unlink()
    assert {finding.kind for finding in verify(root)} == {"log"}
    assert repair(root).lost == []
    assert verify(root) == [] and model.found(root) == before


@pytest.mark.parametrize("name", TABLES if FULL else ["outcomes"])
def test_log_entries_that_have_changed_places(root: LakeRoot, name: str) -> None:
    before = model.found(root)
    one, other = sorted((root.table(name) / "_delta_log").glob("*.json"))[1:3]
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    if name == "outcomes":
        found = [finding.where for finding in verify(root) if finding.kind == "snapshot_note"]
        assert sorted(found) == [str(one), str(other)]
    assert repair(root).lost == []
    assert verify(root) == [] and model.found(root) == before


def test_a_first_entry_that_holds_another_one(root: LakeRoot) -> None:
    before = model.found(root)
    first, second = (log_entry(root, "outcomes", version) for version in (0, 1))
    shutil.copy(second, first)
    assert {finding.kind for finding in verify(root)} == {"log"}
    assert repair(root).lost == []
    assert verify(root) == [] and model.found(root) == before


def test_a_file_that_holds_another_table_s_rows(root: LakeRoot) -> None:
    before = model.found(root)
    shutil.copy(files(root, "captures")[0], files(root, "rejects")[0])
    mended(root, before)


def _log(root: LakeRoot, name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root.table(name) / "_delta_log").glob("*.*")}


def test_of_two_checkpoints_only_the_damaged_one_is_set_aside(root: LakeRoot) -> None:
    for n in range(22):
        open_table(root, "rejects").commit([], {"run_id": f"x{n}"})
    before = model.found(root)
    older, newer = sorted((root.table("rejects") / "_delta_log").glob("*.checkpoint.parquet"))
    newer.write_bytes(newer.read_bytes()[:-100])
    assert repair(root).lost == []
    assert older.exists() and not newer.exists()
    assert verify(root) == [] and model.found(root) == before


def test_the_only_record_of_old_entries_is_not_set_aside(root: LakeRoot) -> None:
    """After a month entries are in a checkpoint alone: without it nothing could be read."""
    for n in range(12):
        open_table(root, "rejects").commit([], {"run_id": f"x{n}"})
    (checkpoint,) = (root.table("rejects") / "_delta_log").glob("*.checkpoint.parquet")
    for version in range(int(checkpoint.name.split(".")[0]) + 1):
        log_entry(root, "rejects", version).unlink()
    checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    before = _log(root, "rejects")
    with pytest.raises(Stop, match="restore"):
        repair(root)
    assert _log(root, "rejects") == before


def test_a_log_that_is_sound_and_too_new_is_left_alone(root: LakeRoot) -> None:
    """Another tool has raised the protocol's version above what we read."""
    for n in range(12):
        open_table(root, "rejects").commit([], {"run_id": f"x{n}"})
    entry = log_entry(root, "rejects", open_table(root, "rejects").version + 1)
    entry.write_text('{"protocol":{"minReaderVersion":99,"minWriterVersion":99}}\n')
    before = _log(root, "rejects")
    assert {finding.kind for finding in verify(root)} == {"log"}
    with pytest.raises(Stop, match="cannot be read"):
        repair(root)
    assert _log(root, "rejects") == before


def test_left_overs_are_removed(root: LakeRoot) -> None:
    dead = root.staging("dead")
    dead.mkdir(parents=True)
    os.utime(dead, (time.time() - 3 * 86400,) * 2)
    assert [finding.kind for finding in verify(root)] == ["staging"]
    repair(root)
    assert verify(root) == []


def test_the_command(root: LakeRoot, capsys: pytest.CaptureFixture[str]) -> None:
    files(root, "articles")[0].unlink()
    command = ["verify", "--lake", str(root.path), "--json"]
    assert main(command) == 1
    assert not json.loads(capsys.readouterr().out)["sound"]
    assert main([*command, "--repair"]) == 0
    assert any("made again" in phrase for phrase in json.loads(capsys.readouterr().out)["repaired"])
    assert main(command) == 0
    capsys.readouterr()
    files(root, "captures")[0].unlink()
    assert main([*command, "--repair"]) == 1
    assert "lost_captures" in capsys.readouterr().out


def test_a_sound_lake_is_left_alone(root: LakeRoot) -> None:
    before = {path: path.stat().st_size for path in root.path.rglob("*.json")}
    assert repair(root) == Repaired([], [])
    assert {path: path.stat().st_size for path in root.path.rglob("*.json")} == before


def _everything(root: LakeRoot) -> list[Path]:
    return sorted(
        path
        for path in root.path.rglob("*")
        if path.is_file() and path.suffix in (".parquet", ".json", ".duckdb") and path.stat().st_size
    )


@pytest.mark.parametrize("seed", range(_FLIPS))
def test_a_flipped_bit_anywhere_is_found_or_means_nothing(root: LakeRoot, seed: int) -> None:
    maintain(root)
    publish(root)
    before, views = model.found(root), model.published(root)[1]
    rng = Random(seed)
    path = rng.choice(_everything(root))
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)
    if verify(root) == []:
        assert model.found(root) == before
        assert model.published(root)[1] == views
        return
    lost = {finding.kind for finding in repair(root).lost}
    if lost:
        assert path.is_relative_to(root.table("captures"))
    else:
        assert model.found(root) == before


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        ('"counts"', '"counTs"'),
        ('"versions"', '"versionr"'),
        ('"run_id"', '"run_Id"'),
        ('"articles":', '"brticles":'),
        ('"timestamp"', '"timestcmp"'),
    ][: None if FULL else 2],
)
def test_a_snapshot_whose_note_is_damaged_is_told_left_out_and_repaired(
    root: LakeRoot, word: str, instead: str
) -> None:
    before = model.found(root)
    newest = snapshots.latest(root)
    assert newest is not None
    entry = log_entry(root, "outcomes", newest.id)
    text = entry.read_text()
    assert word in text
    entry.write_text(text.replace(word, instead))
    assert [each.where for each in verify(root) if each.kind == "snapshot_note"] == [str(entry)]
    older = snapshots.latest(root)
    assert older is not None
    assert older.id < newest.id
    assert repair(root).lost == []
    assert verify(root) == []
    assert model.found(root) == before


@pytest.mark.parametrize("table", ["captures", "articles", "rejects"] if FULL else ["articles"])
@pytest.mark.parametrize(
    ("word", "instead"),
    [
        ('"path"', '"pbth"'),
        ('"size"', '"siza"'),
        ('"add"', '"aad"'),
        ('\\"numRecords\\"', '\\"numRecords\\b'),
        ('\\"nullable\\"', '\\"nullabla\\"'),
    ],
)
def test_a_log_entry_that_is_json_but_no_action_is_repaired(
    root: LakeRoot, table: str, word: str, instead: str
) -> None:
    before = model.found(root)
    logs = sorted((root.table(table) / "_delta_log").glob("*.json"))
    entry = next(path for path in logs if word in path.read_text())
    entry.write_text(entry.read_text().replace(word, instead, 1))
    if verify(root) != []:  # a checkpoint may hold what the entry said
        assert repair(root).lost == []
        assert verify(root) == []
    assert model.found(root) == before


def _damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how in ("gone", "all gone"):
        path.unlink()
    elif how == "short":
        path.write_bytes(content[: len(content) // 2])
    else:
        begin = len(content) // 3
        for at in range(begin, begin + 200 if how == "scratched" else begin + 1):
            content[at] ^= 4
        path.write_bytes(content)


def _ingest(root: LakeRoot, feed: Feed) -> None:
    from lake.ingest import IngestRequest, ingest

    ingest(IngestRequest((str(feed.folder),), root))
