"""One request and its answer over HTTP/2 or HTTP/1.1: the only place that touches the network."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from time import monotonic
from types import TracebackType
from typing import Self, cast

import httpcore
import httpx

from lake.errors import Reject
from lake.sources.http.addresses import CheckedBackend
from lake.sources.http.decoding import ACCEPTED, decoded
from lake.sources.http.failures import of_error
from lake.sources.http.settings import FetchSettings
from lake.sources.http.sink import Sink

__all__ = ["Answer", "Wire", "parse_url"]

_Chunks = AsyncGenerator[bytes, None]
_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    TimeoutError,
    OSError,
)
_SLOWEST = 4096
"""Bytes a second, on average, that a large file has to come with once `total` is over."""
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
"""Names (with the underscore that some have) and IPv6 addresses."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; header names are lower case, the body is unpacked."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: dt.datetime

    def header(self, name: str) -> str | None:
        """The header's value; several of one name are joined by a comma (RFC 9110, section 5.3)."""
        values = [value for key, value in self.headers if key == name]
        return ", ".join(values) if values else None


def parse_url(text: str) -> httpx.URL:
    """The address in the form that goes over the wire, without its fragment.

    Raises:
        Reject: ``bad_url``: not http or https, no host, or with a password.
    """
    try:
        url = httpx.URL(text.strip())
        host = url.raw_host
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Reject("capture", "bad_url", f"no usable address ({error}): {text[:200]}") from error
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise Reject("capture", "bad_url", f"no address of a web page: {text[:200]}")
    if url.userinfo:
        raise Reject("capture", "bad_url", f"an address with a user name in it is not asked for: {url.host}")
    return url.copy_with(fragment=None)


class Wire:
    """A pool of connections to checked addresses. Proxies of the environment are not used."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._timeouts = {
            "connect": settings.connect,
            "read": settings.read,
            "write": settings.read,
            "pool": settings.total,
        }
        self._standard = {"user-agent": settings.user_agent, "accept": "*/*", "accept-encoding": ACCEPTED}
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_trust(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            max_connections=settings.concurrency,
            keepalive_expiry=30.0,
            http2=True,
            network_backend=CheckedBackend(settings.allow_hosts),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()

    async def ask(
        self,
        url: httpx.URL,
        headers: Mapping[str, str],
        most: int | None = None,
        sent: bytes | None = None,
    ) -> Answer:
        """Send one GET, or a POST, and read the answer.

        Args:
            url: from `parse_url`.
            headers: beyond the standard ones, lower case.
            most: read only so many bytes of the body and leave the rest; by default a body larger than the
                limits is refused.
            sent: the body of a POST; None for a GET.

        Raises:
            Reject: the address or the body is refused.
            FetchFailed: no answer, or no whole one.
        """
        limits = self._settings.limits
        with _named_errors():
            async with (
                asyncio.timeout(self._settings.total),
                self._open(url, headers, sent) as (answer, chunks),
            ):
                body = await _body(answer, chunks, limits.item_bytes, most)
        coding = answer.header("content-encoding") or ""
        return replace(answer, body=decoded(body, coding, limits)[:most])

    async def save(self, url: httpx.URL, headers: Mapping[str, str], sink: Sink) -> Answer:
        """Send one GET and write the body of a success into the sink.

        There is no limit on the whole time, but one that a body which drips can't meet: `_SLOWEST`.

        Raises:
            Reject: the address or the body is refused.
            FetchFailed: no answer, or no whole one; the sink holds what came.
        """
        with _named_errors():
            async with self._open(url, {**headers, **sink.headers()}) as (answer, chunks):
                if answer.status in (200, 206):
                    sink.begin(answer.status, dict(answer.headers))
                    begun, came = monotonic(), 0
                    async for chunk in chunks:
                        sink.write(chunk)
                        came += len(chunk)
                        spent = monotonic() - begun
                        if spent > self._settings.total and came < spent * _SLOWEST:
                            raise TimeoutError(f"only {came:,} bytes came in {spent:.0f} s")
        return answer

    @asynccontextmanager
    async def _open(
        self, url: httpx.URL, headers: Mapping[str, str], sent: bytes | None = None
    ) -> AsyncIterator[tuple[Answer, _Chunks]]:
        """The head of the answer and the chunks of its body."""
        length = {} if sent is None else {"content-length": str(len(sent))}
        fields = {**self._standard, **headers, **length}.items()
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        async with self._pool.stream(
            "GET" if sent is None else "POST",
            target,
            headers=[(key.encode("ascii"), value.encode("utf-8")) for key, value in fields],
            content=sent,
            extensions={"timeout": self._timeouts},
        ) as response:
            received = tuple((_text(key).lower(), _text(value)) for key, value in response.headers)
            async with aclosing(cast(_Chunks, response.aiter_stream())) as chunks:
                yield Answer(response.status, received, b"", dt.datetime.now(dt.UTC)), chunks


async def _body(answer: Answer, chunks: _Chunks, limit: int, most: int | None) -> bytes:
    """The body: its first ``most`` bytes, or all of it, which ``limit`` bounds."""
    if most is None and _declared(answer) > limit:
        raise Reject("capture", "too_large", f"declares {_declared(answer):,} bytes; {limit:,} are allowed")
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if most is not None and len(body) >= most:
            return bytes(body[:most])
        if len(body) > limit:
            raise Reject("capture", "too_large", f"more than {limit:,} bytes")
    return bytes(body)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except _ERRORS as error:
        raise of_error(error) from error


@cache
def _trust(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """Whose certificates count: those that the environment names, else Mozilla's; read once (40 ms of CPU)."""
    return httpx.create_ssl_context()


def _declared(answer: Answer) -> int:
    length = answer.header("content-length") or ""
    return int(length) if length.isascii() and length.isdigit() else 0


def _text(raw: bytes) -> str:
    """A header as text: UTF-8, else one character a byte, as RFC 9110 (section 5.5) has it."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
