-- view: co_mentions
-- One row per ordered pair of securities that at least 3 articles name together; each pair stands both ways.
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
-- no published ones were found.
--
-- example: Who is named together with one security, and is that new?
--   select other_name, together, round(npmi, 2) as npmi, first_date
--   from co_mentions
--   where code = '600519'
--   order by npmi desc, other_code
--   limit 20

with

listed as (
    select
        published_date,
        media,
        mentions,
        list_sum([(each.kind = 'security')::integer for each in mentions]) as securities
    from articles
),

kept as (
    select published_date, media, mentions
    from listed
    where securities between 1 and 10
),

total as (
    select count(*) as articles
    from kept
),

singles as materialized (
    select
        coalesce(mention.market::varchar, '') || '.' || mention.code as pair,
        mention.market,
        mention.code,
        max(mention.name) as name,
        count(*) as articles
    from (select unnest(mentions) as mention from kept)
    where mention.kind = 'security'
    group by mention.market, mention.code
),

listed_pairs as (  -- a short string for each pair: cheaper to carry along than the mentions
    select
        published_date,
        media,
        [
            case when each.kind = 'security' then coalesce(each.market::varchar, '') || '.' || each.code end
            for each in mentions
        ] as pairs
    from kept
),

first_named as (
    select published_date, media, pairs, unnest(pairs) as pair
    from listed_pairs
),

both_named as (
    select published_date, media, pair, unnest(pairs) as other
    from first_named
    where pair is not null
),

per_medium as (
    select
        pair,
        other,
        media,
        count(*) as together,
        min(published_date) as first_date,
        max(published_date) as last_date
    from both_named
    where pair < other  -- each pair once; mirrored below
    group by pair, other, media
),

counted as materialized (
    select
        pair,
        other,
        sum(together)::bigint as together,
        count(media) as media,
        min(first_date) as first_date,
        max(last_date) as last_date
    from per_medium
    group by pair, other
    having sum(together) >= 3
),

mirrored as (
    select pair, other, together, media, first_date, last_date
    from counted
    union all
    select other, pair, together, media, first_date, last_date
    from counted
),

measured as (
    select
        one.market,
        one.code,
        one.name,
        two.market as other_market,
        two.code as other_code,
        two.name as other_name,
        mirrored.together,
        one.articles,
        two.articles as other_articles,
        mirrored.together::double * total.articles / (one.articles * two.articles) as lift,
        mirrored.together::double / total.articles as chance,
        mirrored.media,
        mirrored.first_date,
        mirrored.last_date
    from mirrored
    inner join singles as one on one.pair = mirrored.pair
    inner join singles as two on two.pair = mirrored.other
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
