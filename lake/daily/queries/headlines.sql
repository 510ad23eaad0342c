-- What the day was about: for each security with much attention the article that is most about it, and then the
-- day's other articles, earliest first.
-- reads: articles, relevance, attention_daily
with

placed as (
    select
        relevance.article_id,
        attention.name,
        attention.weight,
        row_number() over (
            partition by relevance.market, relevance.code
            order by relevance.relevance desc, relevance.published_at, relevance.article_id
        ) as place
    from relevance
    inner join attention_daily as attention
        on attention.published_date = relevance.published_date
        and attention.code = relevance.code
        and attention.market is not distinct from relevance.market
    where relevance.published_date = $day and attention.published_date = $day and relevance.kind = 'security'
),

lead_articles as (
    select
        article_id,
        max(weight) as weight,
        list(name order by weight desc, name) as names
    from placed
    where place = 1
    group by article_id
)

select
    articles.title,
    articles.digest,
    articles.media,
    articles.published_at,
    articles.url,
    lead_articles.names
from articles
left join lead_articles on lead_articles.article_id = articles.article_id
where articles.published_date = $day and articles.title <> ''
order by lead_articles.weight desc nulls last, articles.published_at, articles.article_id
limit 8
