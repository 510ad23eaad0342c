-- view: securities
-- One row per pair of market and code that any article mentions (current revisions), with its names over time.
--
-- grain: market, code
--
-- columns:
--   market       INTEGER      EastMoney's market number
--   code         VARCHAR      code within the market
--   kind         VARCHAR      security, board, index, fund or other
--   symbol       VARCHAR      standard symbol
--   mic          VARCHAR      market identifier code (ISO 10383), where sure
--   name         VARCHAR      the name used last; of several on that date the one in most articles
--   aliases      VARCHAR[]    the other names, the most recent first
--   names        STRUCT[]     every name, in order of first use
--     name       VARCHAR      as texts write it
--     first_date DATE         first date of publication with it
--     last_date  DATE         last one
--     articles   BIGINT       [articles] that use it first
--   articles     BIGINT       [articles] that mention the pair, by whatever name
--   first_seen   TIMESTAMPTZ  publication of the first article that mentions it
--   last_seen    TIMESTAMPTZ  publication of the last one
--
-- source: the column mentions of articles; market numbers are EastMoney's, MICs are ISO 10383. A name is what the
-- first mention in an article says; a rename or a prefix (ST, *ST, N, XD as the Shanghai and Shenzhen exchanges'
-- rules set them) shows as a name of its own.
--
-- example: Companies that changed their name, or have several
--   select symbol, name, aliases, first_seen::date as first_seen
--   from securities
--   where kind = 'security' and len(aliases) > 0
--   order by articles desc, code
--   limit 20

with

named as (
    select
        market,
        code,
        name,
        max(kind) as kind,
        max(symbol) as symbol,
        max(mic) as mic,
        count(*) as articles,
        min(published_at) as first_seen,
        max(published_at) as last_seen,
        min(published_date) as first_date,
        max(published_date) as last_date
    from stored.mentions
    group by market, code, name
),

paired as (
    select
        market,
        code,
        max(kind) as kind,
        max(symbol) as symbol,
        max(mic) as mic,
        list(name order by last_date desc, articles desc, name) filter (where name is not null) as recent,
        list(
            struct_pack(name := name, first_date := first_date, last_date := last_date, articles := articles)
            order by first_date, last_date, name
        ) filter (where name is not null) as names,
        sum(articles)::bigint as articles,
        min(first_seen) as first_seen,
        max(last_seen) as last_seen
    from named
    group by market, code
)

select
    market,
    code,
    kind,
    symbol,
    mic,
    recent[1] as name,
    coalesce(recent[2:], []) as aliases,
    coalesce(names, []) as names,
    articles,
    first_seen,
    last_seen
from paired
