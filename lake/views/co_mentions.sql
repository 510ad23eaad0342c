-- view: co_mentions
-- One row per ordered pair of securities that at least 3 articles name together; each pair stands both ways
-- (code < other_code takes each once).
--
-- grain: market, code, other_market, other_code
--
-- columns:
--   market         INTEGER  EastMoney's market number of the one
--   code           VARCHAR  its code
--   name           VARCHAR  a name of it
--   other_market   INTEGER  EastMoney's market number of the other
--   other_code     VARCHAR  its code
--   other_name     VARCHAR  a name of it
--   together       BIGINT   [articles] that name both
--   articles       BIGINT   [articles] that name the one
--   other_articles BIGINT   [articles] that name the other
--   share          DOUBLE   together / articles: how much of the one's news names the other
--   lift           DOUBLE   how many times more often together than if independent
--   npmi           DOUBLE   normalised pointwise mutual information: 1 only together, 0 independent, towards
--                           -1 hardly ever; NULL where every article names both
--   jaccard        DOUBLE   together / articles that name either
--   media          BIGINT   [media] that name both
--   first_date     DATE     first date on which an article names both
--   last_date      DATE     last one
--
-- source: NPMI: Bouma, Normalized (Pointwise) Mutual Information in Collocation Extraction, GSCL 2009: ln(p(ab) /
-- (p(a) p(b))) / -ln p(ab), with lift the quotient inside. All counts and the total are over articles that
-- name 1 to 10 securities: in longer lists everybody stands with everybody (n securities make n (n - 1) / 2
-- pairs). The limits of 10 securities and of 3 articles, below which NPMI is high by chance, are this project's:
-- no published ones were found. Reposts count; media tells how many different ones named both.
--
-- example: Who is named together with one security, and is that new?
--   select other_name, together, round(npmi, 2) as npmi, first_date
--   from co_mentions
--   where code = '600519'
--   order by npmi desc, other_code
--   limit 20

with

-- the table is named three times: a part that is read twice would be stored, and with all rows
total as (  -- each article adds as many rows as it names securities; all numbers up to 10 divide 2520
    select (sum(2520 // securities) // 2520)::bigint as articles
    from stored.mentions
    where kind = 'security' and securities between 1 and 10
),

singles as (
    select
        coalesce(market::varchar, '') || '.' || code as pair,
        market,
        code,
        max(name) as name,
        count(*) as articles
    from stored.mentions
    where kind = 'security' and securities between 1 and 10
    group by market, code
),

both_named as (
    select published_date, media, market, code, unnest(others) as other
    from stored.mentions
    where kind = 'security' and securities between 1 and 10
),

per_medium as (
    select
        market,
        code,
        other,
        media,
        count(*) as together,
        min(published_date) as first_date,
        max(published_date) as last_date
    from both_named
    group by market, code, other, media
),

counted as (
    select
        market,
        code,
        other,
        sum(together)::bigint as together,
        count(media) as media,
        min(first_date) as first_date,
        max(last_date) as last_date
    from per_medium
    group by market, code, other
    having sum(together) >= 3
),

measured as (
    select
        counted.market,
        counted.code,
        one.name,
        two.market as other_market,
        two.code as other_code,
        two.name as other_name,
        counted.together,
        one.articles,
        two.articles as other_articles,
        counted.together::double * total.articles / (one.articles * two.articles) as lift,
        counted.together::double / total.articles as chance,
        counted.media,
        counted.first_date,
        counted.last_date
    from counted
    inner join singles as one on one.code = counted.code and one.market is not distinct from counted.market
    inner join singles as two on two.pair = counted.other
    cross join total
)

select
    market,
    code,
    name,
    other_market,
    other_code,
    other_name,
    together,
    articles,
    other_articles,
    together / articles as share,
    lift,
    case when chance < 1 then ln(lift) / -ln(chance) end as npmi,
    together / (articles + other_articles - together) as jaccard,
    media,
    first_date,
    last_date
from measured
