"""Rows spread over files of neighbouring keys come back whole, in order from one stretch to the next."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.derived import sorting
from lake.derived.sorting import write_sorted
from lake.derived.spreading import spread
from lake.derived.text_index import TEXT_INDEX

COLUMNS = pa.schema([pa.field("key", pa.int64()), pa.field("text", pa.string())])


def files(folder: Path, parts: list[list[int | None]]) -> list[Path]:
    paths = []
    for number, keys in enumerate(parts):
        rows = pa.table([keys, [f"{number}.{n}" for n in range(len(keys))]], schema=COLUMNS)
        paths.append(folder / f"part-{number}.parquet")
        pq.write_table(rows, paths[-1], row_group_size=7)
    return paths


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.none() | st.integers(-5, 5) | st.integers(-(2**60), 2**60), max_size=40), max_size=5
    ),
    st.integers(1, 50),
)
def test_every_row_comes_once_and_stretches_ascend(parts: list[list[int | None]], most: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = sum(map(len, parts))
        found = [
            stretch.to_pylist()
            for stretch in spread(files(folder, parts), COLUMNS, "key", rows, most, folder)
        ]
        assert not list(folder.glob("stretch-*"))
    written = [(key, f"{number}.{n}") for number, keys in enumerate(parts) for n, key in enumerate(keys)]
    assert sorted((row["text"], row["key"]) for stretch in found for row in stretch) == sorted(
        (text, key) for key, text in written
    )
    ends = [[(row["key"] is None, row["key"] or 0) for row in stretch] for stretch in found]
    for before, after in itertools.pairwise(ends):
        assert max(before) <= min(after)
        assert max(before) < min(after) or max(before)[0]  # equal keys stay together


def test_a_file_sorted_in_stretches_is_the_file_sorted_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pa.table(
        [
            [n * 7919 % 1000 for n in range(5000)],
            [n % 13 for n in range(5000)],
            list(range(5000)),
            [f"a{n % 50}" for n in range(5000)],
            [1 + n % 2 for n in range(5000)],
        ],
        schema=TEXT_INDEX.columns.set(3, pa.field("text", pa.string())),
    )
    paths = [tmp_path / f"{n}.parquet" for n in range(3)]
    for n, path in enumerate(paths):
        pq.write_table(rows[n * 2000 : (n + 1) * 2000], path)
    once, stretched = tmp_path / "once", tmp_path / "stretched"
    write_sorted(duckdb.connect(), once, TEXT_INDEX, 1, rows, [])
    monkeypatch.setattr(sorting, "_MANY", 100)
    monkeypatch.setattr(sorting, "_STRETCH", 300)
    write_sorted(duckdb.connect(), stretched, TEXT_INDEX, 1, paths, [])
    assert pq.read_table(stretched) == pq.read_table(once)
    assert pq.read_schema(stretched) == pq.read_schema(once)


def test_superseded_rows_are_left_out_of_stretches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = pa.schema([("article_id", pa.string()), ("revision", pa.int32())])
    rows = pa.table([[f"a{n}" for n in range(90)] * 2, [1] * 90 + [2] * 90], schema=columns)
    later = {
        "article_id": [f"a{n}" for n in range(0, 90, 3)],
        "revision": [2] * 30,
        "version": [4, 5, 6] * 10,
    }
    pq.write_table(pa.table(later), tmp_path / "later")
    pq.write_table(rows, tmp_path / "rows")
    monkeypatch.setattr(sorting, "_MANY", 1)
    monkeypatch.setattr(sorting, "_STRETCH", 20)
    table = sorting.Derived("x", columns, (), "article_id, revision", lambda batch: batch.articles)
    write_sorted(duckdb.connect(), tmp_path / "out", table, 5, [tmp_path / "rows"], [tmp_path / "later"])
    found = pq.read_table(tmp_path / "out").to_pylist()
    expected = sorted(
        (f"a{n}", revision) for n in range(90) for revision in (1, 2) if revision == 2 or n % 3 or n % 9 == 6
    )
    assert [(row["article_id"], row["revision"]) for row in found] == expected
