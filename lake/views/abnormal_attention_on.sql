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

past as (
    select
        market,
        code,
        sum(articles)::bigint as total,
        sum(articles * articles)::bigint as squares
    from attention_daily
    where published_date between day::date - 60 and day::date - 1
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
    from attention_daily as today
    cross join baseline
    left join past on past.code = today.code and past.market is not distinct from today.market
    where today.published_date = day::date
),

measured as (
    select
        *,
        total / nullif(days, 0) as mean,
        case when days >= 2 then sqrt((days * squares - total * total) / (days * (days - 1))) end as sd
    from counted
)

select
    published_date,
    market,
    code,
    kind,
    symbol,
    name,
    articles,
    days as baseline_days,
    total as baseline_articles,
    mean as baseline_mean,
    sd as baseline_sd,
    case when days >= 20 then (articles - mean) / nullif(sd, 0) end as z
from measured
