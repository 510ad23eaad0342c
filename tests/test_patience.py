"""A server that is away costs a run what it would have told, and nothing else."""

from __future__ import annotations

import logging

import httpx
import pytest

from tasks import patience
from tasks.patience import told


def failing(times: int, error: Exception) -> tuple[list[int], object]:
    calls: list[int] = []

    def tell() -> None:
        calls.append(1)
        if len(calls) <= times:
            raise error

    return calls, tell


@pytest.fixture(autouse=True)
def _log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a run there is no run's log."""
    monkeypatch.setattr(patience, "get_run_logger", lambda: logging.getLogger("lake.test"))


def status(code: int) -> httpx.HTTPStatusError:
    request = httpx.Request("POST", "http://127.0.0.1/api/artifacts/")
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(code, request=request))


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadError("reset"), status(503)])
def test_a_server_that_comes_back_is_told(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    calls, tell = failing(2, error)
    assert told(tell, "report", waits=(0, 0))
    assert len(calls) == 3
    assert not caplog.records


def test_a_server_that_stays_away_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    calls, tell = failing(9, httpx.ConnectError("refused"))
    assert not told(tell, "report", waits=(0, 0))
    assert len(calls) == 3
    assert "there is no report: refused" in caplog.text
    caplog.clear()
    assert not told(tell, "progress", waits=())
    assert not caplog.records


@pytest.mark.parametrize("error", [status(422), ValueError("ours")])
def test_what_is_our_own_fault_is_an_error(error: Exception) -> None:
    _, tell = failing(1, error)
    with pytest.raises(type(error)):
        told(tell, "report", waits=(0,))
