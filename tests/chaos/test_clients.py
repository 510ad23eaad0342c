"""Clients of every version open the published file while it is replaced, and while others hold and write it.

``NEWSLAKE_OLD_DUCKDB`` names folders of other versions, as in tests/test_bare_client.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from lake.locations import LakeRoot
from lake.views.publish import publish
from tests.chaos import FULL
from tests.small_lake import article, commit
from tests.test_bare_client import CLIENT, OLD

_TIMES = 100 if FULL else 6

_READER = """
import json, pathlib, sys, time
sys.path[:0] = [folder for folder in [sys.argv[1]] if folder]
import duckdb
lake, stop = sys.argv[2], pathlib.Path(sys.argv[3])
seen, opened = [], 0
query = ("SELECT (SELECT count(*) FROM articles), (SELECT count(DISTINCT article_id) FROM revisions),"
         " (SELECT max(snapshot) FROM snapshots)")
while not stop.exists():
    with duckdb.connect(lake, read_only=True) as connection:
        rows, distinct, snapshot = connection.execute(query).fetchall()[0]
    assert rows == distinct == snapshot, (rows, distinct, snapshot)
    assert not seen or rows >= seen[-1], (rows, seen[-1])
    seen += [rows] if not seen or rows > seen[-1] else []
    opened += 1
    time.sleep(0.05)
print(json.dumps([duckdb.__version__, opened, len(seen)]))
"""

_WRITER = """
import pathlib, sys, time
sys.path[:0] = [folder for folder in [sys.argv[1]] if folder]
import duckdb
lake, stop = sys.argv[2], pathlib.Path(sys.argv[3])
connection = duckdb.connect(lake)
connection.execute("CREATE TEMP TABLE mine AS SELECT article_id FROM articles")
held = connection.execute("SELECT count(*) FROM articles").fetchall()
print("holding", flush=True)
while not stop.exists():
    assert connection.execute("SELECT count(*) FROM articles").fetchall() == held
    try:
        connection.execute("CREATE TABLE lasting AS SELECT 1")
        connection.execute("CHECKPOINT")
        raise SystemExit("a lasting table was made")
    except duckdb.Error:
        pass
    time.sleep(0.1)
"""
"""Opens the file for writing, as a careless client does, and holds it. DuckDB lets nobody else open the same file
meanwhile; who comes after the next replacement opens another one."""


def _clients(script: str, lake: Path, stop: Path, folders: list[str]) -> list[subprocess.Popen[str]]:
    home = {"HOME": str(stop.parent), "PATH": os.environ["PATH"]}
    return [
        subprocess.Popen(
            [sys.executable, *(["-S"] if folder else []), "-c", script, folder, str(lake), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=home,
            text=True,
        )
        for folder in folders
    ]


@pytest.mark.timeout(1200)
def test_replaced_while_clients_read_and_write(tmp_path: Path) -> None:
    root, stop = LakeRoot(tmp_path / "lake"), tmp_path / "stop"
    assert commit(root, articles=[article("a1")]) == 1
    publish(root)
    versions = ["", *map(str, OLD)]
    readers: list[subprocess.Popen[str]] = []
    writers: list[subprocess.Popen[str]] = []
    try:
        for version in versions:
            writers += _clients(_WRITER, root.database, stop, [version])
            assert writers[-1].stdout is not None and writers[-1].stdout.readline() == "holding\n"
            publish(root)
        readers = _clients(_READER, root.database, stop, versions)
        for n in range(2, _TIMES + 2):
            assert commit(root, articles=[article(f"a{n}")]) == n
            publish(root)
            if CLIENT.exists():
                assert _command_line(root, tmp_path) == n
    finally:
        stop.touch()
        answers = [process.communicate(timeout=120) for process in (*readers, *writers)]
    assert [error for _, error in answers if error] == []
    seen = [json.loads(out.splitlines()[-1]) for out, _ in answers[: len(readers)]]
    print(f"replaced {_TIMES} times; version, opened, different states: {seen}")
    assert all(opened > 1 for _, opened, _ in seen)
    with duckdb.connect(root.database, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(_TIMES + 1,)]


def _command_line(root: LakeRoot, home: Path) -> int:
    command = [
        str(CLIENT),
        "-readonly",
        "-json",
        str(root.database),
        "-c",
        "SELECT count(*) AS n FROM articles",
    ]
    bare = {"HOME": str(home), "PATH": os.environ["PATH"]}
    answer = subprocess.run(command, cwd=home, env=bare, capture_output=True, text=True, check=True)
    return int(json.loads(answer.stdout)[0]["n"])
