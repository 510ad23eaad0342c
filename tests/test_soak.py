"""Three hundred ticks of a live lake, a day of news with everything that goes wrong in a year."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from lake.ingest import capture, commit, discover, publish, structure
from lake.storage.commit import Committed
from lake.storage.verify import verify
from tests.live_lake import LiveLake, column_source, fast_source
from tests.site import Site

_TICKS = 300
_MEMORY = Path("/dev/shm")
_FAULTS = ("500", "503", "429", "403", "garbage", "captcha", "cut", "refuse", "empty", "html")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: half of the time would go into waiting for the disk."""
    if not _MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=_MEMORY) as name:
        yield Path(name)


def test_a_day_with_faults_ends_with_exactly_the_articles_published(folder: Path) -> None:
    with Site(seed=7) as site:
        site.robots = "User-agent: *\nDisallow: /private/\nDisallow: /news/\n"
        lake = LiveLake(folder, _columns(site), fast_source(site).replace("overlap = 0", "overlap = 600"))
        day = _Day(site, lake)
        for number in range(_TICKS):
            day.tick(number)
        day.settle()
        assert day.quiet > 60, "too few quiet ticks to tell anything"
        assert day.deaths > 2
        assert site.requests("^/news/|^/private/") == []
        publish(lake.root)
        assert lake.codes() == day.published
        answered = Counter(
            found[0]
            for request in site.article_requests()
            if not request.fault and request.status == 200
            for found in [re.search(r"\d{18}", request.path)]
            if found
        )
        assert {code: times for code, times in answered.items() if times > 1} == {}
        assert lake.sql("SELECT count(*) FROM articles WHERE len(body_text) < 10") == [(0,)]
        assert verify(lake.root) == []


def _columns(site: Site) -> str:
    text = column_source(site, lists=[350, 351], pages=4, overlap=600, attempts=30)
    return text.replace("]\nlists", '    "{url}",\n]\nlists')  # a third way, which robots.txt forbids


class _Day:
    """Publishes, breaks and ticks; every choice comes from one seed."""

    def __init__(self, site: Site, lake: LiveLake) -> None:
        self.published: set[str] = set()
        self.quiet = self.deaths = 0
        self._site = site
        self._lake = lake
        self._rng = Random(20260901)
        self._outage = 0
        self._waiting = True  # something may be left to do for the next tick

    def tick(self, number: int) -> None:
        site, rng = self._site, self._rng
        site.news.advance(minutes=5)
        active = self._news()
        faulty = self._weather()
        asked, begun = len(site.article_requests()), len(site.log)
        dies = rng.random() < 0.02
        done = self._run(dies=dies)
        struck = any(request.fault for request in site.log[begun:])
        self.deaths += dies
        if not (active or faulty or self._waiting or dies):
            self.quiet += 1
            assert site.article_requests()[asked:] == [], f"tick {number} was quiet"
            assert done is not None and not done.changed, f"tick {number} was quiet"
        self._waiting = struck or dies or faulty

    def settle(self) -> None:
        """The weather clears; a few ticks later nothing is left to do."""
        self._site.faults.clear()
        for _ in range(12):
            self._run(dies=False)
        done = self._run(dies=False)
        assert done is not None and not done.changed

    def _news(self) -> bool:
        """Publish something in two ticks of five; move something up now and then."""
        site, rng = self._site, self._rng
        if rng.random() > 0.4:
            return False
        columns = rng.choice([("350",), ("351",), ("350", "351"), ("351", "350")])
        self.published |= set(
            site.news.publish(rng.randint(1, 4), columns=columns, apart=20, blog=rng.random() < 0.2)
        )
        if rng.random() < 0.3:
            self.published |= set(site.news.publish(rng.randint(1, 3), fast=True, apart=30))
        if rng.random() < 0.1:
            site.news.move_up(rng.choice(sorted(self.published)))
        return True

    def _weather(self) -> bool:
        """Faults of this tick: none, some, or an outage that lasts."""
        site, rng = self._site, self._rng
        site.faults.clear()
        if self._outage:
            self._outage -= 1
            site.faults.add("refuse", "")
            return True
        if rng.random() < 0.01:
            self._outage = rng.randint(5, 20)
        if rng.random() < 0.2:
            where = rng.choice(["", "/api/article/", "^/a/", "getNewsByColumns", "getFastNewsList"])
            site.faults.add(rng.choice(_FAULTS), where, share=rng.choice([0.3, 0.7, 1.0]))
            return True
        return False

    def _run(self, *, dies: bool) -> Committed | None:
        request = self._lake.request("columns", "fast")
        run = discover(request)
        captured = capture(request, run)
        if dies:
            return None
        return commit(request, run, captured, structure(request, captured))
