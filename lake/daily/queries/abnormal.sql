-- Securities that got far more attention than in the 60 days before: three standard deviations and more.
-- reads: abnormal_attention_on, relevance, articles
with

unusual as (
    select market, code, name, symbol, articles, baseline_mean, z
    from abnormal_attention_on($day)
    where kind = 'security' and articles >= 3 and z >= 3
    order by z desc, code
    limit 12
),

lead_articles as (
    select
        relevance.market,
        relevance.code,
        relevance.article_id,
        row_number() over (
            partition by relevance.market, relevance.code
            order by relevance.relevance desc, relevance.published_at, relevance.article_id
        ) as place
    from relevance
    inner join unusual
        on unusual.code = relevance.code and unusual.market is not distinct from relevance.market
    where relevance.published_date = $day
)

select
    unusual.market,
    unusual.code,
    unusual.name,
    unusual.symbol,
    unusual.articles,
    unusual.baseline_mean as usual,
    unusual.z,
    articles.title,
    articles.media,
    articles.url
from unusual
left join lead_articles
    on lead_articles.place = 1
    and lead_articles.code = unusual.code
    and lead_articles.market is not distinct from unusual.market
left join articles on articles.published_date = $day and articles.article_id = lead_articles.article_id
order by unusual.z desc, unusual.code
