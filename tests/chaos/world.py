"""The world outside of the lake: folders of posts that appear, change and change back, and a table of names.

A post is told by its version alone: a higher version has a longer body and sometimes a later date, so that of
an article's copies the one of the highest version wins by the lake's rules of merging.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from lake import names
from lake.locations import LakeRoot
from lake.names import Name
from tests.stored import POST

__all__ = ["BODY", "Feed", "World", "article_id", "body", "content", "date"]

BODY = "青禾钢铁公布第{n}号公告。"
_FIRST = dt.date(2022, 3, 1)


def article_id(n: int) -> str:
    """The id of the n-th article."""
    return f"eastmoney:{_number(n)}"


def body(n: int, version: int) -> str:
    """What an article says in a version."""
    return BODY.format(n=n) + "续" * version


def date(n: int, version: int) -> dt.date:
    """The day of an article in a version: every third moves it to the next day."""
    return _FIRST + dt.timedelta(days=n % 4 + version // 3)


def _number(n: int) -> str:
    return f"20220301{2_400_000_000 + n:010d}"


@dataclass
class Feed:
    """A folder: relative path -> (article, version), or (None, length) for a file that is a reject."""

    folder: Path
    files: dict[str, tuple[int | None, int]] = field(default_factory=dict)

    def put(self, name: str, n: int | None, version: int) -> None:
        """Write a file."""
        self.files[name] = (n, version)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(n, version))


@dataclass
class World:
    """Feeds, and which table of names the lake has (0: none)."""

    folder: Path
    rng: Random
    feeds: list[Feed] = field(default_factory=list)
    names: int = 0
    _articles: int = 0

    def changed_feed(self) -> Feed:
        """A feed after something has happened in it: new posts, other versions, a copy, a reject."""
        if len(self.feeds) < 6 and (not self.feeds or self.rng.random() < 0.3):
            self.feeds.append(Feed(self.folder / f"feed{len(self.feeds)}"))
        feed = self.rng.choice([each for each in self.feeds if each.files] + self.feeds[-1:])
        for name, (n, version) in self.rng.sample(sorted(feed.files.items()), min(2, len(feed.files))):
            feed.put(name, n, max(1, version + self.rng.choice((-1, 1, 1, 2))))
        for _ in range(self.rng.randint(1, 3)):
            n, version = self._articles, self.rng.randint(1, 3)
            self._articles += 1
            feed.put(f"{n}.md", n, version)
            if self.rng.random() < 0.4:
                feed.put(f"copies/{n}.md", n, self.rng.choice((version, version + 1)))
        if self.rng.random() < 0.2:
            feed.put(f"blank{self._articles}.html", None, self._articles + 1)
        return feed

    def learn_names(self, root: LakeRoot) -> None:
        """Give the lake another table of names, so that the same bytes are read as other articles."""
        self.names = self.rng.choice([each for each in (1, 2, 3) if each != self.names])
        names.write(root, [Name("青禾钢铁", 1, f"69900{self.names}", 9, 0, 9, 9, "taken")])


def content(n: int | None, version: int) -> bytes:
    """The bytes of a file."""
    if n is None:
        return b" " * version
    text = POST.format(
        title=f"青禾钢铁第{n}号公告",
        date=f"{date(n, version)} 09:30:00",
        body=body(n, version),
        number=_number(n),
    )
    return text.encode()
