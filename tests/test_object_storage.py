"""A lake in a bucket: every command against a server of S3's API, several machines, and what is refused."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from lake.errors import Conflict, Retry, Stop
from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot, lake_root
from lake.query import ask
from lake.settings import Sizes
from lake.storage import published, snapshots
from lake.storage.maintain import maintain
from lake.storage.objects import ObjectPath
from lake.storage.probing import check_writable
from lake.storage.verify import verify
from lake.views.publish import publish
from tests.stored import POST, number

pytest.importorskip("moto", reason="the development requirements bring a server of S3's API")
from tests.s3 import KEY, SECRET, Server, served

FULL = os.environ.get("NEWSLAKE_CHAOS") == "full"
_CONTEXT = multiprocessing.get_context("forkserver")  # imports once; its children start in milliseconds
_CONTEXT.set_forkserver_preload(["tests.chaos.work"])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served() as running:
        yield running


@pytest.fixture(autouse=True)
def machine(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process may use the server; its caches lie in a folder of their own."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in server.environment(tmp_path / "machine").items():
        monkeypatch.setenv(name, value)
    return tmp_path / "machine"


@pytest.fixture
def lake(request: pytest.FixtureRequest) -> str:
    return f"s3://lake/tests/{request.node.name.replace('[', '-').rstrip(']')}"


def written(folder: Path, which: Sequence[int], text: str = "原文", date: str = "2022-03-01") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in which:
        body = POST.format(
            title=f"第{n}条消息",
            date=f"{date} 09:{n % 60:02d}",
            number=number(n, date),
            body=f"{text}第{n}段。" * 9,
        )
        (folder / f"{date}-{number(n, date)}.md").write_text(body, encoding="utf-8")
    return folder


def run(arguments: str, lake: str) -> int:
    return main([*arguments.split("|"), "--lake", lake])


def told(arguments: str, lake: str, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert run(arguments, lake) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def content(root: LakeRoot) -> dict[str, list[tuple[Any, ...]]]:
    """What a lake says, without what differs from run to run."""
    queries = {
        "revisions": "SELECT article_id, revision, content_hash FROM revisions ORDER BY ALL",
        "articles": "SELECT article_id, title, body_text, published_at FROM articles ORDER BY ALL",
        "captures": "SELECT capture_id, origin FROM captures ORDER BY ALL",
    }
    found = {}
    for name, query in queries.items():
        with ask(root, query) as answer:
            found[name] = list(answer.rows)
    return found


def objects(lake: str) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path, _ in ObjectPath.parse(lake).below()}


def test_every_command(
    lake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    posts = written(tmp_path / "posts", range(6))
    (posts / "empty.md").write_bytes(b"")
    first = told(f"ingest|{posts}|--workers|1|--json", lake, capsys)
    assert (first["captured"], first["new"], first["rejected"]) == (7, 6, 1)
    written(tmp_path / "posts", range(2), text="改正")
    second = told(f"ingest|{posts}|--workers|1|--json", lake, capsys)
    assert (second["revised"], second["unchanged"]) == (2, 4)
    assert second["database"] == f"{lake}/lake.duckdb"

    status = told("status|--json", lake, capsys)
    assert (status["articles"], status["revisions"], status["captures"]) == (6, 8, 9)
    assert status["bytes"]["captures"] > 1000 and status["lake"] == lake
    answer = told("sql|SELECT count(*) FROM mentions|--json", lake, capsys)
    assert len(answer["rows"]) == 1
    past = told(f"sql|SELECT count(*) AS n FROM revisions|--at|{first['snapshot']}|--json", lake, capsys)
    assert past["rows"] == [{"n": 6}]
    assert told("rejects|--json", lake, capsys)["count"] == 1
    article = told("sql|SELECT article_id FROM articles ORDER BY 1 LIMIT 1|--json", lake, capsys)["rows"][0]
    assert len(told(f"history|{article['article_id']}|--json", lake, capsys)["revisions"]) == 2
    assert told("restructure|--workers|1|--json", lake, capsys)["revised"] == 0
    assert told("restructure|--dry-run|--workers|1|--json", lake, capsys)["unchanged"] == 8
    assert told("names|learn|--json", lake, capsys)["path"] == f"{lake}/names.parquet"
    assert run("names|show", lake) == 0
    capture_id = told("sql|SELECT capture_id FROM captures LIMIT 1|--json", lake, capsys)["rows"][0][
        "capture_id"
    ]
    assert run(f"capture|{capture_id}", lake) == 0
    assert told("maintain|--json", lake, capsys)
    assert told("verify|--json", lake, capsys)["sound"]
    checks = told("doctor|--json", lake, capsys)["checks"]
    assert not [check for check in checks if check["state"] == "wrong"]
    for form in ("parquet", "jekyll", "warc"):
        target = tmp_path / f"export.{form}{'.gz' if form == 'warc' else ''}"
        assert told(f"export|--format|{form}|-o|{target}|--json", lake, capsys)["path"] == str(target)
    again = lake_root(tmp_path / "local")
    ingest(IngestRequest((str(tmp_path / "export.warc.gz"),), again, sizes=Sizes(workers=1)))
    assert content(again)["articles"] == content(lake_root(lake))["articles"]
    assert not list(tmp_path.glob("*s3*")), "a bucket's address is no folder here"


def test_sources_of_ones_own_lie_in_the_bucket(lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    (ObjectPath.parse(lake) / "sources.toml").write_bytes(
        b'[mine]\nurl = "https://example.com/feed"\nkind = "feed"\n'
    )
    capsys.readouterr()
    assert run("sources|list", lake) == 0
    assert "mine" in capsys.readouterr().out
    assert run("sources|add|chinanews", lake) == 0
    assert f"in {lake}/sources.toml" in capsys.readouterr().out
    text = (ObjectPath.parse(lake) / "sources.toml").read_bytes().decode()
    assert text.startswith("[mine]\n") and text.endswith("[chinanews]\non = true\n")
    listed = told("sources|list|--json", lake, capsys)["sources"]
    assert {"mine": False, "chinanews": True}.items() <= {each["name"]: each["on"] for each in listed}.items()
    assert run("sources|add|chinanews", lake) == 2


def test_caches_may_go_and_lie_on_the_machine_alone(lake: str, tmp_path: Path, machine: Path) -> None:
    import shutil

    root = lake_root(lake)
    posts = written(tmp_path / "posts", range(4))
    ingest(IngestRequest((str(posts),), root, sizes=Sizes(workers=1)))
    before = content(root)
    names = {path.removeprefix(f"{lake}/").partition("/")[0] for path in objects(lake)}
    assert names == {"captures", "articles", "outcomes", "rejects", "derived", "lake.duckdb"}
    assert root.index.is_relative_to(machine) and root.staging("x").is_relative_to(machine)
    shutil.rmtree(machine)
    report = ingest(IngestRequest((str(posts),), root, sizes=Sizes(workers=1)))
    assert (report.new, report.unchanged) == (0, 4) and content(root) == before


def test_no_secret_is_left_anywhere(
    lake: str,
    tmp_path: Path,
    machine: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-token-that-no-one-may-read")
    posts = written(tmp_path / "posts", range(4))
    logging.getLogger("lake").setLevel(logging.DEBUG)
    assert run(f"ingest|{posts}|--workers|1", lake) == 0
    assert run("maintain", lake) == 0
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOFSOMEBODYELSE00")
    for command in (f"ingest|{posts}", "sql|SELECT 1", "verify", "maintain", "restructure", "status"):
        assert run(command, lake) == 1
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    said = "".join(capfd.readouterr())
    assert "refuses the environment's credentials" in said
    left = {"output": said.encode()} | objects(lake)
    left |= {str(path): path.read_bytes() for path in machine.rglob("*") if path.is_file()}
    for secret in (KEY, SECRET, "AKIDOFSOMEBODYELSE00", "a-token-that-no-one-may-read"):
        assert not [name for name, data in left.items() if secret.encode() in data]


@pytest.mark.parametrize(("bucket", "header"), [("careless", "If-None-Match"), ("half-careless", "If-Match")])
def test_a_store_without_conditional_puts_is_refused(bucket: str, header: str, tmp_path: Path) -> None:
    root = lake_root(f"s3://{bucket}/news")
    for work in (
        lambda: ingest(IngestRequest((str(written(tmp_path, [1])),), root)),
        lambda: check_writable(root),
    ):
        with pytest.raises(Stop, match=rf"conditional puts \({header}\)"):
            work()
    assert not list(ObjectPath.parse(str(root.path)).below()), "nothing stays there, not even the probe"


def test_what_is_wrong_is_said(
    lake: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def says(words: str, place: str, code: int = 1) -> None:
        for command in (f"ingest|{__file__}", "sql|SELECT 1"):
            assert run(command, place) == code
            assert words in capsys.readouterr().err

    for command in (
        "sql|SELECT 1",
        "status",
        "verify",
        "maintain",
        "restructure",
        "history|x",
        "names|learn",
    ):
        assert run(command, lake) == 1
        assert f"there is no lake at {lake}" in capsys.readouterr().err
    assert run(f"ingest|{__file__}", "s3://no-such-bucket/x") == 1
    assert "there is no bucket no-such-bucket" in capsys.readouterr().err
    for place in ("s3://UPPER/x", "gs://lake/x", "s3:///x", "s3://lake/../x", "s3://lake/what?"):
        says("lake", place, code=2)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "false")
    says("AWS_ALLOW_HTTP=true", lake)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    says("no credentials", lake)


def test_a_server_that_is_down_damages_nothing(
    lake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lake.storage import bucket as module
    from lake.storage.repair import repair

    root = lake_root(lake)
    ingest(IngestRequest((str(written(tmp_path, range(3))),), root, sizes=Sizes(workers=1)))
    before = objects(lake)
    monkeypatch.setattr(module, "_PATIENCE", module.dt.timedelta(seconds=1))
    with monkeypatch.context() as down:
        down.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        for work in (lambda: verify(root), lambda: repair(root)):
            with pytest.raises((Retry, Stop)):
                work()
    assert objects(lake) == before


def test_damage_is_found_and_mended(lake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = lake_root(lake)
    ingest(IngestRequest((str(written(tmp_path, range(5))),), root, sizes=Sizes(workers=1)))
    before = content(root)
    victim = next(
        path for path, _ in ObjectPath.parse(f"{lake}/articles").below() if path.name.endswith("parquet")
    )
    victim.write_bytes(victim.read_bytes()[:-100])
    (ObjectPath.parse(lake) / "lake.duckdb").unlink()
    capsys.readouterr()
    assert run("verify|--json", lake) == 1
    assert {each["kind"] for each in json.loads(capsys.readouterr().out)["findings"]} == {"unreadable_file"}
    assert told("verify|--repair|--json", lake, capsys)["sound"]
    assert content(root) == before and not verify(root)


def test_an_older_file_never_replaces_a_newer_one(lake: str, tmp_path: Path) -> None:
    root = lake_root(lake)
    ingest(IngestRequest((str(written(tmp_path / "a", [1])),), root, sizes=Sizes(workers=1)))
    early = published.current(root)
    assert early is not None
    copy = tmp_path / "late.duckdb"
    copy.write_bytes(early.path.read_bytes())
    ingest(IngestRequest((str(written(tmp_path / "b", [2])),), root, sizes=Sizes(workers=1)))
    newer = published.current(root)
    with pytest.raises(Conflict):
        published.send(root, copy, early)
    with pytest.raises(Conflict):
        published.send(root, copy, None)
    assert published.current(root) == newer
    assert publish(root).snapshot == 2


def test_the_same_bytes_open_in_other_tools(lake: str, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    from deltalake import DeltaTable

    root = lake_root(lake)
    ingest(IngestRequest((str(written(tmp_path, range(5))),), root, sizes=Sizes(workers=1)))
    assert DeltaTable(f"{lake}/articles").to_pyarrow_dataset().count_rows() == 5
    rows = polars.scan_delta(f"{lake}/articles", storage_options={"aws_allow_http": "true"}).collect()
    assert len(rows) == 5


CLIENTS = [
    folder
    for folder in filter(None, os.environ.get("NEWSLAKE_OLD_DUCKDB", "").split(":"))
    if (Path(folder) / "duckdb_extension_httpfs").is_dir()
]


@pytest.mark.skipif(not CLIENTS, reason="NEWSLAKE_OLD_DUCKDB names no client with the extension httpfs")
def test_a_bare_client_reads_it_through_httpfs(lake: str, tmp_path: Path, server: Server) -> None:
    import subprocess

    ingest(IngestRequest((str(written(tmp_path, range(5))),), lake_root(lake), sizes=Sizes(workers=1)))
    script = f"""
