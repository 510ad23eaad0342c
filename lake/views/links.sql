-- view: links
-- One row per article (current revision) and link in its text that is neither a mention nor a glossary term.
--
-- grain: article_id, position
--
-- columns:
--   article_id      VARCHAR      the article
--   published_date  DATE         its date in the site's zone
--   position        INTEGER      place in the article, from 1
--   url             VARCHAR      absolute address
--   text            VARCHAR      linked text
--
-- source: the column links of articles.
--
-- example: The hosts that articles link to
--   select regexp_extract(url, '^[a-z]+://([^/]+)', 1) as host, count(*) as links
--   from links
--   group by host
--   order by links desc, host
--   limit 10

with

positioned as (
    select
        article_id,
        published_date,
        unnest(range(1, len(links) + 1))::integer as position,
        unnest(links) as link
    from articles
)

select
    article_id,
    published_date,
    position,
    link.url,
    link.text
from positioned
