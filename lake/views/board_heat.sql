-- view: board_heat
-- One row per board and date from its first mention to the lake's last date: its share of all articles of 20 days.
--
-- grain: published_date, code
--
-- columns:
--   published_date   DATE    date in the site's zone
--   code             VARCHAR the board's code (market 90)
--   name             VARCHAR its name as texts wrote it last
--   articles         BIGINT  [articles] that mention it on the date
--   articles_20d     BIGINT  [articles] that mention it on the date and the 19 before
--   before_20d       BIGINT  [articles] that mention it on the 20 dates before those
--   share            DOUBLE  [percent] of all articles of the 20 days; NULL: there were none
--   share_before     DOUBLE  [percent] of all articles of the 20 days before; NULL: there were none
--   change           DOUBLE  [percentage points] share less share_before
--   rank             BIGINT  place among the boards of the date by share, 1 the hottest; equal shares, equal rank
--
-- source: volume as a share of all that was published, never a raw count, as GDELT's timelinevol (GDELT blog, DOC 2.0
-- API); the length of 20 days, about a month of sessions, is this project's. Shares are trailing, so peaks come late.
--
-- example: The hottest boards on the latest date, and those that heat up
--   select rank, name, articles_20d, round(share, 2) as share, round(change, 2) as change
--   from board_heat
--   where published_date = (select max(published_date) from articles)
--   order by rank, code
--   limit 20

with

totals as (
    select published_date, count(*) as articles
    from stored.briefs
    group by published_date
),

bounds as (
    select min(published_date) as first_day, max(published_date) as last_day
    from totals
),

days as (
    select first_day + unnest(range(last_day - first_day + 1))::integer as day
    from bounds
),

rolled_totals as (
    select
        days.day,
        coalesce(sum(totals.articles) over (order by days.day rows 19 preceding), 0) as articles_20d,
        coalesce(
            sum(totals.articles) over (order by days.day rows between 39 preceding and 20 preceding), 0
        ) as before_20d
    from days
    left join totals on totals.published_date = days.day
),

boards as (
    select published_date, code, name
    from stored.mentions
    where kind = 'board'
),

mentioned as (
    select published_date, code, count(*) as articles
    from boards
    group by published_date, code
),

called as (
    select
        code,
        min(published_date) as first_day,
        substr(max(published_date::varchar || name), 11) as name  -- a date is ten characters
    from boards
    group by code
),

grid as (
    select days.day, called.code, called.name, coalesce(mentioned.articles, 0) as articles
    from called
    inner join days on days.day >= called.first_day
    left join mentioned on mentioned.published_date = days.day and mentioned.code = called.code
),

rolled as (
    select
        *,
        sum(articles) over (partition by code order by day rows 19 preceding) as articles_20d,
        coalesce(
            sum(articles) over (partition by code order by day rows between 39 preceding and 20 preceding), 0
        ) as before_20d
    from grid
),

shared as (
    select
        rolled.*,
        100.0 * rolled.articles_20d / nullif(rolled_totals.articles_20d, 0) as share,
        100.0 * rolled.before_20d / nullif(rolled_totals.before_20d, 0) as share_before
    from rolled
    inner join rolled_totals on rolled_totals.day = rolled.day
)

select
    day as published_date,
    code,
    name,
    articles,
    articles_20d::bigint as articles_20d,
    before_20d::bigint as before_20d,
    share,
    share_before,
    share - share_before as change,
    rank() over (partition by day order by articles_20d desc) as rank
from shared
