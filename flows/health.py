"""What `newslake doctor` looks at: the machine, the lake, and the Prefect that runs beside it.

Every check gives what it found and, where something is amiss, how to mend it. Nothing here changes anything,
nothing needs Prefect to be loaded.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from flows.stack import Stack, call, free_port
from flows.up import POOL, declared_deployments, fingerprint
from lake.errors import NewslakeError
from lake.locations import LakeRoot
from lake.storage.published import opened

__all__ = ["Check", "examine", "of_lake", "of_machine", "of_prefect", "of_sources", "running_stack"]

_GIB = 1024**3
_DISK_LOW, _DISK_OUT = 5 * _GIB, 1 * _GIB  # a night's merge writes files of 16 MiB anew, a table at a time
_PORT = 4200
_LATE = dt.timedelta(minutes=2)  # a run starts some 10 s after its time on an idle machine


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: ``warning`` can wait, ``wrong`` can't; ``mend`` says what to do, None where all is well."""

    name: str
    state: Literal["fine", "warning", "wrong"]
    found: str
    mend: str | None = None


def examine(root: LakeRoot, password: str | None = None) -> list[Check]:
    """All checks, the machine's first."""
    checks = [*of_machine(root), *of_lake(root), *of_sources(root)]
    stack = running_stack(root, password)
    if stack is None:
        return [*checks, *_nothing_runs()]
    return [*checks, *of_prefect(stack)]


