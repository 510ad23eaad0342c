-- view: rejects
-- One row per input that gave no article, with the reason.
--
-- grain: reject_id
--
-- columns:
--   reject_id       VARCHAR      hash of origin, capture, stage and reason
--   run_id          VARCHAR      the run that rejected it first
--   rejected_at     TIMESTAMPTZ  when
--   source          VARCHAR      name of the source that brought it
--   origin          VARCHAR      URL, path, or path!member for a member of an archive
--   path            VARCHAR      absolute path of the file or archive
--   member          VARCHAR      name within the archive
--   url             VARCHAR      address asked for
--   capture_id      VARCHAR      the capture; NULL: the bytes could not be had
--   stage           VARCHAR      where it failed: discover, capture, decode or extract
--   reason          VARCHAR      short stable word for counting
--   detail          VARCHAR      one sentence naming what was found
--   extractor       VARCHAR      name and version of the extractor
--   resolved        BOOLEAN      whether this capture, or another one of the same origin, gave an article afterwards; of a live source's list: whether the source brought anything since
--
-- source: the tables rejects, captures and outcomes.
--
-- example: Open rejects by reason
--   select stage, reason, count(*) as rejects, any_value(origin) as one_of_them
--   from rejects
--   where not resolved
--   group by stage, reason
--   order by rejects desc, stage, reason

with

tries as materialized (  -- few rows, found first: the join with all outcomes is then cheap
    select stored_rejects.reject_id, stored_rejects.rejected_at, stored_captures.capture_id
    from stored.rejects as stored_rejects
    inner join stored.captures as stored_captures on stored_captures.origin = stored_rejects.origin
),

newest_captures as (
    select source, max(captured_at) as captured_at
    from stored.captures
    group by source
),

later_successes as (
    select distinct tries.reject_id
    from tries
    inner join stored.outcomes as outcomes on outcomes.capture_id = tries.capture_id
    where outcomes.recorded_at > tries.rejected_at
        and outcomes.article_id is not null
        and outcomes.outcome <> 'rejected'

    union

    select stored_rejects.reject_id  -- a list that was read again: lists are no captures themselves
    from stored.rejects as stored_rejects
    inner join newest_captures on newest_captures.source = stored_rejects.source
    where stored_rejects.stage = 'discover'
        and stored_rejects.url is not null
        and newest_captures.captured_at > stored_rejects.rejected_at
)

select
    stored_rejects.*,
    later_successes.reject_id is not null as resolved
from stored.rejects as stored_rejects
left join later_successes on later_successes.reject_id = stored_rejects.reject_id
