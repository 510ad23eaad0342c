from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.errors import NewslakeError, Reject
from lake.sources.fetch import FetchFailed, FetchSettings, Response
from tests.fetching import QUICK, fetch, fetch_all, quick
from tests.site import Reply, Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def reason(site: Site, path: str, settings: FetchSettings = QUICK) -> str:
    """Why the page can't be had; empty if it can."""
    result = fetch_all([site.base + path], settings)[0]
    return "" if isinstance(result, Response) else getattr(result, "reason", repr(result))


def test_what_robots_txt_forbids_is_never_asked_for(site: Site) -> None:
    with pytest.raises(Reject, match="robots") as caught:
        fetch(f"{site.base}/private/page")
    assert (caught.value.stage, caught.value.reason) == ("capture", "robots")
    assert site.asked("/private/") == 0
    assert reason(site, "/list/") == ""


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/list/", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: newslake\nDisallow: /trap/", "/list/", True),
        ("User-agent: newslake\nDisallow: /list/\n\nUser-agent: *\nAllow: /", "/list/", False),
        ("User-agent: NewsLake\nDisallow: /list/", "/list/", False),
        ("User-agent: other\nDisallow: /", "/list/", True),
        ("User-agent: news\nDisallow: /", "/list/", True),
        ("User-agent: news\nAllow: /\n\nUser-agent: *\nDisallow: /", "/list/", False),
        ("User-agent: newslakebot\nDisallow: /", "/list/", True),
        ("User-agent: newslake/2.0 # ours\nDisallow: /", "/list/", False),
        ("User-agent: a\nUser-agent: newslake\nDisallow: /list/", "/list/", False),
        ("User-agent: newslake\nDisallow: /a/\n\nUser-agent: newslake\nDisallow: /list/", "/list/", False),
        ("User-agent: *\nDisallow: /新闻/", "/%e6%96%b0%e9%97%bb/", False),
        ("User-agent: *\nDisallow: /\nAllow: /list/", "/list/", True),
        ("User-agent: *\nDisallow: /*.html$", "/list/index_1.html", False),
        ("User-agent: *\nDisallow: /*?n=", "/list/?n=1", False),
        ("User-agent: *\nDisallow: /*?n=", "/list/?m=1", True),
        ("User-agent: *\nDisallow:", "/list/", True),
        ("\ufeffUser-agent: *\nDisallow: /list/", "/list/", False),
        ("<html><body>Disallow: nothing to see</body></html>", "/list/", True),
        ("", "/list/", True),
    ],
)
def test_rules_as_the_standard_reads_them(site: Site, text: str, path: str, allowed: bool) -> None:
    site.robots = text
    assert reason(site, path) == ("" if allowed else "robots")


def test_one_robots_txt_serves_all_pages_of_a_host(site: Site) -> None:
    fetch_all([f"{site.base}/list/?n={n}" for n in range(10)], at_once=True)
    assert site.asked("/robots.txt") == 1 and site.asked("/list/") == 10


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_host_without_robots_txt_forbids_nothing(site: Site, status: int) -> None:
    site.robots = Reply(b"no", status=status)
    assert reason(site, "/private/page") == "http_404"  # asked for, and not there


@pytest.mark.parametrize("fault", ["500", "503", "429", "cut", "never"])
def test_a_robots_txt_that_fails_closes_the_host_for_now(site: Site, fault: str) -> None:
    site.faults.add(fault, "/robots.txt")
    found = fetch_all([f"{site.base}/list/", f"{site.base}/"], quick(read=0.2))
    assert [getattr(each, "reason", "") for each in found] == ["robots_unreachable"] * 2
    assert all(isinstance(each, FetchFailed) for each in found)
    assert [request.path for request in site.log] == ["/robots.txt"] * QUICK.attempts


def test_a_robots_txt_that_fails_once_is_asked_for_again(site: Site) -> None:
    site.faults.add("503", "/robots.txt", times=1)
    assert reason(site, "/list/") == "" and reason(site, "/private/page") == "robots"


def test_redirects_of_robots_txt_are_followed(site: Site) -> None:
    site.robots = Reply(status=301, headers={"location": "/moved"})
    rules = b"User-agent: *\nDisallow: /list/"
    site.faults.add("rules", "/moved", reply=lambda: Reply(rules, kind="text/plain"))
    assert reason(site, "/list/") == "robots"


