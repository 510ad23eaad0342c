"""``newslake history``: the revisions of one article, what changed in each, and which copies made it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json

if TYPE_CHECKING:
    from lake.story import Part, Revision

__all__ = ["history"]


def history(article: str, /, *, common: Common = DEFAULT) -> int:
    """Tell the story of one article: every revision, what changed, which captures made it and which field
    came from where.

    In a changed text [-…-] went, {+…+} came, and … stands for what stayed.

    Args:
        article: its article_id, the site's own id, or its URL.

    Examples:
        newslake sql "SELECT article_id, title FROM articles WHERE revision > 1"
        newslake history eastmoney:202205262391921712
        newslake history 202205262391921712 --json
    """
    from lake.story import story

    log_to_stderr()
    found = story(common.root, article)
    if common.json:
        print_json(found.to_object())
        return 0
    print(f"{found.article_id}  {found.title or '(no title)'}")
    if found.url:
        print(found.url)
    for revision in found.revisions:
        print("\n".join(_lines(revision)))
    return 0


def _lines(revision: Revision) -> Iterator[str]:
    from lake.changes import shown

    by = f"{revision.operation} {revision.run_id}" if revision.operation else f"run {revision.run_id}"
    at = f", snapshot {revision.snapshot}, {_time(revision.committed_at)}" if revision.committed_at else ""
    yield f"\nrevision {revision.revision}{at}, by {by}, {revision.extractor}"
    if len(revision.parts) > 1:
        yield f"  merged from {len(revision.parts)} captures, best copy first; tags are those of all, in this order"
    for part in revision.parts:
        yield from _part(part, alone=len(revision.parts) == 1)
    for change in revision.changes:
        yield f"  {change.field}"
        yield from (f"    {line}" for line in shown(change))


def _part(part: Part, *, alone: bool) -> Iterator[str]:
    if alone:
        yield f"  from capture {part.capture_id}, {_time(part.captured_at)}: {part.origin}"
        return
    kind = f"{part.channel} copy" if part.channel else "copy that cannot be read today"
    current = f" as of {_time(part.as_of)}" if part.as_of else ""
    length = f", {part.characters:,} characters" if part.characters is not None else ""
    yield f"  - {kind}{current}{length}: {part.origin}"
    yield f"      capture {part.capture_id} of {_time(part.captured_at)}; {part.why}"
    yield f"      gave {', '.join(part.fields) or 'nothing that a better copy did not have'}"


def _time(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""
