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

-- joined and not in a window, and each table named anew: so a question about a date or a security reads little
earlier_articles as (
    select
        article.story_date,
        article.article_id,
        article.published_date,
        before.article_id as before_id,
        before.published_date as before_date,
        epoch_us(article.published_at) - epoch_us(before.published_at) as since
    from stored.stories as article
    inner join stored.stories as before
        on before.story_date = article.story_date
        and before.story_id = article.story_id
        and (
            before.published_at < article.published_at
            or (before.published_at = article.published_at and before.article_id < article.article_id)
        )
),

earlier as (
    select
        earlier_articles.story_date,
        earlier_articles.article_id,
        earlier_articles.published_date,
        mention.market,
        mention.code,
        count(*) filter (where earlier_articles.since <= 86400000000) as similar_24h,
        min(earlier_articles.since) as since
    from earlier_articles
    inner join mentions as mention
        on mention.article_id = earlier_articles.article_id
        and mention.published_date = earlier_articles.published_date
    inner join mentions as same
        on same.article_id = earlier_articles.before_id
        and same.published_date = earlier_articles.before_date
        and same.code = mention.code
        and same.market is not distinct from mention.market
    group by
        earlier_articles.story_date,
        earlier_articles.article_id,
        earlier_articles.published_date,
        mention.market,
        mention.code
)

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
    coalesce(earlier.similar_24h, 0) as similar_24h,
    round(100 * pow(0.75, coalesce(earlier.similar_24h, 0)))::integer as novelty,
    coalesce(least(earlier.since / 86400000000, 100), 100)::double as gap
from stored.stories as stories
inner join mentions
    on mentions.article_id = stories.article_id
    and mentions.published_date = stories.published_date
left join earlier
    on earlier.story_date = stories.story_date
    and earlier.article_id = mentions.article_id
    and earlier.published_date = mentions.published_date
    and earlier.code = mentions.code
    and earlier.market is not distinct from mentions.market
