-- What came in on the day and gave no article.
-- reads: rejects
select stage, reason, count(*) as rejects, count(*) filter (where not resolved) as open, min(detail) as such_as
from rejects
where make_timestamp(epoch_us(rejected_at) + 28_800_000_000)::date = $day  -- UTC+8
group by stage, reason
order by rejects desc, stage, reason
limit 10
