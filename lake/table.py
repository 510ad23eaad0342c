"""Rows as text: an aligned table for people, csv and json for programs.

Chinese characters take two columns of a terminal (Unicode Annex 11: East Asian width W and F), so widths
are counted in terminal columns.
"""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import io
import json
import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

__all__ = ["as_csv", "as_json", "as_objects", "as_table", "fit", "width"]

_GAP = "  "
_LEAST = 8
"""Columns that a cell keeps when a table is too wide: enough for four Chinese characters."""


def as_table(names: Sequence[str], rows: Sequence[Sequence[Any]], *, columns: int | None) -> str:
    """An aligned table; numbers to the right. ``columns`` is the terminal's width, None: as wide as needed.

    Too wide a table has its widest cells cut; columns for which there is still no room are named below it.
    """
    cells = [[_shown(value) for value in row] for row in rows]
    natural = [max([width(name), *(width(row[n]) for row in cells)]) for n, name in enumerate(names)]
    fitting = _fitting(natural, columns)
    widths = _shrunk(natural[:fitting], columns)
    right = [_numeric(row[n] for row in rows) for n in range(fitting)]
    lines = [list(names[:fitting]), ["─" * size for size in widths], *(row[:fitting] for row in cells)]
    rest = names[fitting:]
    note = f"… {len(rest)} more columns: {', '.join(rest)}\n" if rest else ""
    return "".join(_line(line, widths, right) for line in lines) + note


def as_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV lines with a header; NULL is empty, lists and structs are JSON, times are ISO 8601."""
    yield _csv_line(names)
    for row in rows:
        yield _csv_line(["" if value is None else _text(value) for value in row])


def as_json(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A JSON array with one object a line."""
    separator = "[\n"
    for record in as_objects(names, rows):
        yield separator + json.dumps(record, ensure_ascii=False, allow_nan=False)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def as_objects(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Rows as JSON-able objects; a column name's second occurrence gets the suffix ``_1``, and so on."""
    keys = _distinct(names)
    for row in rows:
        yield dict(zip(keys, map(_plain, row), strict=True))


def width(text: str) -> int:
    """How many terminal columns ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def fit(text: str, size: int) -> str:
    """``text`` cut to at most ``size`` terminal columns, with an ellipsis where it was cut."""
    if width(text) <= size:
        return text
    kept, room = [], size - 1
    for character in text:
        room -= _columns(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + "…"


def _csv_line(cells: Sequence[str]) -> str:
    """One line; the writer puts quotes around what holds a character of its line end, and so a lone CR too."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().removesuffix("\r\n") + "\n"


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, size, flush_right in zip(cells, widths, right, strict=True):
        text = fit(cell, size)
        blank = " " * (size - width(text))
        padded.append(blank + text if flush_right else text + blank)
    return _GAP.join(padded).rstrip() + "\n"


def _fitting(natural: Sequence[int], columns: int | None) -> int:
    """How many columns find room when each is cut to _LEAST; at least one."""
    if columns is None:
        return len(natural)
    used, fitting = -len(_GAP), 0
    for size in natural:
        used += min(size, _LEAST) + len(_GAP)
        fitting += used <= columns
    return max(fitting, min(len(natural), 1))


def _shrunk(natural: Sequence[int], columns: int | None) -> list[int]:
    """Widths that fit into ``columns``: the widest give way first, none below _LEAST."""
    widths = list(natural)
    if columns is None or not widths:
        return widths
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - columns
    while excess > 0 and max(widths) > _LEAST:
        widest = max(widths)
        next_widest = max((size for size in widths if size < widest), default=0)
        where = [n for n, size in enumerate(widths) if size == widest]
        cut = max(1, min(widest - max(next_widest, _LEAST), math.ceil(excess / len(where))))
        for n in where:
            widths[n] -= cut
        excess -= cut * len(where)
    return widths


def _numeric(values: Iterable[Any]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(
        isinstance(value, int | float | decimal.Decimal) and not isinstance(value, bool) for value in present
    )


def _shown(value: Any) -> str:
    """A cell of a table: on one line, control characters made visible or blank."""
    if value is None:
        return ""
    text = value.isoformat(" ", "seconds") if isinstance(value, dt.datetime) else _text(value)
    return "".join(c if c.isprintable() else " " for c in text)


def _text(value: Any) -> str:
    plain = _plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; times are ISO 8601 with their offset, bytes hex, NaN and infinity null."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case decimal.Decimal():
            return float(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            return str(value)


def _distinct(names: Sequence[str]) -> list[str]:
    keys: list[str] = []
    for name in names:
        key, number = name, 0
        while key in keys:
            number += 1
            key = f"{name}_{number}"
        keys.append(key)
    return keys
