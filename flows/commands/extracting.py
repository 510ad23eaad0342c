"""``newslake extract``: what one page gives, field by field, and by which rule."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.commands.common import DEFAULT, Common, print_json
from lake.errors import Stop

if TYPE_CHECKING:
    from lake.extraction.explain import Compared, Explained
    from lake.locations import LakeRoot

__all__ = ["extract"]

_COLUMNS = 160
"""Width of the table where the output is no terminal."""
_CELL = 400
"""Characters of a value that the table shows; ``--json`` has the whole."""
_BEFORE = 30
"""Characters shown before the place where two readings part."""


def extract(page: str, /, *, url: str | None = None, compare: bool = False, common: Common = DEFAULT) -> int:
    """Show every field of one page and the rule that gave it. Nothing is stored.

    An address is fetched as a run does it: robots.txt counts, and private addresses are refused unless
    `allow_hosts` in the lake's sources.toml names the host. Long values are cut in the table, not in the JSON.

    Args:
        page: a saved page, post or record, or the address of one.
        url: the address that a saved page came from, which chooses the site's profile.
        compare: set the site's profile and the generic extractor side by side; long values from where they differ.

    Examples:
        newslake extract https://finance.example.com/2022-05-26/1.html
        newslake extract saved.html --url https://finance.example.com/2022-05-26/1.html
        newslake extract saved.html --compare
        newslake extract 2022-05-26-202205262391921712.md --json
    """
    from lake.table import as_table

    body, known = _input(page, url, common.root)
    lines: Sequence[Compared | Explained] = _compared(body, known) if compare else _explained(body, known)
    if common.json:
        print_json({"page": page, "fields": [line._asdict() for line in lines]})
        return 0
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _COLUMNS
    shown = [(_parted if compare else _cut)(*line) for line in lines]
    print(as_table(lines[0]._fields, shown, columns=width), end="")
    return 0


def _input(page: str, url: str | None, root: LakeRoot) -> tuple[bytes, dict[str, Any]]:
    """The page's bytes, and what is known of them."""
    if page.startswith(("http://", "https://")):
        from lake.sources.configuration import load
        from lake.sources.single import fetch_one

        found = fetch_one(page, load(root).fetch)
        known = {"url": url or page, "content_type": found.content_type, "captured_at": found.fetched_at}
        return found.body, known
    path = Path(page)
    if not path.is_file():
        raise Stop(f"{page} is no file: check the name")
    return path.read_bytes(), {"url": url, "name": path.name}


def _explained(body: bytes, known: dict[str, Any]) -> Sequence[Explained]:
    from lake.extraction import extract as read
    from lake.extraction.explain import explain

    return explain(read(body, **known))


def _compared(body: bytes, known: dict[str, Any]) -> Sequence[Compared]:
    from lake.extraction.explain import compare

    return compare(body, **known)


def _cut(field: str, value: str, rule: str) -> tuple[str, str, str]:
    return field, _short(value), rule


def _parted(field: str, profile: str, generic: str) -> tuple[str, str, str]:
    """Two readings, from shortly before the place where they part; ``=`` for the second of two equal ones."""
    if profile == generic:
        return field, _short(profile), "=" if profile else ""
    pairs = enumerate(zip(profile, generic, strict=False))
    same = next((n for n, (one, other) in pairs if one != other), min(len(profile), len(generic)))
    start = max(0, same - _BEFORE) if same > 2 * _BEFORE else 0
    return field, _short(profile, start), _short(generic, start)


def _short(value: str, start: int = 0) -> str:
    """A value on one line from ``start``, cut, with its length where anything is left out."""
    shown = " ".join(value[start : start + _CELL].split())
    if start == 0 and len(value) <= _CELL:
        return shown
    return f"({len(value):,} characters) {'…' if start else ''}{shown}{'…' if start + _CELL < len(value) else ''}"
