"""Posts like the seed archive's, any number of them, the same ones for the same seed.

    python -m benchmarks.generate 10000 /tmp/posts          # a folder
    python -m benchmarks.generate 10000 /tmp/posts.tar.zst  # or .zip, .tar, .tar.gz, .tar.xz

``generate(n, seed)`` is a prefix of ``generate(m, seed)`` for n <= m.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import io
import itertools
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import BinaryIO, cast

import zstandard

from benchmarks.stories import Shares, Writer

__all__ = ["Shares", "generate", "write"]

_FIRST_DAY = dt.date(2022, 1, 3)
_WEEKDAY, _WEEKEND = 1400, 450  # posts a day; the archive took about a thousand
_HOURS = (0, 6, 8, 9.25, 11.5, 13, 15, 17, 19, 21.5, 24)  # a tenth of a day's posts lies between two of these


def _moments(rng: Random, volumes: tuple[int, int]) -> Iterator[tuple[str, dt.datetime]]:
    """Ids and times of one article after another: a day's volume follows the weekday and the hour."""
    counter = 2_206_000_000
    for day in map(dt.timedelta, itertools.count()):
        date = _FIRST_DAY + day
        volume = int(volumes[date.weekday() >= 5] * rng.uniform(0.8, 1.2))
        midnight = dt.datetime(date.year, date.month, date.day)  # noqa: DTZ001 - written as text with its zone
        for k in range(volume):
            counter += 1 + int(rng.random() * 1400)
            slot, part = divmod((k + rng.random()) / volume * (len(_HOURS) - 1), 1)
            begin, end = _HOURS[int(slot)], _HOURS[int(slot) + 1]
            yield f"{date:%Y%m%d}{counter:010d}", midnight + dt.timedelta(hours=begin + (end - begin) * part)


def _files(writer: Writer, number: str, time: dt.datetime) -> Iterator[tuple[str, str]]:
    """All files of one article: its post, and a twin, a stub or an old copy if the shares say so."""
    shares, draw = writer.shares, writer.rng.random
    story = writer.story(number, time)
    day, kind = f"{time:%Y-%m-%d}", draw()
    if kind < shares.digest_only:
        yield f"_posts/{day}-{number}.md", writer.plain(story, digest_only=True)
        return
    if kind < shares.digest_only + shares.media:
        yield f"_posts/{day}-NW{number}.md", writer.media(story)
        return
    post = writer.plain(story)
    yield f"_posts/{day}-{number}.md", post
    if draw() < shares.twin:
        yield f"_posts/{day}-NW{number}.md", writer.media(story)
    if draw() < shares.stub:
        yield f"_posts/-{number}.md", writer.stub(story)
    if draw() < shares.old:
        same = int(number[-1]) % 2
        yield f"old_post/{day}-{number}.md", post if same else writer.earlier(story)


def generate(
    n: int, seed: int = 1, shares: Shares | None = None, volumes: tuple[int, int] = (_WEEKDAY, _WEEKEND)
) -> Iterator[tuple[str, bytes]]:
    """``n`` posts as (name, bytes), names as in the archive (``_posts/…`` and ``old_post/…``).

    ``volumes``: articles of a weekday and of a day on a weekend, about.

    Two files of one article share the 18 digits of its id, so the number of articles is that of distinct ids.
    """
    writer = Writer(seed, shares or Shares())
    files = itertools.chain.from_iterable(
        _files(writer, number, time) for number, time in _moments(writer.rng, volumes)
    )
    return ((name, text.encode()) for name, text in itertools.islice(files, n))


def write(posts: Iterable[tuple[str, bytes]], target: Path) -> None:
    """Write posts to a new folder, or to an archive when ``target`` ends in .zip or .tar(.gz|.xz|.zst)."""
    if target.suffix == ".zip":
        _write_zip(posts, target)
    elif ".tar" in target.suffixes[-2:]:
        _write_tar(posts, target)
    else:
        for folder in ("_posts", "old_post"):
            (target / folder).mkdir(parents=True)
        for name, body in posts:
            (target / name).write_bytes(body)


def _write_zip(posts: Iterable[tuple[str, bytes]], target: Path) -> None:
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, body in posts:
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)


def _write_tar(posts: Iterable[tuple[str, bytes]], target: Path) -> None:
    with target.open("xb") as raw, _compressed(raw, target.suffix) as out:  # noqa: SIM117
        with tarfile.open(fileobj=out, mode="w|") as archive:
            for name, body in posts:
                member = tarfile.TarInfo(name)
                member.size = len(body)
                archive.addfile(member, io.BytesIO(body))


def _compressed(raw: BinaryIO, suffix: str) -> AbstractContextManager[BinaryIO]:
    """A writer into ``raw`` that compresses as ``suffix`` says; no time stamps, so that runs agree."""
    if suffix == ".gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, mtime=0))
    if suffix == ".xz":
        return cast(BinaryIO, lzma.LZMAFile(raw, "wb", preset=1))
    if suffix == ".zst":
        return cast(BinaryIO, zstandard.ZstdCompressor(level=3).stream_writer(raw, closefd=False))
    return nullcontext(raw)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("n", type=int, help="number of posts (files)")
    parser.add_argument("target", type=Path, help="new folder, or .zip, .tar, .tar.gz, .tar.xz, .tar.zst")
    parser.add_argument("--seed", type=int, default=1)
    for share in fields(Shares):
        parser.add_argument(f"--{share.name.replace('_', '-')}", type=float, default=share.default)
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Write posts as the command line asks; 2 when the target exists."""
    given = _arguments(words)
    if given.target.exists():
        print(f"{given.target} exists: give a new name or remove it first", file=sys.stderr)
        return 2
    shares = Shares(**{share.name: getattr(given, share.name) for share in fields(Shares)})
    write(generate(given.n, given.seed, shares), given.target)
    print(f"{given.n} posts in {given.target}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
