"""The queries of ``candidates``: which rows share a band, a part of their marks, or the whole text.

given, past     the rows of the segment, and those of the segments before
fresh           the rows of the segment with their numbers, in the order in which articles count
known           article -> story of the articles of fresh that the segments before have
searching, days rows of fresh that are compared, and the dates within WINDOW_DAYS of theirs
heads           what leads a story so far, newest revisions: below 0 that of the segments before
hits            keys of these that are asked for
settled         rows that have just got their stories
"""

from __future__ import annotations

__all__ = ["FRESH", "HEADS", "KNOWN", "PAIRS", "SEARCHING", "SETTLED", "TABLES", "WINDOW_DAYS"]

TABLES = ("fresh", "known", "searching", "days", "heads", "hits_of", "hits")
"""The temporary tables that these make."""

WINDOW_DAYS = 7
"""Most days between a story's first article and a repost: the longest window of Thomson Reuters News Analytics for
novelty; weights in use fall off within three days (Miranda et al. 2018)."""
_LEAST = 0.75
"""Of the m marks of the text with fewer, two texts must share 0.75 m - 0.87 sqrt(m) to be compared: two standard
deviations less than a share of 0.75 gives. A cut, a digest, or what has words before or after it shares more. What was
reworded here and there may share less (each edit spoils eight double shingles), but bands find that."""

_FREQUENT = 50
"""A mark that more texts of the window have is a turn of phrase and proposes nothing: a thousand texts that share one
would be half a million pairs. A story has fewer members (its leader alone is compared), so no repost is lost by it."""

# As Key.order says.
FRESH = """
CREATE TEMP TABLE fresh AS
SELECT
    row_number() OVER (
        ORDER BY coalesce(nullif(regexp_extract(run_id, '[0-9]{8}T[0-9]{6}.*'), ''), run_id),
        published_at, article_id, revision
    ) AS n,
    *
FROM given
"""

# Most revisions have the date of what they revise, so that few of the rows before are read.
KNOWN = """
CREATE TEMP TABLE known AS
SELECT article_id, first(story_id) AS story_id, first(story_date) AS story_date, first(leads) AS leads,
    first(jaccard) AS jaccard, first(contained) AS contained
FROM past SEMI JOIN (SELECT article_id, published_date FROM fresh WHERE revision > 1) AS again
    USING (article_id, published_date)
GROUP BY article_id;
INSERT INTO known
SELECT article_id, first(story_id), first(story_date), first(leads), first(jaccard), first(contained)
FROM past SEMI JOIN (
    SELECT article_id FROM fresh ANTI JOIN known USING (article_id) WHERE revision > 1
) AS again USING (article_id)
GROUP BY article_id
"""

# Whose story is known needs none: a revision stays where its article is. An article's first row here asks for all.
SEARCHING = f"""
CREATE TEMP TABLE searching AS
SELECT fresh.n, published_at, published_date, characters, same, bands, marks
FROM fresh SEMI JOIN (
    SELECT min(n) AS n FROM fresh ANTI JOIN known USING (article_id) GROUP BY article_id
) AS first USING (n);
CREATE TEMP TABLE days AS
SELECT DISTINCT unnest(range(-{WINDOW_DAYS}, {WINDOW_DAYS} + 1))::INTEGER + published_date AS published_date
FROM (SELECT DISTINCT published_date FROM searching)
"""

# Bands and marks are 32-bit numbers both; where a band equals a mark by chance, two texts are compared for nothing.
# Texts of eight characters and more have bands, by which equal ones are found, too.
_KEYS = """
SELECT {names}, unnest(bands) AS key, 0 AS mark, NULL::INTEGER AS size FROM {rows}
UNION ALL SELECT {names}, unnest(marks), 1, len(marks)::INTEGER FROM {rows}
UNION ALL SELECT {names}, (same % 2147483648)::INTEGER, 0, NULL FROM {rows} WHERE characters < 8 AND same IS NOT NULL
"""

