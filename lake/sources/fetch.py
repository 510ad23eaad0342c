"""The only HTTP of the project: fetch an address politely, or say why not.

    settings = FetchSettings(contact="desk@example.org")
    async with Fetcher(settings) as fetcher:
        response = await fetcher.get("https://news.example.org/a/1.html")
        captured = item(response)

`Fetcher.get` raises a Reject where the address gives no page, and FetchFailed (a Retry) where it may give one
later. docs/fetching.md says what is done before, during and after a request.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from lake.errors import Reject, Usage
from lake.model import Item, Origin
from lake.sources.http.failures import FetchFailed, of_status
from lake.sources.http.politeness import Gates
from lake.sources.http.robots import LONGEST, Robots
from lake.sources.http.settings import FetchSettings, Pace
from lake.sources.http.wire import Answer, Wire, parse_url

__all__ = ["FetchFailed", "FetchSettings", "Fetcher", "Pace", "Response", "item"]

log = logging.getLogger(__name__)

_REDIRECTS = {301, 302, 303, 307, 308}
_NOT_MODIFIED = 304
_NOT_AGAIN = {"host_waits", "robots_unreachable"}
"""Failures that a second attempt within seconds can't mend."""
_UNPACKED = {"accept-encoding": "identity"}
"""So that what is cut after so many bytes can be read."""
_OURS = {"user-agent", "accept-encoding", "host", "connection", "content-length", "transfer-encoding"}
_NOT_STORED = {"set-cookie", "set-cookie2"}
"""Headers that say nothing of the page and may identify the visitor."""


@dataclass(frozen=True, slots=True)
class Response:
    """A successful answer.

    Attributes:
        url: the address asked for.
        final_url: the address that answered.
        redirects: every address redirected to, in order; the last is ``final_url``.
        status: 2xx, or 304.
        headers: names in lower case, in the order received.
        body: without its content codings; empty where ``not_modified``.
        fetched_at: when the answer began, in UTC.
        not_modified: the page is as it was when ``etag`` or ``modified`` were noted.
    """

    url: str
    final_url: str
    redirects: tuple[str, ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: dt.datetime
    not_modified: bool

    def header(self, name: str) -> str | None:
        """The first header of that name (lower case)."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def etag(self) -> str | None:
        """What to give as ``etag`` when asking again."""
        return self.header("etag")

    @property
    def modified(self) -> str | None:
        """What to give as ``modified`` when asking again."""
        return self.header("last-modified")


def item(response: Response) -> Item:
    """The response as an item to capture; its redirects stand behind the headers as ``x-newslake-redirect``."""
    headers = [(name, value) for name, value in response.headers if name not in _NOT_STORED]
    headers += [("x-newslake-redirect", url) for url in response.redirects]
    return Item(
        origin=Origin(url=response.url),
        body=response.body,
        content_type=response.header("content-type"),
        fetched_at=response.fetched_at,
        http_status=response.status,
        http_headers=tuple(headers),
    )


class Fetcher:
    """Fetches within the limits of its settings; one for all requests of a run, within one event loop."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._wire = Wire(settings)
        self._gates = Gates(settings)
        self._robots = Robots(self._robots_text, settings.cache)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._wire.__aexit__(kind, error, trace)

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Fetch one address.

        Args:
            url: http or https.
            etag, modified: ``ETag`` and ``Last-Modified`` of the copy that is known already.
            headers: further ones that the site needs, such as ``Referer``; sent to this host alone.

        Raises:
            Usage: a header is not the caller's to choose.
            Reject: stage ``capture``; ``bad_url``, ``robots``, ``private_address``, ``too_large``, ``bomb``,
                ``unknown_coding``, ``redirect_loop``, ``http_404`` …
            FetchFailed: a Retry, after as many attempts as the settings allow.
        """
        address = parse_url(url)
        sent = _sent(headers or {}, etag, modified)
        answer, redirects = await self._persist(address, sent, checked=True)
        return Response(
            url=url,
            final_url=str(redirects[-1] if redirects else address),
            redirects=tuple(str(each) for each in redirects),
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            fetched_at=answer.at,
            not_modified=answer.status == _NOT_MODIFIED,
        )

    async def _robots_text(self, url: httpx.URL) -> bytes:
        answer, _ = await self._persist(url, _UNPACKED, checked=False, most=LONGEST)
        return answer.body

    async def _persist(
        self, url: httpx.URL, headers: Mapping[str, str], *, checked: bool, most: int | None = None
    ) -> tuple[Answer, tuple[httpx.URL, ...]]:
        """Follow the address, again after a failure, up to the settings' attempts."""
        attempt = 1
        while True:
            try:
                return await self._follow(url, headers, checked=checked, most=most)
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

    async def _follow(
        self, url: httpx.URL, headers: Mapping[str, str], *, checked: bool, most: int | None = None
    ) -> tuple[Answer, tuple[httpx.URL, ...]]:
        """The answer at the end of all redirects, and the addresses they led to."""
        seen, at = [url], url
        while True:
            answer = await self._one(at, headers if _same_site(url, at) else {}, checked=checked, most=most)
            target = _target(at, answer)
            if target is None:
                return answer, tuple(seen[1:])
            if target in seen or len(seen) > self._settings.redirects:
                words = "lead back to themselves" if target in seen else f"are more than {len(seen) - 1}"
                raise Reject("capture", "redirect_loop", f"its redirects {words}, the last to {target}")
            seen.append(target)
            at = target

    async def _one(
        self, url: httpx.URL, headers: Mapping[str, str], *, checked: bool, most: int | None
    ) -> Answer:
        """One exchange, in the host's turn."""
        host = url.netloc.decode("ascii")
        delay = await self._robots.delay(url) if checked else 0.0
        async with self._gates.passing(host, delay):
            try:
                answer = await self._wire.ask(url, headers, most)
                _refuse(answer)
            except FetchFailed as failure:
                self._gates.failed(host, failure)
                raise
            except Reject:
                self._gates.answered(host)
                raise
        self._gates.answered(host)
        return answer


def _same_site(first: httpx.URL, second: httpx.URL) -> bool:
    """Whether what was meant for the first may be sent to the second: the same host, no less secure."""
    return first.host == second.host and not (first.scheme == "https" and second.scheme == "http")


def _sent(headers: Mapping[str, str], etag: str | None, modified: str | None) -> dict[str, str]:
    """The caller's headers and the conditions, names in lower case."""
    sent = {name.lower(): value for name, value in headers.items()}
    if ours := sent.keys() & _OURS:
        raise Usage(f"these headers are not for a source to choose: {', '.join(sorted(ours))}")
    conditions = {"if-none-match": etag, "if-modified-since": modified}
    return sent | {name: value for name, value in conditions.items() if value}


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
