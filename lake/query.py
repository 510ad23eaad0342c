"""Asking a lake: what `newslake sql`, `status` and `rejects` need, from the published file alone.

It imports DuckDB and nothing else of weight, so that an answer costs little more than the query.
"""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import duckdb

from lake import table
from lake.errors import Stop, Usage
from lake.locations import TABLES, LakeRoot
from lake.storage import published
from lake.storage.files import size_below

__all__ = [
    "SHOWN",
    "Answer",
    "Format",
    "Session",
    "Status",
    "ask",
    "open_rejects",
    "session",
    "status",
    "written",
]

Format = Literal["table", "csv", "json"]

T = TypeVar("T")

SHOWN = 100
"""Rows that a table shows; csv and json give all."""

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a query: ``rows`` can be gone through once, while the lake is open."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]

    def to_object(self) -> dict[str, Any]:
        """The whole answer as one JSON-able object."""
        columns = [{"name": n, "type": t} for n, t in zip(self.names, self.types, strict=True)]
        return {"columns": columns, "rows": list(table.as_objects(self.names, self.rows))}


@dataclass(frozen=True, slots=True)
class Status:
    """A lake at a glance.

    ``captures``, ``articles``, ``revisions`` (of all articles) and ``days`` (with articles) are counts;
    ``since`` and ``until`` the first and last publication date; ``rejects`` the open ones by reason, most
    frequent first; ``bytes`` the size on disk of each table, old versions included; ``snapshot``,
    ``committed_at``, ``run_id``, ``operation`` tell the last commit.
    """

    lake: str
    captures: int
    articles: int
    revisions: int
    days: int
    since: dt.date | None
    until: dt.date | None
    rejects: dict[str, int]
    snapshot: int | None
    committed_at: dt.datetime | None
    operation: str | None
    run_id: str | None
    bytes: dict[str, int]

    def to_object(self) -> dict[str, Any]:
        """The status as one JSON-able object; times are ISO 8601."""
        return {
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name, value in asdict(self).items()
        }


@contextmanager
def ask(root: LakeRoot, query: str, at: str | None = None) -> Iterator[Answer]:
    """Run ``query`` on the lake at ``root``, read-only; of several statements the last one answers.

    ``at`` asks the lake as it was: a snapshot's number or a time (see lake.history.snapshot_at).

    Raises:
        Usage: there is no statement in ``query``, or ``at`` names no snapshot.
        Stop: there is no published lake, the past is too long ago, or DuckDB refuses the query; the message
            says what to do.
    """
    with session(root, at) as opened, opened.ask(query) as answer:
        yield answer


@contextmanager
def session(root: LakeRoot, at: str | None = None) -> Iterator[Session]:
    """Any number of questions about one state of the lake. Raises as `ask` does."""
    with _opened(root, at) as connection:
        yield Session(root, connection)


