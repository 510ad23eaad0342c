-- view: quality_daily
-- One row per source and date on which it published an article or gave a reject: how complete its articles are.
--
-- grain: source, date
--
-- columns:
--   source         VARCHAR    name of the source
--   date           DATE       of publication in the site's zone; for rejects, whose publication is unknown, of
--                             the rejection in Shanghai
--   articles       BIGINT     [articles] published
--   rejects        BIGINT     [rejects] made, resolved later or not
--   title          DOUBLE     part of the articles with a headline, 0 to 1; NULL without articles, as all below
--   digest         DOUBLE     with the site's own summary
--   text           DOUBLE     with text
--   media          DOUBLE     with a medium
--   authors        DOUBLE     with an author
--   category       DOUBLE     with a category
--   tags           DOUBLE     with a tag
--   url            DOUBLE     with an address
--   mentions       DOUBLE     that mention anything
--   time           DOUBLE     with a time of publication besides the date, and not that of the capture
--   baseline_days  BIGINT     [days] of the 14 before with articles of the source
--   drifted        VARCHAR[]  fields whose part differs from the mean of these days by more than 3 standard
--                             deviations and more than 0.05; NULL where there is too little to tell: below 7
--                             baseline days or 20 articles
--   drift          BOOLEAN    whether any did
--
-- source: completeness as the part of values that are not null (Great Expectations); days before, their least number,
-- and 3 standard deviations as in Elementary (dbt-data-reliability: 14 days, 7 points, today excluded). The
-- least difference of 0.05 and the least number of 20 articles are this project's: parts that never varied have a
-- deviation of 0, and few articles vary by chance.
--
-- example: Which sources changed lately
--   select date, source, articles, rejects, drifted
--   from quality_daily
--   where drift
--   order by date desc, source
--   limit 20

with

daily as (
    select
        source,
        published_date as date,
        count(*) as articles,
        count(*) filter (where has_title) / count(*) as title,
        count(*) filter (where has_digest) / count(*) as digest,
        count(*) filter (where has_text) / count(*) as text,
        count(*) filter (where media <> '') / count(*) as media,
        count(*) filter (where has_authors) / count(*) as authors,
        count(*) filter (where has_category) / count(*) as category,
        count(*) filter (where has_tags) / count(*) as tags,
        count(*) filter (where has_url) / count(*) as url,
        count(*) filter (where has_mentions) / count(*) as mentions,
        count(*) filter (where has_time) / count(*) as time
    from stored.briefs
    group by source, published_date
),

parts as (
    select
        source,
        date,
        articles,
        unnest([
            'title', 'digest', 'text', 'media', 'authors', 'category', 'tags', 'url', 'mentions', 'time'
        ]) as field,
        unnest([title, digest, text, media, authors, category, tags, url, mentions, time]) as part
    from daily
),

compared as (
    select
        *,
        count(*) over two_weeks as baseline_days,
        avg(part) over two_weeks as usual,
        stddev_samp(part) over two_weeks as deviation
    from parts
    window two_weeks as (
        partition by source, field order by date
        range between interval 14 days preceding and interval 1 day preceding
    )
),

judged as (
    select
        source,
        date,
        max(baseline_days) as baseline_days,
        case
            when max(articles) >= 20 and max(baseline_days) >= 7
                then coalesce(
                    list(field order by field) filter (
                        where round(abs(part - usual), 9) > greatest(3 * deviation, 0.05)  -- 1 - 0.95 is 0.05
                    ),
                    []
                )
        end as drifted
    from compared
    group by source, date
),

rejected as (
    select
        source,
        make_timestamp(epoch_us(rejected_at) + 28_800_000_000)::date as date,  -- UTC+8
        count(*) as rejects
    from stored.rejects
    group by all
),

described as (
    select daily.*, judged.baseline_days, judged.drifted
    from daily
    inner join judged on judged.source is not distinct from daily.source and judged.date = daily.date
)

select
    coalesce(described.source, rejected.source) as source,
    coalesce(described.date, rejected.date) as date,
    coalesce(described.articles, 0) as articles,
    coalesce(rejected.rejects, 0) as rejects,
    described.title,
    described.digest,
    described.text,
    described.media,
    described.authors,
    described.category,
    described.tags,
    described.url,
    described.mentions,
    described.time,
    coalesce(described.baseline_days, 0) as baseline_days,
    described.drifted,
    coalesce(len(described.drifted) > 0, false) as drift
from described
full join rejected
    on rejected.source is not distinct from described.source and rejected.date = described.date
