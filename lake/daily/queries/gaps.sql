-- Hours in which a source should have published something and did not.
-- reads: coverage_gaps
select source, gap_start, gap_end, hours, expected
from coverage_gaps
where make_timestamp(epoch_us(gap_start) + 28_800_000_000)::date <= $day
    and make_timestamp(epoch_us(gap_end) + 28_799_999_999)::date >= $day  -- the end is not in the gap
order by expected desc, source, gap_start
limit 10
