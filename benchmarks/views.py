"""Measures the views over a made-up lake: ``python -m benchmarks.views [ARTICLES] [--lake DIR] [--only NAME] [--ideal]``.

The lake has one file a day over two years, as maintenance leaves it, and rows of random words; about a
third of its articles name nobody, the others 9 securities and boards on average, some 30. ``--lake`` keeps
it for another run. Every query runs twice on the published file, from four threads; the second time counts.
CPU seconds tell more than wall seconds where other work shares the cores. ``--ideal`` runs each query, in turn, on
the same views over one Parquet file a relation as well, sorted and without superseded revisions, and tells the
ratio of CPU seconds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from lake import schema
from lake.derived.relations import COLUMNS
from lake.derived.tables import DERIVED
from lake.locations import LakeRoot
from lake.storage import parquet, tables
from lake.storage.snapshots import Files
from lake.views.publish import publish, write_views
from lake.views.stored import RELATIONS

__all__ = ["build", "main"]

DAYS = 730
THREADS = 4

_ROWS = """
CREATE TEMP TABLE securities AS
SELECT
    n,
    CASE WHEN n % 12 = 0 THEN 'board' ELSE 'security' END AS kind,
    CASE WHEN n % 12 = 0 THEN 90 ELSE n % 2 END::INTEGER AS market,
    CASE WHEN n % 12 = 0 THEN 'BK' || lpad(n::VARCHAR, 4, '0') ELSE lpad((600000 + n)::VARCHAR, 6, '0') END AS code,
    '名' || chr((19968 + n)::INTEGER) || chr((20000 + 3 * n)::INTEGER) AS name
FROM (SELECT unnest(range(5000)) AS n);

CREATE TEMP TABLE drawn AS
SELECT
    n,
    CASE WHEN random() < 0.35 THEN 0 WHEN random() < 0.9 THEN 1 + (9 * random())::INTEGER ELSE 30 END AS named
FROM (SELECT unnest(range({articles})) AS n);

CREATE TEMP TABLE named AS
SELECT
    drawn.n,
    list(struct_pack(
        kind := s.kind, market := s.market, code := s.code, symbol := s.code || '.SH',
        mic := CASE WHEN s.kind = 'security' THEN 'XSHG' END, name := s.name, count := 1 + (3 * r)::INTEGER,
        first_offset := (1500 * r)::INTEGER, marked_by := 'markup'
    )) AS mentions
FROM (
    SELECT n, (5000 * pow(random(), 3))::INTEGER % 5000 AS s, random() AS r
    FROM (SELECT n, unnest(range(named)) FROM drawn)
) AS drawn
JOIN securities AS s ON s.n = drawn.s
GROUP BY drawn.n;

CREATE TEMP TABLE words AS
SELECT w, string_agg(chr((19968 + 4000 * random())::INTEGER), '') AS word
FROM (SELECT unnest(range(20000)) AS w), (SELECT unnest(range(8))) GROUP BY w;

CREATE TEMP TABLE texts AS  -- 300 characters each, drawn at random per article
SELECT row_number() OVER () AS t, string_agg(word, '，') AS text
FROM words GROUP BY w % 600;

