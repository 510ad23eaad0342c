-- view: stories
-- One row per story: an article and its reposts (copies, cuts, digests, other headlines), or an article alone.
--
-- grain: story_id
--
-- columns:
--   story_id        VARCHAR      the article that the lake had first; never changes, whatever comes later
--   story_date      DATE         that article's date, with which it came; asking by it reads little
--   article_id      VARCHAR      the article that was published first (of equal times the lower id)
--   published_at    TIMESTAMPTZ  when it was
--   media           VARCHAR      medium that had it first; NULL if that is not known
--   source          VARCHAR      source that brought that article
--   title           VARCHAR      its headline
--   articles        BIGINT       [articles] of the story, 1 if nobody repeats it
--   media_count     BIGINT       [media] that had it, as far as they are known
--   last_at         TIMESTAMPTZ  when the last of them was published
--   span            DOUBLE       [hours] from the first to the last
--
-- source: two articles are of one story if they share 7 in 10 of the shingles (four Chinese characters, eight Latin
-- letters) of both, or 9 in 10 of those of the shorter one, unless a later one is more than twice as long as what
-- it holds (a round-up), and if their figures, marked securities and headlines do not say that they are about
-- different things. Candidates come from MinHash in 14 bands of 8 as in FineWeb (datatrove) and from sampled shingles.
-- Texts below 40 characters must be equal. Each article is compared with the first one of a story, so there are no
-- chains; at most 7 days lie between. Numbers are Jaccard's index; the limits are in docs/decisions/stories.md. Here
-- the first article is the earliest published, a fact of today, and not the one with which the story is named
-- (NewsCatcher lets a cluster's parent change, too).
--
-- example: The stories of a date that most media had, and who was first
--   select media, published_at, media_count, articles, title
--   from stories
--   where story_date = '2022-05-26'
--   order by media_count desc, articles desc, story_id
--   limit 10

select
    story_id,
    story_date,
    first(article_id order by published_at, article_id) as article_id,
    min(published_at) as published_at,
    first(media order by published_at, article_id) as media,
    first(source order by published_at, article_id) as source,
    first(title order by published_at, article_id) as title,
    count(*) as articles,
    count(distinct media) as media_count,
    max(published_at) as last_at,
    (epoch_us(max(published_at)) - epoch_us(min(published_at))) / 3600000000 as span
from stored.stories
group by story_id, story_date
