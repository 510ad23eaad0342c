-- Securities that got far more attention than in the 60 days before: three standard deviations and more, in two
-- texts at least. (One text that many media repeat is a story.)
-- reads: abnormal_attention_on, novelty, relevance, articles
with

texts as (
    select market, code, count(distinct story_id) as texts
    from novelty
    where published_date = $day
    group by market, code
),

unusual as (
    select
        attention.market,
        attention.code,
        attention.name,
        attention.symbol,
        attention.articles,
        coalesce(texts.texts, attention.articles) as texts,
        attention.baseline_mean,
        attention.z
    from abnormal_attention_on($day) as attention
    left join texts
        on texts.code = attention.code and texts.market is not distinct from attention.market
    where attention.kind = 'security'
        and attention.articles >= 3
        and attention.z >= 3
        and coalesce(texts.texts, attention.articles) >= 2
    order by attention.z desc, attention.code
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
    unusual.texts,
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
