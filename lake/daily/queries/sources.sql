-- How long after publication the lake had the articles, by source, in minutes.
-- reads: publish_delay
select source, articles + without_time as articles, articles as timed, negative, p50, p95, slowest
from publish_delay
where published_date = $day
order by articles + without_time desc, source
limit 20
