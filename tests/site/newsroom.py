"""The articles of the site: published along a clock that the test sets, corrected, moved."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from benchmarks.stories import Shares, Story, Writer

__all__ = ["SHANGHAI", "Newsroom", "Piece"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
_START = dt.datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of the site.

    ``shown_at`` is what lists sort by: never before ``published_at``, and later if the site moves it up.
    ``fast``: it stands in the fast news, whose summary is the whole text. ``blog``: it has no unique URL in
    lists, like EastMoney's CFH rows. ``version`` counts corrections, from 1.
    """

    code: str
    title: str
    digest: str
    html: str
    text: str
    media: str
    columns: tuple[str, ...]
    published_at: dt.datetime
    shown_at: dt.datetime
    modified_at: dt.datetime
    fast: bool = False
    blog: bool = False
    version: int = 1


class Newsroom:
    """Publishes invented articles. ``now`` is the site's clock; only what it has reached can be seen."""

    def __init__(self, seed: int = 1, now: dt.datetime = _START) -> None:
        self.now = now
        self._writer = Writer(seed, Shares(wrap=0.0, long=0.1))
        self._pieces: dict[str, Piece] = {}
        self._removed: set[str] = set()
        self._counter = 3_300_000_000
        self._lock = threading.RLock()

    def publish(
        self,
        count: int = 1,
        *,
        columns: Iterable[str] = ("350",),
        at: dt.datetime | None = None,
        apart: float = 1.0,
        fast: bool = False,
        blog: bool = False,
    ) -> list[str]:
        """Write articles, ``apart`` seconds from each other, the last at ``at`` (by default now); gives codes.

        A time in the future makes them appear when the clock gets there.
        """
        end = at or self.now
        with self._lock:
            times = [end - dt.timedelta(seconds=apart * (count - 1 - k)) for k in range(count)]
            return [self._write(time, tuple(columns), fast=fast, blog=blog) for time in times]

    def _write(self, at: dt.datetime, columns: tuple[str, ...], *, fast: bool, blog: bool) -> str:
        self._counter += 1 + self._writer.rng.randrange(1400)
        code = f"{at:%Y%m%d}{self._counter:010d}"
        story = self._writer.story(code, at)
        self._pieces[code] = Piece(
            code=code,
            title=self._writer.name(story.title),
            digest=self._writer.name(story.digest),
            html=self._writer.html(story, markup=True),
            text=self._text(story),
            media=story.medium[0],
            columns=columns,
            published_at=at,
            shown_at=at,
            modified_at=at,
            fast=fast,
            blog=blog,
        )
        return code

    def _text(self, story: Story) -> str:
        return "".join(self._writer.name(paragraph) for paragraph in story.paragraphs[:2])

    def advance(self, **span: float) -> dt.datetime:
        """Move the clock, as in ``advance(minutes=5)``."""
        self.now += dt.timedelta(**span)
        return self.now

    def correct(self, code: str, note: str = "更正：上文数字有误，现已改正。") -> None:
        """Change an article's text, as of now."""
        with self._lock:
            old = self._pieces[code]
            self._pieces[code] = replace(
                old,
                html=f"{old.html}<p>{note}（第{old.version + 1}版）</p>",
                text=f"{old.text}{note}",
                version=old.version + 1,
                modified_at=self.now,
            )

    def move_up(self, code: str) -> None:
        """Show an article at the head of its lists again, without a change."""
        with self._lock:
            self._pieces[code] = replace(self._pieces[code], shown_at=self.now)

    def remove(self, code: str) -> None:
        """Take the article's pages away; lists go on naming it."""
        self._removed.add(code)

    def get(self, code: str) -> Piece | None:
        """The article, if it is published and not removed."""
        piece = self._pieces.get(code)
        return None if piece is None or piece.published_at > self.now or code in self._removed else piece

    def visible(self, column: str | None = None, *, fast: bool | None = None) -> list[Piece]:
        """What is published by now, newest first; of one column, of the fast news, or of all."""
        with self._lock:
            pieces = [piece for piece in self._pieces.values() if piece.shown_at <= self.now]
        if column is not None:
            pieces = [piece for piece in pieces if column in piece.columns]
        if fast is not None:
            pieces = [piece for piece in pieces if piece.fast == fast]
        return sorted(pieces, key=lambda piece: (piece.shown_at, piece.code), reverse=True)
