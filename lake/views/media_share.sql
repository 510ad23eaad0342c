-- view: media_share
-- One row per month, pair of market and code, and medium that mentions it: its share of the coverage.
--
-- grain: month, market, code, media
--
-- columns:
--   month            DATE     first date of the month
--   market           INTEGER  EastMoney's market number
--   code             VARCHAR  code within the market
--   name             VARCHAR  a name by which the medium calls it
--   media            VARCHAR  the medium
--   articles         BIGINT   [articles] of the medium that mention it
--   share            DOUBLE   of all articles with a named medium that mention it in the month, 0 to 1
--   total            BIGINT   [articles] those
--   hhi              DOUBLE   Herfindahl-Hirschman index of the pair and month: sum of squared shares, 1 / number
--                             of media to 1; NULL below 10 articles
--   effective_media  DOUBLE   [media] 1 / hhi: as many equal ones would be as concentrated
--
-- source: Herfindahl-Hirschman index as in the US Merger Guidelines 2023, 2.1 (there times 10,000: from 1,000 on
-- moderately, above 1,800 highly concentrated). The least number of 10 articles is this project's. Articles that
-- name no medium are left out. Reposts count for the medium that they name.
--
-- example: Whose coverage comes from few media
--   select distinct month, code, name, total, round(hhi, 2) as hhi, round(effective_media, 1) as effective_media
--   from media_share
--   where hhi > 0.18
--   order by month desc, hhi desc, code, name
--   limit 20

with

counted as (
    select
        date_trunc('month', published_date)::date as month,
        market,
        code,
        media,
        max(name) as name,
        count(*) as articles
    from stored.mentions
    where media is not null
    group by month, market, code, media
),

totals as (
    select
        *,
        sum(articles) over pair_month as total,
        sum(articles * articles) over pair_month as squares
    from counted
    window pair_month as (partition by month, market, code)
),

measured as (
    select *, case when total >= 10 then squares / (total * total) end as hhi
    from totals
)

select
    month,
    market,
    code,
    name,
    media,
    articles,
    articles / total as share,
    total::bigint as total,
    hhi,
    1 / hhi as effective_media
from measured