@pytest.mark.parametrize("loop", ["/trap/loop/a", "/trap/status/404"])
def test_redirects_of_robots_txt_to_nothing_forbid_nothing(site: Site, loop: str) -> None:
    site.robots = Reply(status=302, headers={"location": loop})
    assert reason(site, "/list/") == ""


def test_only_the_first_500_kib_count(site: Site) -> None:
    filler = "# filler\n" * (500 * 1024 // 9 + 10)
    site.robots = f"User-agent: *\nDisallow: /list/\n{filler}Disallow: /a/\n"
    assert reason(site, "/list/") == "robots"
    assert reason(site, "/a/none.html") == "http_404"


def test_a_crawl_delay_is_kept(site: Site) -> None:
    site.robots = "User-agent: *\nCrawl-delay: 600\n"
    first, second = fetch_all([f"{site.base}/list/", f"{site.base}/"], quick())
    assert isinstance(first, Response)
    assert isinstance(second, FetchFailed) and second.reason == "host_waits"
    assert second.wait is not None and second.wait > 500
    assert site.asked("^/$") == 0


def test_a_short_crawl_delay_is_waited_out(site: Site) -> None:
    site.robots = "User-agent: *\nCrawl-delay: 0.3\n"
    fetch_all([f"{site.base}/list/?n={n}" for n in range(3)], at_once=True)
    times = [request.at for request in site.requests("/list/")]
    assert len(times) == 3
    assert times[2] - times[0] > 0.5  # two delays, less what arrives early


def test_robots_txt_of_another_host_that_it_is_redirected_to_counts(site: Site) -> None:
    with Site() as other:
        site.robots = Reply(status=301, headers={"location": f"{other.base}/robots.txt"})
        other.robots = "User-agent: *\nDisallow: /list/"
        assert reason(site, "/list/") == "robots"
        other.robots = Reply(b"later", status=503)
        assert reason(site, "/list/") == "robots_unreachable"


def test_robots_txt_is_kept_between_runs(site: Site, tmp_path: Path) -> None:
    kept = quick(cache=tmp_path / "robots")
    assert reason(site, "/list/", kept) == ""
    site.robots = "User-agent: *\nDisallow: /"
    assert reason(site, "/list/", kept) == ""
    assert site.asked("/robots.txt") == 1


def test_a_copy_older_than_a_day_is_not_used_unless_there_is_nothing_newer(
    site: Site, tmp_path: Path
) -> None:
    kept = quick(cache=tmp_path)
    site.robots = "User-agent: *\nDisallow: /a/"
    assert reason(site, "/list/", kept) == ""
    for path in tmp_path.iterdir():
        copy = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(copy | {"at": time.time() - 25 * 3600}), "utf-8")
    site.faults.add("500", "/robots.txt")
    assert (reason(site, "/list/", kept), reason(site, "/a/1.html", kept)) == ("", "robots")
    site.faults.clear()
    site.robots = "User-agent: *\nDisallow: /list/"
    assert reason(site, "/list/", kept) == "robots"


@pytest.mark.parametrize(
    "damage", ["", "{}", "[1]", json.dumps({"origin": "x", "at": time.time(), "text": ""})]
)
def test_a_damaged_copy_is_asked_for_anew(site: Site, tmp_path: Path, damage: str) -> None:
    kept = quick(cache=tmp_path)
    reason(site, "/list/", kept)
    for path in tmp_path.iterdir():
        path.write_text(damage, "utf-8")
    site.robots = "User-agent: *\nDisallow: /list/"
    assert reason(site, "/list/", kept) == "robots"


def test_a_folder_that_can_t_be_written_costs_only_the_copy(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    assert reason(site, "/list/", quick(cache=tmp_path / "file")) == ""


def test_each_port_has_its_own_rules(site: Site) -> None:
    with Site() as other:
        other.robots = "User-agent: *\nDisallow: /"
        found = fetch_all([f"{site.base}/list/", f"{other.base}/list/"])
    assert isinstance(found[0], Response) and isinstance(found[1], NewslakeError)
