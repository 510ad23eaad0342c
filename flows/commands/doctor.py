"""The command that says what is wrong, and how to mend it."""

from __future__ import annotations

import os
from dataclasses import asdict

from flows.commands.common import DEFAULT, Common, print_json, say

__all__ = ["doctor"]

_SIGNS = {"fine": "ok", "warning": "!", "wrong": "WRONG"}


def doctor(*, common: Common = DEFAULT) -> int:
    """Say what is wrong with this machine, the lake and the Prefect beside it, and how to mend it.

    It changes nothing and looks at everything in seconds; `newslake verify` reads the whole lake. The exit
    code is 1 if something is wrong; a warning alone leaves it 0. Where `newslake up --password` runs, it
    takes the password from NEWSLAKE_PASSWORD.

    Examples:
        newslake doctor
        newslake doctor --lake /data/news
        newslake doctor --json | jq '.checks[] | select(.mend)'
    """
    from flows.health import examine

    checks = examine(common.root, os.environ.get("NEWSLAKE_PASSWORD"))
    wrong = [each for each in checks if each.state == "wrong"]
    if common.json:
        print_json({"sound": not wrong, "checks": [asdict(each) for each in checks]})
        return 1 if wrong else 0
    for each in checks:
        print(f"{_SIGNS[each.state]:<6}{each.name:<16}{each.found}")
        if each.mend:
            print(f"{'':<22}→ {each.mend}")
    warnings = sum(each.state == "warning" for each in checks)
    say(f"{len(wrong)} wrong, {warnings} to look at, {len(checks)} checks")
    return 1 if wrong else 0
