"""Checks of the repository itself.

``checks.py lock``: the pins are current. ``checks.py hosts``: no file names a package registry. Both print
one line a finding and exit with 1 if there is any. ``checks.py stamp``: the first line of requirements.lock.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
# Written in two halves, so that this file does not name what it forbids.
HOSTS = ["pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "npmjs" + ".com", "deb.debian" + ".org"]
FORBIDDEN_FILES = ("uv.lock", "pylock.toml", "package-lock.json")


def stamp() -> str:
    """One line that changes when the direct dependencies do."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {key: project.get(key) for key in ("requires-python", "dependencies", "optional-dependencies")}
    digest = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
    return f"# inputs: sha256 {digest} of pyproject.toml's dependencies; `make lock` writes this file"


def lock_findings() -> Iterator[str]:
    """What is wrong with requirements.lock."""
    text = LOCK.read_text("utf-8")
    if text.splitlines()[0] != stamp():
        yield "requirements.lock: older than pyproject.toml's dependencies; run `make lock`"
    if "://" in text:
        yield "requirements.lock: holds a URL"
    for block in re.split(r"\n(?=\S)", text):
        if "==" in block and "--hash=" not in block:
            yield f"requirements.lock: no hash for {block.split()[0]}"


def host_findings() -> Iterator[str]:
    """Where a tracked file names a package registry."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if Path(name).name in FORBIDDEN_FILES:
            yield f"{name}: pins live in requirements.lock"
        path = ROOT / name
        if not path.is_file():
            continue
        data = path.read_bytes()
        for host in HOSTS:
            if host.encode() in data:
                yield f"{name}: names {host}"


def main() -> int:
    """Run one check."""
    match sys.argv[1:]:
        case ["stamp"]:
            print(stamp())
            return 0
        case ["lock"]:
            findings = list(lock_findings())
        case ["hosts"]:
            findings = list(host_findings())
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    print("\n".join(findings) if findings else f"{sys.argv[1]}: sound")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
