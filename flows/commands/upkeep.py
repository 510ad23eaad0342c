"""Commands that keep a lake and its server: maintain, verify, up."""

from __future__ import annotations

import getpass
import logging
import os
import sys
from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json, say
from lake.errors import Usage

__all__ = ["chosen_password", "maintain", "up", "verify"]


def maintain(*, common: Common = DEFAULT) -> int:
    """Merge small files, remove left-overs older than a week, and publish the views anew.

    Safe at any time, beside ingests and readers; no row changes.

    Examples:
        newslake maintain
        newslake maintain --lake /data/news --json
    """
    from lake.storage.maintain import maintain as merge
    from lake.storage.maintain import vacuum
    from lake.views.publish import publish

    log_to_stderr(logging.INFO)
    done = merge(common.root)
    publish(common.root, always=True)  # before the files that the old views name go
    removed = vacuum(common.root)
    if common.json:
        print_json({**asdict(done), "removed": removed})
        return 0
    merged, made = sum(done.merged.values()), sum(done.made.values())
    print(
        f"{merged:,} files merged into {made:,}, {removed:,} old files and {done.staging:,} dead runs removed"
    )
    print(f"snapshot {done.snapshot}, SQL in {common.root.database}")
    return 0


def verify(
    *,
    bodies: Annotated[bool, Parameter(negative="--no-bodies")] = True,
    repair: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    common: Common = DEFAULT,
) -> int:
    """Check that everything the lake promised is still true on disk; it changes nothing unless told to repair.

    The exit code is 1 if anything is wrong, or is still wrong after the repair.

    Args:
        bodies: hash the bytes of every capture, too, which is most of the work.
        repair: mend what can be mended: articles, rejects and outcomes are made again from the captures' bytes.
            What cannot be is named. Run it while nothing else writes.

    Examples:
        newslake verify
        newslake verify --no-bodies
        newslake verify --repair
        newslake verify --json | jq '.findings[]'
    """
    from lake.storage.verify import verify as check

    log_to_stderr()
    findings = check(common.root, bodies=bodies)
    done: list[str] = []
    if findings and repair:
        from lake.storage.repair import repair as mend

        mended = mend(common.root)
        findings, done = mended.lost, mended.done
        for phrase in done:
            say(phrase)
    if common.json:
        print_json(
            {"sound": not findings, "findings": [asdict(each) for each in findings]}
            | ({"repaired": done} if repair else {})
        )
    else:
        for each in findings:
            print(f"{each.kind}: {each.where} {each.what}")
    say(f"{len(findings):,} faults in {common.root.path}" if findings else f"{common.root.path} is sound")
    return 1 if findings else 0


def chosen_password() -> str:
    """The password from the environment, else from the terminal; never from the command line, which all see."""
    given = os.environ.get("NEWSLAKE_PASSWORD")
    if not given and sys.stdin.isatty():
        given = getpass.getpass("Password for the UI: ")
    if not given:
        raise Usage("no password: set NEWSLAKE_PASSWORD, or run this on a terminal")
    if not (given.isascii() and given.isprintable()):  # Prefect's server fails to compare others
        raise Usage("a password may hold ASCII letters, digits and signs only")
    return given


def up(
    *,
    port: Annotated[int, Parameter(help="Port of the UI; the next free one if it is in use.")] = 4200,
    password: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    common: Common = DEFAULT,
) -> int:
    """Start Prefect's server, UI and a worker for this lake, deploy the flows, and stay until Ctrl-C.

    All of it listens on this machine alone. Run again while it runs, it tells the address and ends.

    Args:
        password: let nobody in without a password: $NEWSLAKE_PASSWORD, else it is asked for. The login page
            takes it as newslake:PASSWORD.

    Examples:
        newslake up
        newslake up --lake /data/news --port 4300
        newslake up --password
    """
    from flows.stack import Stack
    from flows.up import run

    log_to_stderr(logging.INFO)

    def ready(stack: Stack, already: bool) -> None:
        if common.json:
            print_json({"ui": stack.ui, "api": stack.api, "lake": str(stack.root.path), "already": already})
            return
        how = "already runs" if already else "is ready"
        print(f"Prefect {how} at {stack.ui} for the lake {stack.root.path}", flush=True)
        if not already:
            print("Open it, go to Deployments, run ingest-files. Ctrl-C here stops everything.", flush=True)

    run(common.root, port, ready, chosen_password() if password else None)
    return 0
