-- view: relevance
-- One row per article (current revision) and pair of market and code that it mentions: how much it is about it.
--
-- grain: article_id, position
--
-- columns:
--   article_id      VARCHAR      the article
--   published_at    TIMESTAMPTZ  time of publication
--   published_date  DATE         its date in the site's zone
--   media           VARCHAR      medium named as the text's origin
--   title           VARCHAR      headline
--   position        INTEGER      place in the order of first appearance, from 1
--   kind            VARCHAR      security, board, index, fund or other
--   market          INTEGER      EastMoney's market number
--   code            VARCHAR      code within the market
--   symbol          VARCHAR      standard symbol
--   name            VARCHAR      name as the text writes it
--   count           INTEGER      [occurrences] in the text
--   in_title        BOOLEAN      whether the headline has the name (or a code of five digits and more, if unnamed)
--   in_lead         BOOLEAN      whether it first appears in the first 200 characters of the text
--   charted         BOOLEAN      whether a chart shows it
--   listed          BOOLEAN      whether the article names more than 10 securities
--   securities      INTEGER      how many securities the article names
--   relevance       INTEGER      [points] 0 to 100: 100 in the title; 90 in the lead or charted; 75 named twice
--                                or more; 50 the first one named; 20 else. In a list (listed): 100 in the
--                                title, 20 where it would be 75 and more, 0 else
--
-- source: 0 to 100 with 100 for a clear role, 0 for passing and 75 and more for significant follows RavenPack's
-- RELEVANCE (User Guide 4.0; Handbook of News Analytics in Finance, 2011, 5.B.1); title and sentence of first
-- mention as in Thomson Reuters News Analytics (data sheet of 2018). The steps between are this project's own:
-- no vendor documents them. The lead is counted in characters and not as a paragraph, so that no text need be
-- read: first paragraphs in the seed archive are mostly shorter than that. A list is told by its number of
-- securities, like round-ups in the Handbook, ch. 1; the limit of 10 is this project's own.
--
-- example: What is really about one security
--   select published_at, media, relevance, title
--   from relevance
--   where symbol = '600519.SH' and relevance >= 75
--   order by published_at desc
--   limit 20

with

signs as (
    select
        *,
        coalesce(first_offset < 200, false) as in_lead,
        securities > 10 as listed
    from stored.mentions
)

select
    article_id,
    published_at,
    published_date,
    media,
    title,
    position,
    kind,
    market,
    code,
    symbol,
    name,
    count,
    in_title,
    in_lead,
    charted,
    listed,
    securities,
    case
        when in_title then 100
        when listed then case when in_lead or charted or count >= 2 then 20 else 0 end
        when in_lead or charted then 90
        when count >= 2 then 75
        when position = 1 then 50
        else 20
    end::integer as relevance
from signs
