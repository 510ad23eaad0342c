"""The worked example of joining one's own prices runs as it stands in the examples' own lake."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path

import pytest

from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.query import ask
from lake.settings import Sizes

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLES = PROJECT / "examples"
SYMBOL, MARKET = "605712.SH", "000001.SH"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    root = LakeRoot(tmp_path_factory.mktemp("prices") / "lake")
    ingest(IngestRequest((str(EXAMPLES / "finews"),), root, sizes=Sizes(workers=1)))
    query = (EXAMPLES / "prices" / "returns.sql").read_text("utf-8")
    with contextlib.chdir(PROJECT), ask(root, query) as answer:
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


def closes(symbol: str) -> dict[str, float]:
    with (EXAMPLES / "prices" / "prices.csv").open(encoding="utf-8") as file:
        return {
            row["session"]: float(row["close"]) for row in csv.DictReader(file) if row["symbol"] == symbol
        }


def test_returns_are_those_of_the_prices_less_the_markets(rows: list[dict[str, object]]) -> None:
    own, market = closes(SYMBOL), closes(MARKET)
    sessions = sorted(own)
    assert rows
    for row in rows:
        session = str(row["session"])
        before = sessions[sessions.index(session) - 1]
        wanted = own[session] / own[before] - market[session] / market[before]
        assert row["abnormal_percent"] == pytest.approx(100 * wanted, abs=0.006)


def test_a_window_cumulates_from_its_beginning(rows: list[dict[str, object]]) -> None:
    first = [row for row in rows if row["offset"] == -1]
    assert first
    assert all(row["abnormal_percent"] == row["cumulated_percent"] for row in first)
    assert {row["offset"] for row in rows} == {-1, 0, 1, 2}
