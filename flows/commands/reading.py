"""Commands that read the lake: sql, status, rejects, capture."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tempfile
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO

from cyclopts import Parameter

from flows.commands.common import DEFAULT, Common, print_json, say
from lake.errors import Usage

if TYPE_CHECKING:
    from lake.query import Session
    from lake.sources.standing import Standing

__all__ = ["capture", "rejects", "sql", "status"]


def sql(
    query: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *,
    format: Literal["table", "csv", "json", "parquet"] = "table",
    output: Path | None = None,
    at: str | None = None,
    common: Common = DEFAULT,
) -> int:
    """Ask the lake in SQL, read-only: one question, or without one at a prompt (DuckDB's shell, where installed).

    Args:
        query: the statement in DuckDB's SQL; - reads it from standard input.
        format: how rows are given; json is an array of objects, parquet keeps types. A table shows the first 100 rows.
        output: the file to write to, instead of standard output.
        at: ask the lake as it was: a snapshot's number (view snapshots), or a time such as 2022-05-26T09:30.

    Examples:
        newslake sql
        newslake sql "SELECT count(*) FROM articles"
        newslake sql "SELECT published_date, count(*) FROM articles GROUP BY ALL ORDER BY 1"
        newslake sql "FROM search('rare earths') LIMIT 10"
        newslake sql "FROM mentions" --format parquet --output mentions.parquet
        newslake sql "SELECT count(*) FROM articles" --at 12
        newslake sql - < question.sql
    """
    from lake.query import session, written

    if query is None:
        from flows.commands.prompt import prompt

        if common.json or output or format != "table" or not sys.stdin.isatty():
            raise Usage(
                "QUERY is missing: a prompt needs a terminal and gives tables; - reads from standard input"
            )
        return prompt(common.root, at)
    if format == "parquet" and output is None and sys.stdout.isatty():
        raise Usage("parquet is not for a terminal: name a file with --output")
    text = sys.stdin.read() if query == "-" else query
    with session(common.root, at) as opened:
        if format == "parquet":
            _save(opened, text, output)
            return 0
        with opened.ask(text) as answer, _opened(output) as out:
            if common.json:
                out.write(json.dumps(answer.to_object(), ensure_ascii=False, indent=2, default=str) + "\n")
                return 0
            columns = shutil.get_terminal_size().columns if out.isatty() else None
            for piece in written(answer, format, columns=columns):
                out.write(piece)
    return 0


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
    else:
        with output.open("w", encoding="utf-8") as out:
            yield out


def _save(opened: Session, query: str, output: Path | None) -> None:
    """Write Parquet to a file, or to standard output by way of one."""
    if output is not None:
        opened.save(query, output)
        return
    with tempfile.TemporaryDirectory(prefix="newslake-") as folder:
        path = Path(folder) / "answer.parquet"
        opened.save(query, path)
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)


def status(*, common: Common = DEFAULT) -> int:
    """Tell what the lake holds: sizes, dates, last snapshot, open rejects, gaps in live sources.

    Examples:
        newslake status
        newslake status --lake /data/news --json
    """
    from lake.query import status as ask_status
    from lake.sources.standing import standing, states

    found = ask_status(common.root)
    live = list(standing(states(common.root)))
    if common.json:
        print_json({**found.to_object(), "sources": [asdict(each) for each in live]})
        return 0
    mebibytes = {name: f"{size / 2**20:,.1f} MiB" for name, size in found.bytes.items()}
    lines = {
        "lake": found.lake,
        "articles": f"{found.articles:,} in {found.revisions:,} revisions, {mebibytes['articles']}",
        "dates": f"{found.since} to {found.until}, {found.days:,} days with articles"
        if found.since
        else "none",
        "captures": f"{found.captures:,}, {mebibytes['captures']}",
        "snapshot": "none" if found.snapshot is None else _snapshot(found),
        "rejects": _rejects(found.rejects),
    }
    for name, text in lines.items():
        print(f"{name:<10}{text}")
    for line in _live(live):
        print(f"{'source':<10}{line}")
    return 0


def rejects(*, limit: int = 50, common: Common = DEFAULT) -> int:
    """List what gave no article, why, and how to run it again.

    Args:
        limit: the most to list, newest first; 0 lists all. The JSON always has all.

    Examples:
        newslake rejects
        newslake rejects --json | jq '.rejects[].origin'
    """
    from lake.query import open_rejects
    from lake.sources.configuration import load

    found = open_rejects(common.root)
    lists = any(each["stage"] == "discover" and each["source"] for each in found)
    live = load(common.root).sources if lists else ()
    if common.json:
        print_json(
            {"count": len(found), "rejects": [{**each, "again": _again(each, live)} for each in found]}
        )
        return 0
    for each in found[: limit or None]:
        print(f"{each['stage']}/{each['reason']}  {each['origin']}")
        print(f"    {each['detail']}")
        print(f"    again: {_again(each, live)}")
    rest = len(found) - limit if limit else 0
    more = f"; {rest:,} more: --limit 0 lists all" if rest > 0 else ""
    say(f"{len(found):,} open rejects{more}")
    return 0


def capture(capture_id: str, /, *, common: Common = DEFAULT) -> int:
    """Write the bytes of a capture to stdout, exactly as they came.

    Args:
        capture_id: the id that articles, captures and rejects name, 32 hexadecimal digits.

    Examples:
        newslake sql "SELECT capture_id, origin FROM captures LIMIT 5"
        newslake capture 0123456789abcdef0123456789abcdef > page.html
    """
    from lake.storage.raw import read

    if common.json:
        raise Usage("capture writes bytes, which JSON cannot hold: leave --json out")
    sys.stdout.buffer.write(read(common.root, capture_id))
    return 0


def _live(lists: Sequence[Standing]) -> Iterator[str]:
    """A line for each source, and for each list that a person should know of."""
    for name in dict.fromkeys(each.source for each in lists):
        mine = [each for each in lists if each.source == name]
        newest = max((each.newest for each in mine if each.newest), default=None)
        never = "never read" if all(each.trouble for each in mine) else "read"
        known = f"known up to {newest.astimezone():%Y-%m-%d %H:%M}" if newest else never
        waiting = f"; {mine[0].waiting:,} failed articles" if mine[0].waiting else ""
        yield f"{name}: {known}{waiting}"
        yield from _troubles(name, mine)
        for each in mine:
            for gap in each.gaps:
                yield f"{name} {each.list}".strip() + f": gap {gap}"


def _troubles(name: str, lists: Sequence[Standing]) -> Iterator[str]:
    """A line for each trouble; the lists of one host have them together."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in lists:
        if each.trouble and each.since:
            since = f"{each.since.astimezone():%Y-%m-%d %H:%M}"
            found.setdefault((since, each.trouble), []).append(each.list)
    for (since, trouble), keys in found.items():
        yield f"{name} {', '.join(keys)}".strip() + f": can't be read since {since}: {trouble}"


def _snapshot(found: Any) -> str:
    when = found.committed_at.astimezone()
    return f"{found.snapshot}, {when:%Y-%m-%d %H:%M:%S}, by {found.operation} {found.run_id}"


def _rejects(by_reason: dict[str, int]) -> str:
    if not by_reason:
        return "none open"
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in list(by_reason.items())[:5])
    return f"{sum(by_reason.values()):,} open: {reasons} (newslake rejects)"


def _again(reject: dict[str, Any], live: Container[str]) -> str:
    """The command that tries a reject again: from the raw zone where its bytes are, else from its source.

    ``live`` has the names of live sources, whose lists are no pages.
    """
    if reject["capture_id"]:
        return "newslake restructure --rejects"
    if reject["stage"] == "discover" and reject["source"] in live:
        return f"newslake ingest {reject['source']}"
    return f"newslake ingest {shlex.quote(reject['origin'].partition('!')[0])}"
