-- view: reposts
-- One row per article of a story that several articles tell: who had it first, and how long after the others came.
--
-- grain: article_id
--
-- columns:
--   story_id          VARCHAR      the story
--   story_date        DATE         its date; asking by it reads little
--   rank              BIGINT       1 for the article that was published first, then in order of time; by id where
--                                  times are equal
--   article_id        VARCHAR      the article
--   published_at      TIMESTAMPTZ  time of publication
--   published_date    DATE         its date in the site's zone
--   media             VARCHAR      medium named as the text's origin
--   source            VARCHAR      name of the source that brought it
--   title             VARCHAR      headline
--   lag               DOUBLE       [minutes] after the first
--   media_rank        BIGINT       1 for the medium that had the story first, then in order of their first articles;
--                                  NULL if the medium is not known
--   first_article_id  VARCHAR      the article that was first
--   first_media       VARCHAR      medium that had it first
--   jaccard           DOUBLE       [0 to 1] shared text / all text of this article and the one that the lake had first,
--                                  when it came; NULL for that one
--   contained         DOUBLE       [0 to 1] shared text / text of the shorter of the two
--
-- source: as the view stories. Order and lag are those of the times of publication, which are the media's own.
--
-- example: Who repeats whom, and how fast
--   select first_media, media, count(*) as articles, median(lag) as minutes
--   from reposts
--   where media <> first_media
--   group by all
--   order by articles desc, first_media, media
--   limit 20

with

counted as (
    select
        *,
        count(*) over (partition by story_date, story_id) as articles
    from stored.stories
),

ranked as (
    select
        *,
        row_number() over by_time as rank,
        first_value(published_at) over by_time as first_at,
        first_value(article_id) over by_time as first_article_id,
        first_value(media) over by_time as first_media,
        min(published_at) over (partition by story_date, story_id, media) as media_at
    from counted
    where articles > 1
    window by_time as (partition by story_date, story_id order by published_at, article_id)
)

select
    story_id,
    story_date,
    rank,
    article_id,
    published_at,
    published_date,
    media,
    source,
    title,
    (epoch_us(published_at) - epoch_us(first_at)) / 60000000 as lag,
    case
        when media is not null then dense_rank() over (
            partition by story_date, story_id, media is null
            order by media_at, media
        )
    end as media_rank,
    first_article_id,
    first_media,
    jaccard,
    contained
from ranked
