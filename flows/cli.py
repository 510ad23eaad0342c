"""The command line ``newslake``: one line for each command, one place for errors and exit codes.

Commands import what they need when they run: ``newslake sql`` loads DuckDB alone and answers in a blink,
and only ``newslake up`` starts Prefect, as child processes. Exit codes: 0 done, 1 failed, 2 usage,
130 interrupted.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Sequence

from cyclopts import App, CycloptsError

from flows.commands import reading, sourcing, upkeep, writing
from flows.commands.common import say
from flows.commands.demo import demo
from flows.commands.doctor import doctor
from flows.commands.exporting import export
from flows.commands.extracting import extract
from flows.commands.history import history
from flows.commands.naming import names
from flows.commands.reporting import report
from lake.errors import NewslakeError, Usage

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: tuple[Callable[..., int], ...] = (
    demo,
    writing.ingest,
    writing.restructure,
    reading.sql,
    reading.status,
    reading.rejects,
    reading.capture,
    history,
    report,
    export,
    extract,
    names,
    upkeep.maintain,
    upkeep.verify,
    upkeep.up,
    doctor,
)


def examples(function: Callable[..., int]) -> str:
    """The lines of the docstring's ``Examples:`` section, which the help shows as they are."""
    _, _, rest = (inspect.getdoc(function) or "").partition("Examples:\n")
    return "Examples:\n\n" + inspect.cleandoc(rest.split("\n\n", 1)[0])


def _version() -> str:
    from importlib.metadata import version  # a tenth of the start-up time of a command, for --version alone

    return version("newslake")


app = App(
    name="newslake",
    help="A data lake for news: raw HTML in, one structured article a row out, SQL over everything.",
    help_format="plaintext",
    help_epilogue='Start here:\n\nnewslake demo\nnewslake ingest FOLDER\nnewslake sql "FROM articles LIMIT 5"',
    version=_version,
    suppress_keyboard_interrupt=False,
)

for _function in COMMANDS:
    app.command(_function, help_epilogue=examples(_function))
for _name, _function in sourcing.COMMANDS.items():
    sourcing.app.command(_function, name=_name, help_epilogue=examples(_function))
app.command(sourcing.app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code."""
    try:
        result = app(
            sys.argv[1:] if arguments is None else arguments,
            exit_on_error=False,
            result_action="return_value",
        )
        sys.stdout.flush()
    except CycloptsError:
        return 2  # already explained on stderr
    except Usage as error:
        say(f"error: {error}")
        return 2
    except NewslakeError as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        say("interrupted: nothing of an unfinished run shows in the lake; run the same command again")
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        say(f"error: {error.filename or 'input or output'}: {error.strerror or error}")
        return 1
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
