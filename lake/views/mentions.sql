-- view: mentions
-- One row per article (current revision) and distinct pair of market and code that its text mentions.
--
-- grain: article_id, position
--
-- columns:
--   article_id      VARCHAR      the article
--   published_date  DATE         its date in the site's zone
--   position        INTEGER      place in the order of first appearance, from 1
--   kind            VARCHAR      security, board, index, fund or other
--   market          INTEGER      EastMoney's market number
--   code            VARCHAR      code within the market
--   symbol          VARCHAR      standard symbol
--   mic             VARCHAR      market identifier code (ISO 10383), where sure
--   name            VARCHAR      name as the text writes it
--   count           INTEGER      [occurrences] in the text
--   first_offset    INTEGER      [characters] from the start of body_text; NULL: not in the text
--   marked_by       VARCHAR      what showed it: markup, chart, ticker or name
--
-- source: the column mentions of articles; market numbers are EastMoney's, MICs are ISO 10383.
--
-- example: The securities that most articles mention
--   select symbol, any_value(name) as name, count(*) as articles
--   from mentions
--   where kind = 'security'
--   group by symbol
--   order by articles desc, symbol
--   limit 10

select
    article_id,
    published_date,
    position,
    kind,
    market,
    code,
    symbol,
    mic,
    name,
    count,
    first_offset,
    marked_by
from stored.mentions
