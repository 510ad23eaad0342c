-- view: images
-- One row per article (current revision) and content image in it.
--
-- grain: article_id, position
--
-- columns:
--   article_id      VARCHAR      the article
--   published_date  DATE         its date in the site's zone
--   position        INTEGER      place in the article, from 1
--   url             VARCHAR      address
--   original_url    VARCHAR      address that the site took it from
--   caption         VARCHAR      caption
--   alt             VARCHAR      alternative text
--   width           INTEGER      [pixels] as declared
--   height          INTEGER      [pixels] as declared
--
-- source: the column images of articles.
--
-- example: Images with captions
--   select published_date, caption, url
--   from images
--   where caption is not null
--   order by published_date desc, article_id, position
--   limit 10

with

positioned as (
    select
        article_id,
        published_date,
        unnest(range(1, len(images) + 1))::integer as position,
        unnest(images) as image
    from articles
)

select
    article_id,
    published_date,
    position,
    image.url,
    image.original_url,
    image.caption,
    image.alt,
    image.width,
    image.height
from positioned
