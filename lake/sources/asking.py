"""Asking one source's site as its configuration says: for a page of a list, for an article."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

import httpx

from lake.errors import Reject
from lake.extraction.decode import decode
from lake.settings import MIB
from lake.sources.entries import Place, Way
from lake.sources.fetch import Fetcher, Response
from lake.sources.lists import pick, unwrapped
from lake.sources.source import Source

__all__ = ["Asking"]

_TOKEN_SECONDS = 60.0
"""How long a token is shown again; those of 21jingji were seen to hold 120 s."""
_MOST_PARTS = 200
_MOST_BYTES = 32 * MIB


class Asking:
    """Asks the sites of all sources of a run, and keeps the tokens that they give out."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._tokens: dict[str, tuple[float, str]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def page(
        self, source: Source, place: Place, etag: str | None = None, modified: str | None = None
    ) -> Response:
        """A page of a list. Raises as `Fetcher.get`, and Reject ``no_token``."""
        headers = {**source.headers, **await self._token(source)}
        if not place.post:
            return await self._get(source, place.url, headers, etag, modified)
        kind = "application/json" if place.post.startswith("{") else "application/x-www-form-urlencoded"
        return await self._fetcher.get(
            place.url,
            headers={"Content-Type": kind, **headers},
            compatible=source.compatible,
            post=place.post.encode(),
        )

    async def article(
        self, source: Source, way: Way, etag: str | None = None, modified: str | None = None
    ) -> Response:
        """An article, its parts joined. Raises as `Fetcher.get`, and Reject ``not_the_article``."""
        response = await self._get(source, way.url, source.headers, etag, modified)
        if response.not_modified:
            return response
        _expect(way, response)
        return await self._joined(source, way, response) if way.parts else response

    async def _get(
        self, source: Source, url: str, headers: Mapping[str, str], etag: str | None, modified: str | None
    ) -> Response:
        return await self._fetcher.get(
            url, etag=etag, modified=modified, headers=headers, compatible=source.compatible
        )

    async def _token(self, source: Source) -> dict[str, str]:
        """The header that shows the source's token; none where it needs none."""
        if source.token is None:
            return {}
        async with self._locks[source.name]:
            until, token = self._tokens.get(source.name, (0.0, ""))
            if until <= monotonic():
                response = await self._fetcher.get(
                    source.token.url, headers=source.headers, compatible=source.compatible, post=b""
                )
                token = str(pick(_answer(response), source.token.value) or "")
                if not token:
                    words = f"no token at {source.token.value!r} in the answer of {source.token.url}"
                    raise Reject("discover", "no_token", words)
                self._tokens[source.name] = monotonic() + _TOKEN_SECONDS, token
        return {source.token.header: token}

    async def _joined(self, source: Source, way: Way, first: Response) -> Response:
        """The first answer with the texts of all parts in the place of its own; one part stays as it came."""
        answer = _answer(first)
        count = _number(pick(answer, way.parts))
        if count > _MOST_PARTS:
            raise Reject("capture", "too_large", f"{count} parts; {_MOST_PARTS} are allowed")
        urls = [str(httpx.URL(way.url).copy_set_param(way.part, n)) for n in range(2, count + 1)]
        if not urls:
            return first
        texts = [str(pick(answer, way.text) or "")]
        for url in urls:
            response = await self._get(source, url, source.headers, None, None)
            _expect(way, response)
            texts.append(str(pick(_answer(response), way.text) or ""))
            if sum(map(len, texts)) > _MOST_BYTES:
                raise Reject("capture", "too_large", f"its parts have more than {_MOST_BYTES:,} characters")
        _put(answer, way.text, "\n".join(texts))
        body = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
        return replace(first, body=body, parts=tuple(urls))


def _expect(way: Way, response: Response) -> None:
    """Raise Reject where the answer does not hold what an article's does."""
    if way.has and way.has.encode() not in response.body:
        words = f"the answer is not the article: {way.has!r} is not in its {len(response.body)} bytes"
        raise Reject("capture", "not_the_article", words)


def _answer(response: Response) -> Any:
    return unwrapped(decode(response.body, response.header("content-type"))[0])


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else 1


def _put(value: Any, path: str, text: str) -> None:
    """Write the text at a dotted path where a value lies."""
    *way, last = path.split(".")
    holder = pick(value, ".".join(way))
    if isinstance(holder, dict):
        holder[last] = text
