-- view: novelty
-- One row per article (current revision) and pair of market and code that it mentions: how new its news of it is.
--
-- grain: article_id, market, code
--
-- columns:
--   story_id        VARCHAR      the article's story, see the view stories
--   story_date      DATE         its date; asking by it reads little
--   article_id      VARCHAR      the article
--   published_at    TIMESTAMPTZ  time of publication
--   published_date  DATE         its date in the site's zone
--   media           VARCHAR      medium named as the text's origin
--   kind            VARCHAR      security, board, index, fund or other
--   market          INTEGER      EastMoney's market number
--   code            VARCHAR      code within the market
--   symbol          VARCHAR      standard symbol
--   name            VARCHAR      name as the text writes it
--   similar_24h     BIGINT       [articles] of the story that name it and came before, in the 24 hours before
--   novelty         INTEGER      [points] 100 for the first, then 75, 56, 42, 32 …: round(100 × 0.75 ^ similar_24h)
--   gap             DOUBLE       [days] since the one before; 100 for the first and from 100 days on
--
-- source: RavenPack's event novelty score (User Guide 4.0, G_ENS: over all providers) and similarity gap: the scale, 24
-- hours (exactly 24 still count), 100 again after a day without. There, what is similar is of one category of events
-- and names the same entities; here it is of one story, that is, one text, and names the pair. So a second text on
-- the same event is new here. Of equal times the lower id comes first.
--
-- example: What was new about a security
--   select published_at, media, novelty, article_id
--   from novelty
--   where symbol = '600519.SH' and novelty = 100
--   order by published_at desc
--   limit 20

with

named as (
    select
        stories.story_id,
        stories.story_date,
        stories.article_id,
        stories.published_at,
        stories.published_date,
        stories.media,
        mentions.kind,
        mentions.market,
        mentions.code,
        mentions.symbol,
        mentions.name,
        epoch_us(stories.published_at) as moment
    from stored.stories as stories
    inner join mentions
        on mentions.article_id = stories.article_id
        and mentions.published_date = stories.published_date
),

compared as (
    select
        *,
        -- all before, less those that are older than a day
        row_number() over by_time - 1
        - count(*) over (
            partition by story_date, story_id, market, code
            order by moment
            range between unbounded preceding and 86400000001 preceding
        ) as similar_24h,
        moment - lag(moment) over by_time as since
    from named
    window by_time as (partition by story_date, story_id, market, code order by moment, article_id)
)

select
    story_id,
    story_date,
    article_id,
    published_at,
    published_date,
    media,
    kind,
    market,
    code,
    symbol,
    name,
    similar_24h,
    round(100 * pow(0.75, similar_24h))::integer as novelty,
    coalesce(least(since / 86400000000, 100), 100)::double as gap
from compared
