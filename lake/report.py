"""What a run did, as one value: for a terminal, as JSON and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["COUNTS", "Report"]

COUNTS = ("captured", "new", "revised", "merged", "unchanged", "rejected")


@dataclass(frozen=True, slots=True)
class Report:
    """One run. The counts are captures: captured = new + revised + merged + unchanged + rejected.

    ``snapshot`` is the lake's current snapshot (None in a lake that holds nothing yet); ``changed`` says
    whether this run made it. ``seconds`` and ``stages`` are wall time; ``slowest`` holds (seconds, origin)
    of single captures; ``rejects`` counts this run's rejects by ``stage/reason``, ``examples`` names some
    of them (origin, reason, detail). ``unreadable`` says that no source could be read at all.
    """

    run_id: str
    captured: int
    new: int
    revised: int
    merged: int
    unchanged: int
    rejected: int
    snapshot: int | None
    changed: bool
    seconds: float
    stages: Mapping[str, float] = field(default_factory=dict)
    rejects: Mapping[str, int] = field(default_factory=dict)
    examples: tuple[tuple[str, str, str], ...] = ()
    slowest: tuple[tuple[float, str], ...] = ()
    database: str | None = None
    unreadable: bool = False

    def counts(self) -> dict[str, int]:
        """The six counts, in the order of COUNTS."""
        return {name: getattr(self, name) for name in COUNTS}

    def to_json(self) -> dict[str, Any]:
        """The contract's object, and what else is known, as JSON values."""
        return {
            **self.counts(),
            "snapshot": self.snapshot,
            "seconds": round(self.seconds, 3),
            "run_id": self.run_id,
            "changed": self.changed,
            "stages": {name: round(seconds, 3) for name, seconds in self.stages.items()},
            "rejects": dict(self.rejects),
            "database": self.database,
        }

    def sentence(self) -> str:
        """The result in one line."""
        if self.captured == 0:
            return "Nothing new was found."
        parts = [f"{value:,} {name}" for name, value in self.counts().items() if name != "captured" and value]
        known = "" if self.changed else " Nothing changed: the lake already held all of it."
        return f"{self.captured:,} captured: {', '.join(parts)}, in {self.seconds:.1f} s.{known}"

    def to_markdown(self) -> str:
        """The report that a run leaves in the Prefect UI."""
        lines = [f"## {self.sentence()}", ""]
        lines += [f"Snapshot **{self.snapshot}**, run `{self.run_id}`, SQL in `{self.database}`.", ""]
        lines += _table(
            ("count", "captures"), [(name, f"{value:,}") for name, value in self.counts().items()]
        )
        if self.rejects:
            lines += ["", "### Rejects", ""]
            lines += _table(("stage / reason", "captures"), list(self.rejects.items()))
            lines += ["", *(f"- `{origin}`: {reason}: {detail}" for origin, reason, detail in self.examples)]
        lines += ["", "### Time", ""]
        lines += _table(("stage", "seconds"), [(name, f"{value:.2f}") for name, value in self.stages.items()])
        if self.slowest:
            lines += ["", "### Slowest captures", ""]
            lines += _table(
                ("ms", "origin"), [(f"{1000 * s:.0f}", f"`{origin}`") for s, origin in self.slowest]
            )
        return "\n".join(lines) + "\n"


def _table(head: tuple[str, str], rows: list[tuple[Any, Any]]) -> list[str]:
    cells = [head, ("---", "---:"), *rows]
    return [f"| {_cell(a)} | {_cell(b)} |" for a, b in cells]


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
