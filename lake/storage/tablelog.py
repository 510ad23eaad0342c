"""The entries of the tables' Delta logs, and our own facts in them."""

from __future__ import annotations

import json
from typing import Any

from lake.locations import LakeRoot
from lake.storage.files import Place

__all__ = ["APPLICATION", "NOTE", "commit_note", "log_entry"]

APPLICATION = "newslake"
"""Whose transactions these are, for Delta."""
NOTE = "newslake"
"""The key of our own facts in a commit's metadata."""


def log_entry(root: LakeRoot, name: str, version: int) -> Place:
    """The log file of one version; Delta names them by 20 digits."""
    return root.table(name) / "_delta_log" / f"{version:020d}.json"


def commit_note(root: LakeRoot, name: str, version: int) -> dict[str, Any] | None:
    """Our facts about one commit with its ``timestamp`` (ms); None if the log no longer has it or has none.

    Raises ValueError where what the log has is damaged.
    """
    try:
        text = log_entry(root, name, version).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    entries = [json.loads(line) for line in text.split("\n") if line.startswith(('{"commitInfo"', '{"txn"'))]
    info: dict[str, Any] = next((entry["commitInfo"] for entry in entries if "commitInfo" in entry), {})
    if NOTE not in info:
        return None
    ours = {"appId": APPLICATION, "version": version}.items()
    if not all(ours <= entry["txn"].items() for entry in entries if isinstance(entry.get("txn"), dict)):
        raise ValueError(f"version {version} of {name} holds what was committed as another version")
    if not isinstance(info[NOTE], dict) or "timestamp" not in info:
        raise ValueError(f"version {version} of {name} has a note that is damaged")
    return {**info[NOTE], "timestamp": info["timestamp"]}
