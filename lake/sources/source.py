"""One live source as its table in the configuration describes it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lake.sources.entries import Way

__all__ = ["NAME", "Kind", "Source", "Token"]

Kind = Literal["list", "feed", "sitemap", "page", "urls"]
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Token:
    """What a site wants to be shown with requests for its lists: given out for the asking, by an empty POST.

    Attributes:
        url: where it is given out.
        value: path of the token in the JSON answer.
        header: the header that carries it.
    """

    url: str
    value: str = "token"
    header: str = "Authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One live source; durations are seconds.

    Attributes:
        name: stands in the column ``source`` of what it brings.
        kind: how its lists are read: ``list`` (JSON), ``feed``, ``sitemap``, ``page`` (HTML), ``urls``.
        url: the list's address; in a ``list`` with ``{list}``, ``{page}`` or ``{cursor}``, and ``{now}``, seconds
            since the epoch.
        more: the address of a ``list``'s further pages, if it is another one.
        post: what is sent to the address, which is asked by POST then; holds the same words in braces.
        token: what the site wants to be shown with requests for lists.
        on: whether it is fetched on schedule.
        lists: what ``{list}`` stands for, one list after the other.
        headers: sent with every request of this source.
        compatible: the User-Agent begins as a browser's does, and names newslake in brackets as crawlers do.
        zone: of times without an offset.
        after: what stands before the JSON, where a ``list`` is the script of a page.
        rows, time, modified, next: paths in the JSON: the rows; in a row its time and that of its last change
            (or a template of several values, ``{day} {hour}``); the cursor of the next page. Of a ``page``,
            ``next`` selects the link to the next one.
        ok: path -> accepted values; another value is an error message.
        skip: path -> values; rows that have one are no articles.
        articles: ways to an article, best first; ``{key}`` is a row's value.
        has: a text that every article's answer holds.
        record: where rows hold whole articles: field of a record -> template.
        ignore: keys of such a row that change without the article, such as counters.
        select: CSS selector of the links to articles.
        match: expression that articles' addresses contain.
        pages: pages of one list that one run reads at most; ``start_pages`` on the first run.
        overlap: how far behind the newest known time rows may still turn up.
        revisit: ages at which an article is asked for again, to see whether it was corrected.
        revisit_every: at most so often.
        retry: the wait before a failed article is asked for again; doubles with each failure.
        attempts: how often an article is tried.
        delay, concurrency: how its hosts are asked, if not as ``[fetch]`` says.
    """

    name: str
    kind: Kind
    url: str
    on: bool = False
    lists: tuple[str, ...] = ()
    more: str = ""
    post: str = ""
    token: Token | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    compatible: bool = False
    zone: ZoneInfo = _SHANGHAI
    after: str = ""
    rows: str = ""
    time: str = ""
    modified: str = ""
    next: str = ""
    ok: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skip: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    articles: tuple[Way, ...] = (Way("{url}"),)
    has: str | None = None
    record: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    select: str = ""
    match: str = ""
    pages: int = 10
    start_pages: int = 1
    overlap: float = 1800.0
    revisit: tuple[float, ...] = ()
    revisit_every: float = 3600.0
    retry: float = 300.0
    attempts: int = 8
    delay: float | None = None
    concurrency: int | None = None

    def at(self, now: dt.datetime) -> Source:
        """The source at that time, for lists that want to be told it."""
        seconds = str(int(now.timestamp()))
        return replace(self, url=self.url.replace("{now}", seconds), post=self.post.replace("{now}", seconds))

    def matches(self, url: str) -> bool:
        """Whether the address may be an article's."""
        return not self.match or re.search(self.match, url) is not None

    def hosts(self) -> set[str]:
        """Every host that the configuration names for this source, as it stands in URLs."""
        urls = [self.url, self.more, *(way.url for way in self.articles)]
        urls += [self.token.url] if self.token else []
        return {host for url in urls if (host := urlsplit(url).netloc) and "{" not in host}
