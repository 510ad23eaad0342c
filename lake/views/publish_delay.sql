-- view: publish_delay
-- One row per source and date of publication: how long until the lake first had the articles.
--
-- grain: source, published_date
--
-- columns:
--   source           VARCHAR  name of the source that brought them
--   published_date   DATE     date in the site's zone
--   articles         BIGINT   [articles] published with a time
--   without_time     BIGINT   [articles] whose time is midnight in Shanghai, so a date, or that of the capture; not measured
--   negative         BIGINT   [articles] first had before they were published: a wrong clock or zone; counted
--                             and measured as they are
--   fastest          DOUBLE   [minutes] smallest delay
--   p50              DOUBLE   [minutes] delay that half of the articles have at most
--   p90              DOUBLE   [minutes] that 90 % have at most
--   p95              DOUBLE   [minutes] that 95 % have at most
--   p99              DOUBLE   [minutes] that 99 % have at most
--   slowest          DOUBLE   [minutes] largest delay
--
-- source: time of arrival less time of the event, as Elementary's event freshness (dbt-data-reliability) has it, with
-- percentiles in place of its mean; midnight times are dates, as Media Cloud keeps them apart (story-indexer).
-- By source and not by medium: it is the source that is late, and media have few articles a day. In an archive
-- the delay is its age.
--
-- example: Which sources are slow lately
--   select source, published_date, articles, negative, round(p50, 1) as p50, round(p95, 1) as p95
--   from publish_delay
--   order by published_date desc, p95 desc, source
--   limit 20

with

timed as (
    select
        source,
        published_date,
        has_time,
        (epoch_us(first_seen_at) - epoch_us(published_at)) / 60e6 as delay
    from stored.briefs
)

select
    source,
    published_date,
    count(*) filter (where has_time) as articles,
    count(*) filter (where not has_time) as without_time,
    count(*) filter (where has_time and delay < 0) as negative,
    min(delay) filter (where has_time) as fastest,
    quantile_cont(delay, 0.5) filter (where has_time) as p50,
    quantile_cont(delay, 0.9) filter (where has_time) as p90,
    quantile_cont(delay, 0.95) filter (where has_time) as p95,
    quantile_cont(delay, 0.99) filter (where has_time) as p99,
    max(delay) filter (where has_time) as slowest
from timed
group by source, published_date
