"""A newslake of tomorrow, in this process: one more column in every table, and one more member of provenance.

``python -m tests.wider LAKE STEP…`` runs steps on a lake with it: ``ingest`` (a new article, a new revision of an
old one, a twin of an old one, an unreadable file), ``restructure``, ``maintain``, ``verify``, ``publish``.
Everything is imported after the schema was changed, line by line in its source, as a developer would.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

LINES = {
    '_field(16, "body", pa.large_binary()),': '_field(17, "agent", pa.string()),',
    '_field(31, "run_id", pa.string()),': '_field(32, "mood", pa.string()),',
    '_field(6, "recorded_at", _TIME),': '_field(7, "load", pa.float64()),',
    '_field(13, "extractor", pa.string()),': '_field(14, "final", pa.bool_()),',
    '_field(30, "provenance", _structs(field=pa.string(), ': "note=pa.string(), ",
}
"""What stands in lake/schema.py -> what is put after it."""


def widen() -> None:
    """Put the wider schema in the place of ``lake.schema``."""
    import lake

    spec = importlib.util.find_spec("lake.schema")
    assert spec is not None and spec.origin is not None
    source = Path(spec.origin).read_text("utf-8")
    for line, more in LINES.items():
        assert source.count(line) == 1, line
        source = source.replace(line, line + more)
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, spec.origin, "exec"), module.__dict__)
    sys.modules["lake.schema"] = module
    lake.schema = module  # type: ignore[attr-defined]


def ingest(folder: Path) -> None:
    """Ingest more, with values in the new column of articles."""
    import pyarrow as pa

    from lake.locations import LakeRoot
    from lake.model import Item, Origin
    from lake.schema import STAGED
    from lake.storage import staging
    from tests.stored import captured, committed, number, post

    twin = post(2, folder="/old", title="").body.replace("tags: 快讯".encode(), "tags: 云川日报新闻".encode())
    items = [
        post(4, "2022-03-02"),
        post(3, "2022-03-02", body="改过的三号公告。"),
        Item(Origin(path=f"/old/2022-03-01-NW{number(2)}.md"), twin.replace(b"emnews", b"yunchuan")),
        Item(Origin(path="/posts/blank.md"), b" "),
    ]
    root = LakeRoot(folder)
    stored, results = captured(root, items, "wider")
    for result in results:
        path = Path(result.articles or "")
        rows = [row | {"mood": "calm"} for row in staging.read(path).to_pylist()]
        staging.write(path, pa.Table.from_pylist(rows, STAGED))
    print(*committed(root, stored, results, "wider").counts)


def main(arguments: list[str]) -> int:
    """Run the steps; the exit code."""
    widen()
    from flows.cli import main as newslake

    folder, *steps = arguments
    for step in steps:
        if step == "ingest":
            ingest(Path(folder))
        elif step == "publish":
            from lake.locations import LakeRoot
            from lake.views.publish import publish

            publish(LakeRoot(Path(folder)))
        elif newslake([step, "--lake", folder]):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
