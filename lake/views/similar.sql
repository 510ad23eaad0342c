-- macro: similar(article, days := 7)
-- One row per article that shares text with ``article``: those of its story, and others that have a fifth in common.
--
-- grain: article_id
--
-- parameters:
--   article  VARCHAR  an article_id
--   days     INTEGER  [days] before and after its date in which to look
--
-- columns:
--   article_id      VARCHAR      the other article
--   published_at    TIMESTAMPTZ  time of publication
--   published_date  DATE         its date in the site's zone
--   media           VARCHAR      medium named as the text's origin
--   title           VARCHAR      headline
--   story_id        VARCHAR      its story
--   same_story      BOOLEAN      whether that is the article's story, too
--   jaccard         DOUBLE       [0 to 1] shared text / all text of both, estimated; NULL for very short texts
--   contained       DOUBLE       [0 to 1] shared text / text of the shorter one, estimated
--
-- source: estimated from samples: of every text one in sixteen strings of eight Chinese characters (sixteen Latin letters),
-- chosen by their hash (FracMinHash: Irber et al. 2022); a text of 800 characters has 50, so 0.7 may be 0.6 or 0.8. Others
-- than those of the story are given from a Jaccard index of 0.2 on, or from half of the shorter text, with at least 4
-- samples in common: these limits are this project's own. What repeats is told exactly, by the view stories.
--
-- example: What else says the same
--   select published_at, media, same_story, round(contained, 2) as contained, title
--   from similar('eastmoney:202205262392871640')
--   order by same_story desc, jaccard desc nulls last, article_id
--   limit 20

with

given as (
    select article_id, published_date, story_id, marks
    from stored.stories
    where article_id = article
),

dates as (
    select published_date + unnest(range(-days::integer, days::integer + 1))::integer as published_date
    from given
),

compared as (
    select
        others.article_id,
        others.published_at,
        others.published_date,
        others.media,
        others.title,
        others.story_id,
        others.story_id = given.story_id as same_story,
        len(list_intersect(others.marks, given.marks)) as shared,
        len(others.marks) as marks,
        len(given.marks) as given_marks
    from stored.stories as others
    inner join dates on dates.published_date = others.published_date
    cross join given
    where others.article_id <> given.article_id
)

select
    article_id,
    published_at,
    published_date,
    media,
    title,
    story_id,
    same_story,
    shared / nullif(marks + given_marks - shared, 0)::double as jaccard,
    shared / nullif(least(marks, given_marks), 0)::double as contained
from compared
where same_story
    or shared >= 0.2 * (marks + given_marks - shared) and shared >= 4
    or shared >= 0.5 * least(marks, given_marks) and shared >= 4