# Of what was before only keys that are asked for are kept: texts of a week have millions. ``heads`` has the lists of
# those that this segment adds.
HEADS = f"""
CREATE TEMP TABLE hits_of AS
WITH near AS (
    SELECT article_id, revision, characters, same, bands, marks FROM past SEMI JOIN days USING (published_date) WHERE leads
)
SELECT keys.* FROM ({_KEYS.format(names="article_id, revision", rows="near")}) AS keys
SEMI JOIN ({_KEYS.format(names="n", rows="searching")}) AS asked USING (key);
CREATE TEMP TABLE heads AS
SELECT
    -row_number() OVER () AS n,
    article_id, revision, run_id, story_id, story_date, published_at, published_date,
    NULL::INTEGER AS characters, NULL::BIGINT AS same, NULL::INTEGER[] AS bands, NULL::INTEGER[] AS marks
FROM past SEMI JOIN days USING (published_date) SEMI JOIN hits_of USING (article_id)
WHERE leads
QUALIFY revision = max(revision) OVER (PARTITION BY article_id);
CREATE TEMP TABLE hits AS
SELECT n, key, mark, size FROM hits_of INNER JOIN heads USING (article_id, revision)
"""

PAIRS = f"""
WITH later AS (
    SELECT n, published_at, published_date, characters, same, bands, marks
    FROM fresh WHERE n BETWEEN $first AND $last
),
asking AS (FROM searching WHERE n BETWEEN $first AND $last),
asked AS ({_KEYS.format(names="n, published_date", rows="asking")}),
dates AS (
    SELECT min(published_date) - {WINDOW_DAYS} AS first, max(published_date) + {WINDOW_DAYS} AS last FROM asking
),
around AS (
    SELECT heads.* FROM heads, dates WHERE n > 0 AND published_date BETWEEN first AND last
    UNION ALL BY NAME FROM later
),
earlier_keys AS (
    {_KEYS.format(names="n, published_date", rows="around")}
    UNION ALL
    SELECT n, published_date, key, mark, size FROM hits INNER JOIN heads USING (n)
),
proposing AS (FROM earlier_keys SEMI JOIN asked USING (key)),
frequent AS (
    SELECT asked.n, asked.key
    FROM asked INNER JOIN (
        SELECT key, published_date, count(*) AS texts FROM proposing WHERE mark = 1 GROUP BY ALL
    ) AS counted ON counted.key = asked.key
        AND counted.published_date BETWEEN asked.published_date - {WINDOW_DAYS} AND asked.published_date + {WINDOW_DAYS}
    GROUP BY ALL
    HAVING sum(texts) > {_FREQUENT}
),
pairs AS (
    SELECT
        asked.n, proposing.n AS other, sum(asked.mark) AS marks, sum(1 - asked.mark) AS proposals,
        max(least(asked.size, proposing.size)) AS size  -- marks of the text with fewer
    FROM proposing INNER JOIN (FROM asked ANTI JOIN frequent USING (n, key)) AS asked USING (key)
    WHERE proposing.n < asked.n
    GROUP BY ALL
),
dated AS (SELECT n, published_at FROM heads UNION ALL SELECT n, published_at FROM later)
SELECT pairs.n, pairs.other
FROM pairs
INNER JOIN dated AS later ON later.n = pairs.n
INNER JOIN dated AS earlier ON earlier.n = pairs.other
WHERE abs(epoch_us(later.published_at) - epoch_us(earlier.published_at)) <= {WINDOW_DAYS} * 86400000000
    AND (
        pairs.proposals > 0
        OR pairs.marks >= {_LEAST} * pairs.size - 2 * sqrt({_LEAST * (1 - _LEAST)} * pairs.size)
    )
ORDER BY ALL
"""

SETTLED = """
DELETE FROM heads WHERE article_id IN (
    SELECT article_id FROM fresh INNER JOIN settled USING (n) WHERE settled.leads AND fresh.revision > 1
);
INSERT INTO heads BY NAME
SELECT
    n, article_id, revision, run_id, settled.story_id, settled.story_date, published_at, published_date,
    characters, same, bands, marks
FROM fresh INNER JOIN settled USING (n)
WHERE settled.leads
QUALIFY revision = max(revision) OVER (PARTITION BY article_id)
"""
