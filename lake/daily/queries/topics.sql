-- The sites' own columns that filled the day.
-- reads: topics
select host, section, articles, share
from topics
where published_date = $day
order by articles desc, host, section
limit 8
