"""Coverage-guided fuzzing of decoding and page extraction.

    python -m benchmarks.fuzz [--seconds 60] [--corpus DIR] [libFuzzer options]

With atheris installed (``pip install atheris``; it is no dependency) libFuzzer mutates bytes and keeps what
reaches new code. Whatever the bytes, the result must be an article or a reject, its text must come from the
input, its Markdown must be safe, and reading it twice must give the same. A failing input is left in the
corpus folder as ``crash-…``, where the message says how to run it again. Seeds are the invented pages of the
tests.
"""

from __future__ import annotations

import datetime as dt
import importlib
import re
import sys
import tempfile
from pathlib import Path

from lake.errors import Reject
from lake.extraction import extract
from tests.pages import PARAGRAPHS, article, page

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
URL = "https://news.example.cn/2024/0506/88.html"
UNSAFE = re.compile(r"(?<!\\)(?:<script|\]\((?:javascript|data|vbscript):)", re.IGNORECASE)
SEEDS = (
    page(article()),
    page(
        "<br>".join(PARAGRAPHS),
        head='<script type="application/ld+json">{"@type":"Article","headline":"x"}</script>',
    ),
    page(
        "<table><tr><td>1<td>2</table><ul><li>a<li>b</ul><pre>c</pre><blockquote>d</blockquote><img src=x.jpg>"
    ),
    "---\nlayout: post\ntitle: 'x'\n---\n<p>正文第一段，说的是一件事情。</p>",
    '{"title":"x","digest":"y","content":"<p>正文第一段，说的是一件事情。</p>"}',
)


def check(body: bytes) -> None:
    """Extract and hold the result to what must always be so."""
    try:
        found = extract(body, url=URL, captured_at=NOW)
    except Reject as reject:
        assert reject.stage in ("decode", "extract") and reject.reason and reject.detail
        return
    assert found.published_at.tzinfo is not None and found.article_id
    assert not UNSAFE.search(found.body_markdown)
    assert found.body_text.encode("utf-8") is not None
    assert extract(body, url=URL, captured_at=NOW) == found


def main() -> int:
    """Fuzz until the time is over or an input fails."""
    try:
        atheris = importlib.import_module("atheris")
    except ModuleNotFoundError:
        print("atheris is not installed here: pip install atheris", file=sys.stderr)
        return 1
    arguments = sys.argv[1:]
    seconds = arguments.pop(arguments.index("--seconds") + 1) if "--seconds" in arguments else "60"
    given = arguments.pop(arguments.index("--corpus") + 1) if "--corpus" in arguments else None
    options = [option for option in arguments if option not in ("--seconds", "--corpus")]
    corpus = Path(given) if given else Path(tempfile.mkdtemp(prefix="newslake-fuzz-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed.encode())
        (corpus / f"seed-{number}-gb").write_bytes(seed.encode("gb18030"))
    atheris.instrument_all()
    limits = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=20", f"-artifact_prefix={corpus}/"]
    atheris.Setup([sys.argv[0], *limits, *options, str(corpus)], check)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
