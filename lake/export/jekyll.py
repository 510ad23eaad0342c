"""Articles in the form of the seed archive: a folder that Jekyll renders and `newslake ingest` reads.

An article that was read from posts alone is written as those posts, byte by byte, every copy that counts. Any
other is written as one new post, which is read at once, to count the fields that a post cannot give back.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lake.changes import COMPARED
from lake.errors import Reject
from lake.export.posts import post_name, post_text
from lake.export.selection import Selection
from lake.extraction import extract
from lake.query import ask
from lake.rows import staged_row
from lake.storage.index import Index
from lake.storage.raw import read_many
from lake.storage.tables import open_lake
from lake.table import as_objects
from lake.views.stored import quoted

__all__ = ["write_posts"]

_AT_ONCE = 500
_FOLDERS = ("_posts", "old_post")
_STATED = ("article_id", *COMPARED)


def write_posts(selection: Selection, target: Path) -> Mapping[str, int]:
    """Write the chosen articles to a new folder ``target``, in ``_posts/`` and ``old_post/``.

    Counts ``articles``, those ``as_captured``, and of the others, the ``rendered``, those with ``stated`` fields.
    """
    shutil.rmtree(target, ignore_errors=True)  # what a killed export left
    counts: Counter[str] = Counter()
    with Index(selection.root) as index:
        index.catch_up(open_lake(selection.root))
        for rows in _pages(selection):
            posts = _posts_of(selection, rows)
            kept = [row for row in rows if _tells_itself(row) and posts.issuperset(row["capture_ids"])]
            wanted = [each for row in kept for each in row["capture_ids"]]
            for capture, body in read_many(selection.root, wanted, index) if wanted else ():
                _write(_free(target, capture["origin"]), body)
            counts.update(articles=len(rows), as_captured=len(kept), files=len(wanted))
            whole = {row["article_id"] for row in kept}
            for row in rows:
                if row["article_id"] not in whole:
                    counts.update(_render(target, row))
    target.mkdir(parents=True, exist_ok=True)
    return {name: counts[name] for name in ("articles", "as_captured", "rendered", "stated", "files")}


def _pages(selection: Selection) -> Iterator[Sequence[dict[str, Any]]]:
    with ask(selection.root, selection.articles()) as answer:
        page = []
        for row in answer.rows:
            page.append(dict(zip(answer.names, row, strict=True)))
            if len(page) == _AT_ONCE:
                yield page
                page = []
        yield page


def _posts_of(selection: Selection, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Those captures of these articles that are files of posts: what came over HTTP has a time of its own."""
    ids = sorted({quoted(each) for row in rows for each in row["capture_ids"] or ()}) or ["NULL"]
    query = (
        "SELECT capture_id FROM stored.captures "
        "WHERE detected_type = 'post' AND url IS NULL AND regexp_matches(lower(origin), '[.](md|markdown)$') "
        f"AND capture_id IN ({', '.join(ids)})"
    )
    with ask(selection.root, query) as answer:
        return {capture_id for (capture_id,) in answer.rows}


def _tells_itself(row: Mapping[str, Any]) -> bool:
    """Whether an article's copies say all of it: its date, and mentions without a table of learned names."""
    named = any(mention["marked_by"] == "name" for mention in row["mentions"] or ())
    return bool(row["capture_ids"]) and row["date_origin"] != "capture" and not named


def _render(target: Path, row: Mapping[str, Any]) -> Counter[str]:
    name = post_name(row)
    missing = _missing(row, post_text(row), name)
    path = _free(target, str(target / _FOLDERS[0] / name))
    _write(path, post_text(row, _as_json(row, missing)).encode())
    return Counter(rendered=1, files=1, stated=bool(missing))


def _missing(row: Mapping[str, Any], text: str, name: str) -> Sequence[str]:
    """The columns of content that come back otherwise from this post; all if it gives no article."""
    try:
        found = extract(text.encode(), name=name, captured_at=row["captured_at"])
    except Reject:
        return (*_STATED, "extractor")
    again = staged_row(found, capture_id="", origin="", source=None, captured_at=row["captured_at"])
    missing = [each for each in _STATED if (again[each] or None) != (row[each] or None)]
    dates = {"published_at", "published_date"}
    return [*missing, *sorted(dates.difference(missing))] if dates.intersection(missing) else missing


def _as_json(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    (columns,) = as_objects(names, [[row[name] for name in names]])
    return columns


def _free(target: Path, origin: str) -> Path:
    """A path for a post that came from ``origin``: its folder and name, in a subfolder where that is taken.

    Copies of one article may have had one name in several folders.
    """
    *_, folder, name = ["", *origin.replace("!", "/").split("/")]
    name = name if name.lower().endswith((".md", ".markdown")) else f"{name}.md"
    base = target / (folder if folder in _FOLDERS else _FOLDERS[0])
    path, number = base / name, 1
    while path.exists():
        number += 1
        path = base / str(number) / name
    return path


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
