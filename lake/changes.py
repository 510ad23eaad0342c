"""What differs between two contents of an article, and how a person reads it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["COMPARED", "Change", "between", "shown"]

COMPARED = (
    "url",
    "site",
    "title",
    "digest",
    "body_text",
    "body_markdown",
    "media",
    "authors",
    "editor",
    "category",
    "tags",
    "language",
    "published_at",
    "published_date",
    "date_origin",
    "mentions",
    "charts",
    "images",
    "glossary",
    "links",
)
"""The columns of ``articles`` that are content: what an article says, not when and how it was had."""

_WORD = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)  # a Chinese character is a word of its own
_WORDS = 4000
"""Words of a paragraph up to which single words are compared: time grows with their square."""
_KEPT = 12
"""Words of unchanged text shown beside a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs; both values are plain: text, number, time, or a list of texts or mappings."""

    field: str
    before: Any
    after: Any


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The content fields in which two rows of ``articles`` differ; nothing and an empty list are the same."""
    pairs = ((name, before.get(name), after.get(name)) for name in COMPARED)
    return [Change(name, old, new) for name, old, new in pairs if (old or None) != (new or None)]


def shown(change: Change) -> Iterator[str]:
    """A change as lines: ``- `` and ``+ `` for what went and came, ``~ `` for a text with both marked in it.

    In a marked text ``[-…-]`` went, ``{+…+}`` came, ``…`` stands for what stayed.
    """
    old, new = change.before, change.after
    if isinstance(old, list) or isinstance(new, list):
        yield from _items(old or [], new or [])
    elif isinstance(old, str) and isinstance(new, str):
        yield from _paragraphs(old.split("\n\n"), new.split("\n\n"))
    else:
        yield from (
            f"{sign} {_plain(value)}" for sign, value in (("-", old), ("+", new)) if value is not None
        )


def _items(old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    """What left and entered a list; where only the order differs, both lists."""
    before, after = list(map(_plain, old)), list(map(_plain, new))
    gone = [f"- {item}" for item in before if item not in after]
    come = [f"+ {item}" for item in after if item not in before]
    yield from gone + come or [f"- {', '.join(before)}", f"+ {', '.join(after)}"]


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        paired = min(b - a, d - c)
        for before, after in zip(old[a : a + paired], new[c : c + paired], strict=True):
            yield from _words(before, after)
        yield from (f"- {paragraph}" for paragraph in old[a + paired : b])
        yield from (f"+ {paragraph}" for paragraph in new[c + paired : d])


def _words(old: str, new: str) -> Iterator[str]:
    """One paragraph with its changes marked; both in full where they have little in common."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) <= _WORDS:
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        if matcher.ratio() >= 0.5:
            yield "~ " + "".join(_marked(before, after, matcher.get_opcodes()))
            return
    yield f"- {old}"
    yield f"+ {new}"


def _marked(
    before: Sequence[str], after: Sequence[str], codes: Sequence[tuple[str, int, int, int, int]]
) -> Iterator[str]:
    for number, (kind, a, b, c, d) in enumerate(codes):
        if kind == "equal":
            yield _shortened(before[a:b], first=number == 0, last=number == len(codes) - 1)
            continue
        if b > a:
            yield f"[-{''.join(before[a:b])}-]"
        if d > c:
            yield f"{{+{''.join(after[c:d])}+}}"


def _shortened(words: Sequence[str], *, first: bool, last: bool) -> str:
    head = [] if first else list(words[:_KEPT])
    tail = [] if last else list(words[-_KEPT:])
    if len(words) <= len(head) + len(tail) + 1:
        return "".join(words)
    return "".join([*head, "…", *tail])


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        filled = {key: item for key, item in value.items() if item is not None}
        return json.dumps(filled, ensure_ascii=False, default=str)
    return str(value)
