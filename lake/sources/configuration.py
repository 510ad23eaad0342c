"""Configured sources: the shipped ``sources.toml``, and the user's own, which adds to it and overrides it.

Each table is a source, named by its key; ``[fetch]`` says how fetching behaves. docs/sources.md explains every
key. A user's table of a shipped name changes the keys that it gives and keeps the others.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lake.errors import Stop, Usage
from lake.locations import LakeRoot
from lake.settings import Limits
from lake.sources.entries import Way
from lake.sources.fetch import FetchSettings, Pace
from lake.sources.source import NAME, Kind, Source, Token
from lake.storage.files import Place

__all__ = ["CONTACT", "NAME", "Configuration", "Source", "load", "own_file", "somebody"]

CONTACT = "NEWSLAKE_CONTACT"
"""The environment variable that names whom to write to, where the configuration does not."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All sources by name, and how fetching behaves."""

    sources: Mapping[str, Source]
    fetch: FetchSettings

    def named(self, name: str) -> Source:
        """The source of that name. Raises Usage where there is none."""
        if name not in self.sources:
            raise Usage(f"no source is named {name}; `newslake sources list` shows those that are")
        return self.sources[name]


def own_file(root: LakeRoot, chosen: str | os.PathLike[str] | None = None) -> Place:
    """The user's own configuration: the file that was named, else ``sources.toml`` in the lake's folder."""
    return Path(chosen).expanduser().absolute() if chosen else root.configuration


def load(
    root: LakeRoot, chosen: str | os.PathLike[str] | None = None, limits: Limits | None = None
) -> Configuration:
    """Read the shipped sources and the user's.

    Raises:
        Stop: a file can't be read, or says something that is not understood; the message names the place.
        Usage: the file that was named does not exist.
    """
    shipped = tomllib.loads(files("lake.sources").joinpath("sources.toml").read_text("utf-8"))
    path = own_file(root, chosen)
    if chosen and not path.is_file():
        raise Usage(f"there is no configuration at {path}")
    own = _read(path) if path.is_file() else {}
    tables = {name: {**shipped.get(name, {}), **own.get(name, {})} for name in {**shipped, **own}}
    fetch = tables.pop("fetch", {})
    sources = {name: _source(name, table, path) for name, table in tables.items()}
    return Configuration(sources, _fetching(fetch, sources.values(), root, limits or Limits(), path))


def _read(path: Place) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Stop(f"{path} can't be read: {error}") from error
    for name, table in found.items():
        if not isinstance(table, dict):
            raise Stop(f"{path}: {name} stands outside of any table; sources are tables such as [{name}]")
    return found


def _source(name: str, table: Mapping[str, Any], path: Place) -> Source:
    """A source from its table. Raises Stop for what is missing, unknown or of the wrong kind."""
    known = {each.name for each in fields(Source)}
    try:
        if not NAME.fullmatch(name):
            raise ValueError("a name has lower case letters, digits, - and _")
        if unknown := table.keys() - known:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        if missing := {"kind", "url"} - table.keys():
            raise ValueError(f"missing: {', '.join(sorted(missing))}")
        source = Source(name=name, **{key: _value(key, value) for key, value in table.items()})
        _check(source)
    except (ValueError, TypeError, ZoneInfoNotFoundError, re.error) as error:
        raise Stop(f"source {name} ({path} or shipped): {error}") from error
    return source


def _value(key: str, value: Any) -> Any:
    match key:
        case "zone":
            return ZoneInfo(value)
        case "articles":
            return tuple(Way(**each) if isinstance(each, dict) else Way(each) for each in value)
        case "token":
            return Token(**value)
        case "ok" | "skip":
            return {
                path: tuple(map(str, each if isinstance(each, list) else [each]))
                for path, each in value.items()
            }
        case "lists" | "ignore":
            return tuple(map(str, value))
        case "revisit":
            return tuple(sorted(float(each) for each in value))
        case "overlap" | "revisit_every" | "retry" | "delay":
            return float(value)
        case "pages" | "start_pages" | "attempts" | "concurrency":
            return max(1, int(value))
        case "on" | "compatible":
            if not isinstance(value, bool):
                raise ValueError(f"{key} is true or false")
            return value
        case "headers" | "record":
            return {str(name): str(text) for name, text in value.items()}
        case _:
            return str(value)


def _check(source: Source) -> None:
    if source.kind not in get_args(Kind):
        raise ValueError(f"kind is {source.kind!r}, not one of {', '.join(get_args(Kind))}")
    for url in (source.url, *filter(None, [source.more]), *([source.token.url] if source.token else [])):
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"url is no http or https address: {url}")
    if source.kind == "page" and not source.select:
        raise ValueError("a page needs select, the CSS selector of its links")
    if ("{list}" in source.url + source.post) != bool(source.lists):
        raise ValueError("url has {list} if there are lists, and else not")
    if any(bool(way.parts) != bool(way.part and way.text) for way in source.articles):
        raise ValueError("a way in several parts needs all of parts, part and text")
    re.compile(source.match)


def _fetching(
    table: Mapping[str, Any], sources: Iterable[Source], root: LakeRoot, limits: Limits, path: Place
) -> FetchSettings:
    given = dict(table)
    standard = Pace()
    pace = Pace(
        delay=float(given.pop("delay", standard.delay)),
        concurrency=int(given.pop("concurrency", standard.concurrency)),
    )
    paces = {
        host: Pace(
            delay=pace.delay if source.delay is None else source.delay,
            concurrency=source.concurrency or pace.concurrency,
        )
        for source in sources
        if source.delay is not None or source.concurrency is not None
        for host in source.hosts()
    }
    values: dict[str, Any] = {
        "contact": str(given.pop("contact", "") or os.environ.get(CONTACT, "") or somebody()),
        "allow_hosts": frozenset(map(str, given.pop("allow_hosts", ()))),
    }
    numbers = ("attempts", "backoff", "patience", "connect", "read", "total", "redirects")
    values |= {name: type(_DEFAULTS[name])(given.pop(name)) for name in numbers if name in given}
    if given:
        raise Stop(f"{path}: unknown in [fetch]: {', '.join(sorted(given))}")
    return FetchSettings(pace=pace, paces=paces, limits=limits, cache=root.robots, **values)


_DEFAULTS: Mapping[str, Any] = {
    each.name: each.default for each in fields(FetchSettings) if isinstance(each.default, (int, float))
}


def somebody() -> str:
    """Who runs this, where nobody said it: the user and the machine, as far as ASCII can say them."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "newslake"
    return f"{user}@{socket.gethostname()}".encode("ascii", "ignore").decode() or "newslake@localhost"
