"""What maintenance merges: few files, and no row again and again."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from lake.storage.datafile import DataFile
from lake.storage.planning import few, groups

NOW = dt.datetime(2026, 5, 20, 12, tzinfo=dt.UTC)
TODAY, SEALED, QUIET = "2026-05-20", "2026-05-10", "2022-03-01"
MIB = 1024 * 1024
_numbers = itertools.count()


def file(partition: str | None, size: int) -> DataFile:
    return DataFile(f"{partition}/{next(_numbers):06d}.parquet", size, 1, partition)


def merged(files: list[DataFile]) -> tuple[list[DataFile], int]:
    """The files after one maintenance, and the bytes that it wrote."""
    written = 0
    for group in groups("articles", files, NOW):
        assert len(group.files) > 1
        size = sum(each.size for each in group.files)
        files = [each for each in files if each not in group.files] + [file(group.partition, size)]
        written += size
    return files, written


def test_a_day_under_way_is_written_again_once() -> None:
    files: list[DataFile] = []
    total = 0
    for n in range(288):
        files, written = merged([*files, file(TODAY, 100_000 + n)])
        total += written
        assert len(files) < 24 + 12
    assert total <= 288 * 101_000


def test_a_day_that_is_over_has_few_files() -> None:
    files, _ = merged([file(SEALED, 100_000) for _ in range(35)])
    assert len(files) == 1
    for late in range(300):
        files, written = merged([*files, file(SEALED, 2_000)])
        assert len(files) <= 5
        assert written < 300 * 2_000 or late > 290  # the day itself is left alone


def test_a_quiet_month_becomes_one_file_and_a_busy_one_stays() -> None:
    days = [f"2022-03-{day:02d}" for day in range(1, 31)]
    files, _ = merged([file(day, 50_000) for day in days])
    assert [each.partition for each in files] == ["2022-03"]
    files, _ = merged([*files, *(file(day, 1000) for day in days[:6])])
    assert sorted(each.size for each in files) == [6_000, 1_500_000]
    busy = [file(day, 3 * MIB) for day in days]
    assert merged(busy) == (busy, 0)


def test_files_of_superseded_rows_stay_apart() -> None:
    current = [file(SEALED, 100_000) for _ in range(5)]
    past = [DataFile(f"date=2026-05/superseded-{n}.parquet", 5_000, 1, "2026-05") for n in range(5)]
    found = [(group.partition, set(group.files)) for group in groups("articles", [*current, *past], NOW)]
    assert sorted(found, key=lambda each: str(each[0])) == [("2026-05", set(past)), (SEALED, set(current))]


def test_large_files_are_left_alone() -> None:
    files = [file(SEALED, 9 * MIB) for _ in range(7)]
    assert merged(files) == (files, 0)


def test_a_run_merges_a_bounded_number_of_small_files_of_full_days() -> None:
    files = [file(f"2026-05-{day:02d}", 2_000) for day in range(1, 20) for _ in range(day + 7)]
    chosen = few(files)
    assert [group.partition for group in chosen] == ["2026-05-19"]
    assert 24 <= sum(len(group.files) for group in chosen) <= 48
    assert few([file(TODAY, MIB) for _ in range(30)] + [file("2026-04", 2_000) for _ in range(30)]) == []
    assert few([file(TODAY, 2_000) for _ in range(23)]) == []


def test_files_of_a_year_are_merged_sooner_and_seldom() -> None:
    files: list[DataFile] = []
    written = most = 0
    for n in range(512):
        files.append(file("2026", 20_000 + n))
        for group in [*few(files), *(groups("articles", files, NOW) if n % 50 == 49 else ())]:
            assert group.partition == "2026"
            size = sum(each.size for each in group.files)
            files = [each for each in files if each not in group.files] + [file("2026", size)]
            written += size
        most = max(most, len(files))
    assert most <= 4 + 8 + 8
    assert written <= 4 * 512 * 20_500


def test_many_small_runs_leave_few_files() -> None:
    files: list[DataFile] = []
    written = 0
    for n in range(288):
        files += [file(f"2026-05-{1 + (n + k) % 20:02d}", 5_000) for k in range(3)]
        for group in few(files):
            size = sum(each.size for each in group.files)
            files = [each for each in files if each not in group.files] + [file(group.partition, size)]
            written += size
    assert len(files) <= 20 * 26
    assert written <= 288 * 3 * 5_000  # each row once


@given(
    st.lists(
        st.tuples(
            st.sampled_from([TODAY, SEALED, QUIET, "2022-03", "2022-04-01", "2022", "2026"]),
            st.integers(1, 20 * MIB),
        ),
        max_size=80,
    )
)
def test_no_file_is_merged_twice_and_dates_stay(drawn: list[tuple[str, int]]) -> None:
    files = [file(partition, size) for partition, size in drawn]
    seen: set[DataFile] = set()
    for group in groups("articles", files, NOW):
        assert not seen.intersection(group.files)
        seen.update(group.files)
        assert all((each.partition or "").startswith(group.partition or "") for each in group.files)
