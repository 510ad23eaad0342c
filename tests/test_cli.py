"""The command line: exit codes, what goes to stdout and what to stderr, help, and what it loads."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from benchmarks.generate import generate
from flows.cli import COMMANDS, main
from flows.commands.prompt import loop
from lake.locations import LakeRoot
from lake.query import session
from lake.report import COUNTS

NAMES = [command.__name__ for command in COMMANDS]


@pytest.fixture(scope="module")
def lake(posts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "lake"
    assert main(["ingest", str(posts), "--lake", str(folder), "--source", "invented"]) == 0
    return folder


def newslake(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_every_command_shows_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"newslake {name}" in shown.partition("Examples:")[2]
    assert "--lake" in shown
    assert "--json" in shown


def test_ingest_prints_the_contract_s_object_alone_and_again_changes_nothing(
    posts: Path, tmp_path: Path
) -> None:
    first = newslake("ingest", str(posts), "--json", NEWSLAKE_ROOT=str(tmp_path / "lake"))
    report = json.loads(first.stdout)
    assert first.returncode == 0
    assert [*report][:8] == [*COUNTS, "snapshot", "seconds"]
    assert report["captured"] == 31 == sum(report[name] for name in COUNTS[1:])
    assert "empty.md" in first.stderr
    assert "Traceback" not in first.stderr
    second = json.loads(newslake("ingest", str(posts), "--json", "--lake", str(tmp_path / "lake")).stdout)
    assert (second["unchanged"], second["snapshot"]) == (30, report["snapshot"])


def test_ingest_says_what_it_did(posts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", str(posts), "--lake", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("31 captured: ")
    assert str(tmp_path / "lake.duckdb") in out
    assert "newslake rejects" in err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["ingest"], 2, "no source"),
        (["ingest", "nowhere/at-all", "--lake", "{lake}-other"], 1, "nowhere/at-all"),
        (["sql"], 2, "QUERY"),
        (["sql", "SELECT 1", "--format", "xml"], 2, "xml"),
        (["sql", " "], 2, "no statement"),
        (["sql", "FROM artikel"], 1, "articles"),
        (["sql", "SELECT 1", "--lake", "{lake}/none"], 1, "newslake ingest"),
        (["status", "--lake", "{lake}/none"], 1, "newslake ingest"),
        (["statsu"], 2, "status"),
        (["status", "--unknown"], 2, "--unknown"),
        (["capture", "0" * 32], 2, "no capture"),
        (["restructure", "--since", "2022-05-02", "--until", "2022-05-01"], 2, "2022-05-02"),
        (["restructure", "--since", "yesterday"], 2, "yesterday"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_what_goes_wrong_is_said_on_stderr_with_the_contract_s_exit_code(
    arguments: list[str], code: int, told: str, lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [each.format(lake=lake) for each in arguments]
    if "--lake" not in given:
        given += ["--lake", str(lake)]
    assert main(given) == code
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


def test_usage_errors_leave_stdout_empty() -> None:
    for arguments in (
        ["sql", "--json"],
        ["nonsense"],
        ["sql", "FROM nothing", "--lake", "/nowhere", "--json"],
    ):
        result = newslake(*arguments)
        assert result.returncode in (1, 2)
        assert result.stdout == ""
        assert result.stderr


def test_sql_answers_as_table_csv_and_json(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = "SELECT count(*) AS n, '钢' AS word FROM captures"
    option = ["--lake", str(lake)]
    assert main(["sql", query, *option]) == 0
    assert capsys.readouterr().out.split() == ["n", "word", "──", "────", "31", "钢"]
    assert main(["sql", query, "--format", "csv", *option]) == 0
    assert capsys.readouterr().out == "n,word\n31,钢\n"
    assert main(["sql", query, "--format", "json", *option]) == 0
    assert json.loads(capsys.readouterr().out) == [{"n": 31, "word": "钢"}]
    assert main(["sql", query, "--json", *option]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [{"n": 31, "word": "钢"}]


def test_sql_writes_files(lake: Path, tmp_path: Path) -> None:
    query = "SELECT article_id, published_at, mentions FROM articles ORDER BY 1"
    for form in ("parquet", "csv"):
        target = tmp_path / f"answer.{form}"
        assert main(["sql", query, "--format", form, "--output", str(target), "--lake", str(lake)]) == 0
        with duckdb.connect() as connection:
            rows = connection.sql(f"SELECT article_id FROM '{target}'").fetchall()
        with duckdb.connect(lake / "lake.duckdb", read_only=True) as connection:
            assert rows == connection.sql("SELECT article_id FROM articles ORDER BY 1").fetchall()
    redirected = subprocess.run(
        [sys.executable, "-m", "flows.cli", "sql", query, "--format", "parquet", "--lake", str(lake)],
        capture_output=True,
        check=True,
    )
    assert redirected.stdout == (tmp_path / "answer.parquet").read_bytes()


def test_a_prompt_goes_on_after_errors(
    lake: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["", "FROM artikel;", "SELECT 41", "  + 1 AS answer;", "exit"])
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    with session(LakeRoot(lake)) as opened:
        loop(opened)
    out, err = capsys.readouterr()
    assert out.split() == ["answer", "──────", "42"]
    assert "artikel" in err and "articles" in err
    assert list(typed) == []


def at_a_terminal(command: str, *steps: tuple[bytes, bytes], **environment: str) -> str:
    """What a Python program says at a terminal, where each step is something typed and what it then says.

    Ctrl-C is pressed again each second, as a person would: readline overhears one that comes just before it waits.
    """
    process, ours = pty.fork()
    if not process:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # who runs tests in the background may have it ignored
        os.execve(sys.executable, [sys.executable, "-c", command], os.environ | environment)
    said, seen = b"", 0
    with contextlib.suppress(OSError):  # the terminal is gone with the process
        for typed, until in steps:
            pressed = time.monotonic()
            os.write(ours, typed)
            while until not in said[seen:]:
                if select.select([ours], [], [], 1)[0]:
                    said += os.read(ours, 4096)
                if typed == b"\x03" and time.monotonic() > pressed + 1:
                    pressed = time.monotonic()
                    os.write(ours, typed)
            seen = said.index(until, seen) + len(until)
        os.write(ours, b".quit\n")
        while os.read(ours, 4096):
            pass
    assert os.waitpid(process, 0)[1] == 0
    os.close(ours)
    return said.decode()


ENDLESS = b"SELECT sum(hash(a.range)) FROM range(100000000000) AS a;"


def test_sql_without_a_query_opens_a_prompt_at_a_terminal(lake: Path, tmp_path: Path) -> None:
    command = (
        "from flows.commands import prompt; from flows.cli import main\n"
        f"prompt.shell = lambda: None; main(['sql', '--lake', {str(lake)!r}])"
    )
    environment = {"XDG_STATE_HOME": str(tmp_path), "TERM": "dumb"}
    steps = [
        (b"", b"newslake>"),
        (b"SELECT 6 * 7 AS answer;\n", b"42"),
        (b"SELECT 'be' || 'gun' AS first; " + ENDLESS + b"\n", b"begun"),  # so the next one is at work
        (b"\x03", b"interrupted"),
        (b"", b"newslake>"),
        (b"SELECT 2 * 7 AS next; SELECT 3 * 7 AS last;\n", b"21"),
        (b"", b"newslake>"),
        (b"SELECT 1", b"SELECT 1"),
        (b"\x03", b"newslake>"),
        (b"help\n", b"SHOW TABLES"),
        (b"", b"newslake>"),
    ]
    said = at_a_terminal(command, *steps, **environment)
    assert "14" in said
    assert "newslake>" in said
    assert (tmp_path / "newslake" / "sql_history").exists()


def test_sql_without_a_query_hands_over_to_duckdb_s_shell_and_ctrl_c_too(lake: Path, tmp_path: Path) -> None:
    shell = tmp_path / "duckdb"
    shell.write_text(
        f"#!{sys.executable}\nimport signal, sys\n"
        "signal.signal(signal.SIGINT, lambda *_: print('heeded', flush=True))\n"
        "print('given:', *sys.argv[1:], flush=True)\ninput()\n"
    )
    shell.chmod(0o755)
    command = f"from flows.cli import main; main(['sql', '--lake', {str(lake)!r}])"
    steps = [(b"", b"given: -readonly"), (b"\x03", b"heeded")]
    said = at_a_terminal(command, *steps, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert "DuckDB's shell" in said


def test_sql_takes_a_query_that_starts_like_an_option(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "-- how many\nSELECT 7 AS seven", "--format", "csv", "--lake", str(lake)]) == 0
    assert capsys.readouterr().out == "seven\n7\n"


def test_sql_loads_neither_prefect_nor_arrow(lake: Path) -> None:
    code = (
        "import sys; from flows.cli import main; "
        f"main(['sql', 'SELECT count(*) FROM articles', '--lake', {str(lake)!r}]); "
        "print(sorted({'prefect', 'pyarrow', 'deltalake', 'bs4', 'rich'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_status_shows_size_dates_snapshot_and_rejects(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--lake", str(lake)]) == 0
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert shown["lake"] == str(lake)
    assert shown["captures"].startswith("31,")
    assert shown["snapshot"].startswith("1,")
    assert shown["rejects"].startswith("1 open: 1 empty")
    assert " to 20" in shown["dates"]
    assert main(["status", "--json", "--lake", str(lake)]) == 0
    assert json.loads(capsys.readouterr().out)["captures"] == 31


def test_rejects_name_the_file_the_reason_and_the_command_that_tries_again(
    lake: Path, posts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rejects", "--lake", str(lake)]) == 0
    shown = capsys.readouterr().out
    assert "empty" in shown
    assert str(posts / "empty.md") in shown
    assert "newslake restructure --rejects" in shown
    assert main(["rejects", "--json", "--lake", str(lake)]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["count"] == 1 == len(listed["rejects"])
    assert listed["rejects"][0]["origin"] == str(posts / "empty.md")


def test_restructure_of_the_rejects_adds_nothing_where_they_are_still_bad(
    lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restructure", "--rejects", "--json", "--lake", str(lake)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["captured"], report["rejected"], report["changed"]) == (1, 1, False)


def test_capture_gives_the_bytes_back(lake: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    name, body = next(generate(1, seed=11))
    query = f"SELECT capture_id FROM captures WHERE origin LIKE '%{name}'"
    assert main(["sql", query, "--format", "csv", "--lake", str(lake)]) == 0
    capture_id = capfdbinary.readouterr().out.split()[1].decode()
    assert main(["capture", capture_id, "--lake", str(lake)]) == 0
    assert capfdbinary.readouterr().out == body


def test_maintain_and_verify_of_a_sound_lake_then_of_a_damaged_one(
    posts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    option = ["--lake", str(tmp_path), "--json"]
    assert main(["ingest", str(posts), *option]) == 0
    snapshot = json.loads(capsys.readouterr().out)["snapshot"]
    assert main(["maintain", *option]) == 0
    assert json.loads(capsys.readouterr().out)["snapshot"] == snapshot
    assert main(["verify", *option]) == 0
    assert json.loads(capsys.readouterr().out) == {"sound": True, "findings": []}
    lost = next((tmp_path / "captures").glob("*.parquet"))
    lost.unlink()
    assert main(["verify", *option]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert str(lost) in {each["where"] for each in findings}


PAGE = """<html lang="zh"><head><title>青禾钢铁上调全年指引_云川日报</title>
<meta property="og:url" content="https://news.yunchuan.example/a/2022-05-26/101.html"></head><body><div>
<h1>青禾钢铁上调全年指引</h1><p>2022-05-26 09:30 来源：云川日报</p><article>
<p>青禾钢铁周四宣布上调全年产量指引，理由是二号高炉提前完成检修并恢复满负荷生产，订单也好于预期。</p>
<p>公司董事长林远在电话会上表示，三季度的出口订单已经排满，国内建筑用钢的需求也在回升，库存降到两年来的低位。</p>
</article></div></body></html>"""


def test_extract_shows_fields_and_rules_and_compares(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    assert main(["extract", str(page)]) == 0
    assert "青禾钢铁上调全年指引" in capsys.readouterr().out
    assert main(["extract", str(page), "--json"]) == 0
    fields = {each["field"]: each for each in json.loads(capsys.readouterr().out)["fields"]}
    assert fields["title"]["value"] == "青禾钢铁上调全年指引"
    assert fields["title"]["rule"]
    assert main(["extract", str(page), "--compare", "--json"]) == 0
    compared = {each["field"]: each for each in json.loads(capsys.readouterr().out)["fields"]}
    assert compared["title"]["profile"] == compared["title"]["generic"] == "青禾钢铁上调全年指引"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [("empty.html", b"", 1), ("absent.html", None, 1), ("http://127.0.0.1:9/1.html", None, 1)],
)
def test_extract_says_why_there_is_no_article(
    name: str, body: bytes | None, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = name if "://" in name else str(tmp_path / name)
    if body is not None:
        Path(page).write_bytes(body)
    assert main(["extract", page]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")


def test_demo_ingests_the_examples_and_answers_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--lake", str(tmp_path / "demo")]) == 0
    shown = capsys.readouterr().out
    assert shown.count("SELECT") >= 5
    assert "What to do next" in shown
    assert (tmp_path / "demo" / "lake.duckdb").is_file()


def test_ctrl_c_ends_without_a_traceback(
    lake: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted:
        def read(self) -> str:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    assert main(["sql", "-", "--lake", str(lake)]) == 130
    assert capsys.readouterr().err.startswith("interrupted")


def test_a_reader_that_has_enough_is_no_error(lake: Path) -> None:
    command = f"{sys.executable} -m flows.cli sql 'FROM range(100000)' --format csv --lake {lake} | head -1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "range\n", "")
