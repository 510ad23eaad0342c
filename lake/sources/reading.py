"""What a run reads: files, addresses, lists of WARC files, and configured sources by their names."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import itertools
import logging
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from lake.errors import Reject
from lake.locations import LakeRoot
from lake.model import Item, Origin, RejectRecord
from lake.settings import MIB, Limits
from lake.sources import read, refusals
from lake.sources.addresses import is_address, is_list, lines
from lake.sources.passed import Passed

if TYPE_CHECKING:  # HTTP takes a quarter of a second to load, which reading files should not pay
    from lake.live import Live
    from lake.sources.configuration import Configuration
    from lake.sources.threads import Emit

__all__ = ["Reading"]

log = logging.getLogger(__name__)

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_PATHS = (".paths", ".paths.gz")
_WARCS = (".warc", ".warc.gz")
_ARCHIVE = "https://data.commoncrawl.org/"
"""Where Common Crawl's lists of paths point: they hold paths without a host."""
_FIRST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)  # before the first web page
_AT_ONCE = 1000  # addresses of a list that are looked up and asked for together
_LARGEST_WARC = 8 * 1024 * MIB
"""Common Crawl's files have about 1 GiB."""


@dataclass(slots=True)
class Reading:
    """One reading of sources. Go through ``items`` once, to the end.

    Attributes:
        root: the lake, which tells live sources what is known.
        sources: files, folders, globs, archives, addresses, lists of WARC files, names of configured sources.
        limits: what one input may cost.
        configuration: the user's configuration file; None means the one in the lake's folder.
        states: what live sources have to remember, to be committed with what they brought.
        lists: how many lists of live sources could be read.
        passed: which files of lists of WARC files are through; to be closed when the run is.
    """

    root: LakeRoot
    sources: Sequence[str]
    limits: Limits
    configuration: str | None = None
    states: Mapping[str, Any] = field(default_factory=dict)
    lists: int = 0
    passed: list[Passed] = field(default_factory=list)
    _loaded: Configuration | None = None

    def items(self) -> Iterator[Item | RejectRecord]:
        """Everything on disk first, then what must be fetched."""
        names = dict.fromkeys(each for each in self.sources if self._is_name(each))
        lists = [each for each in self.sources if each.lower().endswith(_PATHS)]
        urls = [each for each in self.sources if is_address(each) and each not in lists]
        files = [each for each in self.sources if each not in {*names, *lists, *urls} and is_list(each)]
        rest = [each for each in self.sources if each not in {*names, *lists, *urls, *files}]
        if rest:
            yield from read(rest, self.limits)
        for each in lists:
            yield from self._listed(each)
        yield from self._fetched(urls)
        for each in files:
            yield from self._addresses(each)
        if names:
            yield from self._live(list(names))

    def _is_name(self, source: str) -> bool:
        return _NAME.fullmatch(source) is not None and source in self._configured().sources

    def _configured(self) -> Configuration:
        if self._loaded is None:
            from lake.sources.configuration import load

            self._loaded = load(self.root, self.configuration, self.limits)
        return self._loaded

    def _live(self, names: Sequence[str]) -> Iterator[Item | RejectRecord]:
        from lake.live import Live

        configured = self._configured()
        live: Live = Live(self.root, [configured.sources[name] for name in names], configured.fetch)
        yield from live.items()
        self.states, self.lists = live.changed, live.lists

    def _fetched(self, urls: Sequence[str]) -> Iterator[Item | RejectRecord]:
        """The pages at the addresses, asked for side by side; WARC files one after the other."""
        pages = [url for url in dict.fromkeys(urls) if not url.lower().endswith(_WARCS)]
        if pages:
            from lake.sources.threads import stream

            async def work(emit: Emit[Item | RejectRecord]) -> None:
                await self._pages(pages, emit)

            yield from stream(work)
        for url in dict.fromkeys(urls):
            if url.lower().endswith(_WARCS):
                yield from self._remote_warc(url)

    def _addresses(self, path: str) -> Iterator[Item | RejectRecord]:
        """The pages of a list of addresses on disk that the lake does not hold; the list may be of any length."""
        from lake.sources.known import Known
        from lake.sources.threads import stream

        yield from self._left_over()

        async def work(emit: Emit[Item | RejectRecord]) -> None:
            with Known(self.root) as known:
                found = lines(path)
                while some := list(itertools.islice(found, _AT_ONCE)):
                    urls = list(dict.fromkeys(each for each in some if isinstance(each, str)))
                    for each in some:
                        if isinstance(each, RejectRecord):
                            await emit(each)
                    held = known.origins(urls)
                    log.info("%s: %d of %d addresses are in the lake", path, len(held), len(urls))
                    await self._pages([url for url in urls if url not in held], emit)

        yield from stream(work)

    async def _pages(self, urls: Sequence[str], emit: Emit[Item | RejectRecord]) -> None:
        from lake.sources.fetch import Fetcher, FetchFailed, item

        places = asyncio.Semaphore(16)
        async with Fetcher(self._configured().fetch) as fetcher:

            async def one(url: str) -> None:
                async with places:
                    try:
                        await emit(item(await fetcher.get(url)))
                    except (Reject, FetchFailed) as error:
                        await emit(RejectRecord(Origin(url=url), "capture", error.reason, error.detail))

            await asyncio.gather(*(one(url) for url in urls))

    def _listed(self, source: str) -> Iterator[Item | RejectRecord]:
        """The WARC files that a list names: beside it or below its folder, else where the list came from."""
        try:
            text = self._text(source)
        except Reject as reject:
            yield refusals.record(reject, source)
            return
        lines = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
        passed = Passed.of(self.root, source, text)
        self.passed.append(passed)
        if passed.done:
            log.info(
                "%s: %d of %d files are there from a run that ended early",
                source,
                len(passed.done),
                len(lines),
            )
            yield from self._left_over()
            yield from passed.rejects
        base = source if is_address(source) else _ARCHIVE
        for line in lines:
            if line in passed.done:
                continue
            local = _beside(source, line)
            url = line if is_address(line) else urljoin(base, f"/{line}")
            rejects = []
            for each in self._remote_warc(url) if local is None else read([str(local)], self.limits):
                if isinstance(each, RejectRecord):
                    rejects.append(each)
                yield each
            if not any(each.origin.path or each.origin.url == url for each in rejects):
                passed.add(line, rejects)  # a file that could not be read is read again

    def _left_over(self) -> Iterator[Item]:
        """What a run that ended early has stored and not structured, as it came."""
        from lake.sources.known import Known

        with Known(self.root) as known:
            yield from known.unfinished(None, _FIRST, dt.datetime.now(dt.UTC))

    def committed(self) -> None:
        """Everything that was handed on so far is committed."""
        for each in self.passed:
            each.keep()

    def _text(self, source: str) -> str:
        from lake.sources.files import read_bytes

        body = (
            self._download(source, self.limits.item_bytes)
            if is_address(source)
            else read_bytes(source, self.limits)
        )
        try:
            unpacked = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
            return unpacked.decode("utf-8")
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise Reject("discover", "not_a_list", f"no list of paths: {error}") from error

    def _download(self, url: str, most: int) -> bytes:
        with tempfile.TemporaryFile() as file:
            self._save(url, file, most)
            return file.read()

    def _remote_warc(self, url: str) -> Iterator[Item | RejectRecord]:
        """Load a WARC file to disk, for as long as it is read."""
        from lake.sources.warc import records

        folder = self.root.staging("x").parent
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            try:
                self._save(url, file, _LARGEST_WARC)
            except Reject as reject:
                yield RejectRecord(Origin(url=url), reject.stage, reject.reason, reject.detail)
                return
            for each in records(file, url, self.limits):
                broken = isinstance(each, RejectRecord) and each.origin.path is not None
                yield replace(each, origin=Origin(url=url)) if broken else each

    def _save(self, url: str, file: Any, most: int) -> None:
        from lake.sources.fetch import Fetcher, FetchFailed

        async def run() -> None:
            async with Fetcher(self._configured().fetch) as fetcher:
                await fetcher.download(url, file, most)

        try:
            asyncio.run(run())
        except FetchFailed as failure:
            raise failure.as_reject() from failure
        file.seek(0)


def _beside(source: str, line: str) -> Path | None:
    """The file on disk that a line of a local list means, if it is there."""
    if is_address(source) or is_address(line) or ".." in line.split("/"):
        return None
    folder = Path(source).absolute().parent
    names = (folder / line, folder / Path(line).name)
    return next((path for path in names if path.is_file()), None)
