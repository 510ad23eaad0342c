-- view: coverage_gaps
-- One row per source and run of whole hours without an article of it in which there should have been some.
--
-- grain: source, gap_start
--
-- columns:
--   source      VARCHAR      name of the source
--   gap_start   TIMESTAMPTZ  beginning of the first empty hour
--   gap_end     TIMESTAMPTZ  end of the last empty hour
--   hours       BIGINT       [hours] without an article
--   expected    DOUBLE       [articles] sum over these hours of the median of the same hour of the week in the 8
--                            weeks before
--   chance      DOUBLE       of an empty run by accident, if articles came independently: exp(-expected)
--   sessions    BIGINT       [days] of trading in Shanghai that the run touches; 0: a holiday may explain it
--
-- source: expectation by hour of the week as in Elementary (dbt-data-reliability, seasonality hour_of_week); a run is a
-- gap when the Poisson chance of nothing is at most 0.1 %, that is from 6.91 expected articles on. Medians over 8
-- weeks (at least 4 of them known) survive bursts, as in Da, Engelberg and Gao, Journal of Finance 66, 2011; as
-- news comes in bursts and a mean would alarm too often. Not seen: a source that stops for good (its last hour is
-- not followed by any), and articles that have only a date.
--
-- example: Where something is missing
--   select source, gap_start, gap_end, hours, round(expected, 1) as expected, sessions
--   from coverage_gaps
--   order by expected desc, source, gap_start
--   limit 20

with

timed as (
    select source, (epoch_us(published_at) + 28_800_000_000) // 3_600_000_000 as hour_number
    from stored.briefs
    where has_time
),

hourly as (
    select source, hour_number, count(*) as articles
    from timed
    group by source, hour_number
),

spans as (
    select source, min(hour_number) as first_hour, max(hour_number) as last_hour
    from hourly
    group by source
),

hours as (
    select source, first_hour + unnest(range(last_hour - first_hour + 1)) as hour_number
    from spans
),

filled as (
    select
        hours.source,
        hours.hour_number,
        hours.hour_number % 168 as hour_of_week,
        coalesce(hourly.articles, 0) as articles
    from hours
    left join hourly
        on hourly.source is not distinct from hours.source and hourly.hour_number = hours.hour_number
),

expectations as (
    select
        *,
        case when count(*) over eight_weeks >= 4 then median(articles) over eight_weeks end as expected
    from filled
    window eight_weeks as (
        partition by source, hour_of_week order by hour_number rows between 8 preceding and 1 preceding
    )
),

marked as (  -- hours of one empty run share the number of filled hours before them
    select
        *,
        count(*) filter (where articles > 0) over (partition by source order by hour_number) as run
    from expectations
),

runs as (
    select
        source,
        min(hour_number) as first_hour,
        max(hour_number) as last_hour,
        count(*) as hours,
        coalesce(sum(expected), 0) as expected
    from marked
    where articles = 0
    group by source, run
    having sum(expected) >= 6.91
),

touched as (
    select runs.source, runs.first_hour, count(*) as sessions
    from runs
    inner join calendar
        on calendar.is_session
        and (epoch_us(calendar.date::timestamp) // 3_600_000_000) between runs.first_hour - 23 and runs.last_hour
    group by runs.source, runs.first_hour
)

select
    runs.source,
    to_timestamp((runs.first_hour - 8) * 3600) as gap_start,
    to_timestamp((runs.last_hour - 7) * 3600) as gap_end,
    runs.hours,
    runs.expected,
    exp(-runs.expected) as chance,
    coalesce(touched.sessions, 0) as sessions
from runs
left join touched
    on touched.source is not distinct from runs.source and touched.first_hour = runs.first_hour
