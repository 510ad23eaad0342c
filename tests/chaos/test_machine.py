"""A machine that does whatever a person may do, in any order, and compares the lake with the model each time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lake.storage import snapshots
from lake.storage.captures import read
from lake.storage.maintain import maintain, vacuum
from lake.storage.repair import repair
from lake.storage.tables import create
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.chaos import FULL, model, world
from tests.chaos.attack import Lake
from tests.chaos.killing import Ended
from tests.chaos.model import State
from tests.chaos.work import work
from tests.stored import rows

_EXAMPLES, _STEPS = (40, 25) if FULL else (3, 10)


class _Here(Lake):
    """Operations run in this process."""

    def do(self, words: tuple[str, str, str | None], after: float | None, change: int | None) -> Ended:
        work(*words)
        return Ended(False, 0, 0.0)


class Machine(RuleBasedStateMachine):
    """Files appear, change and vanish; they are ingested, read again, merged, damaged and repaired."""

    @initialize()
    def begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.lake = _Here(Path(self._folder.name), 0, often=0.0)
        self.feed = world.Feed(self.lake.world.folder / "feed")
        self.lake.world.feeds.append(self.feed)

    def teardown(self) -> None:
        if hasattr(self, "lake"):
            assert verify(self.lake.root) == []
            self._folder.cleanup()

    @rule(n=st.integers(0, 7), version=st.integers(1, 7), copy=st.booleans())
    def write(self, n: int, version: int, copy: bool) -> None:
        self.feed.put(f"copies/{n}.md" if copy else f"{n}.md", n, version)

    @rule(length=st.integers(0, 3))
    def write_nothing(self, length: int) -> None:
        self.feed.put("blank.html", None, length)

    @rule(data=st.data())
    @precondition(lambda self: self.feed.files)
    def delete(self, data: st.DataObject) -> None:
        """What is gone from its source stays in the lake."""
        name = data.draw(st.sampled_from(sorted(self.feed.files)))
        (self.feed.folder / name).unlink()
        del self.feed.files[name]

    @rule()
    @precondition(lambda self: self.feed.files)
    def ingest(self) -> None:
        self.lake.run("ingest", self.feed)

    @rule(kind=st.sampled_from(("maintain", "restructure", "publish")))
    def upkeep(self, kind: str) -> None:
        self.lake.run(kind, None)

    @rule()
    def learn_names(self) -> None:
        self.lake.world.learn_names(self.lake.root)

    @rule(half=st.booleans())
    def lose_the_index(self, half: bool) -> None:
        path = self.lake.root.index
        if path.exists():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 if half else 0])

    @rule()
    def vacuum_and_maintain(self) -> None:
        maintain(self.lake.root)
        publish(self.lake.root)
        vacuum(self.lake.root)
        self.lake.check(model.pinned(self.lake.state)[-1:])

    @rule()
    def repair_what_is_sound(self) -> None:
        assert repair(self.lake.root).lost == []
        self.lake.check([*model.pinned(self.lake.state)])

    @rule()
    def create_again(self) -> None:
        create(self.lake.root)

    @invariant()
    def the_lake_is_as_the_model(self) -> None:
        if hasattr(self, "lake"):
            assert model.found(self.lake.root) == (self.lake.state or State()).heads()

    @invariant()
    def bytes_come_back(self) -> None:
        if hasattr(self, "lake") and snapshots.latest(self.lake.root):
            for capture_id, length in rows(self.lake.root, "captures", "capture_id", "length")[:2]:
                assert len(read(self.lake.root, capture_id)) == length


Machine.TestCase.settings = settings(
    max_examples=_EXAMPLES,
    stateful_step_count=_STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not FULL,
    database=None,
)
test_machine = pytest.mark.timeout(3600)(Machine.TestCase)
