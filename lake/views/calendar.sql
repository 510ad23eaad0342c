-- view: calendar
-- One row per calendar date, from a year before the lake's first year to a year after its last.
--
-- grain: date
--
-- columns:
--   date              DATE     the date
--   weekday           INTEGER  1 Monday to 7 Sunday (ISO 8601)
--   is_session        BOOLEAN  whether Shanghai and Shenzhen trade; NULL before 2010 and after 2026, where it is not known
--   session_number    BIGINT   number of this session, or of the last before this date; 1 is 2010-01-04
--   session           DATE     the date if it is a session, else the next session
--   previous_session  DATE     the last session before the date
--   next_session      DATE     the first session after the date
--   articles          BIGINT   [articles] published on the date
--
-- source: weekdays without trading as the yearly holiday notices of the Shanghai Stock Exchange announce them, for
-- 2010 to 2026, taken from the package exchange_calendars 4.13.2 (XSHG); Shenzhen and Beijing keep the same
-- days. Make-up workdays on weekends are never sessions. Next year's closures are added each December, when
-- they are announced; until then its dates have no session.
--
-- example: Sessions and days off of a month, and how much was published
--   select date, is_session, articles
--   from calendar
--   where date between '2022-05-01' and '2022-05-31'
--   order by date

with

closures (first_day, last_day) as (  -- weekends between and after them are closed anyway
    values
        ('2010-01-01', '2010-01-01'), ('2010-02-15', '2010-02-19'), ('2010-04-05', '2010-04-05'),
        ('2010-05-03', '2010-05-03'), ('2010-06-14', '2010-06-16'), ('2010-09-22', '2010-09-24'),
        ('2010-10-01', '2010-10-07'),
        ('2011-01-03', '2011-01-03'), ('2011-02-02', '2011-02-08'), ('2011-04-04', '2011-04-05'),
        ('2011-05-02', '2011-05-02'), ('2011-06-06', '2011-06-06'), ('2011-09-12', '2011-09-12'),
        ('2011-10-03', '2011-10-07'),
        ('2012-01-02', '2012-01-03'), ('2012-01-23', '2012-01-27'), ('2012-04-02', '2012-04-04'),
        ('2012-04-30', '2012-05-01'), ('2012-06-22', '2012-06-22'), ('2012-10-01', '2012-10-05'),
        ('2013-01-01', '2013-01-03'), ('2013-02-11', '2013-02-15'), ('2013-04-04', '2013-04-05'),
        ('2013-04-29', '2013-05-01'), ('2013-06-10', '2013-06-12'), ('2013-09-19', '2013-09-20'),
        ('2013-10-01', '2013-10-07'),
        ('2014-01-01', '2014-01-01'), ('2014-01-31', '2014-02-06'), ('2014-04-07', '2014-04-07'),
        ('2014-05-01', '2014-05-02'), ('2014-06-02', '2014-06-02'), ('2014-09-08', '2014-09-08'),
        ('2014-10-01', '2014-10-07'),
        ('2015-01-01', '2015-01-02'), ('2015-02-18', '2015-02-24'), ('2015-04-06', '2015-04-06'),
        ('2015-05-01', '2015-05-01'), ('2015-06-22', '2015-06-22'), ('2015-09-03', '2015-09-04'),
        ('2015-10-01', '2015-10-07'),
        ('2016-01-01', '2016-01-01'), ('2016-02-08', '2016-02-12'), ('2016-04-04', '2016-04-04'),
        ('2016-05-02', '2016-05-02'), ('2016-06-09', '2016-06-10'), ('2016-09-15', '2016-09-16'),
        ('2016-10-03', '2016-10-07'),
        ('2017-01-02', '2017-01-02'), ('2017-01-27', '2017-02-02'), ('2017-04-03', '2017-04-04'),
        ('2017-05-01', '2017-05-01'), ('2017-05-29', '2017-05-30'), ('2017-10-02', '2017-10-06'),
        ('2018-01-01', '2018-01-01'), ('2018-02-15', '2018-02-21'), ('2018-04-05', '2018-04-06'),
        ('2018-04-30', '2018-05-01'), ('2018-06-18', '2018-06-18'), ('2018-09-24', '2018-09-24'),
        ('2018-10-01', '2018-10-05'), ('2018-12-31', '2019-01-01'),
        ('2019-02-04', '2019-02-08'), ('2019-04-05', '2019-04-05'), ('2019-05-01', '2019-05-03'),
        ('2019-06-07', '2019-06-07'), ('2019-09-13', '2019-09-13'), ('2019-10-01', '2019-10-07'),
        ('2020-01-01', '2020-01-01'), ('2020-01-24', '2020-01-31'), ('2020-04-06', '2020-04-06'),
        ('2020-05-01', '2020-05-05'), ('2020-06-25', '2020-06-26'), ('2020-10-01', '2020-10-08'),
        ('2021-01-01', '2021-01-01'), ('2021-02-11', '2021-02-17'), ('2021-04-05', '2021-04-05'),
        ('2021-05-03', '2021-05-05'), ('2021-06-14', '2021-06-14'), ('2021-09-20', '2021-09-21'),
        ('2021-10-01', '2021-10-07'),
        ('2022-01-03', '2022-01-03'), ('2022-01-31', '2022-02-04'), ('2022-04-04', '2022-04-05'),
        ('2022-05-02', '2022-05-04'), ('2022-06-03', '2022-06-03'), ('2022-09-12', '2022-09-12'),
        ('2022-10-03', '2022-10-07'),
        ('2023-01-02', '2023-01-02'), ('2023-01-23', '2023-01-27'), ('2023-04-05', '2023-04-05'),
        ('2023-05-01', '2023-05-03'), ('2023-06-22', '2023-06-23'), ('2023-09-29', '2023-10-06'),
        ('2024-01-01', '2024-01-01'), ('2024-02-09', '2024-02-16'), ('2024-04-04', '2024-04-05'),
        ('2024-05-01', '2024-05-03'), ('2024-06-10', '2024-06-10'), ('2024-09-16', '2024-09-17'),
        ('2024-10-01', '2024-10-07'),
        ('2025-01-01', '2025-01-01'), ('2025-01-28', '2025-02-04'), ('2025-04-04', '2025-04-04'),
        ('2025-05-01', '2025-05-05'), ('2025-06-02', '2025-06-02'), ('2025-10-01', '2025-10-08'),
        ('2026-01-01', '2026-01-02'), ('2026-02-16', '2026-02-23'), ('2026-04-06', '2026-04-06'),
        ('2026-05-01', '2026-05-05'), ('2026-06-19', '2026-06-19'), ('2026-09-25', '2026-09-25'),
        ('2026-10-01', '2026-10-07')
),

