"""The story of one article: its revisions, what changed in each, and how copies from several places made it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lake.changes import Change, between
from lake.errors import Stop, Usage
from lake.locations import LakeRoot
from lake.merge import Copy, merge
from lake.query import ask
from lake.storage.copies import reread
from lake.views.stored import quoted

__all__ = ["Part", "Revision", "Story", "story"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """One capture's part in a revision.

    ``why`` says why it is this article. ``channel``, ``as_of`` (when its content was current, where it says
    so) and ``characters`` (of its own text) are read from its bytes today, None where there is one capture
    or they can't be read; ``fields`` are those that it gave.
    """

    capture_id: str
    origin: str
    captured_at: dt.datetime
    why: str
    channel: str | None = None
    as_of: dt.datetime | None = None
    characters: int | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """One content of an article: when which run wrote it, what it changed, and its parts, best copy first."""

    revision: int
    committed_at: dt.datetime | None
    snapshot: int | None
    operation: str | None
    run_id: str
    extractor: str
    changes: tuple[Change, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """An article and its revisions, first to last."""

    article_id: str
    title: str | None
    url: str | None
    revisions: tuple[Revision, ...]

    def to_object(self) -> dict[str, Any]:
        """The story as one object of plain values."""
        return asdict(self)


def story(root: LakeRoot, name: str) -> Story:
    """The story of the article whose id, site's own id or URL is ``name``.

    Raises:
        Usage: there is no such article, or there are several.
        Stop: there is no published lake.
    """
    rows = _revisions(root, name)
    runs = {
        row["run_id"]: row
        for row in _asked(root, f"FROM snapshots WHERE run_id IN ({_listed(row['run_id'] for row in rows)})")
    }
    wanted = {capture_id for row in rows for capture_id in row["capture_ids"] or ()}
    captures = {
        row["capture_id"]: row
        for row in _asked(
            root,
            "SELECT capture_id, origin, captured_at FROM stored.captures "
            f"WHERE capture_id IN ({_listed(wanted)})",
        )
    }
    copies = _copies(
        root, {each for row in rows if len(row["capture_ids"] or ()) > 1 for each in row["capture_ids"]}
    )
    before: Mapping[str, Any] = {}
    told = []
    for row in rows:
        run = runs.get(row["run_id"], {})
        told.append(
            Revision(
                revision=row["revision"],
                committed_at=run.get("committed_at"),
                snapshot=run.get("snapshot"),
                operation=run.get("operation"),
                run_id=row["run_id"],
                extractor=row["extractor"],
                changes=tuple(between(before, row)) if before else (),
                parts=_parts(row, captures, copies),
            )
        )
        before = row
    return Story(rows[-1]["article_id"], rows[-1]["title"], rows[-1]["url"], tuple(told))


def _revisions(root: LakeRoot, name: str) -> list[dict[str, Any]]:
    text = quoted(name.strip())
    for condition in (f"article_id = {text}", f"split_part(article_id, ':', 2) = {text} OR url = {text}"):
        # the second reads every row, so the first, which a Bloom filter answers, is tried alone
        ids = [
            row["article_id"]
            for row in _asked(root, f"SELECT DISTINCT article_id FROM revisions WHERE {condition}")
        ]
        if len(ids) > 1:
            raise Usage(f"{name} is {len(ids)} articles: {', '.join(sorted(ids))}")
        if ids:
            return _asked(root, f"FROM revisions WHERE article_id = {quoted(ids[0])} ORDER BY revision")
    raise Usage(f"no article {name} in {root.path}: give an article_id, the site's own id or a URL")


def _parts(
    row: Mapping[str, Any], captures: Mapping[str, Mapping[str, Any]], copies: Mapping[str, Copy]
) -> tuple[Part, ...]:
    ids = [each for each in row["capture_ids"] or () if each in captures]
    gave: dict[str, list[str]] = {each: [] for each in ids}
    for item in row["provenance"] or ():
        gave.setdefault(item["capture_id"], []).append(item["field"])
    parts = []
    for capture_id in _ranked(ids, copies):
        capture, copy = captures[capture_id], copies.get(capture_id)
        parts.append(
            Part(
                capture_id=capture_id,
                origin=capture["origin"],
                captured_at=capture["captured_at"],
                why=_why(row["article_id"], capture["origin"], copy.article.url if copy else row["url"]),
                channel=copy.article.channel if copy else None,
                as_of=copy.article.as_of if copy else None,
                characters=len(copy.article.body_text) if copy else None,
                fields=tuple(gave[capture_id]),
            )
        )
    return tuple(parts)


def _ranked(ids: Sequence[str], copies: Mapping[str, Copy]) -> list[str]:
    """The ids, best copy first, by the rule of lake.merge; those that can't be read last."""
    readable = [copies[each] for each in ids if each in copies]
    ranked = [copy.capture_id for copy in merge(readable).copies] if readable else []
    return ranked + [each for each in ids if each not in ranked]


def _why(article_id: str, origin: str, url: str | None) -> str:
    """By what a capture was taken for this article."""
    own = article_id.partition(":")[2]
    if own in origin:
        return f"its name holds the site's id {own}"
    if url and own in url:
        return f"its URL holds the site's id {own}"
    return f"its URL is {url}" if url else "title, date and text agree"


def _copies(root: LakeRoot, capture_ids: Collection[str]) -> dict[str, Copy]:
    """Captures read again with today's extractor; those that can't be are left out."""
    found: dict[str, Copy] = {}
    try:
        for copy in reread(root, capture_ids) if capture_ids else ():
            found[copy.capture_id] = copy
    except (Stop, OSError) as error:
        log.warning("the copies cannot be read again: %s", error)
    return found


def _asked(root: LakeRoot, query: str) -> list[dict[str, Any]]:
    with ask(root, query) as answer:
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(map(quoted, set(values)))) or "NULL"
