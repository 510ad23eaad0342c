-- view: glossary
-- One row per article (current revision) and term that the page links to its glossary.
--
-- grain: article_id, position
--
-- columns:
--   article_id      VARCHAR      the article
--   published_date  DATE         its date in the site's zone
--   position        INTEGER      place in the article, from 1
--   term_id         VARCHAR      the glossary's id
--   term            VARCHAR      the term
--
-- source: the column glossary of articles (EastMoney's infokey links).
--
-- example: The terms used most
--   select term, count(distinct article_id) as articles
--   from glossary
--   group by term
--   order by articles desc, term
--   limit 10

with

positioned as (
    select
        article_id,
        published_date,
        unnest(range(1, len(glossary) + 1))::integer as position,
        unnest(glossary) as entry
    from articles
)

select
    article_id,
    published_date,
    position,
    entry.term_id,
    entry.term
from positioned
