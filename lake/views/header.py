"""Reads the .sql file of a view or table macro: a header for people, also used as comments and docs, then SQL.

-- view: mentions                         or ``macro: event_window(security, before := 5)``
-- One row per …                          what a row is, in words
--
-- grain: article_id, position            the columns that identify a row
--
-- parameters:                            a macro's only; written like columns
--   security  VARCHAR  what it is
--
-- columns:                               or ``columns: as articles``
--   article_id  VARCHAR  what it is
--   length      BIGINT   [bytes] a unit stands in brackets
--   parts       STRUCT[] members follow, two spaces deeper
--     kind      VARCHAR  …
--                        a line still deeper goes on with the text above
--
-- ends: as other, from measured on       its SQL stops before the step ``measured`` and goes on as that of the other
--
-- source: where definitions come from
--
-- example: A title
--   select …
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files

from lake.views import MACROS, VIEWS

__all__ = ["Column", "View", "load", "parse"]

_SECTION = re.compile(r"-- (view|macro|grain|parameters|columns|ends|source|example):\s*(.*)")
_END = re.compile(r"as (\w+), from (\w+) on")
_SIGNATURE = re.compile(r"(\w+)(?:\((.*)\))?")
_COLUMN = re.compile(r"--(   |     )(\w+)\s+([A-Z]+(?:\[\])?)(?:\s+(?:\[([^\]]+)\]\s*)?(.*))?$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column or struct member as its header describes it; ``kind`` is the header's word for its type."""

    name: str
    kind: str
    unit: str | None
    text: str
    members: tuple[Column, ...] = ()

    @property
    def type(self) -> str:
        """The DuckDB type, members included."""
        if not self.members:
            return self.kind
        inner = ", ".join(f'"{member.name}" {member.type}' for member in self.members)
        return self.kind.replace("STRUCT", f"STRUCT({inner})")

    @property
    def comment(self) -> str:
        """One line with unit, meaning and members."""
        unit = f"[{self.unit}] " if self.unit else ""
        members = "; ".join(f"{member.name}: {member.comment}" for member in self.members)
        return f"{unit}{self.text}" + (f" ({members})" if members else "")


@dataclass(frozen=True)
class View:
    """A view or table macro: its header, and the query in ``sql``.

    ``arguments`` is a macro's list of parameters as CREATE MACRO takes it, None for a view;
    ``parameters`` describes them. ``same_as``: the view whose columns it has. ``ends_as``: the view whose SQL
    completes its own, and the name of the step from which on.
    """

    name: str
    arguments: str | None
    parameters: tuple[Column, ...]
    summary: str
    grain: str
    columns: tuple[Column, ...]
    same_as: str | None
    ends_as: tuple[str, str] | None
    source: str
    example_title: str
    example: str
    sql: str

    @cached_property
    def comment(self) -> str:
        """What COMMENT ON VIEW or COMMENT ON MACRO TABLE says: DuckDB keeps none for a macro's columns."""
        text = f"{self.summary} Grain: {self.grain}. Source: {self.source}"
        if self.arguments is None:
            return text
        taken = "; ".join(f"{each.name}: {each.comment}" for each in self.parameters)
        given = "; ".join(f"{each.name}: {each.comment}" for each in self.columns)
        return f"{text} Parameters: {taken}. Columns: {given}"

    @property
    def title(self) -> str:
        """The name, and how a macro is called."""
        return self.name if self.arguments is None else f"{self.name}({self.arguments})"

    @property
    def create(self) -> str:
        """The statement that makes it; a name may be a word of SQL's, as long as calls of it are understood."""
        if self.arguments is None:
            return f"CREATE VIEW {self.name} AS {self.sql}"
        return f'CREATE MACRO "{self.name}"({self.arguments}) AS TABLE {self.sql}'


def load(names: Iterable[str] = (*VIEWS, *MACROS)) -> list[View]:
    """The views and macros ``names``, in order; what they have from others is resolved among them."""
    folder = files("lake.views")
    views = {name: parse((folder / f"{name}.sql").read_text("utf-8")) for name in names}
    return [_completed(view, views) for view in views.values()]


def _completed(view: View, views: Mapping[str, View]) -> View:
    """The view with the columns and the last steps that it has from others."""
    if view.same_as:
        view = replace(view, columns=views[view.same_as].columns)
    if view.ends_as:
        name, step = view.ends_as
        _, found, rest = views[name].sql.partition(f"\n{step} as (")
        if not found:
            raise ValueError(f"{view.name} ends as {name}, which has no step {step}")
        view = replace(view, sql=f"{view.sql},\n{found}{rest}")
    return view


def parse(text: str) -> View:
    """The view written in ``text``.

    Raises:
        ValueError: a section is missing or a column line can't be read.
    """
    lines = text.splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    sections = _sections(lines[:end])
    try:
        signature, *summary = sections["macro" if "macro" in sections else "view"]
        title, *example = sections["example"]
        listed = sections["columns"]
        grain, source = _prose(sections["grain"]), _prose(sections["source"])
    except KeyError as missing:
        raise ValueError(f"a view's header lacks the section {missing}") from None
    same_as = listed[0].removeprefix("as ").strip() or None
    ending = _END.fullmatch(sections.get("ends", [""])[0])
    found = _SIGNATURE.fullmatch(signature)
    if found is None:
        raise ValueError(f"neither a name nor a macro's name and parameters: {signature}")
    return View(
        name=found[1],
        arguments=found[2],
        parameters=_columns(sections.get("parameters", [""])[1:]),
        summary=_prose(summary),
        grain=grain,
        columns=() if same_as else _columns(listed[1:]),
        same_as=same_as,
        ends_as=(ending[1], ending[2]) if ending else None,
        source=source,
        example_title=title,
        example="\n".join(line[5:] for line in example).strip(),
        sql="\n".join(lines[end:]).strip().removesuffix(";"),
    )


def _sections(lines: Sequence[str]) -> dict[str, list[str]]:
    """Section name -> the text after its colon, then its further lines as they stand."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if found := _SECTION.fullmatch(line):
            current = sections[found[1]] = [found[2]]
        else:
            current.append(line)
    return sections


def _prose(lines: Sequence[str]) -> str:
    return " ".join(line.removeprefix("--").strip() for line in lines).strip()


def _columns(lines: Sequence[str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    inner = False
    for line in lines:
        if found := _COLUMN.fullmatch(line):
            indent, name, kind, unit, text = found.groups()
            column = Column(name, kind, unit, (text or "").strip())
            inner = len(indent) > 3
            if inner:
                columns[-1] = replace(columns[-1], members=(*columns[-1].members, column))
            else:
                columns.append(column)
        elif more := line.removeprefix("--").strip():
            columns[-1] = _continued(columns[-1], more, inner)
    return tuple(columns)


def _continued(column: Column, more: str, inner: bool) -> Column:
    """``column`` with ``more`` appended to its own text, or to its last member's."""
    if inner:
        last = _continued(column.members[-1], more, inner=False)
        return replace(column, members=(*column.members[:-1], last))
    return replace(column, text=f"{column.text} {more}".strip())
