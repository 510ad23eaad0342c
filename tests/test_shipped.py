"""Every shipped source, as it is configured, from its list to articles in the lake, against imitations of the sites."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from lake.report import Report
from tests.live_lake import LiveLake
from tests.site import Site

SHIPPED: dict[str, dict[str, Any]] = tomllib.loads(
    files("lake.sources").joinpath("sources.toml").read_text("utf-8")
)
UNTIMED = {"caixin", "ifeng"}
"""Lists without times, whose pages tell theirs to the minute."""
ONE_PAGE = {"cls", "jin10", "stcn", "ifeng"} | {
    name for name, table in SHIPPED.items() if table["kind"] != "list"
}
"""Lists that go no further, or show more at once than is published here."""


def here(value: Any, base: str) -> Any:
    """A table's value with every address at the local site."""
    if isinstance(value, str):
        return value.replace("https://", f"{base}/")
    if isinstance(value, list):
        return [here(each, base) for each in value]
    return {key: here(each, base) for key, each in value.items()} if isinstance(value, dict) else value


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def table(name: str, base: str) -> str:
    """What a user's own configuration says to ask the local site: the addresses, and one list of several."""
    shipped = SHIPPED[name]
    own = {key: here(shipped[key], base) for key in ("url", "more", "token", "articles") if key in shipped}
    if "lists" in shipped:
        own["lists"] = ["eastmoney"] if name == "eastmoney" else shipped["lists"][:1]
    own |= {"delay": 0, "concurrency": 8, "retry": 0}
    return f"[{name}]\n" + "\n".join(f"{key} = {toml(value)}" for key, value in own.items())


class Everything:
    """The local site and a lake that all shipped sources go into."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = site
        self.lake = LiveLake(folder, *(table(name, site.base) for name in SHIPPED))
        self.published: dict[str, list[str]] = {name: [] for name in SHIPPED}

    def publish(self, count: int, names: set[str] | None = None) -> None:
        """Let sources publish, a minute apart."""
        for name in names or set(SHIPPED):
            fast = name == "eastmoney-fast"
            codes = self.site.news.publish(count, columns=(name,), apart=60, fast=fast)
            self.published[name] += codes

    def tick(self) -> Report:
        return self.lake.tick(*SHIPPED)

    def brought(self) -> dict[str, int]:
        """Articles by the source that brought them."""
        rows = self.lake.sql("SELECT source, count(*) FROM articles GROUP BY ALL")
        return {str(name): int(str(count)) for name, count in rows}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    with Site() as site:
        everything = Everything(site, tmp_path_factory.mktemp("shipped"))
        everything.publish(4)
        yield everything


def test_every_shipped_source_brings_its_articles(everything: Everything) -> None:
    report = everything.tick()
    assert report.rejects == {}
    assert everything.brought() == dict.fromkeys(SHIPPED, 4)


def test_titles_texts_and_times_are_the_sites(everything: Everything) -> None:
    rows = everything.lake.sql("SELECT source, url, title, body_text, published_at FROM articles")
    news = everything.site.news
    by_source: dict[str, set[str]] = {name: set() for name in SHIPPED}
    for source, url, title, body, published_at in rows:
        name = str(source)
        piece = next(
            each for each in map(news.get, everything.published[name]) if each and each.code in str(url)
        )
        by_source[name].add(piece.code)
        assert title == piece.title, (name, title)
        first = next(each for each in map("".join, [piece.text.split()]) if each)[:20]
        assert first in "".join(str(body).split()), (name, body)
        assert isinstance(published_at, dt.datetime)
        wanted = (
            piece.published_at.replace(hour=0, minute=0)
            if name == "eastmoney-announcements"
            else piece.published_at
        )
        assert published_at == wanted, (name, published_at, wanted)
    assert {name: sorted(codes) for name, codes in by_source.items()} == {
        name: sorted(codes) for name, codes in everything.published.items()
    }


def test_announcements_are_whole_and_have_their_own_page_and_id(everything: Everything) -> None:
    news = everything.site.news
    rows = everything.lake.sql(
        "SELECT article_id, url, body_text FROM articles WHERE source = 'eastmoney-announcements'"
    )
    for article_id, url, body in rows:
        piece = news.get(str(article_id).removeprefix("eastmoney:AN"))
        assert piece is not None
        assert url == f"https://data.eastmoney.com/notices/detail/600000/AN{piece.code}.html"
        assert "".join(str(body).split()) == "".join(piece.text.split())
    (headers,) = everything.lake.sql(
        "SELECT DISTINCT len(list_filter(http_headers, lambda h: h.name = 'x-newslake-part')) FROM captures "
        "WHERE source = 'eastmoney-announcements'"
    )
    assert headers == (2,)


def test_a_second_run_asks_for_no_article(everything: Everything) -> None:
    asked = len(everything.site.article_requests())
    assert everything.tick().captured == 0
    assert len(everything.site.article_requests()) == asked


def test_what_is_published_later_comes_and_long_lists_are_paged_back(everything: Everything) -> None:
    everything.site.news.advance(hours=3)
    everything.publish(25, set(SHIPPED) - ONE_PAGE)
    everything.publish(2, ONE_PAGE)
    report = everything.tick()
    assert report.rejects == {}
    assert everything.brought() == {name: len(codes) for name, codes in everything.published.items()}
    assert {
        name for name in SHIPPED for each in everything.lake.state(name).lists.values() if each.gaps
    } == set()
    tokens = everything.site.requests("cbhChannelAuth")
    assert {each.method for each in tokens} == {"POST"}


def test_what_the_token_or_a_part_is_refused_for_is_told(everything: Everything) -> None:
    everything.site.faults.add("html", "cbhChannelAuth")
    report = everything.lake.tick("21jingji")
    assert report.unreadable
    everything.site.faults.clear()
    everything.site.faults.add("403", "content/ann.*page_index=2")
    everything.site.news.advance(hours=1)
    everything.publish(1, {"eastmoney-announcements"})
    report = everything.lake.tick("eastmoney-announcements")
    assert report.rejects == {"capture/http_403": 1}
    everything.site.faults.clear()
    assert everything.lake.tick("eastmoney-announcements").new == 1
