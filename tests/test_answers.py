"""docs/answers.md shows what its queries really answer, in newslake and in a bare client."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.season import main
from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot
from lake.query import ask, written
from lake.settings import Sizes

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "answers.md").read_text("utf-8")
QUESTIONS = re.findall(r"^## \d+\. (.*)$", TEXT, re.MULTILINE)
ANSWERS = re.findall(r"```sql\n(.*?)\n```\n\n```\n(.*?)\n```", TEXT, re.DOTALL)
CLIENT = Path(sys.executable).with_name("duckdb")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    season = tmp_path_factory.mktemp("answers") / "season"
    assert main([str(season)]) == 0
    root = LakeRoot(season / "lake")
    for part in ("first", "corrected"):
        ingest(IngestRequest((str(season / part),), root, source="wire", sizes=Sizes(workers=2)))
    return root


def test_ten_questions_have_an_answer_each() -> None:
    assert len(QUESTIONS) == len(ANSWERS) == 10


@pytest.mark.parametrize(("query", "answer"), ANSWERS, ids=range(1, len(ANSWERS) + 1))
def test_an_answer_is_what_the_page_shows(root: LakeRoot, query: str, answer: str) -> None:
    with ask(root, f"SET TimeZone = 'Asia/Shanghai'; {query}") as found:
        assert "".join(written(found, "table", columns=120)).rstrip() == answer


@pytest.mark.skipif(not CLIENT.exists(), reason="duckdb-cli is not installed beside this Python")
def test_a_bare_client_gives_as_many_rows(root: LakeRoot, tmp_path: Path) -> None:
    counts = ", ".join(f"(SELECT count(*) FROM ({query}))" for query, _ in ANSWERS)
    done = subprocess.run(
        [str(CLIENT), "-readonly", "-json", str(root.database), "-c", f"SELECT unnest([{counts}]) AS n"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = [len(answer.splitlines()) - 2 for _, answer in ANSWERS]
    assert [row["n"] for row in json.loads(done.stdout)] == shown
