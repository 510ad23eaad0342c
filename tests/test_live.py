"""Live sources over real HTTP: nothing is fetched twice, nothing is missed, whatever the site does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.cli import main
from lake.ingest import capture, commit, discover, ingest, structure
from lake.sources.entries import Place, Way
from lake.sources.state import Failure, Gap, ListState, SourceState
from lake.storage.maintain import maintain
from tests.live_lake import LiveLake, column_source, fast_source
from tests.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def test_a_quiet_tick_asks_for_no_article_and_commits_nothing(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site), fast_source(site))
    codes = {*site.news.publish(5), *site.news.publish(3, fast=True)}
    first = lake.tick("columns", "fast")
    assert (first.new, first.rejected) == (8, 0)
    assert lake.codes() == codes
    asked = len(site.article_requests())
    assert asked == 5
    second = lake.tick("columns", "fast")
    assert (second.captured, second.changed, second.snapshot) == (0, False, first.snapshot)
    assert len(site.article_requests()) == asked


def test_an_article_in_two_columns_is_fetched_once_and_named_after_its_source(
    site: Site, tmp_path: Path
) -> None:
    lake = LiveLake(tmp_path, column_source(site, lists=[350, 351]))
    site.news.publish(4, columns=("350", "351"))
    assert lake.tick("columns").new == 4
    assert len(site.article_requests()) == 4
    assert lake.sql("SELECT DISTINCT source, http_status FROM captures") == [("columns", 200)]


def test_after_an_outage_the_list_is_paged_back_to_known_ground(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site))
    codes = set(site.news.publish(5))
    lake.tick("columns")
    site.news.advance(hours=3)
    codes |= set(site.news.publish(73, apart=60))
    assert lake.tick("columns").new == 73
    assert lake.codes() == codes
    assert lake.list_state().gaps == ()
    pages = site.requests("getNewsByColumns")
    assert [request.query["page_index"] for request in pages] == ["1", "1", "2", "3", "4"]


def test_what_lies_too_far_back_is_a_gap_that_status_shows_and_later_ticks_close(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = LiveLake(tmp_path, column_source(site, pages=2))
    codes = set(site.news.publish(5))
    lake.tick("columns")
    site.news.advance(hours=3)
    codes |= set(site.news.publish(90, apart=60))
    assert lake.tick("columns").new == 40
    assert len(lake.list_state().gaps) == 1
    capsys.readouterr()
    assert main(["status", "--lake", str(lake.root.path)]) == 0
    assert "columns 350: gap 2026-09-01 01:00 to" in capsys.readouterr().out
    site.news.advance(minutes=5)
    codes |= set(site.news.publish(3))
    assert [lake.tick("columns").new for _ in range(2)] == [40, 13]
    assert lake.list_state().gaps == ()
    assert lake.codes() == codes
    assert len(site.article_requests()) == len(codes)


def test_a_gap_in_a_list_with_a_cursor_is_closed_too(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, fast_source(site) + "pages = 1\n")
    codes = set(site.news.publish(5, fast=True))
    lake.tick("fast")
    site.news.advance(hours=3)
    codes |= set(site.news.publish(50, apart=60, fast=True))
    assert [lake.tick("fast").new for _ in range(3)] == [20, 20, 10]
    assert lake.codes() == codes
    assert lake.list_state("fast", "").gaps == ()


def test_a_list_that_goes_no_further_leaves_a_gap_that_is_told(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, f'[feed]\nkind = "feed"\nurl = "{site.base}/feed.rss"\n')
    site.news.publish(5)
    lake.tick("feed")
    site.news.advance(hours=3)
    site.news.publish(40, apart=60)
    assert lake.tick("feed").new == 30
    (gap,) = lake.list_state("feed", "").gaps
    assert gap.place is None
    assert lake.tick("feed").changed is False


def test_a_list_that_ends_behind_known_ground_leaves_no_gap(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site, overlap=3600))
    codes = set(site.news.publish(5))
    lake.tick("columns")
    site.news.advance(minutes=20)
    codes |= set(site.news.publish(30, apart=10))
    assert lake.tick("columns").new == 30  # the overlap leads on to a page without rows
    assert lake.list_state().gaps == ()
    assert lake.codes() == codes


def test_an_article_moved_up_is_no_new_one(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site))
    codes = site.news.publish(5)
    lake.tick("columns")
    site.news.advance(minutes=10)
    site.news.move_up(codes[0])
    asked = len(site.article_requests())
    assert lake.tick("columns").captured == 0
    assert len(site.article_requests()) == asked
    assert len(lake.codes()) == 5


def test_the_page_is_the_second_way_to_an_article(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site))
    site.faults.add("captcha", "/api/article/")
    site.news.publish(2)
    assert lake.tick("columns").new == 2
    assert {url.rpartition(".")[2] for (url,) in lake.sql("SELECT origin FROM captures")} == {"html"}
    assert lake.tick("columns").captured == 0


def test_a_failed_article_is_tried_again_and_its_reject_is_resolved(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site))
    codes = set(site.news.publish(3))
    site.faults.add("500", "/api/article/|/a/")
    failed = lake.tick("columns")
    assert (failed.new, failed.rejected) == (0, 3)
    assert failed.rejects == {"capture/http_500": 3}
    assert lake.sql("SELECT DISTINCT source FROM rejects") == [("columns",)]
    assert len(lake.state("columns").failed) == 3
    site.faults.clear()
    assert lake.tick("columns").new == 3
    assert lake.codes() == codes
    assert lake.state("columns").failed == {}
    assert lake.sql("SELECT bool_and(resolved) FROM rejects") == [(True,)]


def test_an_article_is_tried_so_often_and_then_stays_a_reject(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site, attempts=3))
    (code,) = site.news.publish(1)
    site.news.remove(code)
    site.news.publish(2)
    rejected = [lake.tick("columns").rejected for _ in range(5)]
    assert rejected == [1, 1, 1, 0, 0]
    assert len(site.requests(f"/api/article/{code}")) == 3
    assert lake.sql("SELECT count(*) FROM rejects WHERE NOT resolved") == [(1,)]


def test_a_check_in_the_place_of_an_article_is_looked_behind_again(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, f'[feed]\nkind = "feed"\nurl = "{site.base}/feed.rss"\nretry = 0\n')
    site.news.publish(3)
    site.faults.add("captcha", "^/a/", times=2)
    first = lake.tick("feed")
    assert (first.new, first.rejected) == (1, 2)
    site.news.advance(minutes=5)
    site.news.publish(1)  # so that the feed is read again
    assert first.new + sum(lake.tick("feed").new for _ in range(2)) == 4
    lake.tick("feed")
    assert lake.state("feed").failed == {}


def test_an_outage_of_the_articles_host_loses_nothing(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lake.sources.articles._MOST_FAILED", 5)
    lake = LiveLake(tmp_path, column_source(site))
    codes = set(site.news.publish(2))
    lake.tick("columns")
    before = lake.list_state().watermark
    site.faults.add("500", "/api/article/|/a/")
    site.news.advance(hours=1)
    codes |= set(site.news.publish(12, apart=30))
    assert lake.tick("columns").rejected == 12
    assert lake.list_state().watermark == before
    assert len(lake.state("columns").failed) == 5
    site.faults.clear()
    site.news.advance(hours=1)
    codes |= set(site.news.publish(30, apart=30))
    lake.tick("columns")
    assert lake.codes() == codes


def test_a_correction_becomes_a_revision_at_the_age_for_a_second_look(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(
        tmp_path, column_source(site, revisit="[0.001]", revisit_every=0).replace('"[0.001]"', "[0.001]")
    )
    codes = site.news.publish(4)
    lake.tick("columns")
    site.news.correct(codes[0])
    asked = len(site.article_requests())
    second = lake.tick("columns")
    assert (second.captured, second.revised) == (1, 1)
    looks = site.article_requests()[asked:]
    assert sorted(request.status for request in looks) == [200, 304, 304, 304]
    assert lake.sql("SELECT count(*) FROM revisions") == [(5,)]
    lake.tick("columns")  # the revision has an age of its own
    asked = len(site.article_requests())
    assert lake.tick("columns").changed is False
    assert len(site.article_requests()) == asked


def test_a_change_that_the_list_tells_of_is_fetched_at_once(site: Site, tmp_path: Path) -> None:
    site.news.now = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    lake = LiveLake(tmp_path, f'[feed]\nkind = "feed"\nurl = "{site.base}/feed.atom"\n')
    codes = site.news.publish(3)
    lake.tick("feed")
    site.news.now = dt.datetime.now(dt.UTC)
    site.news.correct(codes[1])
    asked = len(site.article_requests())
    assert lake.tick("feed").revised == 1
    assert len(site.article_requests()) == asked + 1
    assert lake.tick("feed").captured == 0
    assert len(site.article_requests()) == asked + 1


def test_fast_news_that_is_corrected_becomes_a_revision_and_counters_do_not(
    site: Site, tmp_path: Path
) -> None:
    lake = LiveLake(tmp_path, fast_source(site))
    codes = site.news.publish(3, fast=True)
    assert lake.tick("fast").new == 3
    assert lake.tick("fast").captured == 0
    site.news.correct(codes[0])
    assert lake.tick("fast").revised == 1


def test_a_run_killed_after_fetching_is_finished_without_fetching_again(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site))
    site.news.publish(2)
    lake.tick("columns")
    site.news.advance(minutes=5)
    codes = site.news.publish(4)
    request = lake.request("columns")
    capture(request, discover(request))  # and no further
    assert lake.list_state().watermark == dt.datetime(2026, 9, 1, 1, 0, tzinfo=dt.UTC)
    asked = len(site.article_requests())
    assert lake.tick("columns").new == 4
    assert len(site.article_requests()) == asked
    assert set(codes) < lake.codes()
    assert lake.list_state().watermark == dt.datetime(2026, 9, 1, 1, 5, tzinfo=dt.UTC)


def test_a_list_that_fails_is_told_once_and_over_when_it_is_read_again(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = LiveLake(tmp_path, column_source(site))
    site.news.publish(2)
    lake.tick("columns")
    site.faults.add("html", "getNewsByColumns")
    words = ["ingest", "columns", "--lake", str(lake.root.path)]
    assert main(words) == 1
    assert "not_a_list" in capsys.readouterr().err
    failed = lake.tick("columns")
    assert (failed.unreadable, failed.changed) == (True, False)
    assert (lake.list_state().trouble or "").startswith("not_a_list")
    main(["status", "--lake", str(lake.root.path)])
    assert "columns 350: can't be read since" in capsys.readouterr().out
    site.faults.clear()
    site.news.advance(minutes=5)
    site.news.publish(1)
    assert lake.tick("columns").new == 1
    assert lake.list_state().trouble is None
    assert lake.sql("SELECT bool_and(resolved) FROM rejects") == [(True,)]


def test_lists_that_fail_together_are_told_in_one_line_with_the_source_to_try_again(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = LiveLake(tmp_path, column_source(site, lists=[350, 351, 353]))
    site.faults.add("refuse", "")
    lake.tick("columns")
    main(["status", "--lake", str(lake.root.path)])
    shown = capsys.readouterr().out
    assert "columns: never read\n" in shown
    assert shown.count("columns 350, 351, 353: can't be read since") == shown.count("can't be read") == 1
    main(["rejects", "--lake", str(lake.root.path)])
    assert capsys.readouterr().out.count("again: newslake ingest columns\n") == 3


def test_an_error_message_with_status_200_is_no_empty_list(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site).replace("&req_trace=1", ""))
    site.news.publish(2)
    report = lake.tick("columns")
    assert report.rejects == {"discover/not_a_list": 1}
    assert "req_trace" in report.examples[0][2]


def test_a_site_whose_clock_is_ahead_moves_no_watermark_into_the_future(site: Site, tmp_path: Path) -> None:
    site.news.now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    lake = LiveLake(tmp_path, column_source(site))
    site.news.publish(3)
    lake.tick("columns")
    watermark = lake.list_state().watermark
    assert watermark is not None and watermark <= dt.datetime.now(dt.UTC)
    asked = len(site.article_requests())
    assert lake.tick("columns").captured == 0
    assert len(site.article_requests()) == asked


def test_forbidden_articles_are_not_asked_for(site: Site, tmp_path: Path) -> None:
    site.robots = "User-agent: *\nDisallow: /a/\nDisallow: /kuaixun/\n"
    lake = LiveLake(tmp_path, column_source(site, attempts=2))
    site.news.publish(2)
    assert lake.tick("columns").rejects == {"capture/robots": 2}
    assert site.article_requests() == []


def test_other_runs_and_maintenance_keep_what_sources_remember(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site), fast_source(site))
    site.news.publish(2)
    site.news.publish(1, fast=True)
    lake.tick("columns")
    before = lake.state("columns")
    lake.tick("fast")
    page = tmp_path / "saved.json"
    page.write_text(
        '{"title": "示例标题", "content": "示例正文，足够长的一句话。", "url": "https://news.example.com/1.html"}'
    )
    ingest(lake.request(str(page)))
    maintain(lake.root)
    assert lake.state("columns") == before
    assert lake.tick("columns", "fast").captured == 0


def test_an_address_is_fetched_and_names_are_told_from_folders(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path)
    (code,) = site.news.publish(1)
    url = f"{site.base}/a/{code}.html"
    assert lake.tick(url).new == 1
    assert lake.sql("SELECT origin, http_status FROM captures") == [(url, 200)]
    assert lake.tick(url).unchanged == 1
    gone = lake.tick(f"{site.base}/a/209901010000000000.html")
    assert (gone.rejects, gone.unreadable) == ({"capture/http_404": 1}, True)


def test_a_list_of_addresses_on_disk_is_fetched_once_and_goes_on(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path)
    codes = site.news.publish(6)
    urls = [f"{site.base}/a/{code}.html" for code in codes]
    listed = tmp_path / "addresses.txt"
    listed.write_text("\n".join(["# mine", "", *urls[:4], "no address", f"{site.base}/gone.html"]), "utf-8")
    request = lake.request(str(listed))
    capture(request, discover(request))  # and killed
    assert len(site.article_requests()) == 4
    listed.write_text(listed.read_text("utf-8") + "\n" + "\n".join(urls), "utf-8")
    report = lake.tick(str(listed))
    assert (report.new, report.rejects) == (6, {"discover/bad_url": 1, "capture/http_404": 1})
    assert len(site.article_requests()) == 6
    assert lake.codes() == set(codes)
    assert lake.sql("SELECT DISTINCT origin FROM rejects WHERE reason = 'bad_url'") == [(f"{listed}!line 7",)]
    assert lake.tick(str(listed)).new == 0
    assert len(site.article_requests()) == 6


def test_a_capture_keeps_the_facts_of_its_request(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path)
    (code,) = site.news.publish(1)
    asked = f"{site.base}/trap/redirect?to=/a/{code}.html"
    before = dt.datetime.now(dt.UTC)
    assert lake.tick(asked).new == 1
    ((url, status, kind, at, headers),) = lake.sql(
        "SELECT url, http_status, content_type, captured_at, map_from_entries(http_headers) FROM captures"
    )
    assert (url, status, kind) == (asked, 200, "text/html; charset=utf-8")
    assert isinstance(at, dt.datetime) and before <= at <= dt.datetime.now(dt.UTC)
    assert isinstance(headers, dict)
    assert headers["x-newslake-redirect"] == f"{site.base}/a/{code}.html"
    assert headers["etag"] and headers["last-modified"] and headers["content-encoding"] == "gzip"


def test_steps_hand_the_memory_from_capture_to_commit(site: Site, tmp_path: Path) -> None:
    lake = LiveLake(tmp_path, column_source(site))
    site.news.publish(2)
    request = lake.request("columns")
    run = discover(request)
    captured = capture(request, run)
    assert set(captured.states) == {"columns"}
    committed = commit(request, run, captured, structure(request, captured))
    assert committed.new == 2
    assert lake.list_state().seen


def test_states_survive_json() -> None:
    now = dt.datetime(2026, 9, 1, 1, 2, 3, tzinfo=dt.UTC)
    gaps = (
        Gap(now, None, Place("https://news.example.org/2", 2), now),
        Gap(now, None, Place("https://news.example.org/", 3, '{"page":3}'), now),
        Gap(None, now, None, now),
    )
    state = SourceState(
        {"": ListState(now, gaps, '"x"', "then", "timeout: slow", now, True), "b": ListState()},
        {
            "https://news.example.org/a": Failure((Way("https://news.example.org/a", "x"),), 2, now, now),
            "https://news.example.org/c": Failure(
                (Way("https://news.example.org/c", None, "n", "p", "t"),), 1, now, now
            ),
        },
        {"https://news.example.org/b": now.isoformat()},
        now,
    )
    assert SourceState.from_json(state.to_json()) == state
