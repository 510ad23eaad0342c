-- How much was published on each of sixty days.
-- reads: calendar
select date, is_session, articles
from calendar
where date between $day - 59 and $day
order by date
