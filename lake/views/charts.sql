-- view: charts
-- One row per article (current revision) and chart block in it.
--
-- grain: article_id, position
--
-- columns:
--   article_id      VARCHAR      the article
--   published_date  DATE         its date in the site's zone
--   position        INTEGER      place in the article, from 1
--   kind            VARCHAR      K (daily line) or R (intraday)
--   market          INTEGER      EastMoney's market number of the subject
--   code            VARCHAR      code of the subject
--   url             VARCHAR      address of the picture
--
-- source: the column charts of articles; market numbers are EastMoney's.
--
-- example: What is charted most
--   select market, code, count(*) as charts
--   from charts
--   group by market, code
--   order by charts desc, market, code
--   limit 10

with

positioned as (
    select
        article_id,
        published_date,
        unnest(range(1, len(charts) + 1))::integer as position,
        unnest(charts) as chart
    from articles
)

select
    article_id,
    published_date,
    position,
    chart.kind,
    chart.market,
    chart.code,
    chart.url
from positioned
