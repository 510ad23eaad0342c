-- The stories that most media had, who was first, and how many minutes after it the others came.
-- reads: stories, reposts, articles
with

told as (
    select *
    from stories
    where story_date = $day and media_count > 1
    order by media_count desc, articles desc, published_at, story_id
    limit 8
),

after as (
    select reposts.story_id, reposts.media, min(reposts.lag) as minutes
    from reposts
    inner join told on told.story_id = reposts.story_id
    where reposts.story_date = $day and reposts.media is not null and reposts.media is distinct from told.media
    group by reposts.story_id, reposts.media
),

followers as (
    select
        story_id,
        list(struct_pack(media := media, minutes := minutes) order by minutes, media) as followers
    from after
    group by story_id
)

select
    told.title,
    told.media,
    told.published_at,
    told.articles,
    told.media_count,
    followers.followers,
    articles.url
from told
left join followers on followers.story_id = told.story_id
left join articles on articles.article_id = told.article_id and articles.published_date between $day - 8 and $day + 8
order by told.media_count desc, told.articles desc, told.published_at, told.story_id
