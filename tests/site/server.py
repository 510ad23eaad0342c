"""A small HTTP/1.1 server in a thread, which can also misbehave on the wire.

The handler gets a `Request` and gives a `Reply`; every request is kept in `Server.log`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from typing import Self
from urllib.parse import parse_qsl, urlsplit

__all__ = ["Reply", "Request", "Server"]


@dataclass(slots=True)
class Request:
    """One request as it came, and what was done with it: ``status`` (0: no answer), ``fault`` if one struck."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float
    status: int = 0
    fault: str = ""
    connection: int = 0
    method: str = "GET"
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query as one text, for messages."""
        return self.path + ("?" + "&".join(f"{k}={v}" for k, v in self.query.items()) if self.query else "")


@dataclass(slots=True)
class Reply:
    """An answer. ``stream`` sends chunks without a length; ``delay`` is seconds before the first byte.

    ``cut`` sends only so many bytes of the body and closes; ``raw`` replaces everything, and ``stream`` goes on
    behind it as it is; ``modified`` is seconds since the epoch.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    stream: Iterable[bytes] | None = None
    pause: float = 0.0
    cut: int | None = None
    raw: bytes | None = None
    modified: float | None = None
    packable: bool = True
    silent: bool = False


class Server:
    """Serves on a loopback port until closed; ``with Server(handler) as server: server.base``.

    ``busiest`` is the most requests that were being answered at the same time.
    """

    def __init__(self, handler: Callable[[Request], Reply], port: int = 0, host: str = "127.0.0.1") -> None:
        self.log: list[Request] = []
        self.base = ""
        self.busy = 0
        self.busiest = 0
        self._handler = handler
        self._at = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connection, *self._at, limit=1 << 20, backlog=1024)
        host, port = server.sockets[0].getsockname()[:2]
        self.base = f"http://{host}:{port}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections += 1
        number = self._connections
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer, number):
                    pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> bool:
        """Answer one request; says whether the connection goes on."""
        request = _parse(await reader.readuntil(b"\r\n\r\n"))
        request.connection = number
        request.body = await reader.readexactly(int(request.headers.get("content-length", "0")))
        self.log.append(request)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            return await self._answer(request, self._handler(request), writer)
        finally:
            self.busy -= 1

    async def _answer(self, request: Request, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        """Send the reply; says whether the connection goes on."""
        if reply.delay:
            await asyncio.sleep(reply.delay)
        if reply.silent:
            await asyncio.sleep(3600)
        if reply.raw is not None:
            writer.write(reply.raw)
            await writer.drain()
            for chunk in reply.stream or ():
                writer.write(chunk)
                await writer.drain()
                await asyncio.sleep(reply.pause)
            return False
        request.status = reply.status
        if reply.stream is not None:
            await _stream(writer, reply)
            return False
        head, body = _whole(request, reply)
        writer.write(head + (body if reply.cut is None else body[: reply.cut]))
        await writer.drain()
        return reply.cut is None and request.headers.get("connection") != "close"


async def _stream(writer: asyncio.StreamWriter, reply: Reply) -> None:
    assert reply.stream is not None
    writer.write(_head(reply.status, {"content-type": reply.kind, "connection": "close", **reply.headers}))
    for chunk in reply.stream:
        writer.write(chunk)
        await writer.drain()
        if reply.pause:
            await asyncio.sleep(reply.pause)


def _parse(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = urlsplit(first.split(" ")[1])
    headers = {
        key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines if line)
    }
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Request(parts.path, query, headers, time.time(), method=first.split(" ")[0])


def _whole(request: Request, reply: Reply) -> tuple[bytes, bytes]:
    """Head and body: conditions met with 304, long texts packed."""
    headers = {"content-type": reply.kind, "date": formatdate(usegmt=True)}
    body, status = reply.body, reply.status
    if status == 200 and "content-encoding" not in reply.headers and "etag" not in reply.headers:
        headers["etag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if reply.modified is not None:
        headers["last-modified"] = formatdate(reply.modified, usegmt=True)
    headers |= reply.headers
    if status == 200 and _is_known(request.headers, headers):
        request.status = status = 304
        body = b""
    elif reply.packable and len(body) > 1024 and "content-encoding" not in headers and _takes_gzip(request):
        body = gzip.compress(body, 1)
        headers["content-encoding"] = "gzip"
    headers.setdefault("content-length", str(len(body)))
    return _head(status, headers), body


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _is_known(asked: dict[str, str], headers: dict[str, str]) -> bool:
    """Whether the client's copy is the current one (RFC 9110, section 13.2.2)."""
    if "if-none-match" in asked:
        return asked["if-none-match"] == headers.get("etag")
    if "if-modified-since" in asked and "last-modified" in headers:
        since = parsedate_to_datetime(asked["if-modified-since"])
        return parsedate_to_datetime(headers["last-modified"]) <= since
    return False


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", *(f"{key}: {value}" for key, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def repeat(chunk: bytes, times: int) -> Iterator[bytes]:
    """The chunk so many times, for a long body."""
    for _ in range(times):
        yield chunk
