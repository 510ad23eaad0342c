"""A server that speaks HTTP/2 over TLS, with a certificate of its own for ``localhost``."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import threading
from pathlib import Path
from typing import Self

import h2.config
import h2.connection
import h2.events
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Http2Site", "write_certificate"]


def write_certificate(folder: Path) -> Path:
    """A self-signed certificate and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "localhost.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    return path


class _Protocol(asyncio.Protocol):
    """Answers every stream with its own path; ``/to/<address>`` redirects."""

    def __init__(self, site: Http2Site) -> None:
        self._site = site
        self._http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._site.connections += 1
        self._http.initiate_connection()
        transport.write(self._http.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self._http.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                self._answer(event)
        self._transport.write(self._http.data_to_send())

    def _answer(self, event: h2.events.RequestReceived) -> None:
        path = dict(event.headers)[b":path"].decode()
        self._site.paths.append(path)
        away = path.startswith("/to/")
        status = "404" if path == "/robots.txt" else "302" if away else "200"
        headers = [(":status", status), ("content-type", "text/plain")]
        headers += [("location", path.removeprefix("/to/"))] if away else []
        self._http.send_headers(event.stream_id, headers)
        self._http.send_data(event.stream_id, path.encode(), end_stream=True)


class Http2Site:
    """Serves until closed; ``paths`` are those asked for, ``connections`` how many there were."""

    def __init__(self, certificate: Path) -> None:
        self.base = ""
        self.paths: list[str] = []
        self.connections = 0
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(certificate)
        self._tls.set_alpn_protocols(["h2"])
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await self._loop.create_server(lambda: _Protocol(self), "127.0.0.1", 0, ssl=self._tls)
        self.base = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        server.close()
