-- The hottest boards: share of all articles of 20 days, and of the 20 days before those.
-- reads: board_heat
select rank, name, articles, articles_20d, share, share_before, change
from board_heat
where published_date = $day and articles_20d > 0
order by rank, code
limit 12
