-- view: seasonality
-- One row per source, weekday, hour and part of the trading day in which it published anything (times of Shanghai).
--
-- grain: source, weekday, hour, session
--
-- columns:
--   source    VARCHAR  name of the source that brought the articles
--   weekday   INTEGER  1 Monday to 7 Sunday (ISO 8601)
--   hour      INTEGER  [hour] 0 to 23, in Shanghai
--   session   VARCHAR  pre_open (before 9:30), morning (to 11:30), lunch (to 13:00), afternoon (to 15:00) or
--                      after_close of a trading day; off_day; unknown outside the known calendar. Intervals
--                      hold their beginning and not their end: 15:00:00 is after_close
--   articles  BIGINT   [articles] published then, with a time
--   days      BIGINT   [days] on which any were
--   share     DOUBLE   of all articles of the source with a time, 0 to 1
--
-- source: trading hours of the Shanghai and Shenzhen exchanges (trading rules, article 2.4.2: opening auction 9:15 to
-- 9:25, 9:30 to 11:30, 13:00 to 15:00, the last three minutes an auction); days from the view calendar. Auctions are
-- counted with what follows or precedes. Articles that have only a date (midnight) are left out.
--
-- example: When news comes, by hour and part of the trading day
--   select hour, session, sum(articles) as articles
--   from seasonality
--   group by hour, session
--   order by hour, session

with

local_times as (
    select source, make_timestamp(epoch_us(published_at) + 28_800_000_000) as local_time  -- UTC+8
    from stored.briefs
    where has_time
),

timed as (
    select source, local_time, local_time::date as day, hour(local_time) * 60 + minute(local_time) as clock
    from local_times
),

counted as (
    select
        source,
        day,
        clock // 60 as hour,
        case
            when clock < 570 then 'pre_open'
            when clock < 690 then 'morning'
            when clock < 780 then 'lunch'
            when clock < 900 then 'afternoon'
            else 'after_close'
        end as part,
        count(*) as articles
    from timed
    group by all
),

labelled as (
    select
        counted.source,
        isodow(counted.day)::integer as weekday,
        counted.hour::integer as hour,
        case
            when calendar.is_session then counted.part
            when calendar.is_session is null then 'unknown'
            else 'off_day'
        end as session,
        counted.day,
        counted.articles
    from counted
    left join calendar on calendar.date = counted.day
)

select
    source,
    weekday,
    hour,
    session,
    sum(articles)::bigint as articles,
    count(distinct day) as days,
    sum(articles) / sum(sum(articles)) over (partition by source) as share
from labelled
group by source, weekday, hour, session
