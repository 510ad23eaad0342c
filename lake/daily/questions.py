"""The questions that the report asks, one .sql file each, in which ``$day`` stands for the day.

The second line of a file's head names the views that it reads: ``-- reads: articles, calendar``. A question whose
views the published file lacks, because an older version published it, is left out of the report.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["QUESTIONS", "Question", "load"]

QUESTIONS = (
    "figures",
    "days",
    "hours",
    "headlines",
    "attention",
    "abnormal",
    "abnormal_days",
    "baseline",
    "told",
    "stories",
    "breakers",
    "boards",
    "media",
    "topics",
    "sources",
    "corrections",
    "quality",
    "rejects",
    "gaps",
)
"""Their names, in the order in which they are asked."""

_READS = re.compile(r"^-- reads: (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question: ``text`` is its SQL with ``$day`` in it, ``reads`` the views and macros that it needs."""

    name: str
    text: str
    reads: frozenset[str]

    def on(self, day: dt.date) -> str:
        """The SQL for one day, as it is run and as the page shows it."""
        return self.text.replace("$day", f"DATE '{day.isoformat()}'")


def load() -> tuple[Question, ...]:
    """All questions of QUESTIONS."""
    folder = files(__package__) / "queries"
    return tuple(_parse(name, (folder / f"{name}.sql").read_text("utf-8")) for name in QUESTIONS)


def _parse(name: str, text: str) -> Question:
    head = _READS.search(text)
    if head is None:
        raise ValueError(f"{name}.sql does not say what it reads")
    return Question(name, _READS.sub("", text).strip(), frozenset(head[1].split(", ")))
