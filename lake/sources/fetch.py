"""The only HTTP of the project: fetch an address politely, or say why not.

    settings = FetchSettings(contact="desk@example.org")
    async with Fetcher(settings) as fetcher:
        response = await fetcher.get("https://news.example.org/a/1.html")
        captured = item(response)

`Fetcher.get` raises a Reject where the address gives no page, and FetchFailed (a Retry) where it may give one
later. docs/fetching.md says what is done before, during and after a request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

import httpx

from lake.errors import Usage
from lake.model import Item, Origin
from lake.sources.http.failures import FetchFailed
from lake.sources.http.following import Following
from lake.sources.http.settings import FetchSettings, Pace
from lake.sources.http.sink import Sink
from lake.sources.http.wire import Answer, Wire, parse_url

__all__ = ["FetchFailed", "FetchSettings", "Fetcher", "Pace", "Response", "item"]

_NOT_MODIFIED = 304
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
        parts: further addresses whose answers were joined to the body.
    """

    url: str
    final_url: str
    redirects: tuple[str, ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: dt.datetime
    not_modified: bool
    parts: tuple[str, ...] = ()

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
    """The response as an item to capture.

    Its redirects stand behind the headers as ``x-newslake-redirect``, the addresses of joined parts as
    ``x-newslake-part``.
    """
    headers = [(name, value) for name, value in response.headers if name not in _NOT_STORED]
    headers += [("x-newslake-redirect", url) for url in response.redirects]
    headers += [("x-newslake-part", url) for url in response.parts]
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
        self._way = Following(settings, self._wire)

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
        compatible: bool = False,
        post: bytes | None = None,
    ) -> Response:
        """Fetch one address.

        Args:
            url: http or https.
            etag, modified: ``ETag`` and ``Last-Modified`` of the copy that is known already.
            headers: further ones that the site needs, such as ``Referer``; sent to this host alone.
            compatible: begin the User-Agent as browsers do.
            post: what to send by POST, for lists and tokens that are asked for so; where it redirects to is
                asked by GET. None: all is GET.

        Raises:
            Usage: a header is not the caller's to choose.
            Reject: stage ``capture``; ``bad_url``, ``robots``, ``private_address``, ``too_large``, ``bomb``,
                ``unknown_coding``, ``redirect_loop``, ``http_404`` …
            FetchFailed: a Retry, after as many attempts as the settings allow.
        """
        address = parse_url(url)
        sent = _sent(headers or {}, etag, modified)
        if compatible:
            sent["user-agent"] = self._settings.compatible_agent
        answer, redirects = await self._way.follow(
            address,
            lambda at: self._wire.ask(at, _for(address, at, sent), sent=post if at == address else None),
        )
        return _response(url, address, redirects, answer)

    async def download(self, url: str, file: BinaryIO, most: int) -> Response:
        """Write what is at an address into a file: for archives that are too large for memory.

        A further attempt goes on where the last one broke off, if the server tells by a strong ETag that it
        is the same file. Packing is not undone, and there is no limit on the time as long as bytes come.

        Args:
            url: http or https.
            file: empty, open for reading and writing.
            most: bytes that the file may have.

        Raises:
            Reject, FetchFailed: as `get`; the file then holds what came.
        """
        address, sink = parse_url(url), Sink(file, most)
        answer, redirects = await self._way.follow(address, lambda at: self._wire.save(at, {}, sink))
        return _response(url, address, redirects, answer)


def _response(url: str, address: httpx.URL, redirects: tuple[httpx.URL, ...], answer: Answer) -> Response:
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


def _for(first: httpx.URL, at: httpx.URL, headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers meant for the first address, if they may be sent to this one: same host, no less secure."""
    lowered = first.scheme == "https" and at.scheme == "http"
    return headers if first.host == at.host and not lowered else {}


def _sent(headers: Mapping[str, str], etag: str | None, modified: str | None) -> dict[str, str]:
    """The caller's headers and the conditions, names in lower case.

    Raises Usage for a header that is not the caller's to choose, or that no header line can hold.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    if ours := sent.keys() & _OURS:
        raise Usage(f"these headers are not for a source to choose: {', '.join(sorted(ours))}")
    if broken := [
        name for name, value in sent.items() if not (name.isascii() and (name + value).isprintable())
    ]:
        raise Usage(f"these headers can't be sent as they are: {', '.join(map(repr, broken))}")
    conditions = {"if-none-match": etag, "if-modified-since": modified}
    return sent | {name: value for name, value in conditions.items() if value}
