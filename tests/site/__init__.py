"""A news site of our own over real HTTP, for tests and measurements; `python -m tests.site` serves it alone.

    with Site() as site:
        codes = site.news.publish(3)              # articles, visible at once
        site.news.advance(minutes=5)              # the site's clock
        site.faults.add("500", "/a/", times=2)    # the next two pages fail
        … fetch from site.base …
        assert site.asked("/a/") == 3             # what was requested

It serves EastMoney's calls under their own paths (columns, fast news, article as JSON and as a page), RSS, Atom,
sitemaps, list pages, two more JSON lists, robots.txt (``site.robots``), and traps under ``/trap/``. The other
shipped sources' sites are under their hosts' names, ``/www.example.com/…`` (`tests.site.others`).
"""

from __future__ import annotations

import json
import re
from typing import Self

from tests.site import eastmoney, listings, others
from tests.site.newsroom import SHANGHAI, Newsroom, Piece
from tests.site.server import Reply, Request, Server
from tests.site.traps import FAULTS, Faults, trap

__all__ = ["FAULTS", "SHANGHAI", "Faults", "Newsroom", "Piece", "Reply", "Request", "Site"]

_CODE = re.compile(r"\d{18}")


class Site:
    """The site and its server.

    Attributes:
        news: the articles and the clock.
        faults: what goes wrong for a while.
        robots: the text of robots.txt; None answers 404; a `Reply` is sent as it is.
        base: ``http://127.0.0.1:<port>``.
        named: the base that addresses inside answers have; by default ``base``.
    """

    def __init__(self, *, seed: int = 1, port: int = 0, named: str | None = None) -> None:
        self.news = Newsroom(seed)
        self.faults = Faults()
        self.robots: str | Reply | None = "User-agent: *\nDisallow: /private/\n"
        self._named = named
        self._server = Server(self._answer, port)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    @property
    def base(self) -> str:
        return self._server.base

    @property
    def named(self) -> str:
        return self._named or self.base

    @property
    def host(self) -> str:
        """The host to allow by name."""
        return "127.0.0.1"

    @property
    def log(self) -> list[Request]:
        """Every request so far, in the order of arrival."""
        return self._server.log

    @property
    def busiest(self) -> int:
        """The most requests that were being answered at the same time."""
        return self._server.busiest

    def asked(self, where: str) -> int:
        """How many requests so far match the pattern (path and query)."""
        return len(self.requests(where))

    def requests(self, where: str = "") -> list[Request]:
        """The requests so far that match the pattern."""
        return [request for request in self.log if re.search(where, request.target)]

    def article_requests(self) -> list[Request]:
        """Requests for an article's content, in any form."""
        return self.requests(rf"^/a/|^/news/|/api/article/|/api/content|{others.ARTICLES}")

    def _answer(self, request: Request) -> Reply:
        try:
            return self.faults.strike(request) or self._route(request)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must show in the test, as an answer
            return Reply(f"{type(error).__name__}: {error}".encode(), status=599)

    def _route(self, request: Request) -> Reply:
        news, base, path, query = self.news, self.named, request.path, request.query
        match path.strip("/").split("/"):
            case ["robots.txt"]:
                return self._robots()
            case ["comm", "web", "getNewsByColumns"]:
                return eastmoney.columns(news, base, query)
            case ["comm", "web", "getFastNewsList"]:
                return eastmoney.fast_news(news, query)
            case ["kuaixun", "v2", "api", "article", code]:
                return eastmoney.api_article(news, base, code)
            case ["kuaixun", "v2", "api", "content", "getnews"]:
                return eastmoney.app_article(news, query.get("newsid", ""))
            case ["a" | "news", name] if code := _CODE.search(name):
                return eastmoney.page(news, code[0])
            case ["feed.rss"]:
                return listings.rss(news, base)
            case ["feed.atom"]:
                return listings.atom(news, base)
            case ["sitemap.xml"]:
                return listings.sitemap_index(news, base)
            case [name] if day := re.fullmatch(r"sitemap-(\d{8})\.xml\.gz", name):
                return listings.sitemap(news, base, day[1])
            case ["news-sitemap.xml"]:
                return listings.news_sitemap(news, base)
            case ["list"]:
                return listings.list_page(news, 1)
            case ["list", name] if number := re.fullmatch(r"index_(\d+)\.html", name):
                return listings.list_page(news, int(number[1]))
            case ["api", "roll", "get"]:
                return listings.roll(news, base, query)
            case ["flash_newest.js"]:
                return listings.newest_script(news)
            case [host, *_] if others.is_known(host):
                return others.answer(news, base, request)
            case ["trap", *name]:
                return trap("/".join(name), request)
            case ["echo"]:
                return Reply(json.dumps(request.headers).encode(), kind="application/json")
            case [""]:
                return Reply(b"<html><body>home</body></html>")
            case _:
                return Reply(b"<html><body>404</body></html>", status=404)

    def _robots(self) -> Reply:
        if isinstance(self.robots, Reply):
            return self.robots
        if self.robots is None:
            return Reply(b"none", status=404)
        return Reply(self.robots.encode(), kind="text/plain")