import duckdb, pathlib, duckdb_extension_httpfs as httpfs
connection = duckdb.connect()
for path in pathlib.Path(httpfs.__file__).parent.rglob("httpfs.duckdb_extension"):
    connection.execute(f"LOAD '{{path}}'")
connection.execute('''CREATE SECRET (TYPE s3, KEY_ID '{KEY}', SECRET '{SECRET}', REGION 'us-east-1',
    ENDPOINT '127.0.0.1:{server.port}', USE_SSL false, URL_STYLE 'path')''')
connection.execute("ATTACH '{lake}/lake.duckdb' AS lake (READ_ONLY)")
print(connection.execute("SELECT count(*) FROM lake.articles").fetchone()[0])
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": CLIENTS[0], "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "5", done.stderr


def _work(kind: str, environment: Mapping[str, str], lake: str, source: str, answer: Any) -> None:
    """An operation as a machine of its own does it."""
    os.environ.update(environment)
    answer.recv()
    logging.disable(logging.WARNING)
    root, sizes = lake_root(lake), Sizes(workers=1)
    try:
        if kind == "maintain":
            maintain(root, sizes=sizes)
            publish(root)
            answer.send((0, 0))
        else:
            report = ingest(IngestRequest((source,), root, sizes=sizes))
            answer.send((report.new, report.revised))
    except Stop as error:
        answer.send(error)


