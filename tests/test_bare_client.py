"""The published file opens in clients that know nothing of us, old ones too, and counts the same.

``NEWSLAKE_OLD_DUCKDB`` names folders, parted by colons, each made by ``pip install --no-deps --target FOLDER
duckdb==VERSION`` with this Python; without it the tests of old versions are skipped.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from lake.locations import LakeRoot
from lake.views import VIEWS
from lake.views.publish import publish
from tests.small_lake import article, at, commit
from tests.view_answers import on

CLIENT = Path(sys.executable).with_name("duckdb")
OLD = [Path(folder) for folder in os.environ.get("NEWSLAKE_OLD_DUCKDB", "").split(":") if folder]

MACRO_CALLS = (
    "articles_about('青禾钢铁')",
    "abnormal_attention_on('2022-03-03')",
    "timeline('青禾')",
    "as_of('2122-01-01')",
    "event_window('699001', before := 1, after := 1)",
    "similar('b')",
    "search('\"青禾钢铁\" 扩产')",
    "search('扩产', mode := 'all')",
)
COUNTS = (
    "SELECT * FROM (VALUES "
    + ", ".join(f"((SELECT count(*) FROM {view}))" for view in (*VIEWS, *MACRO_CALLS))
    + ") AS t(n)"
)
VALUES = (
    "SELECT article_id, revision, len(mentions) AS mentions, mentions[1].code AS code, authors[1] AS author, "
    "published_date::VARCHAR AS day, epoch(published_at)::BIGINT AS time FROM articles ORDER BY article_id"
)

SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import duckdb
connection = duckdb.connect(sys.argv[2], read_only=True)
connection.execute("SET enable_progress_bar = false")  # which a busy machine would see among the answers
answers = [[list(row) for row in connection.execute(query).fetchall()] for query in sys.argv[3:]]
print(json.dumps([duckdb.__file__, *answers]))
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> LakeRoot:
    """A lake with revisions, in a folder whose name needs quoting."""
    root = LakeRoot(tmp_path_factory.mktemp("it's a 湖"))
    mentions = [
        {
            "kind": "security",
            "market": 1,
            "code": "699001",
            "name": "青禾钢铁",
            "count": 2,
            "symbol": "699001.SH",
        },
        {"kind": "security", "market": 0, "code": "399001", "name": "沧澜汽车", "count": 1},
        {"kind": "board", "market": 90, "code": "BK9001", "name": "特种钢", "count": 1},
    ]
    parts = {
        "run_id": "20220401T080000-000001",
        "media": "北岸日报",
        "body_text": "青禾钢铁与沧澜汽车签订长期供货协议，特种钢产能将于年内投产，双方还将共同建设研发中心，预计明年上半年完工。",
        "mentions": mentions,
        "links": [{"url": "https://qinghe.example/", "text": "公告"}],
        "images": [{"url": "https://img.example/a.png"}],
        "charts": [{"kind": "K", "url": "https://img.example/k.png"}],
        "glossary": [{"term_id": "7", "term": "产能"}],
    }
    commit(
        root,
        articles=[
            article("a", captured_at=at(0), run_id=parts["run_id"]),
            article("b", **parts),
            article("d", **parts),
            *_hourly_until_a_gap(),
        ],
        captures=[{"capture_id": "c1", "origin": "/in/a.md", "length": 1, "body": b"a"}],
        rejects=[{"reject_id": "r", "origin": "/in/a.md", "rejected_at": at(1)}],
        outcomes=[{"capture_id": "c1", "outcome": "new", "article_id": "a", "recorded_at": at(2)}],
    )
    publish(root)  # so that derived tables have two files, and the second supersedes rows of the first
    commit(root, articles=[article("a", 2, day=3, **parts)])
    publish(root)
    return root


def _hourly_until_a_gap() -> list[dict[str, object]]:
    """Eight articles every Wednesday at nine for five weeks, none in the sixth, one a day later."""
    wednesdays = [dt.date(2022, 4, 6) + dt.timedelta(weeks=week) for week in range(5)]
    rows = [on(day, f"w{day}{n}", source="wire") for day in wednesdays for n in range(8)]
    return [
        row | {"run_id": "20220401T080000-000001"}
        for row in (*rows, on("2022-05-12", "later", source="wire"))
    ]


def expected(root: LakeRoot, query: str) -> list[list[object]]:
    with duckdb.connect(root.database, read_only=True) as connection:
        return [list(row) for row in connection.execute(query).fetchall()]


def test_the_lake_of_these_tests_has_rows_in_every_view(root: LakeRoot) -> None:
    assert all(number > 0 for (number,) in expected(root, COUNTS))


@pytest.mark.skipif(not CLIENT.exists(), reason="duckdb-cli is not installed beside this Python")
@pytest.mark.parametrize("query", [COUNTS, VALUES], ids=["counts", "values"])
def test_the_command_line_client(query: str, root: LakeRoot, tmp_path: Path) -> None:
    settings = "SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; "
    command = [str(CLIENT), "-readonly", "-json", str(root.database), "-c", settings + query]
    bare = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    answer = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, check=True)
    assert [list(row.values()) for row in json.loads(answer.stdout)] == expected(root, query)


@pytest.mark.parametrize("folder", OLD, ids=[folder.name for folder in OLD])
def test_an_old_version(folder: Path, root: LakeRoot, tmp_path: Path) -> None:
    command = [sys.executable, "-S", "-I", "-c", SCRIPT, str(folder), str(root.database), COUNTS, VALUES]
    answer = subprocess.run(
        command, cwd=tmp_path, env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    module, counts, values = json.loads(answer.stdout)
    assert Path(module).is_relative_to(folder)
    assert counts == expected(root, COUNTS)
    assert values == expected(root, VALUES)
