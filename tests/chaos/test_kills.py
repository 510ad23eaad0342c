"""Kill every operation anywhere: the lake is always one of the states of the model, and goes on from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos import FULL
from tests.chaos.attack import Lake

_LAKES, _KILLS, _VERIFIED = (10, 36, 1.0) if FULL else (1, 8, 0.2)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(_LAKES))
def test_killed_anywhere(seed: int, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    lake = Lake(tmp_path, seed, _VERIFIED)
    while sum(lake.kills.values()) < _KILLS:
        lake.step()
    lake.finish()
    for kind, kills in lake.kills.items():
        record_property(f"kills_{kind}", kills)
    print(f"lake {seed}: {lake.kills}")
    shutil.rmtree(tmp_path)
