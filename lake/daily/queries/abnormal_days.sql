-- The sixty days behind each security with unusual attention (and of those that only one text names); days without
-- an article about it are left out.
-- reads: abnormal_attention_on, attention_daily
select daily.market, daily.code, daily.published_date as date, daily.articles
from attention_daily as daily
inner join (
    select market, code
    from abnormal_attention_on($day)
    where kind = 'security' and articles >= 3 and z >= 3
) as unusual
    on unusual.code = daily.code and unusual.market is not distinct from daily.market
where daily.published_date between $day - 59 and $day
order by daily.code, daily.market, daily.published_date
