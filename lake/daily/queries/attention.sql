-- The securities that got most attention; an article counts as far as it is about them.
-- reads: attention_daily
select name, symbol, code, articles, relevant, media, weight
from attention_daily
where published_date = $day and kind = 'security'
order by weight desc, articles desc, code
limit 15
