-- The day in figures, beside the same weekday of the eight weeks before.
-- reads: articles, calendar, snapshots
with

today as (
    select
        count(*) as articles,
        count(distinct media) as media,
        count(distinct source) as sources,
        count(*) filter (where len(mentions) > 0) as naming
    from articles
    where published_date = $day
),

same_weekdays as (
    select count(*) as articles
    from articles
    where published_date between $day - 56 and $day - 1 and isodow(published_date) = isodow($day)
    group by published_date
),

usual as (
    select
        count(*) as weeks,
        case when count(*) >= 3 then avg(articles) end as articles  -- two weeks are no habit
    from same_weekdays
)

select
    today.*,
    usual.articles as usual,
    usual.weeks,
    (select is_session from calendar where date = $day) as is_session,
    (select max(snapshot) from snapshots) as snapshot,
    (select max(committed_at) from snapshots) as committed_at
from today
cross join usual
