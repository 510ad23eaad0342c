-- view: attention_daily
-- One row per date and pair of market and code that any article of the date mentions.
--
-- grain: published_date, market, code
--
-- columns:
--   published_date  DATE     date in the site's zone
--   market          INTEGER  EastMoney's market number
--   code            VARCHAR  code within the market
--   kind            VARCHAR  security, board, index, fund or other
--   symbol          VARCHAR  standard symbol
--   name            VARCHAR  a name by which the date's articles call it; of several the last in code
--                            order; NULL: they give its code alone
--   articles        BIGINT   [articles] that mention it
--   relevant        BIGINT   [articles] of relevance 75 and more
--   media           BIGINT   [media] that mention it; an article without a named medium adds none
--   weight          DOUBLE   [articles] each counted as relevance / 100
--
-- source: counts of articles per firm as the measure of coverage: Fang and Peress, Journal of Finance 64, 2009,
-- who count only articles of high relevance (here the column relevant, with RavenPack's limit of 75). Weighting
-- by relevance: Handbook of News Analytics in Finance, 2011, 13.A.3. A date without any article about a
-- pair has no row. A question about one security by its code reads little; by its symbol or name it counts all.
--
-- example: What got most attention on the latest date
--   select name, symbol, articles, media, round(weight, 1) as weight
--   from attention_daily
--   where kind = 'security' and published_date = (select max(published_date) from articles)
--   order by weight desc, code
--   limit 20

with

per_medium as (  -- counting media in two steps is cheaper than count(distinct) in one
    select
        published_date,
        market,
        code,
        media,
        max(kind) as kind,
        max(symbol) as symbol,
        max(name) as name,
        count(*) as articles,
        count(*) filter (where relevance >= 75) as relevant,
        sum(relevance)::bigint as points
    from relevance
    group by published_date, market, code, media
)

select
    published_date,
    market,
    code,
    max(kind) as kind,
    max(symbol) as symbol,
    max(name) as name,
    sum(articles)::bigint as articles,
    sum(relevant)::bigint as relevant,
    count(media) as media,
    sum(points) / 100.0 as weight
from per_medium
group by published_date, market, code
