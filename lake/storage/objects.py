"""Objects of an S3 bucket, with the part of pathlib's words that a lake needs.

Credentials and endpoint come from the environment alone, by the names that AWS' own tools use; they are
never part of an address, a message or a file. An object is written whole or not at all. A missing one gives
FileNotFoundError, as on disk; every other failure gives Stop or Retry, never OSError: who repairs a lake must
not take a network that is down for a file that is damaged.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import fnmatch
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from lake.errors import Conflict, NewslakeError, Retry, Stop, Usage

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import S3Store

__all__ = ["ENDPOINTS", "ObjectPath", "Stat", "explained", "failure"]

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
"""Variables that name a server other than Amazon's, the one that counts first."""

_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
)
_PATIENCE = dt.timedelta(
    seconds=30
)  # of retries: an answer from S3 takes milliseconds, a server that restarts some seconds
_ADDRESS = re.compile(
    r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?"
)  # S3's own rule for buckets' names
_STATUS = re.compile(r"\b(4\d\d|5\d\d) ([A-Z]\w+(?: [A-Z]\w+)*)")
_REFUSED = ("403 Forbidden", "401 Unauthorized", "lacked the necessary privileges")
_UNREACHED = re.compile(r"error sending request|timed out|\b5\d\d [A-Z]\w+|after [1-9]\d* retries")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_WHOLE = 8 * 1024 * 1024
"""Bytes up to which a file is read with one request: less than two round trips cost on most networks."""


@dataclass(frozen=True, slots=True)
class Stat:
    """What is known of an object without reading it; ``st_mtime`` in seconds since 1970."""

    st_size: int
    st_mtime: float
    e_tag: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class ObjectPath:
    """The object, or all objects below, ``key`` in ``bucket``; ``key`` has no slash at its ends."""

    bucket: str
    key: str = ""

    @classmethod
    def parse(cls, address: str) -> ObjectPath:
        """``s3://bucket/prefix`` as a path. Raises Usage for anything else."""
        found = _ADDRESS.fullmatch(address)
        parts = [part for part in (found[2] or "").split("/") if part] if found else []
        if found is None or any(part in (".", "..") for part in parts):
            raise Usage(f"{address} is no address of a lake: write s3://BUCKET or s3://BUCKET/PREFIX")
        return cls(found[1], "/".join(parts))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}" if self.key else f"s3://{self.bucket}"

    def __truediv__(self, name: str) -> ObjectPath:
        return ObjectPath(self.bucket, f"{self.key}/{name}" if self.key else name)

    @property
    def name(self) -> str:
        """The last part."""
        return self.key.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The name without its last suffix."""
        return PurePosixPath(self.key).stem

    @property
    def parent(self) -> ObjectPath:
        """What it lies in."""
        return ObjectPath(self.bucket, self.key.rpartition("/")[0])

    def with_name(self, name: str) -> ObjectPath:
        """The neighbour of that name."""
        return self.parent / name

    def with_suffix(self, suffix: str) -> ObjectPath:
        """The neighbour with another suffix."""
        return self.with_name(PurePosixPath(self.name).with_suffix(suffix).name)

    def as_uri(self) -> str:
        """Its address."""
        return str(self)

    def exists(self) -> bool:
        """Whether there is such an object."""
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    is_file = exists

    def is_dir(self) -> bool:
        """Whether there are objects below."""
        return next(self.below(), None) is not None

    def stat(self) -> Stat:
        """Size and time."""
        import obstore

        with self._told():
            return _stat(obstore.head(self._store(), self.key))

    def below(self) -> Iterator[tuple[ObjectPath, Stat]]:
        """Every object below, at any depth."""
        import obstore

        with self._told():
            for page in obstore.list(self._store(), prefix=self.key or None):
                yield from ((ObjectPath(self.bucket, meta["path"]), _stat(meta)) for meta in page)

    def glob(self, pattern: str) -> Iterator[ObjectPath]:
        """The objects right below whose names match, sorted."""
        below = sorted(path for path, _ in self.below())
        return (path for path in below if path.parent == self and fnmatch.fnmatchcase(path.name, pattern))

    def mkdir(self, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Nothing: a prefix is there as soon as an object is."""

    def unlink(self, missing_ok: bool = False) -> None:
        """Delete the object. S3 does not tell whether there was one."""
        import obstore

        with self._told():
            obstore.delete(self._store(), self.key)

    def read_bytes(self) -> bytes:
        """All of it."""
        return self.fetch()[0]

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """All of it as text."""
        return self.read_bytes().decode(encoding, errors)

    def fetch(self) -> tuple[bytes, Stat]:
        """All of it, and its state: both of one moment."""
        import obstore

        with self._told():
            found = obstore.get(self._store(), self.key)
            return bytes(found.bytes()), _stat(found.meta)

    def open(self, mode: Literal["rb"] = "rb") -> io.BufferedIOBase:
        """Read it as a file: a small one with one request, a large one in the ranges that are asked for."""
        import obstore

        with self._told():
            found = obstore.get(self._store(), self.key)
            size = found.meta["size"]
            if size <= _WHOLE:
                return io.BytesIO(bytes(found.bytes()))
        return self.lazily(size)

    def lazily(self, size: int) -> io.BufferedIOBase:
        """Read it as a file in ranges, where its size is known; nothing is asked for before."""
        return io.BufferedReader(_Ranges(self, size), 1024 * 1024)

    def read_range(self, begin: int, length: int) -> bytes:
        """``length`` bytes from ``begin`` on, which the object must have."""
        import obstore

        with self._told():
            return bytes(obstore.get_range(self._store(), self.key, start=begin, length=length))

    def write_bytes(self, data: bytes) -> None:
        """Write or replace it, whole."""
        import obstore

        with self._told():
            obstore.put(self._store(), self.key, data)

    def upload(self, path: Path) -> None:
        """Write or replace it with a file's bytes, whole; a large file goes in parts that show when all are there."""
        import obstore

        with self._told():
            obstore.put(self._store(), self.key, path)

    def exchange(self, data: bytes, before: str | None) -> str | None:
        """Write it if its state is still that of the e-tag ``before``; None: if there is no such object.

        Returns its new e-tag. Raises Conflict where it is not. (A request that was done and whose answer was
        lost is sent again and then refused: so the object itself is asked whose it is.)
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        with self._told():
            try:
                mode: PutMode = {"e_tag": before} if before else "create"
                return obstore.put(self._store(), self.key, data, mode=mode)["e_tag"]
            except FileNotFoundError as error:
                if before is None or "NoSuchBucket" in str(error):
                    raise
                raise Conflict(f"{self} was removed meanwhile") from None
            except (AlreadyExistsError, PreconditionError):
                held, stat = self.fetch() if self.exists() else (None, None)
                if stat is None or held != data:
                    raise Conflict(f"{self} was written by another meanwhile") from None
                return stat.e_tag

    def rename(self, target: ObjectPath) -> ObjectPath:
        """Copy it to another key and delete it here; between the two steps both are there."""
        import obstore

        with self._told():
            obstore.copy(self._store(), self.key, target.key)
        self.unlink()
        return target

    def _store(self) -> S3Store:
        settings = frozenset(item for item in os.environ.items() if item[0].startswith("AWS_"))
        return _store(self.bucket, settings)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Raise what the store says as newslake's own errors, without what the request held."""
        from obstore import exceptions

        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise Stop(f"there is no bucket {self.bucket}") from None
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self)) from None
        except (exceptions.BaseError, OSError) as error:
            raise failure(str(self), error) or Retry(f"{self} can't be reached: {explained(error)}") from None


