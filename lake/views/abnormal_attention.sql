-- view: abnormal_attention
-- One row per date and pair of market and code that any article of the date mentions: how unusual their number is.
--
-- grain: published_date, market, code
--
-- columns:
--   published_date     DATE     date in the site's zone
--   market             INTEGER  EastMoney's market number
--   code               VARCHAR  code within the market
--   kind               VARCHAR  security, board, index, fund or other
--   symbol             VARCHAR  standard symbol
--   name               VARCHAR  a name by which the date's articles call it
--   articles           BIGINT   [articles] that mention it on the date
--   baseline_days      BIGINT   [days] of the 60 before on which the lake holds any article at all; on those
--                               of them without an article about the pair it counts 0
--   baseline_articles  BIGINT   [articles] that mention it in the 60 days before; 0: the first in 60 days
--   baseline_mean      DOUBLE   [articles per day] over the baseline days
--   baseline_sd        DOUBLE   [articles per day] sample standard deviation over the baseline days
--   z                  DOUBLE   [standard deviations] (articles - mean) / deviation; NULL below 20 baseline
--                               days or where the deviation is 0
--
-- source: z-score against the days before, today not among them, as data observability does it (Elementary,
-- dbt-data-reliability, alarms at 3); attention against its own past: Da, Engelberg and Gao, Journal of Finance
-- 66, 2011 (abnormal search volume), and Barber and Odean, Review of Financial Studies 21, 2008 (volume over
-- its mean). The length of 60 days and the least number of 20 are this project's. Departures: a day on which
-- the lake has nothing is no quiet day and is left out; a deviation of 0 gives no score, where Elementary gives 0;
-- weekdays are not told apart, so weekends score low; a median as in the first paper would be 0 for most pairs. A
-- pair named rarely scores high with one article: ask for a number of articles as well. Reposts count; which articles
-- are new tells the view novelty. Asked for one date, this view computes all of them; abnormal_attention_on(day)
-- does not.
--
-- example: What gets unusual attention on the latest date
--   select name, symbol, articles, round(baseline_mean, 2) as usual, round(z, 1) as z
--   from abnormal_attention
--   where kind = 'security' and articles >= 3 and z >= 3
--       and published_date = (select max(published_date) from articles)
--   order by z desc, code
--   limit 20

with

lake_days as (
    select distinct published_date
    from stored.briefs
),

baselines as (
    select
        published_date,
        count(*) over (
            order by published_date
            range between interval 60 days preceding and interval 1 day preceding
        ) as days
    from lake_days
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
    group by published_date, market, code
),

summed as (
    select
        *,
        coalesce(sum(articles) over baseline, 0)::bigint as total,
        coalesce(sum(articles * articles) over baseline, 0)::bigint as squares
    from daily
    window baseline as (
        partition by market, code order by published_date
        range between interval 60 days preceding and interval 1 day preceding
    )
),

counted as (
    select summed.*, baselines.days
    from summed
    inner join baselines on baselines.published_date = summed.published_date
),

measured as (  -- from here on abnormal_attention_on goes the same way
    select
        *,
        total / nullif(days, 0) as mean,
        -- exact: both terms are integers before the division
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
