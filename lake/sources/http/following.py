"""From an address to its answer: robots.txt, the host's turn, redirects, further attempts."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

import httpx

from lake.errors import Reject
from lake.sources.http.failures import FetchFailed, of_status
from lake.sources.http.politeness import Gates
from lake.sources.http.robots import LONGEST, Robots
from lake.sources.http.settings import FetchSettings
from lake.sources.http.wire import Answer, Wire, parse_url

__all__ = ["Following"]

log = logging.getLogger(__name__)

Ask = Callable[[httpx.URL], Awaitable[Answer]]
"""Sends one request to the address it is given."""

_REDIRECTS = {301, 302, 303, 307, 308}
_NOT_AGAIN = {"host_waits", "robots_unreachable"}
"""Failures that a second attempt within seconds can't mend."""
_UNPACKED = {"accept-encoding": "identity"}
"""So that what is cut after so many bytes can be read."""


class Following:
    """Follows addresses to their answers, with what is known of each host."""

    def __init__(self, settings: FetchSettings, wire: Wire) -> None:
        self._settings = settings
        self._wire = wire
        self._gates = Gates(settings)
        self._robots = Robots(self._robots_text, settings.cache)

    async def _robots_text(self, url: httpx.URL) -> bytes:
        answer, _ = await self.follow(url, self._ask_robots, checked=False)
        return answer.body

    async def _ask_robots(self, url: httpx.URL) -> Answer:
        return await self._wire.ask(url, _UNPACKED, LONGEST)

    async def follow(
        self, url: httpx.URL, ask: Ask, *, checked: bool = True
    ) -> tuple[Answer, tuple[httpx.URL, ...]]:
        """The answer at the end of all redirects, and the addresses that they led to.

        Args:
            url: from `parse_url`.
            ask: sends the request of each hop.
            checked: whether robots.txt has a say.

        Raises:
            Reject: the address gives no page.
            FetchFailed: it gave none in as many attempts as the settings allow.
        """
        attempt = 1
        while True:
            try:
                return await self._hops(url, ask, checked=checked)
            except FetchFailed as failure:
                if attempt >= self._settings.attempts or failure.reason in _NOT_AGAIN:
                    raise
                log.debug("%s: attempt %d: %s", url, attempt, failure)
            await asyncio.sleep(self._backoff(attempt))
            attempt += 1

    def _backoff(self, attempt: int) -> float:
        """Seconds before the next attempt: doubling, give or take half, so that requests don't march in step."""
        seconds: float = self._settings.backoff * 2 ** (attempt - 1)
        return min(self._settings.patience, seconds * random.uniform(0.5, 1.5))

    async def _hops(self, url: httpx.URL, ask: Ask, *, checked: bool) -> tuple[Answer, tuple[httpx.URL, ...]]:
        """One attempt: all hops to the answer."""
        seen, at = [url], url
        while True:
            answer = await self._one(at, ask, checked=checked)
            target = _target(at, answer)
            if target is None:
                return answer, tuple(seen[1:])
            if target in seen or len(seen) > self._settings.redirects:
                words = "lead back to themselves" if target in seen else f"are more than {len(seen) - 1}"
                raise Reject("capture", "redirect_loop", f"its redirects {words}, the last to {target}")
            seen.append(target)
            at = target

    async def _one(self, url: httpx.URL, ask: Ask, *, checked: bool) -> Answer:
        """One exchange, in the host's turn."""
        host = url.netloc.decode("ascii")
        delay = await self._robots.delay(url) if checked else 0.0
        async with self._gates.passing(host, delay):
            try:
                answer = await ask(url)
                _refuse(answer)
            except FetchFailed as failure:
                self._gates.failed(host, failure)
                raise
            except Reject:
                self._gates.answered(host)
                raise
        self._gates.answered(host)
        return answer


def _refuse(answer: Answer) -> None:
    """Raise what the status means, unless it is a success or a redirect."""
    redirected = answer.status in _REDIRECTS and answer.header("location") is not None
    wrong = None if redirected else of_status(answer.status, answer.headers, answer.at)
    if wrong is not None:
        raise wrong


def _target(url: httpx.URL, answer: Answer) -> httpx.URL | None:
    """Where the answer redirects to, None if it is no redirect."""
    location = answer.header("location")
    if answer.status not in _REDIRECTS or location is None:
        return None
    try:
        return parse_url(str(url.join(location)))
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Reject("capture", "bad_url", f"redirected to no usable address: {location[:200]}") from error