class Session:
    """A lake opened read-only."""

    def __init__(self, root: LakeRoot, connection: duckdb.DuckDBPyConnection) -> None:
        self._root = root
        self._connection = connection

    @contextmanager
    def ask(self, query: str) -> Iterator[Answer]:
        """As the function `ask`."""
        with self._explaining():
            self._statements(query)
            result = self._heeding(lambda: self._connection.execute(query))
            columns = result.description or []
            names = tuple(column[0] for column in columns)
            types = tuple(str(column[1]) for column in columns)
            yield Answer(names, types, self._fetched(result))

    def split(self, query: str) -> list[str]:
        """The statements of ``query``. Raises as `ask` does."""
        with self._explaining():
            return [statement.query for statement in self._statements(query)]

    def save(self, query: str, target: Path) -> None:
        """Write the answer as a Parquet file with DuckDB's types. Raises as `ask` does."""
        with self._explaining():
            self._heeding(lambda: self._save(self._statements(query), target))

    def _save(self, statements: Sequence[duckdb.Statement], target: Path) -> None:
        *before, last = statements
        for statement in before:
            self._connection.execute(statement)
        answer = self._connection.sql(last.query)
        if answer is None:
            raise Usage("the last statement answers with no rows that could be written")
        answer.write_parquet(str(target), compression="zstd")

    def _fetched(self, result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
        while rows := self._heeding(lambda: result.fetchmany(_BATCH)):
            yield from rows

    def _heeding(self, work: Callable[[], T]) -> T:
        """What DuckDB's ``work`` gives. At Ctrl-C it stops at once, and the connection may be used again.

        It is done in a thread, since DuckDB 2.0 called from the main one heeds Ctrl-C only when it is through.
        """
        with ThreadPoolExecutor(1) as pool, _noting_ctrl_c() as pressed:
            given = pool.submit(work)
            while not given.done():
                wait([given], timeout=0.1)
                if pressed:  # again and again, for what has not begun yet heeds nothing
                    self._connection.interrupt()
        if pressed:
            raise KeyboardInterrupt
        return given.result()

    def _statements(self, query: str) -> list[duckdb.Statement]:
        found = self._connection.extract_statements(query)
        if not found:
            raise Usage('there is no statement to run; try: newslake sql "SELECT count(*) FROM articles"')
        return found

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise Stop(_explained(self._root, self._connection, error)) from error


@contextmanager
def _noting_ctrl_c() -> Iterator[list[int]]:
    """Gather Ctrl-C instead of raising it wherever the main thread just is; other threads never get it."""
    pressed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def written(answer: Answer, form: Format, *, columns: int | None = None) -> Iterator[str]:
    """``answer`` as text, piece by piece.

    ``table`` is aligned, cut to ``columns`` terminal columns (None: not cut) and shows the first SHOWN rows;
    ``csv`` has a header line; ``json`` is an array with one object a line.
    """
    if form == "csv":
        yield from table.as_csv(answer.names, answer.rows)
    elif form == "json":
        yield from table.as_json(answer.names, answer.rows)
    else:
        rows = [row for _, row in zip(range(SHOWN), answer.rows, strict=False)]
        yield table.as_table(answer.names, rows, columns=columns)
        if next(answer.rows, None) is not None:
            yield f"… the first {SHOWN} rows; --format csv or json gives all\n"


def open_rejects(root: LakeRoot) -> list[dict[str, Any]]:
    """The rejects that no later capture of the same origin resolved, newest first."""
    query = """
        SELECT rejected_at, stage, reason, origin, detail, source, capture_id, reject_id
        FROM rejects WHERE NOT resolved ORDER BY rejected_at DESC, origin, stage, reason
    """
    with ask(root, query) as answer:
        return list(table.as_objects(answer.names, answer.rows))


def status(root: LakeRoot) -> Status:
    """What the lake at ``root`` holds. Raises Stop where there is no published lake."""
    with _opened(root) as connection:
        try:
            counts = _one(
                connection,
                """
                SELECT (SELECT count(*) FROM captures), (SELECT count(*) FROM revisions),
                    count(*), count(DISTINCT published_date), min(published_date), max(published_date)
                FROM articles
                """,
            )
            rejects = connection.execute(
                "SELECT reason, count(*) FROM rejects WHERE NOT resolved GROUP BY reason ORDER BY 2 DESC, 1"
            ).fetchall()
            last = _one(connection, "SELECT * FROM snapshots ORDER BY snapshot DESC LIMIT 1")
        except duckdb.Error as error:
            raise Stop(_explained(root, connection, error)) from error
    captures, revisions, articles, days, since, until = counts
    snapshot, committed_at, operation, run_id = last[:4] if last else (None,) * 4
    return Status(
        lake=str(root.path),
        captures=captures,
        articles=articles,
        revisions=revisions,
        days=days,
        since=since,
        until=until,
        rejects=dict(rejects),
        snapshot=snapshot,
        committed_at=committed_at,
        operation=operation,
        run_id=run_id,
        bytes={name: size_below(root.table(name)) for name in TABLES},
    )


@contextmanager
def _opened(root: LakeRoot, at: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    if at is not None:
        from lake.history import past_views  # it reads the log, which a question about the present need not

        with past_views(root, at) as path, duckdb.connect(path, read_only=True) as connection:
            published.reach(connection, root)
            yield connection
        return
    edition = published.current(root)
    if edition is None:
        raise Stop(f"there is no lake at {root.path}: run `newslake ingest SOURCE… --lake {root.path}` first")
    try:
        connection = duckdb.connect(edition.path, read_only=True)
    except duckdb.Error as error:
        mend = f"`newslake maintain --lake {root.path}` publishes it anew"
        raise Stop(f"{root.database} can't be opened: {error}; {mend}") from error
    with connection:
        published.reach(connection, root)
        yield connection


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchone() or ()


def _explained(root: LakeRoot, connection: duckdb.DuckDBPyConnection, error: duckdb.Error) -> str:
    """DuckDB's message, with what it can't know: the lake's views, and why a file may be missing."""
    text = str(error)
    if isinstance(error, duckdb.CatalogException) and "does not exist" in text:
        views = connection.execute(
            "SELECT string_agg(view_name, ', ' ORDER BY view_name) FROM duckdb_views() "
            "WHERE NOT internal AND schema_name = 'main'"
        ).fetchone()
        return f"{text}\nThe lake's views: {views[0] if views else ''}"
    if isinstance(error, duckdb.IOException):
        return (
            f"{text}\nThe views name data files by their absolute paths. If the lake was moved to {root.path}, "
            f"`newslake maintain --lake {root.path}` publishes it again."
        )
    return text
