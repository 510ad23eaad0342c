"""Commands that add to the lake: ingest, restructure."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json, progress, say

if TYPE_CHECKING:  # loading it costs a second, which only the commands that use it should pay
    from lake.rehearsal import Rehearsal
    from lake.report import Report

__all__ = ["ingest", "restructure"]

Workers = Annotated[
    int | None,
    Parameter(
        help="Processes that structure pages; one for each core by default.",
        validator=Number(gte=1, lte=256),
    ),
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
            exports of another lake (.parquet, .csv, .jsonl),
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
    extractor_before: str | None = None,
    rejects: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    dry_run: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    workers: Workers = None,
    common: Common = DEFAULT,
) -> int:
    """Extract stored captures again with today's extractor; what comes out differently is a new revision.

    Args:
        since: first publication date, included.
        until: last publication date, included.
        site: only articles of this site, such as eastmoney.
        extractor_before: only captures last read by an extractor older than this one, such as newslake/2.
        rejects: only captures that gave no article.
        dry_run: commit nothing; show which fields of how many articles would change, with examples.

    A run that was killed goes on where it was when it is started again with the same options.

    Examples:
        newslake restructure
        newslake restructure --dry-run --since 2022-05-01
        newslake restructure --extractor-before newslake/2
        newslake restructure --since 2022-05-01 --until 2022-05-31
        newslake restructure --site eastmoney
        newslake restructure --rejects
    """
    from lake.rehearsal import Rehearsal, rehearse
    from lake.restructure import RestructureRequest, version_number
    from lake.restructure import restructure as run
    from lake.settings import Sizes

    log_to_stderr(logging.INFO)
    sizes = Sizes() if workers is None else Sizes(workers=workers)
    before = None if extractor_before is None else version_number(extractor_before)
    request = RestructureRequest(common.root, since, until, site, rejects, sizes, before)
    with progress() as advance:
        done = rehearse(request, advance) if dry_run else run(request, advance)
    if isinstance(done, Rehearsal):
        _tell_rehearsal(done, common)
    else:
        _tell(done, common)
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


def _tell_rehearsal(found: Rehearsal, common: Common) -> None:
    """What would change: counts, fields, and examples of each."""
    from lake.changes import shown

    if common.json:
        print_json(found.to_object())
        return
    counts = {name: getattr(found, name) for name in ("new", "revised", "merged", "unchanged", "rejected")}
    parts = [f"{value:,} {name}" for name, value in counts.items() if value]
    print(f"{found.captured:,} captures: {', '.join(parts) or 'none'}. Nothing was committed.")
    if found.found:
        print(f"{found.found:,} captures that were rejected would give an article")
    if found.lost:
        print(f"{found.lost:,} captures that gave an article would be rejected; their articles would stay")
    for field, count in found.fields.items():
        print(f"\n{field}: {count:,} articles")
        for example in found.examples:
            if example.change.field == field:
                print(f"  {example.article_id}")
                print("".join(f"    {line}\n" for line in shown(example.change)), end="")
