"""Objects of an S3 bucket, with the part of pathlib's words that a lake needs.

An object is written whole or not at all. A missing one gives FileNotFoundError, as on disk; every other failure
gives Stop or Retry, never OSError: who repairs a lake must not take a network that is down for a file that is
damaged.
"""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from lake.errors import Conflict, Retry, Stop, Usage
from lake.storage.bucket import explained, failure, store

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import S3Store

__all__ = ["ObjectPath", "Stat"]

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?")
"""A bucket's name by S3's own rules, and what comes after it."""
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

    def rename(self, target: ObjectPath | str) -> ObjectPath:
        """Copy it to another key or address and delete it here; between the two steps both are there."""
        import obstore

        target = ObjectPath.parse(target) if isinstance(target, str) else target
        with self._told():
            obstore.copy(self._store(), self.key, target.key)
        self.unlink()
        return target

    def _store(self) -> S3Store:
        return store(self.bucket)

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


def _stat(meta: Any) -> Stat:
    return Stat(meta["size"], meta["last_modified"].timestamp(), meta["e_tag"])
