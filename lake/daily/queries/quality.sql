-- How complete the articles are: part of each source's articles that have the field.
-- reads: quality_daily
select
    source, articles, rejects, title, digest, text, media, authors, category, tags, url, mentions, time, drifted
from quality_daily
where date = $day
order by articles desc, source
limit 20
