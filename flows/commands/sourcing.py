"""``newslake sources``: which live sources there are, whether they work, and adding one."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from cyclopts import App, Parameter

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json, say
from lake.errors import Usage

__all__ = ["COMMANDS", "app"]

Config = Annotated[
    str | None, Parameter(help="File of your own sources; sources.toml in the lake's folder by default.")
]


def list_(*, config: Config = None, common: Common = DEFAULT) -> int:
    """List the live sources: shipped and your own, on or off, and how far each is known.

    Examples:
        newslake sources list
        newslake sources list --json | jq '.sources[] | select(.on)'
    """
    from lake.sources.configuration import load
    from lake.sources.standing import standing, states

    sources = load(common.root, config).sources
    known = list(standing(states(common.root)))
    rows: list[dict[str, Any]] = []
    for name, source in sorted(sources.items(), key=lambda each: (not each[1].on, each[0])):
        mine = [each for each in known if each.source == name]
        newest = max((each.newest for each in mine if each.newest), default=None)
        gaps = [gap for each in mine for gap in each.gaps]
        trouble = next((each.trouble for each in mine if each.trouble), None)
        rows.append(
            {"name": name, "on": source.on, "kind": source.kind, "lists": len(source.lists) or 1}
            | {"newest": newest, "gaps": gaps, "trouble": trouble, "url": source.url}
        )
    if common.json:
        print_json({"sources": rows})
        return 0
    _table(
        ("name", "", "kind", "lists", "newest known", "gaps", "url"),
        [
            (
                row["name"],
                "on" if row["on"] else "off",
                row["kind"],
                row["lists"],
                _local(row["newest"]),
                len(row["gaps"]) or "",
                row["url"].partition("?")[0],
            )
            for row in rows
        ],
    )
    return 0


def check(*names: str, config: Config = None, common: Common = DEFAULT) -> int:
    """Try sources without storing anything: read each list's first page and one article.

    Args:
        names: sources to try; all that are on by default.

    Examples:
        newslake sources check
        newslake sources check eastmoney chinanews
    """
    from lake.sources.checking import check as run
    from lake.sources.configuration import load

    configured = load(common.root, config)
    chosen = [configured.named(name) for name in names]
    found = run(chosen or [each for each in configured.sources.values() if each.on], configured.fetch)
    failed = sum(each.problem is not None for each in found)
    if common.json:
        print_json({"lists": [asdict(each) for each in found], "failed": failed})
        return 1 if failed else 0
    for each in found:
        print(f"{each.source} {each.list}".strip())
        if each.entries:
            print(f"    {each.entries} entries, the newest of {_local(each.newest) or 'no time'}")
        if each.problem:
            print(f"    problem: {each.problem}")
        else:
            print(
                f"    {each.title or 'no title'}, {_local(each.published_at)}, {each.characters:,} characters"
            )
            print(f"    {each.article}")
    say(f"{len(found) - failed} of {len(found)} lists work")
    return 1 if failed else 0


def add(
    name: str,
    url: str | None = None,
    /,
    *,
    select: str | None = None,
    next: str | None = None,
    match: str | None = None,
    off: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    config: Config = None,
    common: Common = DEFAULT,
) -> int:
    """Add a feed, a sitemap or a list page to your sources, or switch a shipped source on.

    What the address is, is found out by asking it; a page that names its feed leads to the feed.

    Args:
        name: what the source is to be called; lower case letters, digits, - and _.
        url: its address; left out for a shipped source.
        select: for a list page, the CSS selector of the links to articles.
        next: for a list page, the CSS selector of the link to its next page.
        match: a regular expression that the articles' addresses contain.
        off: write it down switched off.

    Examples:
        newslake sources add chinanews
        newslake sources add example https://news.example.org/feed.xml
        newslake sources add example https://news.example.org/latest/ --select 'h3 a' --next 'a.next'
    """
    from lake.sources.adding import add as write
    from lake.sources.adding import propose
    from lake.sources.configuration import load

    log_to_stderr()
    configured = load(common.root, config)
    if url is None and name not in configured.sources:
        raise Usage(f"no source is named {name}: give its address, too")
    table: dict[str, Any] = propose(url, configured.fetch, select=select) if url else {}
    if next and not select:
        raise Usage("--next goes with --select: both belong to a list page")
    table |= {"next": next} if next else {}
    table |= {"on": not off} | ({"match": match} if match else {})
    path = write(common.root, name, table, config)
    if common.json:
        print_json({"name": name, **table, "file": str(path)})
        return 0
    print(f"{name}: {table.get('kind', 'shipped')}, {'off' if off else 'on'}, in {path}")
    say(f"try it: newslake sources check {name}; fetch it now: newslake ingest {name}")
    return 0


COMMANDS: dict[str, Callable[..., int]] = {"list": list_, "check": check, "add": add}

app = App(name="sources", help="Live sources: list them, try them, add one.", help_format="plaintext")


def _local(time: dt.datetime | None) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}" if time else ""


def _table(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    from lake.table import as_table

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(as_table(names, rows, columns=width), end="")
