"""Adding a source to the user's configuration: what an address is, and the table that is written for it."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from lake.errors import Reject, Stop, Usage
from lake.extraction.decode import decode
from lake.locations import LakeRoot
from lake.sources import feeds, sitemaps
from lake.sources.configuration import NAME, load, own_file
from lake.sources.fetch import Fetcher, FetchFailed, FetchSettings, Response
from lake.storage.files import Place, write_whole

__all__ = ["add", "propose"]

_FEEDS = ("application/rss+xml", "application/atom+xml")
_HINT = "which keys hold what can't be guessed: write a table of kind list (docs/sources.md shows ten lines)"


def propose(url: str, settings: FetchSettings, *, select: str | None = None) -> dict[str, Any]:
    """The table for an address: a feed, a sitemap, a list page (with ``select``), a list of addresses.

    A page that names its feed leads to the feed. Raises Usage where a person has to say more, Stop where the
    address can't be read.
    """
    try:
        response = asyncio.run(_get(url, settings))
        kind = "page" if select else _kind(response)
        if kind == "html":
            feed = _named_feed(response)
            if feed is None:
                raise Usage(f"{url} is a page without a feed: --select says which links lead to articles")
            return propose(feed, settings)
    except (Reject, FetchFailed) as error:
        raise Stop(f"{url} can't be read: {error.reason}: {error.detail}") from error
    return {"kind": kind, "url": url} | ({"select": select} if select else {})


async def _get(url: str, settings: FetchSettings) -> Response:
    async with Fetcher(settings) as fetcher:
        return await fetcher.get(url)


def _kind(response: Response) -> str:
    body = sitemaps.unpacked(response.body).lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith((b"{", b"[")):
        raise Usage(f"{response.url} answers with JSON; {_HINT}")
    root = feeds.tree(body) if body.startswith(b"<") else None
    name = feeds.local(root) if root is not None else ""
    if name in ("rss", "rdf", "feed"):
        return "feed"
    if name in ("urlset", "sitemapindex"):
        return "sitemap"
    if body.startswith((b"http://", b"https://", b"#")):
        return "urls"
    if body.startswith(b"<"):
        return "html"
    raise Usage(f"{response.url} answers with a script or plain text; if it holds JSON, {_HINT}")


def _named_feed(response: Response) -> str | None:
    """The first feed that a page names in its head."""
    text = decode(response.body, response.header("content-type"))[0]
    for link in LexborHTMLParser(text).css("link[rel~=alternate][href]"):
        href = link.attributes.get("href")
        if (link.attributes.get("type") or "").lower() in _FEEDS and href:
            return urljoin(response.final_url, href)
    return None


def add(root: LakeRoot, name: str, table: dict[str, Any], chosen: str | None = None) -> Place:
    """Append a source to the user's file; returns the file.

    The file is written whole or not at all, and only if it can be read afterwards.

    Raises:
        Usage: the user's file has such a source already, or the table makes none.
    """
    path = own_file(root, chosen)
    if not NAME.fullmatch(name):
        raise Usage(f"{name!r} is no name for a source: use lower case letters, digits, - and _")
    text = path.read_text("utf-8") if path.is_file() else ""
    if any(line.split("#")[0].strip() == f"[{name}]" for line in text.splitlines()):
        raise Usage(f"{path} has a source {name} already: change it there")
    lines = [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    parts = [text.rstrip("\n"), "\n".join(lines)] if text.strip() else ["\n".join(lines)]
    with write_whole(path) as fresh:
        fresh.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        try:
            load(root, fresh)
        except Stop as error:
            raise Usage(str(error).replace(str(fresh), str(path))) from error
    return path


def _toml(value: Any) -> str:
    """A TOML value: JSON's texts, numbers, booleans and arrays of them are TOML's too."""
    return json.dumps(value, ensure_ascii=False)
