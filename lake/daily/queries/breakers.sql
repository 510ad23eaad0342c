-- Who broke the stories that several media had: how often each medium was first.
-- reads: reposts
with

shared as (
    select
        story_id,
        media,
        min(media_rank) as place,
        count(distinct media) over (partition by story_id) as all_media
    from reposts
    where story_date = $day and media is not null
    group by story_id, media
)

select
    media,
    count(*) filter (where place = 1) as articles,
    count(*) as stories
from shared
where all_media > 1
group by media
having count(*) filter (where place = 1) > 0
order by articles desc, stories, media
limit 12
