"""The flows on one real Prefect server; what they compose is tested without Prefect elsewhere."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import logging
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.context import FlowRunContext
from prefect.utilities.callables import parameter_schema

from flows.ingest import ingest
from flows.live import ingest_live
from flows.maintain import maintain, verify
from flows.notice import notice
from flows.report import report
from flows.restructure import backfill, restructure
from lake.errors import Conflict, Stop
from lake.report import COUNTS, Report
from tasks.artifacts import report_rows
from tasks.logs import lake_log
from tasks.processes import light_children
from tasks.progress import RunProgress
from tasks.steps import step

FLOWS = (ingest, ingest_live, restructure, backfill, maintain, verify, report, notice)


def run_of(state: Any) -> Any:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(state.state_details.flow_run_id)


@pytest.mark.usefixtures("prefect_api")
def test_ingest_then_again_then_restructure(posts: Path, tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    state = asyncio.run(ingest([str(posts)], lake=lake, return_state=True))
    first = state.result()
    assert first["captured"] == 31 == sum(first[name] for name in COUNTS[1:])
    assert first["rejected"] == 1
    assert first["new"] > 20

    run = run_of(state)
    assert run.name.startswith(posts.name)
    with get_client(sync_client=True) as client:
        mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        artifacts = {each.key: each for each in client.read_artifacts(artifact_filter=mine)}
    assert set(artifacts) >= {
        "ingest-report",
        "ingest-figures",
        "lake-database",
        "articles-per-hour",
        "progress",
    }
    assert "31 captured" in artifacts["ingest-report"].data
    assert f"{lake}/lake.duckdb" in artifacts["lake-database"].data

    second = asyncio.run(ingest([str(posts)], lake=lake))
    assert (second["unchanged"], second["rejected"], second["new"]) == (30, 1, 0)
    assert second["snapshot"] == first["snapshot"]

    progress = artifacts["progress"]
    assert (float(progress.data), progress.description) == (100.0, artifacts["ingest-report"].description)
    picture = base64.b64decode(artifacts["articles-per-hour"].data.partition(",")[2]).decode()
    assert picture.startswith("<svg")

    again = restructure(lake=lake)
    assert (again["captured"], again["unchanged"], again["snapshot"]) == (31, 30, first["snapshot"])
    with duckdb.connect(f"{lake}/lake.duckdb", read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (first["new"],)


@pytest.mark.usefixtures("prefect_api")
def test_maintain_changes_no_row_and_verify_fails_when_bytes_are_gone(posts: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    first = asyncio.run(ingest([str(posts)], lake=str(lake)))
    assert maintain(lake=str(lake))["snapshot"] == first["snapshot"]
    assert verify(lake=str(lake)) == {"sound": True, "findings": []}
    next((lake / "captures").glob("*.parquet")).unlink()
    state = verify(lake=str(lake), return_state=True)
    assert state.is_failed()
    with pytest.raises(Stop, match="missing_file"):
        state.result()


@pytest.mark.usefixtures("prefect_api")
def test_a_run_whose_only_source_is_missing_fails_with_the_reason(tmp_path: Path) -> None:
    state = asyncio.run(ingest([str(tmp_path / "nowhere")], lake=str(tmp_path / "lake"), return_state=True))
    assert state.is_failed()
    with pytest.raises(Stop, match="nowhere"):
        state.result()


@pytest.mark.usefixtures("prefect_api")
def test_a_step_is_repeated_for_retry_alone() -> None:
    calls: list[str] = []

    def conflicting() -> str:
        calls.append("conflicting")
        if len(calls) < 3:
            raise Conflict("another writer was first")
        return "done"

    def hopeless() -> None:
        calls.append("hopeless")
        raise Stop("no disk")

    @flow
    def both() -> str:
        result = step(conflicting).with_options(retry_delay_seconds=0)()
        step(hopeless).with_options(retry_delay_seconds=0)(return_state=True)
        return result

    assert both() == "done"
    assert calls == ["conflicting"] * 3 + ["hopeless"]


@pytest.mark.usefixtures("prefect_api")
def test_what_lake_logs_and_its_progress_reach_the_log_of_the_run(caplog: pytest.LogCaptureFixture) -> None:
    lake_logger = logging.getLogger("lake.storage")

    @flow(name="talkative")
    def talkative() -> str:
        logging.getLogger("prefect.flow_runs").addHandler(caplog.handler)
        with lake_log():
            lake_logger.info("merged %d files", 7)
            RunProgress()("structure", 3000, 3000)
        lake_logger.info("after the run")
        context = FlowRunContext.get()
        assert context is not None
        assert context.flow_run is not None
        return context.flow_run.name

    try:
        talkative()
    finally:
        logging.getLogger("prefect.flow_runs").removeHandler(caplog.handler)
    heard = [each.getMessage() for each in caplog.records if each.name == "prefect.flow_runs"]
    assert "merged 7 files" in heard
    assert "structure: 3,000 of 3,000 captures" in heard
    assert "after the run" not in heard


@pytest.mark.parametrize("each", FLOWS, ids=lambda each: each.name)
def test_every_parameter_says_in_the_form_what_it_is(each: Any) -> None:
    described = {
        name: field.get("description")
        for name, field in parameter_schema(each).model_dump()["properties"].items()
    }
    assert described
    assert all(described.values()), described


def test_the_table_artifact_holds_counts_rejects_snapshot_and_slowest_parts() -> None:
    report = Report(
        run_id="r",
        captured=5,
        new=2,
        revised=0,
        merged=1,
        unchanged=0,
        rejected=2,
        snapshot=4,
        changed=True,
        seconds=3.0,
        stages={"capture": 0.5, "structure": 2.0},
        rejects={"decode/empty": 2},
        slowest=((0.25, "/posts/long.md"),),
    )
    rows = [(each["part"], each["figure"], each["value"]) for each in report_rows(report)]
    assert [row for row in rows if row[0] == "captures"][:2] == [
        ("captures", "captured", 5),
        ("captures", "new", 2),
    ]
    assert ("rejects", "decode/empty", 2) in rows
    assert ("snapshot", "id", 4) in rows
    assert [row[1] for row in rows if row[0] == "seconds"] == ["structure", "capture"]
    assert ("slowest capture, ms", "/posts/long.md", 250) in rows


def test_light_children_do_not_load_the_main_program() -> None:
    main = sys.modules["__main__"]
    before = (main.__spec__, main.__file__)
    with light_children(), ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(eval, "'pytest' in __import__('sys').modules").result() is False
    assert (main.__spec__, main.__file__) == before


@pytest.mark.usefixtures("prefect_api")
def test_the_report_of_a_day_is_a_page_and_artifacts(posts: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    skipped = report(lake=str(lake), return_state=True)
    assert skipped.name == "Skipped"
    asyncio.run(ingest([str(posts)], lake=str(lake)))

    state = report(lake=str(lake), return_state=True)
    done = state.result()
    page = lake / "reports" / f"{done['date']}.html"
    assert done["page"] == str(page)
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert done["articles"] > 0
    run = run_of(state)
    assert run.name.startswith("report of the newest day · ")
    with get_client(sync_client=True) as client:
        mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        artifacts = {each.key: each for each in client.read_artifacts(artifact_filter=mine)}
    assert set(artifacts) == {"daily-report", "daily-attention", "daily-report-page"}
    assert done["sentence"].split(":")[0] in artifacts["daily-report"].data
    assert page.as_uri() in artifacts["daily-report-page"].data
    named = report(dt.date(2022, 1, 3), lake=str(lake), return_state=True)
    assert run_of(named).name.startswith("report 2022-01-03 · ")
