-- When the day's news came: half hours of Shanghai and parts of the trading day. Articles that have only a date
-- (midnight, or the time of their capture) are left out.
-- reads: articles, calendar
with

timed as (
    select (epoch_us(published_at) + 28_800_000_000) % 86_400_000_000 // 60_000_000 as minute  -- at UTC+8
    from articles
    where published_date = $day
        and date_origin is distinct from 'capture'
        and (epoch_us(published_at) + 28_800_000_000) % 86_400_000_000 <> 0
),

day as (
    select coalesce((select is_session from calendar where date = $day), false) as is_session
)

select
    timed.minute // 30 * 30 as minute,
    case
        when not day.is_session then 'day off'
        when timed.minute < 570 then 'before the open'  -- 9:30
        when timed.minute < 690 then 'morning'  -- 11:30
        when timed.minute < 780 then 'lunch'  -- 13:00
        when timed.minute < 900 then 'afternoon'  -- 15:00
        else 'after the close'
    end as part,
    count(*) as articles
from timed
cross join day
group by all
order by minute, part
