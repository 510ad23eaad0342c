"""``newslake demo``: the examples become rows, and first questions get answers. No server is started."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import flows
from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json, progress
from lake.errors import Stop
from lake.locations import LakeRoot, lake_root

__all__ = ["QUESTIONS", "demo"]

QUESTIONS = (
    (
        "How many articles a day?",
        "SELECT published_date, count(*) AS articles FROM articles GROUP BY ALL ORDER BY ALL LIMIT 8",
    ),
    (
        "What are the newest headlines?",
        "SELECT published_at, title FROM articles WHERE title IS NOT NULL ORDER BY ALL DESC LIMIT 5",
    ),
    (
        "Who is in the news?",
        "SELECT name, symbol, kind, count(*) AS articles FROM mentions GROUP BY ALL ORDER BY 4 DESC, 1 LIMIT 8",
    ),
    (
        "Who is named together with whom?",
        "SELECT a.name AS one, b.name AS other, count(*) AS articles FROM mentions a JOIN mentions b "
        "ON a.article_id = b.article_id AND a.name < b.name GROUP BY ALL ORDER BY 3 DESC, 1, 2 LIMIT 5",
    ),
    (
        "What gave no article, and why?",
        "SELECT stage, reason, count(*) AS captures, min(detail) AS such_as FROM rejects GROUP BY ALL ORDER BY ALL",
    ),
)
"""(question, SQL) in the order in which the demo asks them."""

_LEAST_WIDTH = 80


def demo(*, common: Common = DEFAULT) -> int:
    """Ingest the examples into ./demo-lake (or --lake) and ask first questions, without a server.

    Examples:
        newslake demo
        newslake demo --lake /tmp/try
    """
    from lake.ingest import IngestRequest
    from lake.ingest import ingest as run

    log_to_stderr()
    root = lake_root(common.lake or "demo-lake")
    with progress() as advance:
        report = run(IngestRequest((str(_examples()),), root, "examples"), advance)
    if common.json:
        print_json(report.to_json())
        return 0
    print(report.sentence())
    for question, query in QUESTIONS:
        print(f"\n{question}")
        print(_answer(root, query), end="")
    print(_next(common.lake or "demo-lake", root))
    return 0


def _answer(root: LakeRoot, query: str) -> str:
    from lake.query import ask, written

    width = max(shutil.get_terminal_size().columns, _LEAST_WIDTH)
    with ask(root, query) as answer:
        return f"  {query}\n\n" + "".join(written(answer, "table", columns=width))


def _next(location: str, root: LakeRoot) -> str:
    option = f"--lake {shlex.quote(location)}"
    return f"""
Any DuckDB client opens {root.database}. What to do next:
  newslake sql "FROM articles LIMIT 3" {option}
  newslake status {option}
  newslake rejects {option}
  newslake ingest FOLDER         pages of your own, into ./data
  newslake up                    the same flows in Prefect's UI"""


def _examples() -> Path:
    """The folder of examples: of the checkout, else the copy that the installed package carries."""
    package = Path(flows.__file__).parent
    for path in (package.parent / "examples", package / "examples"):
        if path.is_dir():
            return path
    raise Stop(f"no examples beside or in {package}: run the demo from a checkout of newslake")
