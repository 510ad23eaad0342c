"""Addresses that misbehave on purpose, under ``/trap/``; and faults that strike any address for a while."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import brotli
import zstandard

from tests.site.server import Reply, Request, repeat

__all__ = ["FAULTS", "FILE", "PACKERS", "Fault", "Faults", "trap"]

_CAPTCHA = "<html><head><title>安全验证</title></head><body><form id='captcha'>请拖动滑块完成验证</form></body></html>"
_BOMB = 400 * 1024 * 1024
FILE = Random(9).randbytes(500_000)
"""What ``/trap/file`` gives."""
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=5),
    "zstd": lambda body: zstandard.ZstdCompressor(write_content_size=False).compress(body),
}

FAULTS: dict[str, Callable[[], Reply]] = {
    "500": lambda: Reply(b"error", status=500),
    "503": lambda: Reply(b"later", status=503, headers={"retry-after": "0"}),
    "429": lambda: Reply(b"too many", status=429, headers={"retry-after": "0"}),
    "403": lambda: Reply(b"forbidden", status=403),
    "garbage": lambda: Reply(raw=b"\x00\xff\x00 no http \r\n\r\n"),
    "captcha": lambda: Reply(_CAPTCHA.encode()),
    "cut": lambda: Reply(b"x" * 50_000, cut=1_000, packable=False),
    "refuse": lambda: Reply(raw=b""),
    "empty": lambda: Reply(b""),
    "slow": lambda: Reply(b"late", delay=3.0),
    "never": lambda: Reply(silent=True),
    "html": lambda: Reply("<html><body>系统繁忙，请稍后再试</body></html>".encode()),
}


@dataclass(slots=True)
class Fault:
    """Strikes requests whose target matches ``where``: the next ``times``, or a ``share`` of all."""

    kind: str
    where: re.Pattern[str]
    times: int | None
    share: float
    reply: Callable[[], Reply]


@dataclass(slots=True)
class Faults:
    """The faults in force. ``add`` takes a kind of FAULTS or a reply of one's own."""

    rng: Random = field(default_factory=lambda: Random(5))
    active: list[Fault] = field(default_factory=list)

    def add(
        self,
        kind: str,
        where: str = "",
        *,
        times: int | None = None,
        share: float = 1.0,
        reply: Callable[[], Reply] | None = None,
    ) -> None:
        """Let the fault strike from now on."""
        self.active.append(Fault(kind, re.compile(where), times, share, reply or FAULTS[kind]))

    def clear(self) -> None:
        """Let everything go well again."""
        self.active.clear()

    def strike(self, request: Request) -> Reply | None:
        """The answer of the first fault that strikes the request."""
        for fault in self.active:
            if fault.times == 0 or not fault.where.search(request.target) or self.rng.random() >= fault.share:
                continue
            if fault.times is not None:
                fault.times -= 1
            request.fault = fault.kind
            return fault.reply()
        return None


def trap(name: str, request: Request) -> Reply:
    """The answer of ``/trap/<name>``."""
    kind, _, rest = name.partition("/")
    match kind:
        case "status":
            return Reply(b"status", status=int(rest), headers=_retry(request))
        case "redirect":
            status = int(request.query.get("status", "302"))
            return Reply(status=status, headers={"location": request.query["to"]})
        case "chain":
            return Reply(
                status=302, headers={"location": f"/trap/chain/{int(rest) - 1}" if rest != "0" else "/"}
            )
        case "loop":
            return Reply(status=301, headers={"location": f"/trap/loop/{'b' if rest == 'a' else 'a'}"})
        case "coding":
            packed = PACKERS[rest](("新闻" * 2_000).encode())
            return Reply(packed, headers={"content-encoding": rest})
        case "claimed":  # says that it is packed, and is not
            return Reply(b"plain text", headers={"content-encoding": rest})
        case "halved":  # the packed data ends too early, the connection does not
            packed = PACKERS[rest](Random(1).randbytes(20_000))
            return Reply(packed[: len(packed) // 2], headers={"content-encoding": rest})
        case "bomb":
            return Reply(_bomb(rest), headers={"content-encoding": rest})
        case "endless":
            return Reply(stream=repeat(b"more and more " * 5_000, 1 << 20))
        case "declared":
            return Reply(b"x", headers={"content-length": str(1 << 40)}, cut=1)
        case "drip":
            return Reply(stream=repeat(b".", 1 << 20), pause=0.05)
        case "file":
            return _part(request)
        case "headers" if rest == "drip":
            head = b"HTTP/1.1 200 OK\r\nx-drip: "
            return Reply(raw=head, stream=repeat(b".", 1 << 20), pause=0.05)
        case "headers":
            return Reply(stream=repeat(b"", 0), headers={f"x-{k}": "y" * 900 for k in range(2_000)})
        case _:
            return FAULTS[kind]() if kind in FAULTS else Reply(b"no such trap", status=404)


def _part(request: Request) -> Reply:
    """A large file, or the part of it from where ``Range`` says; ``?tag=`` is its ETag, if it has one."""
    tag = f'"{request.query["tag"]}"' if request.query.get("tag") else None
    headers = {"etag": tag} if tag else {"etag": ""}
    start = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    if start and tag and request.headers.get("if-range") == tag:
        headers["content-range"] = f"bytes {start[1]}-{len(FILE) - 1}/{len(FILE)}"
        return Reply(FILE[int(start[1]) :], status=206, headers=headers, packable=False)
    return Reply(FILE, headers=headers, packable=False)


def _retry(request: Request) -> dict[str, str]:
    after = request.query.get("after")
    return {"retry-after": after} if after else {}


def _bomb(coding: str) -> bytes:
    """Little that unpacks to 400 MiB."""
    return b"".join(_bomb_parts(coding))


def _bomb_parts(coding: str) -> Iterator[bytes]:
    block = bytes(1 << 20)
    if coding == "zstd":
        engine = zstandard.ZstdCompressor().compressobj()
        yield from (engine.compress(block) for _ in range(_BOMB >> 20))
        yield engine.flush()
    elif coding == "br":
        packer = brotli.Compressor(quality=1)
        yield from (packer.process(block) for _ in range(_BOMB >> 20))
        yield packer.finish()
    else:
        deflate = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
        yield from (deflate.compress(block) for _ in range(_BOMB >> 20))
        yield deflate.flush()
