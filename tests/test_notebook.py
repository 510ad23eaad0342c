"""The notebook in examples/ runs on the demo lake and answers what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from flows.cli import main

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NOTEBOOK = EXAMPLES / "five_questions.ipynb"


def texts(notebook: Any) -> list[str]:
    """What the cells print."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.text for output in outputs if output.output_type == "stream" and output.name == "stdout"]


def charts(notebook: Any) -> int:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return sum("<svg" in output.get("data", {}).get("image/svg+xml", "") for output in outputs)


@pytest.fixture(scope="module")
def shown() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_notebook_runs_and_shows_what_it_finds(
    shown: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["demo", "--lake", str(tmp_path / "lake")]) == 0
    monkeypatch.setenv("NEWSLAKE_ROOT", str(tmp_path / "lake"))
    monkeypatch.setenv("NEWSLAKE_EXAMPLES", str(EXAMPLES))
    found = nbformat.from_dict({**shown, "cells": [{**cell} for cell in shown.cells]})
    NotebookClient(found, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert texts(found) == texts(shown)
    assert charts(found) == charts(shown) == 4


def test_it_asks_five_questions(shown: Any) -> None:
    headings = [cell.source for cell in shown.cells if cell.source.startswith("## ")]
    assert [heading[3] for heading in headings] == ["1", "2", "3", "4", "5"]
