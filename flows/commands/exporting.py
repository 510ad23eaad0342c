"""``newslake export``: what the lake holds, for other tools and other lakes."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json

__all__ = ["export"]


def export(
    *,
    format: Literal["warc", "parquet", "csv", "jsonl", "jekyll"],
    output: Annotated[str, Parameter(name=("--output", "-o"))],
    since: dt.date | None = None,
    until: dt.date | None = None,
    site: str | None = None,
    common: Common = DEFAULT,
) -> int:
    """Write captures or articles to a file that other tools, and another lake, can read.

    warc has every capture with its bytes and gives the same lake when it is ingested; parquet, csv and jsonl
    have the view articles and give the same articles; jekyll is a folder of posts in the form of the seed archive.

    Args:
        format: what is written.
        output: the file, or for jekyll the folder, which must not exist yet.
        since: first publication date, included.
        until: last publication date, included.
        site: only articles of this site, such as eastmoney.

    Examples:
        newslake export --format warc -o lake.warc.gz
        newslake export --format parquet --since 2022-05-01 --until 2022-05-31 -o may.parquet
        newslake export --format jekyll --site eastmoney -o site/
    """
    from lake.export import export as write

    log_to_stderr()
    done = write(common.root, format, Path(output), since=since, until=until, site=site)
    if common.json:
        print_json(asdict(done))
        return 0
    counts = [f"{count:,} {name.replace('_', ' ')}" for name, count in done.counts.items()]
    print(f"{', '.join(counts)} in {done.path}")
    return 0
