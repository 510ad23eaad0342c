"""Articles as one table for other tools: Parquet, CSV or JSON lines; times are in UTC."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lake import table
from lake.export.selection import Selection
from lake.query import ask
from lake.settings import Sizes
from lake.views.stored import quoted

__all__ = ["write_csv", "write_jsonl", "write_parquet"]

_UTC = "SET TimeZone = 'UTC'; "


def write_parquet(selection: Selection, target: Path) -> Mapping[str, int]:
    """One Parquet file (zstd) with the columns of the view ``articles``, lists and structs kept."""
    form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {Sizes().row_group}"
    query = f"COPY ({selection.articles()}) TO {quoted(str(target))} ({form})"
    with ask(selection.root, query) as answer:
        ((count,),) = answer.rows
    return {"articles": count}


def write_csv(selection: Selection, target: Path) -> Mapping[str, int]:
    """CSV with a header; NULL is empty, lists and structs are JSON."""
    with ask(selection.root, _UTC + selection.articles()) as answer:
        rows = _Counted(answer.rows)
        _write(target, table.as_csv(answer.names, rows))
    return {"articles": rows.count}


def write_jsonl(selection: Selection, target: Path) -> Mapping[str, int]:
    """One JSON object a line."""
    with ask(selection.root, _UTC + selection.articles()) as answer:
        rows = _Counted(answer.rows)
        objects = table.as_objects(answer.names, rows)
        _write(target, (json.dumps(each, ensure_ascii=False, allow_nan=False) + "\n" for each in objects))
    return {"articles": rows.count}


class _Counted:
    """Rows on their way, counted."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self.count = 0
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self._rows:
            self.count += 1
            yield row


def _write(target: Path, pieces: Iterable[str]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
