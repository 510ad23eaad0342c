"""The prompt of ``newslake sql``: DuckDB's own shell where it is installed, else a small one of ours."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from flows.commands.common import say
from lake.errors import NewslakeError
from lake.locations import LakeRoot
from lake.query import Session, session, written

__all__ = ["loop", "prompt", "shell"]

_LEAVING = {"exit", "quit", ".exit", ".quit", "\\q"}
_ASKING = ("help", "?", ".", "\\")
_HINT = "A statement ends with ;  Leave with exit or Ctrl-D.  SHOW TABLES lists the views."


def prompt(root: LakeRoot, at: str | None = None) -> int:
    """Ask question after question about the lake as it is now, or as it was ``at``; the exit code.

    Raises as `lake.query.ask` does where there is no lake to ask.
    """
    with session(root, at) as opened:
        program = shell()
        if program is None or at is not None or not isinstance(root.database, Path):
            say(_HINT)
            with _history():
                loop(opened)
            return 0
    say(
        "This is DuckDB's shell, read-only.  .help tells its commands, .quit leaves, SHOW TABLES lists the views."
    )
    with _leaving_ctrl_c():
        return subprocess.run([program, "-readonly", str(root.database)], check=False).returncode


@contextlib.contextmanager
def _leaving_ctrl_c() -> Iterator[None]:
    """Leave Ctrl-C to a program that is started: it comes to both, and would end this one and that one with it.

    The program begins by ignoring it, too. DuckDB's shell then heeds it all the same, and the Python around the
    shell that the package duckdb-cli installs does not end at it.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def shell() -> str | None:
    """DuckDB's shell: on the path, or beside this Python."""
    beside = Path(sys.executable).with_name("duckdb")
    return shutil.which("duckdb") or (str(beside) if beside.exists() else None)


def loop(opened: Session) -> None:
    """Answer the statements that are typed, until the end; an error or Ctrl-C ends one statement, not the prompt."""
    while True:
        try:
            statement = _statement()
        except KeyboardInterrupt:
            print()
            continue
        except EOFError:
            print()
            return
        if statement is None:
            return
        try:
            for each in opened.split(statement):
                _show(opened, each)
        except NewslakeError as error:
            say(f"error: {error}")
        except KeyboardInterrupt:
            say("\ninterrupted")


def _show(opened: Session, statement: str) -> None:
    with opened.ask(statement) as answer:
        for piece in written(answer, "table", columns=shutil.get_terminal_size().columns):
            sys.stdout.write(piece)


def _statement() -> str | None:
    """Lines up to one that ends with a semicolon; None: the person leaves."""
    lines: list[str] = []
    while True:
        line = input("      … " if lines else "newslake> ")
        if not lines and line.strip().rstrip(";").lower() in _LEAVING:
            return None
        if not lines and line.strip().lower().startswith(_ASKING):
            say(_HINT)
            continue
        if lines or line.strip():
            lines.append(line)
        if line.rstrip().endswith(";"):
            return "\n".join(lines)


@contextlib.contextmanager
def _history() -> Iterator[None]:
    """What was typed before, where this Python can edit lines and a file can be kept."""
    try:
        import readline
    except ImportError:
        yield
        return
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    path = Path(state) / "newslake" / "sql_history"
    with contextlib.suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(path)
