"""Extraction quality and time per page, side by side with published extractors, on the development pages.

    python -m benchmarks.extraction [--peers PYTHON] [--core N] [--repeat N] [--corpora LIST] [--names LIST]

Runs the scorer that comes with the pages (``../shared/extraction/evaluate.py``): every extractor lives in its
own process, all are pinned to one core and get the pages in rotating order. ``newslake`` gives every field with
the sites' profiles, ``generic`` without. ``--peers`` names a Python in which the peers are installed
(``pip install trafilatura pygoreadability magic-html``); without it only ours are measured.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

from lake.errors import Reject
from lake.extraction.page import extract_page

ROOT = Path(__file__).parents[1]
SCORER = ROOT.parent / "shared" / "extraction" / "evaluate.py"
PEERS = "trafilatura,pygoreadability,magic_html"
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def newslake(html: str, url: str | None) -> dict[str, Any]:
    """What the scorer asks for, with the sites' profiles."""
    return _answer(html, url, use_profile=True)


def generic(html: str, url: str | None) -> dict[str, Any]:
    """What the scorer asks for, by the generic extractor alone."""
    return _answer(html, url, use_profile=False)


def _answer(html: str, url: str | None, *, use_profile: bool) -> dict[str, Any]:
    try:
        found = extract_page(html, url=url, captured_at=NOW, use_profile=use_profile)
    except Reject:
        return {}
    return {
        "title": found.title,
        "body_text": found.body_text,
        "published_at": None if found.date_origin == "capture" else found.published_at,
        "authors": list(found.authors),
    }


def main() -> int:
    """Run the scorer; its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter in which the peers are installed")
    parser.add_argument("--names", default=PEERS, help=f"peers to run (default {PEERS})")
    parser.add_argument("--core", default="0", help="core that all share")
    parser.add_argument("--repeat", default="2", help="timing rounds; the fastest counts")
    parser.add_argument("--corpora", help="comma list of sets (default: all)")
    args = parser.parse_args()
    if not SCORER.exists():
        print(f"the development pages are not at hand: {SCORER} is missing", file=sys.stderr)
        return 1
    extractors = ["benchmarks.extraction:newslake", "benchmarks.extraction:generic"]
    if args.peers:
        extractors += [f"peers:{name}@{args.peers}" for name in args.names.split(",")]
    options = ["--core", args.core, "--repeat", args.repeat]
    options += ["--corpora", args.corpora] if args.corpora else []
    return subprocess.run(
        [sys.executable, str(SCORER), *extractors, *options], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
