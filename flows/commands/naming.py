"""``newslake names``: the table of names that the lake learned from its marked mentions."""

from __future__ import annotations

import logging
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json, say

if TYPE_CHECKING:
    from lake.names import Name

__all__ = ["names"]

_COLUMNS = ("name", "pair", "symbol", "kind", "articles", "precision", "verdict")


def names(action: Literal["learn", "show"], /, *, limit: int = 50, common: Common = DEFAULT) -> int:
    """Learn which securities names stand for, from the site's marks in the lake; or show what was learned.

    Ingest and restructure use the table from then on for texts that carry no marks; articles that the lake
    holds already get their mentions when they are restructured.

    Args:
        action: learn writes the table anew, show lists it with the reason for each name left out.
        limit: the most to list, names in most articles first; 0 lists all. The JSON always has all.

    Examples:
        newslake names learn
        newslake names show --limit 0
        newslake names show --json | jq '.names[] | select(.verdict == "ambiguous")'
    """
    from lake.names import read

    log_to_stderr(logging.INFO)
    if action == "show":
        _show(read(common.root.names), limit, common)
        return 0
    from lake.learning import learn
    from lake.names import write

    learned = learn(common.root)
    _tell(learned, write(common.root, learned), common)
    return 0


def _tell(learned: Sequence[Name], path: object, common: Common) -> None:
    verdicts = dict(Counter(name.verdict for name in learned).most_common())
    taken = verdicts.pop("taken", 0)
    if common.json:
        print_json({"names": len(learned), "taken": taken, "left_out": verdicts, "path": str(path)})
        return
    left = ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items()) or "none"
    print(f"{taken:,} of {len(learned):,} names taken; left out: {left}")
    print(f"the table is {path}")
    say("`newslake restructure` finds them in the articles that the lake holds already")


def _show(table: Sequence[Name], limit: int, common: Common) -> None:
    from lake.table import as_table

    rows = [_row(name) for name in sorted(table, key=lambda name: (-name.articles, name.name))]
    if common.json:
        print_json({"names": [dict(zip(_COLUMNS, row, strict=True)) for row in rows]})
        return
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(as_table(_COLUMNS, rows[: limit or None], columns=columns), end="")
    taken = sum(name.verdict == "taken" for name in table)
    more = f"; {len(rows) - limit:,} more: --limit 0 lists all" if 0 < limit < len(rows) else ""
    say(f"{taken:,} of {len(table):,} names taken{more}")


def _row(name: Name) -> tuple[Any, ...]:
    from lake.extraction.markets import kind_of, symbol_of

    precision = None if name.precision is None else round(name.precision, 3)
    pair = f"{name.market}.{name.code}"
    return (
        name.name,
        pair,
        symbol_of(*name.pair),
        kind_of(*name.pair),
        name.articles,
        precision,
        name.verdict,
    )
