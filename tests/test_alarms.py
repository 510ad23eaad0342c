"""When a source counts as silent, when rejects spike, the chunks of a backfill, and the week's picture."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.generate import generate
from lake import activity, alarms
from lake.backfill import Chunk, chunks
from lake.errors import Usage
from lake.ingest import IngestRequest, ingest
from lake.locations import lake_root
from lake.report import Report

NOW = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)  # noon of a Friday in Shanghai
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def rhythm(every: int, night: range = range(0), days: int = 15) -> list[dt.datetime]:
    """Articles every so many minutes, none in the night's hours (UTC), up to now."""
    times = [NOW - number * every * MINUTE for number in range(days * 1440 // every)]
    return sorted(each for each in times if each.hour not in night)


def quiet_since(times: list[dt.datetime], since: dt.datetime) -> list[dt.datetime]:
    return [each for each in times if each <= since]


def test_a_source_is_silent_after_three_times_its_usual_gap() -> None:
    times = rhythm(10)
    assert alarms.silence("a", times, NOW) is None
    assert alarms.silence("a", quiet_since(times, NOW - 30 * MINUTE), NOW) is None
    found = alarms.silence("a", quiet_since(times, NOW - 40 * MINUTE), NOW)
    assert found is not None
    assert (found.lasting, found.usual) == (40 * MINUTE, 10 * MINUTE)
    assert "40 min" in found.sentence()


def test_a_night_that_is_always_quiet_is_no_silence() -> None:
    times = rhythm(5, night=range(16, 23))
    night = NOW - dt.timedelta(hours=7)
    assert night.hour == 21
    assert alarms.silence("a", times, night) is None


def test_a_weekend_that_is_always_quiet_is_no_silence() -> None:
    weekdays = [each for each in rhythm(10, days=20) if each.weekday() < 5]
    saturday = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
    assert alarms.silence("a", weekdays, saturday) is None


def test_a_fast_source_is_given_a_quarter_of_an_hour_and_a_new_one_time_to_be_known() -> None:
    times = rhythm(1)
    assert alarms.silence("a", quiet_since(times, NOW - 14 * MINUTE), NOW) is None
    assert alarms.silence("a", quiet_since(times, NOW - 16 * MINUTE), NOW) is not None
    assert alarms.silence("a", rhythm(1, days=3), NOW + DAY) is None
    assert alarms.silence("a", [], NOW) is None


@pytest.mark.parametrize(
    ("rejected", "judged", "past", "spikes"),
    [
        (10, 50, [(1, 50)] * 5, True),
        (5, 50, [(1, 50)] * 5, False),  # not 10 % above the usual
        (20, 50, [(15, 50)] * 5, False),  # above, but not twice the usual
        (10, 19, [(1, 50)] * 5, False),  # too few to tell
        (10, 50, [(1, 50)] * 2, False),  # nothing is usual yet
        (10, 50, [(9, 10)] * 20 + [(0, 50)] * 3, True),  # tiny runs tell nothing
    ],
)
def test_a_spike_is_a_share_of_rejects_far_above_the_usual_one(
    rejected: int, judged: int, past: list[tuple[int, int]], spikes: bool
) -> None:
    found = alarms.spike(rejected, judged, past)
    assert (found is not None) is spikes
    if found is not None:
        assert found.share == rejected / judged


def report(**values: Any) -> Report:
    counts = {"captured": 0, "new": 0, "revised": 0, "merged": 0, "unchanged": 0, "rejected": 0}
    return Report(**{"run_id": "r", "snapshot": 1, "changed": True, "seconds": 1.0, **counts, **values})


def test_rejects_known_before_count_neither_as_rejected_nor_as_judged() -> None:
    found = report(new=5, unchanged=90, rejected=8, rejects={"known from an earlier run": 6})
    assert alarms.reject_share(found) == (2, 7)


def test_shares_and_arrivals_are_read_from_the_lake(posts: Path, tmp_path: Path) -> None:
    root = lake_root(tmp_path / "lake")
    assert alarms.past_shares(root, "x") == []
    assert alarms.arrivals(root, "invented", NOW) == []
    done = ingest(IngestRequest((str(posts),), root, "invented"))
    assert alarms.past_shares(root, done.run_id) == []
    assert alarms.past_shares(root, "x") == [alarms.reject_share(done)]
    newest = activity.last_hour(root, NOW) + dt.timedelta(hours=1)
    times = alarms.arrivals(root, "invented", newest)
    assert times == sorted(times)
    assert all(newest - 15 * DAY <= each <= newest for each in times)
    assert times
    assert alarms.arrivals(root, "another", newest) == []


def test_a_backfill_has_a_chunk_for_every_date() -> None:
    first = dt.date(2026, 1, 1)
    found = list(chunks(first, dt.date(2026, 1, 25), 10))
    assert [(each.since.day, each.until.day) for each in found] == [(1, 10), (11, 20), (21, 25)]
    assert list(chunks(first, first, 10)) == [Chunk(first, first)]
    assert [each.place for each in found] == sorted(each.place for each in found)
    with pytest.raises(Usage, match="after"):
        list(chunks(first, dt.date(2025, 1, 1), 10))


def test_the_picture_shows_the_newest_week_of_an_old_lake(tmp_path: Path) -> None:
    root = lake_root(tmp_path / "lake")
    assert activity.hourly(root, activity.last_hour(root, NOW)) == {}
    folder = tmp_path / "posts"
    for name, body in generate(20, seed=3):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    ingest(IngestRequest((str(folder),), root))
    last = activity.last_hour(root, NOW)
    counts = activity.hourly(root, last)
    assert last < NOW - 30 * DAY
    assert last in counts
    picture = ElementTree.fromstring(activity.draw(counts, last))
    bars = picture.findall(".//{*}title")
    assert len(bars) == len(counts)
    assert f"{sum(counts.values())} articles" in " ".join(picture.itertext())


def test_a_lake_that_is_fed_shows_the_week_up_to_now(tmp_path: Path) -> None:
    last = activity.last_hour(lake_root(tmp_path), NOW)
    assert last == NOW
    assert "2026-11-20 12:59" in activity.draw({}, last)
