"""A Delta log that cannot be read, made readable with as little lost as can be."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from deltalake.exceptions import DeltaError

from lake.errors import Stop
from lake.locations import LakeRoot
from lake.storage import snapshots
from lake.storage.files import Place
from lake.storage.tablelog import log_entry
from lake.storage.tables import create, open_table

__all__ = ["readable", "without_damaged_notes"]

log = logging.getLogger(__name__)

_ASIDE = ".damaged"
_NEEDED: Mapping[str, frozenset[str]] = {
    "add": frozenset({"path", "partitionValues", "size", "modificationTime", "dataChange"}),
    "remove": frozenset({"path", "dataChange"}),
    "metaData": frozenset({"id", "format", "schemaString", "partitionColumns", "configuration"}),
    "protocol": frozenset({"minReaderVersion", "minWriterVersion"}),
    "txn": frozenset({"appId", "version"}),
    "commitInfo": frozenset(),
    "cdc": frozenset({"path"}),
    "domainMetadata": frozenset({"domain"}),
    "checkpointMetadata": frozenset({"version"}),
    "sidecar": frozenset({"path"}),
}


def readable(root: LakeRoot, name: str) -> list[str]:
    """Make the log of a table readable; returns what was done, as phrases.

    What is changed stays beside it as ``….damaged``; only what is certainly damaged is. Raises Stop if nothing helps.
    """
    folder = root.table(name) / "_delta_log"
    done: list[str] = []
    if not folder.is_dir():
        return done
    for remedy in ("", *_remedies(root, name)):
        done += [remedy] if remedy else []
        problem = _problem(root, name)
        if problem is None:
            return done
        log.debug("%s cannot be read: %s", folder, problem)
    for path in _bad_checkpoints(root, name):
        _set_aside(path)
        done.append(f"{path} is damaged and set aside")
    problem = _problem(root, name)
    if problem is not None:
        what = f"the log of {root.table(name)} cannot be read ({problem}), and leaving out what is damaged does not help"
        raise Stop(f"{what}; restore {folder} from a backup")
    return done


def _problem(root: LakeRoot, name: str) -> str | None:
    """Why a table cannot be opened; None if it can."""
    try:
        open_table(root, name).files()
    except (DeltaError, OSError, Stop) as error:
        return str(error)
    return None


def without_damaged_notes(root: LakeRoot) -> list[str]:
    """Take notes that are damaged out of the log of ``outcomes``: what they pinned is pinned anew later.

    Returns what was done, as phrases. The entries as they were stay beside it as ``….damaged``.
    """
    done = []
    for version in list(snapshots.damaged(root)):
        path = log_entry(root, "outcomes", version)
        lines = path.read_bytes().splitlines()
        _set_aside(path)
        path.write_bytes(b"".join(line + b"\n" for line in lines if not line.startswith(b'{"commitInfo"')))
        done.append(f"{path} lost its note, which was damaged")
    return done


def _remedies(root: LakeRoot, name: str) -> Iterator[str]:
    """Apply one remedy after the other, those that lose least first."""
    folder = root.table(name) / "_delta_log"
    for version in _gaps(folder):
        path = log_entry(root, name, version)
        lines = _first_entry(name, []) if version == 0 else []
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        yield f"{path} was gone; the files that it named are found or made again"
    for path in _sorted(folder.glob("*.json")):
        lines = path.read_bytes().splitlines()
        sound = [line for line in lines if _is_action(line)]
        lost = len(lines) - len(sound)
        if path == log_entry(root, name, 0):
            sound = _first_entry(name, sound)
        if sound != lines:
            _set_aside(path)
            path.write_bytes(b"".join(line + b"\n" for line in sound))
            yield (
                f"{path} lost {lost} entries that were damaged"
                if lost
                else f"{path} lacked what makes a table"
            )


def _bad_checkpoints(root: LakeRoot, name: str) -> list[Place]:
    """The checkpoints without which a log can be read, and not with them, the newest first; none if none is to blame.

    Tried on a copy: a log may be unreadable for another reason, as a protocol that we don't know, and old entries
    may be in a checkpoint alone. Raises OSError where a file may not be read, which is no damage.
    """
    folder = root.table(name) / "_delta_log"
    checkpoints = _sorted(folder.glob("*.checkpoint*.parquet"))[::-1]
    bad = _sorted(folder.glob("_last_checkpoint"))
    for path in (None, *checkpoints):
        bad += [path] if path is not None else []
        with tempfile.TemporaryDirectory(prefix="newslake-") as copy:
            target = Path(copy) / name / "_delta_log"
            target.mkdir(parents=True)
            for each in [each for each in _sorted(folder.glob("*")) if each.is_file()]:
                content = each.read_bytes()
                if each not in bad and not each.name.endswith(_ASIDE):
                    (target / each.name).write_bytes(content)
            if _problem(LakeRoot(Path(copy)), name) is None:
                return bad
    return []


def _gaps(folder: Place) -> list[int]:
    """The versions whose entries are gone though the one after them is there, and not in a checkpoint."""
    held = [int(path.stem) for path in folder.glob("*.json") if path.stem.isdecimal()]
    inside = [int(path.name.split(".")[0]) + 1 for path in folder.glob("*.checkpoint*.parquet")]
    begin = max(inside, default=0 if 1 in held else min(held, default=0))
    return sorted(set(range(begin, max(held, default=0))).difference(held))


def _is_action(line: bytes) -> bool:
    """Whether a line of a log is one action with all that its kind must have (Delta's protocol, "Actions")."""
    try:
        ((kind, fields),) = json.loads(line).items()
        if kind == "metaData":
            _check_schema(json.loads(fields["schemaString"])["fields"])
        if fields.get("stats"):
            json.loads(fields["stats"])
        return _NEEDED[kind] <= set(fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _check_schema(fields: list[dict[str, object]]) -> None:
    """Raise KeyError or TypeError where a column of a table's schema lacks what it must have."""
    for column in fields:
        if not column.keys() >= {"name", "type", "nullable", "metadata"}:
            raise KeyError(column)


def _first_entry(name: str, sound: list[bytes]) -> list[bytes]:
    """The entry that made a table, with what is missing of it as a new table has it."""
    held = {key for line in sound for key in json.loads(line)}
    if held >= {"protocol", "metaData"}:
        return sound
    with tempfile.TemporaryDirectory(prefix="newslake-") as folder:
        fresh = LakeRoot(Path(folder))
        create(fresh)
        lines = log_entry(fresh, name, 0).read_bytes().splitlines()
    return sound + [line for line in lines if not held.intersection(json.loads(line))]


def _sorted(paths: Iterable[Place]) -> list[Place]:
    return sorted(paths, key=str)


def _set_aside(path: Place) -> None:
    path.rename(f"{path}{_ASIDE}")
