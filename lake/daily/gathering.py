"""What the report of a day is made of: the answers to all its questions, of one published snapshot."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from lake.daily.questions import load
from lake.errors import Stop
from lake.locations import LakeRoot
from lake.storage.published import opened

__all__ = ["ZONE", "Answer", "Daily", "gather"]

log = logging.getLogger(__name__)

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of the report's days and times, that of the markets whose news it is."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that ``sql`` gave."""

    sql: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Daily:
    """A day's answers by the question's name. A question that could not be asked has no answer."""

    day: dt.date
    lake: str
    answers: Mapping[str, Answer]

    def rows(self, name: str) -> tuple[Row, ...]:
        """The rows of an answer; none where there is no answer."""
        answer = self.answers.get(name)
        return answer.rows if answer else ()

    def row(self, name: str) -> Row:
        """The first row of an answer; an empty one where there is none."""
        return next(iter(self.rows(name)), {})

    @property
    def articles(self) -> int:
        """Articles published on the day."""
        return int(self.row("figures").get("articles") or 0)

    def to_json(self) -> dict[str, Any]:
        """All answers as JSON values; times are ISO 8601."""
        return {
            name: [{key: _plain(value) for key, value in row.items()} for row in answer.rows]
            for name, answer in self.answers.items()
        }


def gather(root: LakeRoot, day: dt.date | None = None) -> Daily:
    """Ask all questions about ``day``, by default the newest that has articles and is not in the future.

    Raises:
        Stop: nothing is published at ``root``, or its data files are gone.
    """
    try:
        with opened(root) as connection:
            day = day or _newest(connection)
            return Daily(day, str(root.path), _answers(connection, day))
    except duckdb.Error as error:
        raise Stop(f"{root.database} can't be asked: {error}") from error


def _newest(connection: duckdb.DuckDBPyConnection) -> dt.date:
    today = dt.datetime.now(ZONE).date()
    found = connection.execute(
        "SELECT max(published_date) FROM articles WHERE published_date <= $1", [today]
    ).fetchone()
    return found[0] if found and found[0] else today


def _answers(connection: duckdb.DuckDBPyConnection, day: dt.date) -> dict[str, Answer]:
    there = connection.execute(
        "SELECT view_name FROM duckdb_views() UNION ALL SELECT function_name FROM duckdb_functions()"
    ).fetchall()
    known = {name for (name,) in there}
    answers = {}
    for question in load():
        if missing := question.reads - known:
            log.warning("the report has no %s: the lake lacks %s", question.name, ", ".join(sorted(missing)))
            continue
        sql = question.on(day)
        result = connection.execute(sql)
        names = [column[0] for column in result.description or []]
        rows = tuple(dict(zip(names, map(_local, row), strict=True)) for row in result.fetchall())
        answers[question.name] = Answer(sql, rows)
    return answers


def _local(value: Any) -> Any:
    return value.astimezone(ZONE) if isinstance(value, dt.datetime) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
