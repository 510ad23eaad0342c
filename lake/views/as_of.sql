-- macro: as_of(moment)
-- One row per article that the lake held at ``moment``, with the content that it had then: no look ahead.
--
-- grain: article_id
--
-- parameters:
--   moment  TIMESTAMPTZ  a time; what a run committed at that very moment counts
--
-- columns: as articles
--
-- source: what could be known at a time, as histories "as was" of Thomson Reuters News Analytics give it. A content is
-- known from the commit of the run that wrote it (view snapshots), else, where that is forgotten, from its capture. What
-- an archive brought is known from when it was read; for the time of publication ask for published_at. A
-- correction by a later extractor counts as known from then.
--
-- example: What the lake knew of a date at the end of the next
--   select published_at, title, revision
--   from as_of('2022-05-27 23:59:59+08')
--   where published_date = '2022-05-26'
--   order by published_at

with

commits as (
    select run_id, min(committed_at) as committed_at
    from snapshots
    where run_id <> ''
    group by run_id
),

later_revisions as (  -- asked of these two, for asking revisions would open every file of articles
    select article_id, revision, run_id, captured_at, first_seen_at
    from stored.revised
    where revision > 1
    union all
    select article_id, revision, run_id, captured_at, first_seen_at
    from stored.superseded
    where revision > 1
),

superseding as (
    select later.article_id, later.revision
    from later_revisions as later
    left join commits on commits.run_id = later.run_id
    where coalesce(commits.committed_at, later.captured_at, later.first_seen_at) <= moment::timestamptz
),

known as (
    select revisions.*
    from revisions
    left join commits on commits.run_id = revisions.run_id
    where coalesce(commits.committed_at, revisions.captured_at, revisions.first_seen_at) <= moment::timestamptz
)

select known.*
from known
anti join superseding
    on superseding.article_id = known.article_id
    and superseding.revision > known.revision
