"""The command that reports on a day: report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flows.commands.common import DEFAULT, Common, log_to_stderr, print_json

__all__ = ["report"]


def report(*, date: dt.date | None = None, output: Path | None = None, common: Common = DEFAULT) -> int:
    """Write the report of a day: one HTML page that needs nothing but itself.

    What the day was about, unusual attention, stories and who broke them, boards, media, corrections,
    delay and quality; each with the SQL behind it. The JSON has the rows behind the page.

    Args:
        date: the day, in Shanghai; the newest with articles by default.
        output: the file to write; reports/DATE.html in the lake's folder by default.

    Examples:
        newslake report
        newslake report --date 2022-05-27 --output today.html
        newslake report --json | jq '.answers.abnormal'
    """
    from lake.daily import gather, render, write
    from lake.daily.summary import sentence

    log_to_stderr()
    daily = gather(common.root, date)
    path = output.absolute() if output else common.root.report(daily.day)
    write(render(daily), path)
    if common.json:
        facts = {"date": daily.day, "articles": daily.articles, "page": path, "sentence": sentence(daily)}
        print_json({**facts, "answers": daily.to_json()})
        return 0
    print(sentence(daily))
    print(path)
    return 0