CREATE TEMP TABLE made AS
SELECT
    'eastmoney:' || (201900000000000000 + drawn.n) AS article_id,
    'http://' || ['finance', 'stock', 'fund'][1 + drawn.n % 3] || '.example/a/' || drawn.n || '.html' AS url,
    'eastmoney' AS site,
    'feed-' || (drawn.n % 7) AS source,
    coalesce(named.mentions[1].name, '市场') || '公告第' || drawn.n || '号' AS title,
    'digest ' || drawn.n AS digest,
    -- with the article's number after each word, for no two texts have half in common by chance
    replace(a.text || chr(10) || chr(10) || b.text, '，', '，' || drawn.n % 9973) || drawn.n AS body_text,
    a.text AS body_markdown,
    '媒体' || (120 * pow(random(), 2))::INTEGER AS media,
    'zh' AS language,
    ['股票', '基金', '宏观'][1 + drawn.n % 3] AS category,
    TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_days((drawn.n * {days} // {articles})::INTEGER)
        + to_seconds(drawn.second) AS published_at,
    DATE '2024-01-01' + (drawn.n * {days} // {articles})::INTEGER AS published_date,
    'front_matter' AS date_origin,
    published_at + to_seconds(drawn.delay) AS first_seen_at,
    first_seen_at AS captured_at,
    1::INTEGER AS revision,
    'x' || drawn.n AS content_hash,
    'c' || drawn.n AS capture_id,
    'run' AS run_id,
    coalesce(named.mentions, []) AS mentions
FROM (
    SELECT
        n, 1 + (599 * random())::INTEGER AS t, 1 + (599 * random())::INTEGER AS u,
        (57000 * random())::BIGINT AS second, (600 * random())::BIGINT AS delay
    FROM drawn
) AS drawn
LEFT JOIN named ON named.n = drawn.n
JOIN texts AS a ON a.t = drawn.t
JOIN texts AS b ON b.t = drawn.u
"""


def build(root: LakeRoot, articles: int) -> None:
    """Commit ``articles`` made-up rows to a new lake at ``root``, as one run, and publish it."""
    tables.create(root)
    table = tables.open_table(root, "articles")
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute("SELECT setseed(0.5)")
        for statement in _ROWS.format(articles=articles, days=DAYS).split(";\n"):
            connection.execute(statement)
        connection.execute("CREATE TABLE sorted AS FROM made ORDER BY published_at")
        days = connection.execute("SELECT DISTINCT published_date FROM sorted ORDER BY 1").fetchall()
        files = [
            parquet.write_rows(
                table.folder, f"bench-{number:05d}.parquet", _day(connection, day), row_group=10_000
            )
            for number, (day,) in enumerate(days)
        ]
    versions = {name: tables.open_table(root, name).version for name in ("captures", "rejects")}
    versions["articles"] = table.commit(files, {"run_id": "bench"})
    note = {"operation": "ingest", "run_id": "bench", "versions": versions, "counts": {"captured": articles}}
    tables.open_table(root, "outcomes").commit([], note)
    publish(root)


def _day(connection: duckdb.DuckDBPyConnection, day: object) -> pa.Table:
    found = connection.sql("FROM sorted WHERE published_date = $day", params={"day": day}).to_arrow_table()
    held = set(found.column_names)
    columns = [
        found.column(field.name).cast(field.type) if field.name in held else pa.nulls(len(found), field.type)
        for field in schema.ARTICLES
    ]
    return pa.table(columns, schema=schema.ARTICLES)


_WHOLE = (
    "mentions relevance attention_daily abnormal_attention board_heat securities calendar co_mentions media_share "
    "publish_delay seasonality coverage_gaps revisions_diff topics quality_daily stories reposts novelty"
).split()
_BY_DAY = "mentions relevance attention_daily publish_delay topics novelty".split()
_BY_STORY_DAY = "stories reposts novelty".split()
_BY_SECURITY = "mentions relevance attention_daily abnormal_attention securities co_mentions novelty".split()

QUERIES = {
    **{f"{name}, all": f"FROM (FROM {name}) SELECT sum(hash(COLUMNS(*)))" for name in _WHOLE},
    **{f"{name}, one day": f"FROM {name} WHERE published_date = '2025-03-03'" for name in _BY_DAY},
    **{f"{name}, stories of a day": f"FROM {name} WHERE story_date = '2025-03-03'" for name in _BY_STORY_DAY},
    **{f"{name}, one security": f"FROM {name} WHERE market = 1 AND code = '600101'" for name in _BY_SECURITY},
    "novelty, one symbol": "FROM novelty WHERE symbol = '600101.SH'",
    "articles_about, one security": "FROM articles_about('1.600101')",
    "abnormal_attention_on, one day": "FROM abnormal_attention_on('2025-03-03')",
    "timeline, all": "FROM timeline('公告')",
    "as_of, one day": "FROM as_of('2122-01-01') WHERE published_date = '2025-03-03'",
    "event_window, one security": "FROM event_window('1.600101')",
    "similar, one article": "FROM similar('eastmoney:201900000000500000')",
}
"""Name -> query; a whole view is hashed, so that all of its columns are read and few rows handed out."""


def main() -> None:
    """Build or reuse the lake, run the queries, print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.views", description=__doc__)
    parser.add_argument("articles", nargs="?", type=int, default=1_000_000)
    parser.add_argument(
        "--lake", type=Path, help="where the lake is kept; default: a folder removed at the end"
    )
    parser.add_argument("--only", default="", help="run the queries whose name begins so")
    parser.add_argument("--ideal", action="store_true", help="compare with one ideal file a relation")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newslake-bench-") as folder:
        root = LakeRoot((arguments.lake or Path(folder)).absolute())
        if not root.database.exists():
            build(root, arguments.articles)
        began = time.perf_counter()
        publish(root)
        sys.stdout.write(f"published in {time.perf_counter() - began:.3f} s\n")
        with duckdb.connect(root.database, read_only=True, config={"threads": THREADS}) as connection:
            ideal = _ideal(connection, Path(folder)) if arguments.ideal else None
            for name, query in QUERIES.items():
                if name.startswith(arguments.only):
                    wall, work = _seconds(connection, query)
                    against = f", {work / _seconds(ideal, query)[1]:5.2f} of ideal" if ideal else ""
                    sys.stdout.write(f"{name:<36} {wall:8.3f} s, {work:8.3f} s of CPU{against}\n")
                    sys.stdout.flush()


def _ideal(connection: duckdb.DuckDBPyConnection, folder: Path) -> duckdb.DuckDBPyConnection:
    """The same views over one file a relation, with rows of current revisions alone."""
    paths: dict[str, tuple[str, ...]] = dict.fromkeys(RELATIONS, ())
    derived = dict.fromkeys(COLUMNS, "")
    orders = {table.name: table.order for table in DERIVED}
    for name in (*paths, *derived):
        path = str(folder / f"ideal-{name}.parquet")
        source = "articles" if name == "articles" else f"stored.{name}"
        connection.execute(
            f"COPY (FROM {source} ORDER BY {orders.get(name, 'ALL' if name != 'articles' else 'published_at')})"
            f" TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)"
        )
        if name in derived:
            derived[name] = f"FROM read_parquet(['{path}'])"
        elif name != "revised":
            paths[name] = (path,)
    with duckdb.connect() as writing:
        write_views(writing, folder / "ideal.duckdb", Files(paths, (), {}), derived, [])
    return duckdb.connect(folder / "ideal.duckdb", read_only=True, config={"threads": THREADS})


def _seconds(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, float]:
    """Wall and CPU seconds of the second of two runs."""
    wall = work = 0.0
    for _ in range(2):
        began, busy = time.perf_counter(), time.process_time()
        connection.execute(query).fetchall()
        wall, work = time.perf_counter() - began, time.process_time() - busy
    return wall, work


if __name__ == "__main__":
    main()
