-- macro: timeline(query)
-- One row per date on which anything was published: how many articles have ``query`` in headline or text.
--
-- grain: published_date
--
-- parameters:
--   query  VARCHAR  words as they stand in the text, upper and lower case told apart
--
-- columns:
--   published_date  DATE    date in the site's zone
--   articles        BIGINT  [articles] that have it
--   total           BIGINT  [articles] published
--   share           DOUBLE  [percent] articles / total
--   media           BIGINT  [media] that have it
--
-- source: matches as a share of everything of the same step, with both numbers, as GDELT's timelinevol and
-- timelinevolraw (GDELT blog, DOC 2.0 API); the step is a date. Copies of one text count each, as there.
--
-- example: A theme's share of all news, over time
--   select published_date, articles, round(share, 2) as percent
--   from timeline('储能')
--   order by published_date

with

matched as (
    select
        published_date,
        media,
        coalesce(contains(title, query), false) or coalesce(contains(body_text, query), false) as has_it
    from articles
)

select
    published_date,
    count(*) filter (where has_it) as articles,
    count(*) as total,
    100.0 * count(*) filter (where has_it) / count(*) as share,
    count(distinct media) filter (where has_it) as media
from matched
group by published_date
