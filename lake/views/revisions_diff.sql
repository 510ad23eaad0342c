-- view: revisions_diff
-- One row per article and revision after the first: what differs from the revision before.
--
-- grain: article_id, revision
--
-- columns:
--   article_id         VARCHAR      the article
--   published_date     DATE         its date in the site's zone, in this revision
--   revision           INTEGER      number of this content
--   previous_revision  INTEGER      number of the content before
--   captured_at        TIMESTAMPTZ  when the leading capture of this revision was made
--   extractor          VARCHAR      name and version of the extractor
--   same_extractor     BOOLEAN      false: another version read the pages; a change may be its doing
--   changed            VARCHAR[]    what differs, of title, digest, text, media, published_at, tags, mentions and
--                                   url; empty: something else, such as markup, images or links
--   title_before       VARCHAR      headline before
--   title              VARCHAR      headline
--   characters         BIGINT       [characters] of text
--   characters_before  BIGINT       [characters] of text before
--   removed            VARCHAR[]    paragraphs of the text before that this one lacks
--   added              VARCHAR[]    paragraphs that the text before lacked
--   moved_by           BIGINT       [seconds] by which the time of publication went later
--
-- source: changes of title and text apart, as GDELT's Difference Graph reports them (GDELT blog); a page that vanishes or
-- redirects leaves no revision and is not here. Paragraphs are compared as wholes and as sets.
--
-- example: What was corrected after publication
--   select captured_at, article_id, changed, title_before, title, added
--   from revisions_diff
--   where same_extractor
--   order by captured_at desc, article_id
--   limit 20

with

revised_ids as (
    select distinct article_id
    from stored.revised
    where revision > 1
),

paired as (
    select
        *,
        string_split(coalesce(body_text, ''), chr(10) || chr(10)) as paragraphs,
        lag(revision) over versions as previous_revision,
        lag(extractor) over versions as extractor_before,
        lag(title) over versions as title_before,
        lag(digest) over versions as digest_before,
        lag(body_text) over versions as text_before,
        lag(media) over versions as media_before,
        lag(published_at) over versions as published_before,
        lag(tags) over versions as tags_before,
        lag(mentions) over versions as mentions_before,
        lag(url) over versions as url_before
    from revisions
    semi join revised_ids on revised_ids.article_id = revisions.article_id
    window versions as (partition by article_id order by revision)
),

compared as (
    select
        *,
        string_split(coalesce(text_before, ''), chr(10) || chr(10)) as paragraphs_before,
        [
            case when title is distinct from title_before then 'title' end,
            case when digest is distinct from digest_before then 'digest' end,
            case when body_text is distinct from text_before then 'text' end,
            case when media is distinct from media_before then 'media' end,
            case when published_at is distinct from published_before then 'published_at' end,
            case when tags is distinct from tags_before then 'tags' end,
            case when mentions is distinct from mentions_before then 'mentions' end,
            case when url is distinct from url_before then 'url' end
        ] as differences
    from paired
    where previous_revision is not null
)

select
    article_id,
    published_date,
    revision,
    previous_revision,
    captured_at,
    extractor,
    extractor is not distinct from extractor_before as same_extractor,
    [difference for difference in differences if difference is not null] as changed,
    title_before,
    title,
    length(coalesce(body_text, '')) as characters,
    length(coalesce(text_before, '')) as characters_before,
    [part for part in paragraphs_before if part <> '' and not list_contains(paragraphs, part)] as removed,
    [part for part in paragraphs if part <> '' and not list_contains(paragraphs_before, part)] as added,
    (epoch_us(published_at) - epoch_us(published_before)) // 1_000_000 as moved_by
from compared