class _Ranges(io.RawIOBase):
    """A large object as a file; every read is one request."""

    def __init__(self, path: ObjectPath, size: int) -> None:
        self._path = path
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = max(0, min(len(buffer), self._size - self._at))
        if length:
            buffer[:length] = self._path.read_range(self._at, length)
            self._at += length
        return length


def failure(where: str, error: object) -> NewslakeError | None:
    """What a store's error means for the caller, without what it quotes of the request; None for all others."""
    text, said = str(error), explained(error)
    if any(sign in text for sign in _REFUSED):
        return Stop(f"{where}: the store refuses the environment's credentials: {said}")
    if "501 Not Implemented" in text:
        return Stop(f"{where}: the store does not know the request: {said}")
    return Retry(f"{where} can't be reached: {said}") if _UNREACHED.search(text) else None


def explained(error: object) -> str:
    """A store's error in a few words. The whole text may quote the request, and so who made it."""
    text = str(error)
    words = [" ".join(found.groups()) for found in (_STATUS.search(text), _CODE.search(text)) if found]
    return " ".join(words) or text.partition("\n")[0].partition(" - ")[0].partition(", after ")[0]


def _stat(meta: Any) -> Stat:
    return Stat(meta["size"], meta["last_modified"].timestamp(), meta["e_tag"])


@lru_cache(maxsize=8)
def _store(bucket: str, environment: frozenset[tuple[str, str]]) -> S3Store:
    """The bucket as this environment reaches it."""
    from obstore.store import S3Store

    settings = dict(environment)
    if not any(settings.get(name) for name in _CREDENTIALS):
        raise Stop(
            f"no credentials for s3://{bucket} in the environment: set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY (docs/object-storage.md)"
        )
    endpoint = next(filter(None, map(settings.get, ENDPOINTS)), None)
    if endpoint and endpoint.startswith("http://") and settings.get("AWS_ALLOW_HTTP", "").lower() != "true":
        raise Stop("AWS_ENDPOINT_URL is not encrypted: set AWS_ALLOW_HTTP=true if that is meant")
    return S3Store(bucket, retry_config={"retry_timeout": _PATIENCE})
