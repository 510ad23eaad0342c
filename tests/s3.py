"""A server of S3's API on loopback: moto, with what a test of a lake needs besides.

``NEWSLAKE_S3_SERVER=127.0.0.1:PORT`` names another server of the API, which is then asked instead of moto.

It lets in who signs with KEY, decides one write at a time (S3 does so for each key; moto's threads do not),
ignores conditions on puts in the buckets of CARELESS, and can kill a process at its n-th write.
"""

from __future__ import annotations

import contextlib
import http.client
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any
from xml.sax.saxutils import escape

from moto.server import create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import get_input_stream

__all__ = ["BUCKETS", "KEY", "SECRET", "Server", "served"]

KEY = "AKIDTESTOFNEWSLAKE00"
SECRET = "no-one-may-read-this-anywhere"
BUCKETS = ("lake", "careless", "half-careless")
_IGNORED = {"careless": ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"), "half-careless": ("HTTP_IF_MATCH",)}

OTHER = os.environ.get("NEWSLAKE_S3_SERVER", "")

_SPAWN = multiprocessing.get_context("spawn")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Control:
    """What the tests' process and the server's share: ``victim`` is to die at its ``fatal``-th write."""

    writes: Any
    fatal: Any
    after: Any
    victim: Any

    @classmethod
    def new(cls) -> Control:
        """Nobody is to die."""
        return cls(*(_SPAWN.Value("q", 0) for _ in range(4)))


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    control: Control

    def environment(self, cache: object) -> dict[str, str]:
        """What a process needs to reach it; ``cache`` stands for the machine that the process runs on."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "NEWSLAKE_CACHE": str(cache),
        }

    def doom(self, victim: int, write: int, *, after: bool) -> None:
        """Kill a process at that write: before it is done, or after, but before the answer."""
        self.control.victim.value, self.control.after.value = victim, after
        self.control.writes.value, self.control.fatal.value = 0, write


def _around(inner: Application, control: Control) -> Application:
    """The application with what is said above."""
    turn = contextlib.nullcontext() if OTHER else threading.Lock()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if f"Credential={KEY}/" not in environ.get("HTTP_AUTHORIZATION", ""):
            return _forbidden(environ, start)
        for header in _IGNORED.get(environ["PATH_INFO"].split("/")[1], ()):
            environ.pop(header, None)
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return inner(environ, start)
        with turn:
            control.writes.value += 1
            dies = control.writes.value == control.fatal.value
            if dies and not control.after.value:
                os.kill(control.victim.value, signal.SIGKILL)
                return _forbidden(environ, start)
            body = list(inner(environ, start))
            if dies:
                os.kill(control.victim.value, signal.SIGKILL)
            return body

    return answer


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: Any, **__: Any) -> None:
        """Nothing."""

    log_request = log


@contextlib.contextmanager
def served() -> Iterator[Server]:
    """A server on a free port, with empty BUCKETS. It is a process: delta-rs holds Python's lock as it waits."""
    control, (near, far) = Control.new(), _SPAWN.Pipe()
    process = _SPAWN.Process(target=_serve, args=(far, control), daemon=True)
    process.start()
    try:
        server = Server(near.recv(), control)
        _make_buckets(server)
        yield server
    finally:
        process.kill()
        process.join()


def _serve(far: Connection, control: Control) -> None:
    inner = (
        _forward if OTHER else create_backend_app("s3")
    )  # moto's dispatcher lists its modules for each request
    server = make_server("127.0.0.1", 0, _around(inner, control), threaded=True, request_handler=_Quiet)
    far.send(server.server_port)
    server.serve_forever()


def _forward(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Ask the other server, with the request as it came."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value)
    }
    headers.pop("transfer-encoding", None)
    headers.pop("connection", None)
    body = get_input_stream(environ).read()
    connection = http.client.HTTPConnection(OTHER, timeout=60)
    try:
        connection.request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    own = ("transfer-encoding", "connection", "date", "server")
    start(
        f"{answer.status} {answer.reason}",
        [each for each in answer.getheaders() if each[0].lower() not in own],
    )
    return [content]


def _make_buckets(server: Server) -> None:
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{server.port}",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )
    for bucket in BUCKETS:
        client.create_bucket(Bucket=bucket)


def _forbidden(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """What Amazon says, which quotes who asked."""
    said = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition("/")[0]
    start("403 Forbidden", [("Content-Type", "application/xml")])
    text = (
        "<Error><Code>InvalidAccessKeyId</Code><Message>The key does not exist.</Message>"
        f"<AWSAccessKeyId>{escape(said)}</AWSAccessKeyId></Error>"
    )
    return [text.encode()]
