-- How many of the 60 days before hold any article: below 20 nothing is called unusual.
-- reads: articles
select count(distinct published_date) as days
from articles
where published_date between $day - 60 and $day - 1
