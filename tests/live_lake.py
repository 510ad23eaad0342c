"""What tests of live sources share: a lake whose configuration names the local site, and runs over it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from lake.ingest import IngestRequest, ingest
from lake.locations import LakeRoot, lake_root
from lake.report import Report
from lake.settings import Sizes
from lake.sources.standing import states
from lake.sources.state import ListState, SourceState
from tests.site import Site

__all__ = ["LiveLake", "column_source", "fast_source"]

FETCH = """
[fetch]
contact = "tests@newslake.example"
allow_hosts = ["127.0.0.1"]
delay = 0
concurrency = 8
attempts = 1
backoff = 0.001
patience = 5
"""


def column_source(site: Site, **changes: object) -> str:
    """EastMoney's columns as they are shipped, at the local site: one column, twenty rows a page."""
    values: dict[str, object] = {"lists": [350], "retry": 0, "pages": 5, "overlap": 0, **changes}
    lines = "\n".join(f"{name} = {_toml(value)}" for name, value in values.items())
    base = site.base
    return f"""
[columns]
kind = "list"
url = "{base}/comm/web/getNewsByColumns?column={{list}}&page_index={{page}}&page_size=20&req_trace=1"
ok = {{ code = "1" }}
rows = "data.list"
time = "showTime"
articles = [
    {{ url = "{base}/kuaixun/v2/api/article/{{code}}?guid=tests", has = '"Art_Content"' }},
    {{ url = "{base}/a/{{code}}.html", has = "ContentBody" }},
]
{lines}
"""


def fast_source(site: Site) -> str:
    """EastMoney's fast news at the local site: whole articles in the list, paged by a cursor."""
    return f"""
[fast]
kind = "list"
url = "{site.base}/comm/web/getFastNewsList?fastColumn=102&sortEnd={{cursor}}&pageSize=20&req_trace=1"
ok = {{ code = "1" }}
rows = "data.fastNewsList"
next = "data.sortEnd"
time = "showTime"
articles = ["https://finance.eastmoney.com/a/{{code}}.html"]
record = {{ id = "{{code}}", title = "{{title}}", digest = "{{summary}}" }}
ignore = ["pinglun_Num", "share"]
overlap = 0
"""


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


class LiveLake:
    """A lake in ``folder`` with sources of the local site."""

    def __init__(self, folder: Path, *tables: str) -> None:
        self.root: LakeRoot = lake_root(folder / "lake")
        self.configure(*tables)

    def configure(self, *tables: str) -> None:
        """Write the configuration anew."""
        self.root.path.mkdir(parents=True, exist_ok=True)
        self.root.configuration.write_text("\n".join([FETCH, *tables]), "utf-8")

    def request(self, *names: str) -> IngestRequest:
        return IngestRequest(names, self.root, sizes=Sizes(workers=1))

    def tick(self, *names: str) -> Report:
        """One run; its counts add up."""
        report = ingest(self.request(*names))
        counts = report.counts()
        assert counts.pop("captured") == sum(counts.values())
        return report

    def state(self, name: str) -> SourceState:
        return states(self.root)[name]

    def list_state(self, name: str = "columns", key: str = "350") -> ListState:
        return self.state(name).lists[key]

    def sql(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.root.database), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def codes(self) -> set[str]:
        """The site's own ids of all articles, each of which is there once."""
        rows = self.sql("SELECT regexp_extract(url, '[0-9]{18}') FROM articles")
        codes = [str(row[0]) for row in rows]
        assert len(set(codes)) == len(codes)
        return set(codes)
