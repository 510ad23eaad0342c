"""A lake under attack beside its model."""

from __future__ import annotations

from pathlib import Path
from random import Random

from lake.locations import LakeRoot
from lake.storage import snapshots
from lake.storage.tables import create
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.chaos import model
from tests.chaos.killing import Ended, run_and_kill
from tests.chaos.model import State
from tests.chaos.work import KINDS, work
from tests.chaos.world import Feed, World

__all__ = ["Lake"]

_FIRST = {"ingest": (1.0, 120), "maintain": (0.5, 40), "restructure": (0.8, 80), "publish": (0.2, 8)}
"""Seconds and changes of files that an operation takes, until one has been seen to its end."""


class Lake:
    """A lake under attack beside its model. ``often`` is the part of operations after which it is verified."""

    def __init__(self, folder: Path, seed: int, often: float = 1.0) -> None:
        self.often = often
        self.root = LakeRoot(folder / "lake")
        self.rng = Random(seed)
        self.world = World(folder / "world", self.rng)
        self.state = State()
        self.kills = dict.fromkeys(KINDS, 0)
        self._typical = dict(_FIRST)
        self._merged = False
        self._done: set[model.Capture] = set()  # what a killed restructure may have noted as done
        create(self.root)
        publish(self.root)
        self._known = {0: model.shown(State().heads())}

    def step(self) -> None:
        """One operation, killed somewhere; then, half of the time, the same to its end."""
        least = min(KINDS, key=lambda kind: self.kills[kind])
        kind = self.rng.choice(("ingest", least, least)) if self.world.feeds else "ingest"
        if kind == "restructure" and self.rng.random() < 0.8:
            self.world.learn_names(self.root)
        feed = self.world.changed_feed() if kind == "ingest" else None
        seconds, changes = self._typical[kind]
        if self.rng.random() < 0.5:
            ended = self.run(kind, feed, after=self.rng.uniform(0, seconds))
        else:
            ended = self.run(kind, feed, change=self.rng.randint(1, changes))
        self.kills[kind] += ended.killed
        if ended.killed and self.rng.random() < 0.5:
            ended = self.run(kind, feed)
        if not ended.killed:
            self._typical[kind] = (ended.seconds, ended.changes)

    def finish(self) -> None:
        """All that was cut short is done to its end; nothing is missing then."""
        for feed in filter(lambda each: each.files, self.world.feeds):
            self.run("ingest", feed)
        for kind in ("restructure", "maintain", "publish"):
            self.run(kind, None)
        for feed in self.world.feeds:
            for name, content in feed.files.items():
                assert self.state.captures[str(feed.folder / name)][-1] == content
        newest = snapshots.latest(self.root)
        assert newest is not None and model.published(self.root)[0] == newest.id

    def run(
        self, kind: str, feed: Feed | None, *, after: float | None = None, change: int | None = None
    ) -> Ended:
        """Do one operation and compare what it left with the model."""
        words = (kind, str(self.root.path), str(feed.folder) if feed else None)
        others: list[State] = []
        ended = self.do(words, after, change)
        if kind == "ingest" and feed is not None:
            states = model.ingested(self.state, feed, self.world.names)
        elif kind == "restructure":
            states = model.restructured(self.state, self.world.names)
            rest = model.restructured(self.state, self.world.names, self._done)
            others = rest if ended.killed else rest[-1:]
            self._done = self._done | model.chosen(self.state) if ended.killed else set()
        else:
            states = model.pinned(self.state) if kind == "maintain" else [self.state]
        if not ended.killed:
            states = states[-1:]
        if kind == "maintain":
            self._merged = ended.killed
        if self._merged:  # files that a killed maintenance has merged are pinned by whoever comes next
            states = [*states, *model.pinned(states[-1])[-1:]]
        self.check([*states, *others])
        return ended

    def do(self, words: tuple[str, str, str | None], after: float | None, change: int | None) -> Ended:
        """Have a process do it, and kill it."""
        return run_and_kill(work, words, self.root.path, after=after, change=change)

    def check(self, states: list[State]) -> None:
        """The lake is exactly one of these states, and readers see a snapshot whole."""
        there = model.found(self.root)
        fitting = [state for state in states if state.heads() == there]
        assert fitting, _difference(states[-1].heads(), there)
        newest = snapshots.latest(self.root)
        assert newest is not None
        visible = model.shown(model.found(self.root, newest))
        allowed = [state for state in fitting if model.shown(state.visible or State().heads()) == visible]
        assert allowed, "the newest snapshot shows no whole state"
        self.state = allowed[0]
        assert self._known.setdefault(newest.id, visible) == visible
        snapshot, views = model.published(self.root)
        assert views == self._known[snapshot]
        if self.rng.random() < self.often:
            assert verify(self.root) == []


def _difference(expected: dict[str, dict], there: dict[str, dict]) -> str:
    parts = []
    for name in expected:
        want, have = (
            set(map(repr, each.items() if isinstance(each, dict) else each))
            for each in (expected[name], there[name])
        )
        parts.append(f"{name}: missing {sorted(want - have)[:5]}, unexpected {sorted(have - want)[:5]}")
    return "\n".join(parts)
