"""README shows what the program really prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.*?)\n```\n\n```\n(.*?)\n```", TEXT, re.DOTALL)


def newslake(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *words],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "TZ": "Asia/Shanghai", "PYTHONPATH": str(ROOT), "COLUMNS": "110"},
        timeout=120,
    )
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    root = tmp_path_factory.mktemp("readme") / "demo-lake"
    return root, newslake("demo", "--lake", str(root))


def stable(text: str) -> str:
    """Text without what differs from run to run: seconds and where the lake lies."""
    text = re.sub(r"in \d+\.\d s", "in … s", text)
    return re.sub(r"\S*demo-lake", "demo-lake", text).strip()


def test_the_demo_prints_what_readme_shows(demo: tuple[Path, str]) -> None:
    found = re.search(r"<!-- demo -->\n```\n(.*?)\n```", TEXT, re.DOTALL)
    assert found, "README has no output of the demo"
    assert stable(demo[1]) == stable(found[1])


@pytest.mark.parametrize(("query", "answer"), QUERIES, ids=range(len(QUERIES)))
def test_a_query_answers_what_readme_shows(demo: tuple[Path, str], query: str, answer: str) -> None:
    assert newslake("sql", query, "--lake", str(demo[0])).strip() == answer.strip()


def test_readme_has_five_queries() -> None:
    assert len(QUERIES) == 5
