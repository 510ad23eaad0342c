-- view: topics
-- One row per date, host and column of a site: how much was published there.
--
-- grain: published_date, site, host, section
--
-- columns:
--   published_date  DATE     date in the site's zone
--   site            VARCHAR  name of the site's profile, else the registrable host
--   host            VARCHAR  host of the articles' addresses, in lower case; sites part fields by host, such as
--                            stock. and fund.
--   section         VARCHAR  the site's column: the category that the article states, else the first part of its
--                            address's path that is a word of letters, two at least; NULL: neither
--   articles        BIGINT   [articles] of that date
--   media           BIGINT   [media] that they name
--   securities      BIGINT   [articles] of them that mention anything
--   share           DOUBLE   of the date's articles, 0 to 1
--
-- source: parts of the address (RFC 3986) and the column category. That a path's first word is a column is this
-- project's reading of news sites' addresses; single letters (EastMoney's /a/), numbers and dates are none.
--
-- example: What the sites' columns were about on the latest date
--   select host, section, articles, round(100 * share, 1) as percent
--   from topics
--   where published_date = (select max(published_date) from articles)
--   order by articles desc, host, section

select
    published_date,
    site,
    host,
    section,
    count(*) as articles,
    count(distinct media) as media,
    count(*) filter (where has_mentions) as securities,
    count(*) / sum(count(*)) over (partition by published_date) as share
from stored.briefs
group by published_date, site, host, section
