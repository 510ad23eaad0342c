"""Ticks, backfills and upkeep as flows on one real Prefect server."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest
from prefect.client.orchestration import get_client
from prefect.events.worker import EventsWorker
from prefect.flow_engine import run_flow
from prefect.states import Scheduled

from flows.ingest import ingest
from flows.live import LATE, ingest_live, too_late
from flows.maintain import maintain
from flows.notice import notice
from flows.restructure import backfill
from lake.errors import Stop
from lake.locations import lake_root
from lake.report import COUNTS
from lake.restructure import restructure
from tasks.lineage import asset_key
from tests.site import Site
from tests.stack import PATIENCE, all_off, wait_until

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def heard(*prefixes: str) -> list[dict[str, Any]]:
    """Events on the server, once all that this process sent are there."""
    EventsWorker.instance().wait_until_empty()
    with get_client(sync_client=True) as client:
        chosen = {"filter": {"event": {"prefix": list(prefixes)}}, "limit": 50}
        events: list[dict[str, Any]] = client._client.post("/events/filter", json=chosen).json()["events"]
        return events


def about(lake: str) -> list[dict[str, Any]]:
    """Newslake's own events about a lake, and of materialized assets in it."""
    return [
        each
        for each in heard("newslake", "prefect.asset.materialization")
        if lake in each["resource"]["prefect.resource.id"] or each["resource"].get("newslake.lake") == lake
    ]


def test_a_tick_is_skipped_when_the_next_one_is_near() -> None:
    assert not too_late(NOW, NOW)
    assert not too_late(NOW - LATE, NOW)
    assert too_late(NOW - LATE - SECOND, NOW)
    assert dt.timedelta(minutes=5) > LATE


@pytest.mark.usefixtures("prefect_api")
def test_a_late_tick_ends_at_once_and_touches_nothing(posts: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    late = Scheduled(scheduled_time=dt.datetime.now(dt.UTC) - 2 * LATE)
    with get_client(sync_client=True) as client:
        run = client.create_flow_run(
            ingest_live, parameters={"sources": [str(posts)], "lake": str(lake)}, state=late
        )
    state = run_flow(ingest_live, flow_run=run, parameters=run.parameters, return_type="state")
    assert (state.type.value, state.name) == ("COMPLETED", "Skipped")
    assert not lake.exists()


@pytest.mark.usefixtures("prefect_api")
def test_a_tick_publishes_with_lineage_and_an_event_and_a_quiet_one_says_nothing(
    posts: Path, tmp_path: Path
) -> None:
    lake = str(tmp_path / "lake")
    first = ingest_live([str(posts)], lake=lake)
    assert first["captured"] == 31
    wait_until(lambda: len(about(lake)) >= 4, PATIENCE)
    events = {each["event"]: each for each in about(lake) if each["event"].startswith("newslake")}
    assert set(events) == {"newslake.snapshot.published"}
    assert events["newslake.snapshot.published"]["payload"]["snapshot"] == first["snapshot"]

    made = {
        each["resource"]["prefect.resource.name"]: [
            related["prefect.resource.id"]
            for related in each["related"]
            if related["prefect.resource.role"] == "asset"
        ]
        for each in about(lake)
        if each["event"] == "prefect.asset.materialization.succeeded"
    }
    assert made == {
        "captures": [f"file://{posts}"],
        "articles": [f"file://{lake}/captures"],
        "lake.duckdb": [f"file://{lake}/articles"],
    }

    second = ingest_live([str(posts)], lake=lake)
    assert (second["new"], second["snapshot"]) == (0, first["snapshot"])
    assert len(about(lake)) == 4


@pytest.mark.usefixtures("prefect_api")
def test_ticks_bring_what_the_sources_that_are_on_have_and_outlive_an_outage(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    with Site() as site:
        lake.mkdir()
        (lake / "sources.toml").write_text(
            f"""
            [fetch]
            allow_hosts = ["{site.host}"]
            delay = 0
            attempts = 1
            {all_off()}
            [local]
            kind = "feed"
            url = "{site.base}/feed.rss"
            on = true
            """
        )
        site.news.publish(3)
        first = ingest_live(lake=str(lake))
        assert (first["captured"], first["new"]) == (3, 3)

        asked = len(site.article_requests())
        quiet = ingest_live(lake=str(lake))
        assert (quiet["captured"], quiet["snapshot"]) == (0, first["snapshot"])
        assert len(site.article_requests()) == asked

        site.news.publish(2)
        site.faults.add("500", "/feed", times=1)
        state = ingest_live(lake=str(lake), return_state=True)
        assert state.is_failed()
        assert "no source could be read" in state.message

        after = ingest_live(lake=str(lake))
        assert after["new"] == 2
    with duckdb.connect(str(lake / "lake.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT source, count(*) FROM articles GROUP BY 1").fetchall() == [
            ("local", 5)
        ]


@pytest.mark.usefixtures("prefect_api")
def test_without_a_source_that_is_on_a_tick_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(all_off())
    state = ingest_live(lake=str(tmp_path), return_state=True)
    assert (state.is_completed(), state.name) == (True, "Skipped")


@pytest.mark.usefixtures("prefect_api")
def test_a_backfill_covers_its_range_in_chunks_and_goes_on_after_a_failure(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = str(tmp_path / "lake")
    asyncio.run(ingest([str(posts)], lake=lake))
    with duckdb.connect(f"{lake}/lake.duckdb", read_only=True) as connection:
        found = connection.execute("SELECT max(published_date) FROM articles").fetchone()
    assert found is not None
    day = dt.timedelta(days=1)
    chosen = {"since": found[0] - day, "until": found[0] + day, "days": 1, "lake": lake}

    calls: list[dt.date | None] = []

    def dies_in_the_second_chunk(request: Any, *others: Any) -> Any:
        calls.append(request.since)
        if len(calls) == 2:
            raise Stop("pulled")
        return restructure(request, *others)

    monkeypatch.setattr("tasks.restructure.steps.restructure", dies_in_the_second_chunk)
    assert backfill(**chosen, return_state=True).is_failed()
    done = backfill(**chosen)
    assert done["chunks"] == 2
    assert done["captured"] == sum(done[name] for name in COUNTS[1:]) > 20
    assert calls == [found[0] - day, found[0], found[0], found[0] + day]
    assert backfill(**chosen)["chunks"] == 3


@pytest.mark.usefixtures("prefect_api")
def test_maintaining_a_lake_that_was_never_fed_is_no_failure(tmp_path: Path) -> None:
    state = maintain(lake=str(tmp_path / "lake"), return_state=True)
    assert (state.is_completed(), state.name) == (True, "Skipped")
    assert not lake_root(tmp_path / "lake").database.exists()


@pytest.mark.usefixtures("prefect_api")
def test_a_notice_is_an_artifact() -> None:
    assert notice("rejects", "half of them", return_state=True).is_completed()
    with get_client(sync_client=True) as client:
        found = client._client.get("/artifacts/newslake-notices/latest").json()
    assert found["description"] == "half of them"


def test_every_place_has_an_asset_key_that_prefect_takes() -> None:
    assert asset_key("eastmoney") == "source://eastmoney"
    assert asset_key("https://news.example/list?page=2") == "https://news.example/list_page=2"
    assert asset_key("/data/新闻 2022") == "file:///data/新闻_2022"
    assert len(asset_key("/" + "x" * 2000)) <= 512