def running_stack(root: LakeRoot, password: str | None = None) -> Stack | None:
    """The stack that `newslake up` runs beside the lake, None where none does."""
    lock = Stack(root, 0).home / "up.lock"
    if not lock.exists():
        return None
    with lock.open(encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Stack(root, int(held.read() or 0), password)
    return None


def of_machine(root: LakeRoot) -> Iterator[Check]:
    """Python, the disk, and whether the lake's folder can be written."""
    yield Check("python", "fine", f"{sys.version.split()[0]} at {sys.executable}")
    folder = next(each for each in (root.local, *root.local.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    room = f"{free / _GIB:,.1f} GiB free at {folder}"
    if free < _DISK_LOW:
        state: Literal["warning", "wrong"] = "wrong" if free < _DISK_OUT else "warning"
        yield Check("disk", state, room, "make room, or move the lake and run `newslake maintain` there")
    else:
        yield Check("disk", "fine", room)
    if not os.access(folder, os.W_OK | os.X_OK):
        user = f"user {os.getuid()}"
        yield Check("folder", "wrong", f"{folder} can't be written by {user}", f"let {user} own {root.local}")
    else:
        yield Check("folder", "fine", f"{root.local} can be written")


def of_lake(root: LakeRoot) -> Iterator[Check]:
    """The tables, the published file and the key index."""
    from deltalake.exceptions import DeltaError

    from lake.storage import snapshots  # loads Delta Lake, as the line above
    from lake.storage.tables import open_lake

    try:
        newest = snapshots.latest(root)
        if newest is not None:
            open_lake(root)
    except (NewslakeError, DeltaError, OSError, ValueError) as error:
        yield Check("tables", "wrong", str(error), "run `newslake verify`: it names what is broken")
        return
    if newest is None:
        yield Check(
            "tables", "warning", f"no lake at {root.path} yet", "run `newslake ingest`, or check --lake"
        )
        return
    yield Check("tables", "fine", f"snapshot {newest.id} of {newest.committed_at:%Y-%m-%d %H:%M} UTC")
    yield _published(root, newest.id)
    yield _index(root)


def of_sources(root: LakeRoot) -> Iterator[Check]:
    """The configuration of live sources, and whether their requests say whom to write to."""
    from lake.sources.configuration import CONTACT, load, somebody  # loads the HTTP client

    try:
        configuration = load(root)
    except NewslakeError as error:
        yield Check("sources", "wrong", str(error), f"mend {root.configuration}; docs/sources.md explains it")
        return
    on = sorted(name for name, source in configuration.sources.items() if source.on)
    yield Check("sources", "fine", f"switched on: {', '.join(on) or 'none'}")
    contact = configuration.fetch.contact
    if on and contact == somebody():
        found = f"requests to news sites name nobody but {contact}"
        mend = f"set {CONTACT}, or contact under [fetch] in {root.configuration}, to a mail address or a URL"
        yield Check("contact", "warning", found, mend)


def _published(root: LakeRoot, newest: int) -> Check:
    mend = f"run `newslake maintain --lake {root.path}`: it publishes the file anew; else `newslake verify` says more"
    try:
        with opened(root) as connection:
            shown = connection.execute("SELECT max(snapshot) FROM snapshots").fetchone()
            connection.execute("SELECT article_id FROM articles LIMIT 1").fetchone()
    except (duckdb.Error, NewslakeError) as error:
        return Check("published file", "wrong", str(error).partition("\n")[0], mend)
    if shown is None or shown[0] != newest:
        found = f"{root.database} shows snapshot {shown[0] if shown else None}, the newest is {newest}"
        return Check("published file", "warning", found, mend)
    return Check("published file", "fine", f"{root.database} shows the newest snapshot")


def _index(root: LakeRoot) -> Check:
    if not root.index.exists():
        return Check("key index", "fine", "not there: the next ingest reads it anew")
    try:
        with sqlite3.connect(f"{root.index.as_uri()}?mode=ro", uri=True) as index:
            index.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        return Check("key index", "wrong", f"{root.index}: {error}", f"delete {root.index}: it is a cache")
    return Check("key index", "fine", f"{root.index}, {root.index.stat().st_size / 1024**2:,.1f} MiB")


def _nothing_runs() -> Iterator[Check]:
    yield Check(
        "prefect", "warning", "`newslake up` does not run for this lake", "start it, if it should run"
    )
    port = free_port(_PORT)
    if port != _PORT:
        found = f"port {_PORT} is in use; `newslake up` would take {port}"
        yield Check("ports", "warning", found, "stop what listens there, or give --port")


def of_prefect(stack: Stack) -> Iterator[Check]:
    """Server, worker, pool, deployments, schedules, automations and runs of a stack that runs."""
    if call(stack, "/health") is not True:
        mend = f"stop `newslake up` and start it again; its log is {stack.home / 'logs' / 'server.log'}"
        yield Check("server", "wrong", f"no answer from {stack.api}", mend)
        return
    if call(stack, "/deployments/count", {}) is None:
        yield Check("server", "wrong", f"{stack.api} asks for a password", "set NEWSLAKE_PASSWORD, try again")
        return
    yield Check("server", "fine", f"answers at {stack.ui}")
    checks: tuple[Callable[[Stack], Check], ...] = (
        _pool,
        _worker,
        _deployments,
        _schedules,
        _automations,
        _late,
    )
    for check in checks:
        yield check(stack)


def _pool(stack: Stack) -> Check:
    pool = call(stack, f"/work_pools/{POOL}")
    if pool is None:
        return Check(
            "work pool", "wrong", f"there is no pool `{POOL}`", "start `newslake up` again: it makes it"
        )
    if pool["is_paused"]:
        return Check("work pool", "wrong", f"`{POOL}` is paused", "resume it in the UI under Work Pools")
    return Check("work pool", "fine", f"`{POOL}` is {pool['status'].lower()}")


def _worker(stack: Stack) -> Check:
    workers = call(stack, f"/work_pools/{POOL}/workers/filter", {}) or []
    online = [each for each in workers if each["status"] == "ONLINE"]
    if not online:
        mend = f"stop `newslake up` and start it again; its log is {stack.home / 'logs' / 'worker.log'}"
        return Check("worker", "wrong", "none is alive: runs stay late", mend)
    return Check(
        "worker", "fine", f"{len(online)} alive, heard at {online[0]['last_heartbeat_time'][:19]} UTC"
    )


def _deployments(stack: Stack) -> Check:
    mend = f"stop `newslake up`, delete {stack.home / 'deployed'} and start it again"
    there = {each["name"] for each in call(stack, "/deployments/filter", {}) or []}
    missing = [each["name"] for each in declared_deployments() if each["name"] not in there]
    if missing:
        return Check("deployments", "wrong", f"missing: {', '.join(missing)}", mend)
    note = stack.home / "deployed"
    if not note.exists() or note.read_text("ascii") != fingerprint():
        return Check("deployments", "warning", "of another version of the code", "start `newslake up` again")
    return Check("deployments", "fine", f"{len(there)} deployed, as prefect.yaml has them")


def _schedules(stack: Stack) -> Check:
    """Whether every schedule that prefect.yaml switches on is on."""
    wanted = {
        each["name"]
        for each in declared_deployments()
        if any(schedule.get("active", True) for schedule in each.get("schedules", []))
    }
    off = [
        each["name"]
        for each in call(stack, "/deployments/filter", {}) or []
        if each["name"] in wanted
        and (each["paused"] or not any(schedule["active"] for schedule in each["schedules"]))
    ]
    if off:
        found = f"off: {', '.join(sorted(off))}"
        return Check("schedules", "warning", found, "switch them on in the UI under Deployments")
    return Check("schedules", "fine", f"on: {', '.join(sorted(wanted))}")


def _automations(stack: Stack) -> Check:
    from flows.automations import declared

    there = {each["name"]: each for each in call(stack, "/automations/filter", {}) or []}
    missing = [each["name"] for each in declared() if not there.get(each["name"], {}).get("enabled")]
    if missing:
        mend = "switch them on in the UI under Automations; `newslake up` makes the missing ones"
        return Check("automations", "warning", f"missing or off: {', '.join(missing)}", mend)
    return Check("automations", "fine", f"{len(there)} on")


def _late(stack: Stack) -> Check:
    """Runs whose time has come and that did not begin."""
    before = (dt.datetime.now(dt.UTC) - _LATE).isoformat()
    chosen = {
        "state": {"name": {"any_": ["Scheduled", "Late"]}},
        "expected_start_time": {"before_": before},
    }
    late: list[Any] = call(stack, "/flow_runs/filter", {"flow_runs": chosen}) or []
    if late:
        names = ", ".join(each["name"] for each in late[:3])
        mend = "see `worker` above; if it is alive, a run before them goes on: look at Runs in the UI"
        return Check("late runs", "warning", f"{len(late)}, such as {names}", mend)
    return Check("late runs", "fine", "none")
