-- What sites changed after publication: in the day's articles, or on the day in any article.
-- reads: revisions_diff, articles
select
    revision.title,
    revision.title_before,
    revision.changed,
    revision.added,
    revision.removed,
    revision.captured_at,
    revision.moved_by,
    articles.media,
    articles.url,
    count(*) over () as all_corrections
from revisions_diff as revision
inner join articles on articles.article_id = revision.article_id
where revision.same_extractor
    and (
        revision.published_date = $day
        or make_timestamp(epoch_us(revision.captured_at) + 28_800_000_000)::date = $day  -- UTC+8
    )
order by list_contains(revision.changed, 'title') desc, revision.captured_at, revision.article_id
limit 12
