"""Commands that add to the lake: ingest, restructure."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json, progress, say

if TYPE_CHECKING:  # loading it costs a second, which only the commands that use it should pay
    from lake.report import Report

__all__ = ["ingest", "restructure"]

Workers = Annotated[
    int | None, Parameter(help="Processes that structure pages; one for each core by default.")
]


def ingest(
    *sources: str,
    source: str | None = None,
    workers: Workers = None,
    config: Annotated[str | None, Parameter(show_default=False)] = None,
    common: Common = DEFAULT,
) -> int:
    """Read news pages into the lake: raw bytes first, then articles, then the published views.

    Running it again over the same sources changes nothing.

    Args:
        sources: files, folders, globs, archives (.zip, .tar, .tar.gz, .tar.xz, .tar.zst, .warc, .warc.gz),
            addresses, and names of live sources (`newslake sources list`).
        source: a name to record with every capture, such as finews.
        config: file of your own live sources; sources.toml in the lake's folder by default.

    Examples:
        newslake ingest posts/
        newslake ingest archive.tar.zst 'saved/*.html' --source archive
        newslake ingest page.html --lake /data/news --json
        newslake ingest eastmoney eastmoney-fast
    """
    from lake.ingest import IngestRequest
    from lake.ingest import ingest as run
    from lake.settings import Sizes

    log_to_stderr(logging.INFO)
    sizes = Sizes() if workers is None else Sizes(workers=workers)
    with progress() as advance:
        report = run(IngestRequest(sources, common.root, source, sizes=sizes, configuration=config), advance)
    _tell(report, common)
    if report.unreadable:
        say("error: no source could be read")
        return 1
    return 0


def restructure(
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    site: str | None = None,
    rejects: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    workers: Workers = None,
    common: Common = DEFAULT,
) -> int:
    """Extract stored captures again with today's extractor; what comes out differently is a new revision.

    Args:
        since: first publication date, included.
        until: last publication date, included.
        site: only articles of this site, such as eastmoney.
        rejects: only captures that gave no article.

    Examples:
        newslake restructure
        newslake restructure --since 2022-05-01 --until 2022-05-31
        newslake restructure --site eastmoney
        newslake restructure --rejects
    """
    from lake.restructure import RestructureRequest
    from lake.restructure import restructure as run
    from lake.settings import Sizes

    log_to_stderr(logging.INFO)
    sizes = Sizes() if workers is None else Sizes(workers=workers)
    with progress() as advance:
        report = run(RestructureRequest(common.root, since, until, site, rejects, sizes), advance)
    _tell(report, common)
    return 0


def _tell(report: Report, common: Common) -> None:
    """The result on stdout; what to do next on stderr."""
    if common.json:
        print_json(report.to_json())
    else:
        print(report.sentence())
        if report.snapshot is not None:
            print(f"snapshot {report.snapshot}, SQL in {report.database}")
    for origin, reason, detail in report.examples:
        say(f"rejected {origin}: {reason}: {detail}")
    if report.rejected:
        say(f"{report.rejected:,} rejected; `newslake rejects` lists them and how to run them again")
