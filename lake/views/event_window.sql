-- macro: event_window(security, before := 5, after := 10)
-- One row per trading session with news about ``security`` (an event) and session of the window around it.
--
-- grain: event_session, offset
--
-- parameters:
--   security  VARCHAR  as articles_about takes it
--   before    INTEGER  [sessions] of the window before the event
--   after     INTEGER  [sessions] of the window after it
--
-- columns:
--   event_session   DATE     the session to which the news belongs
--   event_articles  BIGINT   [articles] of relevance 75 and more that belong to it
--   event_title     VARCHAR  headline of the first of them; of several at once that of the first id
--   offset          BIGINT   [sessions] from the event: negative before, 0 the event's own
--   session         DATE     the session: join prices here
--   articles        BIGINT   [articles] of relevance 75 and more that belong to this session
--   alone           BOOLEAN  whether no other event lies in the window: only such windows are independent
--
-- source: event study in trading sessions, windows that do not overlap: MacKinlay, Journal of Economic Literature 35,
-- 1997. News belongs to the first session that closes after it: on a session before 15:00 in Shanghai to that one,
-- else to the next; a date without a time to its own. Sessions are those of the view calendar, so of Shanghai,
-- Shenzhen and Beijing, whatever the security's market. Events without a known session are left out.
--
-- example: Sessions around news that stood alone
--   select event_session, event_title, session, "offset", articles
--   from event_window('301905.SZ', before := 1, after := 3)
--   where alone
--   order by event_session, "offset"

with

about as (
    select
        article_id,
        published_at,
        any_value(title) as title,
        make_timestamp(epoch_us(published_at) + 28_800_000_000) as local_time  -- UTC+8
    from articles_about(security)
    where relevance >= 75
    group by article_id, published_at
),

attributed as (
    select
        about.article_id,
        about.published_at,
        about.title,
        case
            when calendar.is_session and hour(about.local_time) >= 15 then calendar.next_session
            else calendar.session
        end as session
    from about
    inner join calendar on calendar.date = about.local_time::date
),

sessions as (
    select date as session, session_number
    from calendar
    where is_session
),

events as (
    select
        sessions.session,
        sessions.session_number,
        count(*) as articles,
        -- of articles of one moment the one whose id comes first; as text, for DuckDB 1.0 knows no order of pairs here
        arg_min(
            attributed.title, lpad(epoch_us(attributed.published_at)::varchar, 20, '0') || attributed.article_id
        ) as title
    from attributed
    inner join sessions on sessions.session = attributed.session
    group by sessions.session, sessions.session_number
),

neighbours as (
    select
        *,
        coalesce(session_number - lag(session_number) over (order by session_number) > before, true)
        and coalesce(lead(session_number) over (order by session_number) - session_number > after, true) as alone
    from events
)

select
    neighbours.session as event_session,
    neighbours.articles as event_articles,
    neighbours.title as event_title,
    sessions.session_number - neighbours.session_number as "offset",
    sessions.session,
    coalesce(events.articles, 0) as articles,
    neighbours.alone
from neighbours
inner join sessions
    on sessions.session_number between neighbours.session_number - before and neighbours.session_number + after
left join events on events.session_number = sessions.session_number