known_days as (
    select date '2010-01-01' + unnest(range(date '2026-12-31' - date '2010-01-01' + 1))::integer as day
),

closed_days as (
    select first_day::date + unnest(range(last_day::date - first_day::date + 1))::integer as day
    from closures
),

labelled as (
    select known_days.day, isodow(known_days.day) <= 5 and closed_days.day is null as is_session
    from known_days
    left join closed_days on closed_days.day = known_days.day
),

numbered as (
    select
        day,
        is_session,
        count(*) filter (where is_session) over (order by day) as session_number,
        max(day) filter (where is_session)
            over (order by day rows between unbounded preceding and 1 preceding) as previous_session,
        min(day) filter (where is_session)
            over (order by day rows between current row and unbounded following) as session,
        min(day) filter (where is_session)
            over (order by day rows between 1 following and unbounded following) as next_session
    from labelled
),

published as (
    select published_date, count(*) as articles
    from stored.briefs
    group by published_date
),

bounds as (
    select
        make_date(year(min(published_date)) - 1, 1, 1) as first_day,
        make_date(year(max(published_date)) + 1, 12, 31) as last_day
    from published
),

dates as (
    select first_day + unnest(range(last_day - first_day + 1))::integer as day
    from bounds
)

select
    dates.day as date,
    isodow(dates.day)::integer as weekday,
    numbered.is_session,
    numbered.session_number,
    numbered.session,
    numbered.previous_session,
    numbered.next_session,
    coalesce(published.articles, 0) as articles
from dates
left join numbered on numbered.day = dates.day
left join published on published.published_date = dates.day
