-- Who published most.
-- reads: articles
select media, count(*) as articles, count(*) over () as all_media
from articles
where published_date = $day and media <> ''
group by media
order by articles desc, media
limit 12
