"""Writes docs/views.md from the headers of the .sql files.

python -m lake.views.document            write it
python -m lake.views.document --check    exit 1 if it is stale
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lake.views.header import Column, View, load

__all__ = ["document", "main"]

TARGET = Path(__file__).parents[2] / "docs" / "views.md"

_INTRODUCTION = """\
# Views

<!-- Generated from the headers of lake/views/*.sql by `python -m lake.views.document`. -->

`lake.duckdb` in the lake's folder holds these views and opens in any DuckDB client from 1.0 on, without
network or extension: `newslake sql "…"`, `duckdb -readonly lake.duckdb`, or `duckdb.connect("lake.duckdb",
read_only=True)`. Each view carries what stands here as comments, too (`duckdb_views()`, `duckdb_columns()`).
[Ten questions and their answers](answers.md) show how to ask.

- The file is replaced as a whole at each snapshot. Whoever has it open keeps a consistent older state, for at
  least seven days; open it again to see the newest.
- It is for reading. Keep tables and views of your own in another database and attach this one to it:
  `ATTACH 'data/lake.duckdb' AS news (READ_ONLY)`, then `FROM news.articles`. Before DuckDB 1.2, say `USE news`
  first. Macros need `USE news` in every version.
- Times are TIMESTAMPTZ and shown in the client's time zone (`SET TimeZone = 'Asia/Shanghai'`);
  `published_date` is the date in the site's own zone.
- A `share` is from 0 to 1 unless its unit says percent. Reposts are articles, and count as such, wherever nothing else is said.
- Data files are named by their absolute paths: a lake that was moved is published again by `newslake maintain`.
- The schema `stored` holds what the views stand on. It may change; the views' columns are only added to.
"""


def document(views: Sequence[View]) -> str:
    """The Markdown text about ``views``."""
    lines = [_INTRODUCTION, "| view or macro | one row per |", "| --- | --- |"]
    lines += [f"| [{view.title}](#{view.name}) | {_row_of(view)} |" for view in views]
    for view in views:
        lines += ["", f"## {view.name}", "", view.summary, ""]
        lines += [f"Grain: {_code(view.grain)}. Source: {view.source}", ""]
        lines += _parameters(view)
        lines += _columns(view)
        lines += ["", f"{view.example_title}:", "", "```sql", view.example, "```"]
    return "\n".join(lines) + "\n"


def _row_of(view: View) -> str:
    return view.summary.removeprefix("One row per ").split(":")[0].rstrip(".")


def _code(grain: str) -> str:
    return ", ".join(f"`{name.strip()}`" for name in grain.split(","))


def _parameters(view: View) -> Iterator[str]:
    if view.arguments is None:
        return
    yield from [
        f"Call: `FROM {view.title}`.",
        "",
        "| parameter | type | unit | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for parameter in view.parameters:
        yield _described(parameter, parameter.name)
    yield ""


def _columns(view: View) -> Iterator[str]:
    if view.same_as:
        yield f"Columns: those of [{view.same_as}](#{view.same_as})."
        return
    yield from ["| column | type | unit | meaning |", "| --- | --- | --- | --- |"]
    for column in view.columns:
        yield _described(column, column.name)
        for member in column.members:
            yield _described(member, f"{column.name}[].{member.name}")


def _described(column: Column, name: str) -> str:
    return f"| `{name}` | {column.kind} | {column.unit or ''} | {column.text} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check docs/views.md; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lake.views.document", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether docs/views.md is stale")
    wanted = document(load())
    if parser.parse_args(arguments).check:
        if TARGET.is_file() and TARGET.read_text("utf-8") == wanted:
            return 0
        sys.stderr.write("docs/views.md is stale: run `python -m lake.views.document`\n")
        return 1
    TARGET.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