def begun(kind: str, environment: Mapping[str, str], lake: str, source: object = "") -> tuple[Any, Any]:
    near, far = _CONTEXT.Pipe()
    process = _CONTEXT.Process(target=_work, args=(kind, environment, lake, str(source), far))
    process.start()
    return process, near


def let(jobs: Sequence[tuple[Any, Any]]) -> None:
    for _, near in jobs:
        near.send("go")


def test_machines_that_write_at_once_lose_and_double_nothing(
    lake: str, tmp_path: Path, server: Server
) -> None:
    posts = [written(tmp_path / f"posts{n}", range(5 * n, 5 * n + 15)) for n in range(2)]  # they overlap
    root = lake_root(lake)
    ingest(
        IngestRequest(
            (str(written(tmp_path / "first", range(3), text="旧文")),), root, sizes=Sizes(workers=1)
        )
    )
    expected = lake_root(tmp_path / "alone")
    for folder in (tmp_path / "first", *posts):
        ingest(IngestRequest((str(folder),), expected, sizes=Sizes(workers=1)))
    jobs = [begun("ingest", server.environment(tmp_path / f"machine{n}"), lake, posts[n]) for n in range(2)]
    jobs += [begun("maintain", server.environment(tmp_path / "machine9"), lake) for _ in range(1)]
    let(jobs)
    shown = [3]
    while any(process.is_alive() for process, _ in jobs):
        with ask(root, "SELECT count(*), count(DISTINCT article_id), max(revision) FROM articles") as answer:
            ((count, distinct, _),) = answer.rows
        assert count == distinct and count >= shown[-1], "a reader saw half a change, or an older one"
        shown.append(count)
        time.sleep(0.05)  # the machines need the processor, too
    reports = [near.recv() for _, near in jobs]
    assert sum(new for new, _ in reports) == 20 - 3
    assert not verify(root)
    assert len(shown) > 3 and shown[-1] <= 20
    mine, alone = content(root), content(expected)
    assert mine["captures"] == alone["captures"]
    assert [row[0] for row in mine["articles"]] == [row[0] for row in alone["articles"]]
    assert snapshots.latest(root) is not None


