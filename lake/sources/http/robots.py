"""robots.txt: may an address be fetched, and how long to wait between two (RFC 9309).

| the file | what holds |
| --- | --- |
| 2xx | its rules for our token, else those for ``*``; the first 500 KiB count |
| 4xx but 429 | everything is allowed |
| 5xx, 429, no answer | the copy kept from before, however old; without one nothing is allowed for now |

A copy is good for 24 hours, and is kept between runs. Asking again after a failure waits five minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from protego import Protego

from lake.errors import Reject
from lake.sources.http.failures import FetchFailed
from lake.sources.http.settings import AGENT

__all__ = ["LONGEST", "Robots", "Rules"]

log = logging.getLogger(__name__)

LONGEST = 500 * 1024
"""Bytes of a robots.txt that count; RFC 9309, section 2.5, wants at least these."""
_GOOD_FOR = 24 * 3600.0
"""Seconds; RFC 9309, section 2.4."""
_PAUSE = 300.0
"""Seconds until an unreachable robots.txt is asked for again: one tick of a live source."""

Ask = Callable[[httpx.URL], Awaitable[bytes]]
"""Gets the body at a URL, follows redirects, raises FetchFailed or Reject."""
_NONE = re.compile(r"http_[34]\d\d|redirect_loop")
"""Rejects that mean "there is no robots.txt" (RFC 9309, sections 2.3.1.2 and 2.3.1.3)."""
_NAMED = re.compile(r"^([ \t]*user-agent[ \t]*:)[ \t]*(\*|[a-z_-]*)[^\r\n]*", re.IGNORECASE | re.MULTILINE)
"""A line that names a crawler; what stands behind the token, such as a version, is none of it (RFC 9309, 2.2.1)."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A robots.txt as it came; ``at`` is seconds since the epoch; ``text`` is empty where all is allowed."""

    origin: str
    at: float
    text: str


class Rules:
    """The rules of one robots.txt for our user agent."""

    def __init__(self, text: str) -> None:
        # Protego takes the beginning of a name for the name: a group of `news` is none of ours.
        self._parsed = Protego.parse(_NAMED.sub(_exactly, text))

    def allows(self, url: str) -> bool:
        """Whether the address may be fetched."""
        return bool(self._parsed.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """``Crawl-delay`` in seconds (no part of the standard, but meant), 0 if there is none."""
        return max(0.0, float(self._parsed.crawl_delay(AGENT) or 0.0))


def _exactly(line: re.Match[str]) -> str:
    token = line[2].lower()
    return f"{line[1]} {token if token in (AGENT, '*') else 'another-crawler'}"


class Robots:
    """The robots.txt files of all origins (scheme, host and port), each asked for once."""

    def __init__(self, ask: Ask, folder: Path | None) -> None:
        self._ask = ask
        self._folder = folder
        self._known: dict[str, tuple[float, Rules | FetchFailed]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def delay(self, url: httpx.URL) -> float:
        """Seconds between two requests to the URL's host, once it is clear that the URL may be fetched.

        Raises:
            Reject: ``robots``: the rules forbid it.
            FetchFailed: ``robots_unreachable``: nobody knows now.
        """
        rules = await self._rules(url)
        if not rules.allows(str(url)):
            raise Reject("capture", "robots", f"robots.txt of {url.host} forbids it to {AGENT}")
        return rules.delay

    async def _rules(self, url: httpx.URL) -> Rules:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        async with self._locks.setdefault(origin, asyncio.Lock()):
            until, known = self._known.get(origin, (0.0, None))
            if known is None or until <= time.time():
                until, known = await self._learn(origin, url.copy_with(raw_path=b"/robots.txt"))
                self._known[origin] = until, known
        if isinstance(known, FetchFailed):
            raise FetchFailed(known.reason, known.detail, known.wait)
        return known

    async def _learn(self, origin: str, address: httpx.URL) -> tuple[float, Rules | FetchFailed]:
        """The rules, and until when they hold (seconds since the epoch)."""
        kept = self._kept(origin)
        now = time.time()
        if kept is not None and 0 <= now - kept.at < _GOOD_FOR:
            return kept.at + _GOOD_FOR, Rules(kept.text)
        try:
            copy = _Copy(origin, now, await self._text(address))
        except FetchFailed as failure:
            if kept is not None:
                log.info("%s can't be had (%s); the copy kept from before holds", address, failure)
                return now + _PAUSE, Rules(kept.text)
            words = f"{address} can't be had, so nothing there may be fetched now: {failure.detail}"
            return now + _PAUSE, FetchFailed("robots_unreachable", words, failure.wait)
        self._keep(copy)
        return now + _GOOD_FOR, Rules(copy.text)

    async def _text(self, address: httpx.URL) -> str:
        """The file's text; empty where there is none.

        Raises:
            FetchFailed: the file is unreachable in the standard's sense.
        """
        try:
            return (await self._ask(address)).decode("utf-8-sig", "replace")
        except Reject as reject:
            if reject.reason == "private_address":
                raise
            if _NONE.fullmatch(reject.reason):
                return ""
            raise FetchFailed(reject.reason, reject.detail) from reject

    def _kept(self, origin: str) -> _Copy | None:
        if self._folder is None:
            return None
        try:
            copy = _Copy(**json.loads(self._path(self._folder, origin).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return copy if copy.origin == origin else None

    def _keep(self, copy: _Copy) -> None:
        if self._folder is None:
            return
        path = self._path(self._folder, copy.origin)
        part = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(asdict(copy)), "utf-8")
            part.replace(path)
        except OSError as error:
            log.warning("robots.txt of %s is not kept for the next run: %s", copy.origin, error)

    @staticmethod
    def _path(folder: Path, origin: str) -> Path:
        return folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"
