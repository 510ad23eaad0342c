-- How many stories began on the day, and how many of their articles only repeat others.
-- reads: stories
select
    count(*) as stories,
    count(*) filter (where media_count > 1) as shared,
    sum(articles)::bigint as articles,
    sum(articles)::bigint - count(*) as repeats
from stories
where story_date = $day
