-- macro: articles_about(security)
-- One row per article (current revision) and pair that ``security`` names: how much each article is about it.
--
-- grain: article_id, market, code
--
-- parameters:
--   security  VARCHAR  a symbol (600519.SH), EastMoney's pair (1.600519), a code (600519; of whatever market) or any
--                      name that texts use; a name finds the pair's articles under its other names, too
--
-- columns:
--   article_id      VARCHAR      the article
--   published_at    TIMESTAMPTZ  time of publication
--   published_date  DATE         its date in the site's zone
--   media           VARCHAR      medium named as the text's origin
--   relevance       INTEGER      [points] 0 to 100, see the view relevance
--   title           VARCHAR      headline
--   market          INTEGER      EastMoney's market number
--   code            VARCHAR      code within the market
--   symbol          VARCHAR      standard symbol
--   name            VARCHAR      name as the text writes it
--   count           INTEGER      [occurrences] in the text
--
-- source: the view relevance; 75 and more is significantly relevant.
--
-- example: The latest articles that are really about a company
--   select published_at, media, relevance, title
--   from articles_about('澜川储能')
--   where relevance >= 75
--   order by published_at desc
--   limit 20

with

found as (
    -- one condition a branch: each is looked up in what files tell of their values; with "or" all are read
    select market, code from stored.mentions where symbol = security
    union
    select market, code from stored.mentions where code = security
    union
    select market, code from stored.mentions where name = security
    union
    select market, code
    from stored.mentions
    where code = regexp_extract(security, '^-?[0-9]+[.](.*)$', 1) and market || '.' || code = security
),

pairs as (  -- as a list and back: so it shows that they are few, and the join looks them up
    select unnest(list(struct_pack(market := market, code := code))) as pair
    from found
)

select
    relevance.article_id,
    relevance.published_at,
    relevance.published_date,
    relevance.media,
    relevance.relevance,
    relevance.title,
    relevance.market,
    relevance.code,
    relevance.symbol,
    relevance.name,
    relevance.count
from relevance
inner join pairs on pairs.pair.code = relevance.code and pairs.pair.market is not distinct from relevance.market
