-- macro: abnormal_attention_on(day)
-- One row per pair of market and code that any article of the date mentions: abnormal_attention of one date, faster.
--
-- grain: market, code
--
-- parameters:
--   day  DATE  the date; only it and the 60 before are read
--
-- columns: as abnormal_attention
--
-- ends: as abnormal_attention, from measured on
--
-- source: as the view abnormal_attention.
--
-- example: What got unusual attention on a date
--   select name, symbol, articles, round(baseline_mean, 2) as usual, round(z, 1) as z
--   from abnormal_attention_on('2022-05-26')
--   where kind = 'security' and articles >= 3
--   order by z desc nulls last, code
--   limit 20

with

baseline as (
    select count(distinct published_date) as days
    from stored.briefs
    where published_date between day::date - 60 and day::date - 1
),

daily as (  -- what attention_daily says of articles, without what it takes to say more
    select
        published_date,
        market,
        code,
        max(kind) as kind,
        max(symbol) as symbol,
        max(name) as name,
        count(*) as articles
    from stored.mentions
    where published_date between day::date - 60 and day::date
    group by published_date, market, code
),

past as (
    select
        market,
        code,
        sum(articles)::bigint as total,
        sum(articles * articles)::bigint as squares
    from daily
    where published_date < day::date
    group by market, code
),

counted as (
    select
        today.published_date,
        today.market,
        today.code,
        today.kind,
        today.symbol,
        today.name,
        today.articles,
        coalesce(past.total, 0) as total,
        coalesce(past.squares, 0) as squares,
        baseline.days
    from daily as today
    cross join baseline
    left join past on past.code = today.code and past.market is not distinct from today.market
    where today.published_date = day::date
)