_SOME = ((7, False), (9, True), (11, False), (12, True))
POINTS = [(n, after) for n in range(1, 13) for after in (False, True)] if FULL else _SOME
"""Where a machine dies: before or after that write of the 12 that an ingest of one day's articles does. Five
are the probe's; then come captures, articles and outcomes, each file before its commit, and the published file."""


def test_a_machine_killed_at_any_write_loses_nothing(lake: str, tmp_path: Path, server: Server) -> None:
    roots = root, alone = lake_root(lake), lake_root(tmp_path / "alone")
    posts = written(tmp_path / "posts", range(3))
    for each in roots:
        ingest(IngestRequest((str(posts),), each, sizes=Sizes(workers=1)))
    killed = 0
    for round_, (point, after) in enumerate(POINTS):
        before = content(alone)
        written(posts, (0, 1, 3 + round_), text=f"第{round_}版")
        ingest(IngestRequest((str(posts),), alone, sizes=Sizes(workers=1)))
        wanted = content(alone)
        process, near = begun("ingest", server.environment(tmp_path / f"machine{round_ % 2}"), lake, posts)
        server.doom(process.pid, point, after=after)
        let([(process, near)])
        process.join()
        server.doom(0, 0, after=False)
        killed += process.exitcode == -signal.SIGKILL
        assert content(root)["articles"] in (before["articles"], wanted["articles"]), "half a change is shown"
        ingest(IngestRequest((str(posts),), root, sizes=Sizes(workers=1)))
        assert content(root) == wanted, f"killed at write {point}"
    assert killed == len(POINTS)
    assert not verify(root)
