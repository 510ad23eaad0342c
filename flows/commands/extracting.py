"""``newslake extract``: what one page gives, field by field, and by which rule."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.common import DEFAULT, Common, print_json
from lake.errors import Stop, Usage

if TYPE_CHECKING:
    from lake.extraction.explain import Compared, Explained

__all__ = ["extract"]


def extract(page: str, /, *, url: str | None = None, compare: bool = False, common: Common = DEFAULT) -> int:
    """Show every field of one page and the rule that gave it. Nothing is stored.

    Args:
        page: a saved page, post or record.
        url: the address it came from, which chooses the site's profile.
        compare: set the site's profile and the generic extractor side by side.

    Examples:
        newslake extract saved.html --url https://finance.example.com/2022-05-26/1.html
        newslake extract saved.html --compare
        newslake extract 2022-05-26-202205262391921712.md --json
    """
    from lake.table import as_table

    path = Path(page)
    if "://" in page:
        raise Usage(f"{page} is an address: save the page and name the file, with --url {page}")
    if not path.is_file():
        raise Stop(f"{page} is no file: check the name")
    lines = _compared(path, url) if compare else _explained(path, url)
    if common.json:
        print_json({"page": page, "fields": [line._asdict() for line in lines]})
        return 0
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(as_table(lines[0]._fields, lines, columns=width), end="")
    return 0


def _explained(path: Path, url: str | None) -> Sequence[Explained]:
    from lake.extraction import extract as read
    from lake.extraction.explain import explain

    return explain(read(path.read_bytes(), url=url, name=path.name))


def _compared(path: Path, url: str | None) -> Sequence[Compared]:
    from lake.extraction.explain import compare

    return compare(path.read_bytes(), url=url, name=path.name)
