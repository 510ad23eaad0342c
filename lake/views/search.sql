-- macro: search(query, mode := 'any')
-- One row per article (current revision) that ``query`` finds in headline or text: the best first.
--
-- grain: article_id
--
-- parameters:
--   query  VARCHAR  words parted by blanks, and "phrases" in quotation marks ("" in one stands for a quotation mark). A
--                   phrase finds what LIKE finds: the same characters, upper and lower case told apart, and all phrases
--                   must be there. Any other word is looked for in upper and lower case
--   mode   VARCHAR  of words outside of phrases: any finds the 1,000 articles that have most of them, or of their parts,
--                   if there is no phrase, and lets words order what phrases find; all finds articles that have each word
--
-- columns:
--   rank            BIGINT       1 is the best
--   score           DOUBLE       BM25, the headline's words counted four times, and up to four times that the more of each
--                                phrase or word stands together as in the query, again four times if all does;
--                                comparable within one query
--   article_id      VARCHAR      the article
--   published_at    TIMESTAMPTZ  time of publication
--   published_date  DATE         its date in the site's zone
--   media           VARCHAR      medium named as the text's origin
--   title           VARCHAR      headline
--
-- source: BM25 with k1 = 1.2 and b = 0.75 as in Lucene; characters outside of ASCII words are indexed in pairs, as by
-- Lucene's CJKAnalyzer, so no dictionary is needed. Departures: how rare something is is told by how often it stands
-- anywhere, not by how many articles have it; an article's length is told by steps of a half power of two; what stands
-- in more places than there are articles is left out where rarer things are asked for. Without phrases and with mode
-- any, articles are looked for among those with one of the rarest parts of the query (those that stand in 300,000 places
-- together, more if the first of them stand in less than 1,000), the best 20,000 by BM25 are then judged by what
-- stands together, and of a longer query the first 40 pairs and words count.
--
-- example: What was written about a company's new plant
--   select rank, published_at, media, title
--   from search('"澜川储能" 新 工厂')
--   limit 10

with

parts as (
    select
        part,
        starts_with(found[part], '"') as is_phrase,
        case
            when starts_with(found[part], '"')
                then replace(substring(found[part], 2, length(found[part]) - 2), '""', '"')
            else found[part]
        end as text
    from (
        select found, unnest(range(1, len(found) + 1)) as part
        from (select regexp_extract_all(query, '"(?:[^"]|"")+"|[^\s"\x{3000}]+') as found) as asked
    ) as numbered
),

split as (
    select
        part,
        is_phrase,
        case
            when mode = 'all' then true
            when mode = 'any' then is_phrase
            else error('search: mode is any or all')::boolean
        end as required,
        length(text) as whole,
        regexp_extract_all(text, '[A-Za-z0-9]+|[^A-Za-z0-9]+') as runs
    from parts
),

-- words and what is between them; place: where in its part one begins, from 0
runs as (
    select
        part,
        is_phrase,
        required,
        whole,
        run = 1 as is_first,
        run = len(runs) as is_last,
        coalesce(list_sum([length(each) for each in runs[1:run - 1]]), 0)::bigint as place,
        runs[run] as text,
        regexp_matches(runs[run], '^[A-Za-z0-9]') as is_word
    from (select *, unnest(range(1, len(runs) + 1)) as run from split) as numbered
),

-- places_needed: how many places must be found of the part; parts_needed, all_needed: how many parts and places in all
asked as materialized (
    select
        *,
        sum(needed) over (partition by part)::bigint as places_needed,
        sum(needed) over ()::bigint as all_needed,
        count(case when is_first and required then 1 end) over () as parts_needed
    from (
        select *, case when not required then 0 when is_word then 1 else (length(text) + 1) // 2 end as needed
        from runs
    ) as counted
),

-- every second pair tells whether a phrase is there; a lone character beside a word is a pair with nothing
pairs as (
    select
        part,
        place + i - 1 as place,
        case
            when length(text) > 1 or not is_last then unicode(substring(text, i, 1))::bigint * 2097152
            else 2336462209024
        end
        + case
            when i < length(text) then unicode(substring(text, i + 1, 1))
            when length(text) > 1 or not is_last then 0
            else unicode(text)
        end::bigint as key,
        required and (i % 2 = 1 or i = length(text) - 1) as needed,
        regexp_matches(substring(text, i, 2), '^[\p{L}\p{M}\p{N}]{2}$') as ranks,
        places_needed,
        parts_needed,
        all_needed
    from (
        select *, unnest(range(1, greatest(length(text), 2))) as i
        from asked
        where not is_word and whole > 1
    ) as numbered
    where required or regexp_matches(substring(text, i, 2), '^[\p{L}\p{M}\p{N}]{2}$')
),

-- a phrase may begin and end within a word; before: the characters of the word before its part in the phrase
words as (
    select
        asked.part,
        asked.place,
        known.doc as key,
        case when is_phrase and is_first and not is_last then length(known.text) - length(asked.text) else 0 end as before,
        asked.required as needed,
        true as ranks,
        asked.places_needed,
        asked.parts_needed,
        asked.all_needed
    from (from asked where is_word) as asked
    inner join (select doc, text from stored.text_index where key = 1) as known
        on case
            when not is_phrase then lower(known.text) = lower(asked.text)
            when is_first and is_last then contains(known.text, asked.text)
            when is_first then suffix(known.text, asked.text)
            when is_last then prefix(known.text, asked.text)
            else known.text = asked.text
        end
),

-- a long query is looked for by its first pairs and words: DuckDB reads all of the index for more than 50 keys
keys as materialized (
    select distinct *
    from (
        select *, dense_rank() over (order by needed desc, part, place) as token
        from (
            select *, 0::bigint as before from pairs
            union all
            select part, place, key, needed, ranks, places_needed, parts_needed, all_needed, before from words
        ) as every_one
    ) as numbered
    where needed or token <= 40
),

-- one reading of the index, which also tells how many articles there are. start: where the part would begin
found as materialized (
    select
        keys.token,
        indexed.doc,
        (indexed.position + keys.before)::integer as start,
        case when indexed.position < 0 then 4 else 1 end as times
    from stored.text_index as indexed
    inner join (
        select token, key, before - place as before from keys
        union all
        select 0, 2, 0
    ) as keys on keys.key = indexed.key
),

-- a character alone is the first of any pair
lone as materialized (
    select
        1000000 + asked.part as token,
        indexed.doc,
        0 as start,
        sum(case when indexed.position < 0 then 4 else 1 end)::integer as times
    from stored.text_index as indexed
    inner join (
        select part, unnest(range(first_key, first_key + 1114112)) as key
        from (
            select part, unicode(text)::bigint * 2097152 as first_key from asked where whole = 1 and not is_word
        ) as characters
    ) as asked on asked.key = indexed.key
    group by asked.part, indexed.doc
),

-- what is looked for, the rarest first; nothing if something is nowhere that must be there
tokens as (
    select *
    from (
        select
            each.*,
            counted.occurrences,
            counted.articles,
            counted.average,
            row_number() over (order by each.needed desc, counted.occurrences, each.token) as number,
            coalesce(sum(counted.occurrences) over (
                order by each.needed desc, counted.occurrences, each.token
                rows between unbounded preceding and 1 preceding
            ), 0) as rarer,
            count(case when each.needed then 1 end) over () as needed_found
        from (
            select distinct token, part, place, needed, ranks, places_needed, parts_needed, all_needed from keys
            union all
            select 1000000 + part, part, 0, required, true, places_needed, parts_needed, all_needed
            from asked
            where whole = 1 and not is_word
        ) as each
        inner join (
            select
                token,
                occurrences,
                max(articles) over () as articles,
                greatest(max(characters) over () / max(articles) over (), 1) as average
            from (
                select
                    token,
                    count(*) as occurrences,
                    sum(case when token = 0 then doc end)::bigint as articles,
                    sum(case when token = 0 then doc * start end)::double as characters
                from found
                group by token
                union all
                select token, sum(times), null, null from lone group by token
            ) as sums
        ) as counted on counted.token = each.token
    ) as ordered
    where needed_found = all_needed
),

-- what ranks. Articles are looked for by the rarest thing that must be there, else by the rarest things
used as materialized (
    select
        *,
        ln(1 + (greatest(articles - occurrences, 0) + 0.5) / (occurrences + 0.5)) as weight,
        count(*) over () as tokens
    from (
        select
            *,
            case when parts_needed > 0 then number = 1 else rarer < 1_000 or rarer + occurrences < 300_000 end as is_starter
        from tokens
    ) as started
    where needed or is_starter or occurrences < articles
),

-- lists, so that DuckDB takes them for few whatever their number, and looks them up in what it reads and not the reverse
candidates as materialized (
    select unnest(docs) as doc
    from (
        select list(doc) as docs
        from (
            select every_one.doc
            from (select token, doc from found union all select token, doc from lone) as every_one
            where every_one.token in (select token from used where is_starter)
            group by every_one.doc
        ) as starting
    ) as listed
),

-- with all that is known of what was found, so that the steps from here on need no other
hits as materialized (
    select
        every_one.doc,
        every_one.token,
        case when used.tokens = 1 then 0 else every_one.start end as start,
        every_one.times,
        used.part,
        used.needed,
        used.places_needed,
        used.parts_needed,
        used.tokens,
        used.average,
        case when used.ranks then used.weight else 0 end as weight
    from (from found union all from lone) as every_one
    inner join used on used.token = every_one.token
    where every_one.doc in (select doc from candidates)
),

scored as materialized (
    select
        doc,
        any_value(parts_needed) as parts_needed,
        sum(
            weight * frequency * 2.2
            / (frequency + 1.2 * (0.25 + 0.75 * pow(2, ((doc >> 20) & 31) / 2.0) / average))
        )::double as score
    from (
        select
            doc,
            token,
            sum(times)::double as frequency,
            any_value(weight) as weight,
            any_value(average) as average,
            any_value(parts_needed) as parts_needed
        from hits
        group by doc, token
    ) as counted
    group by doc
),

best as materialized (
    (select doc, score from scored where parts_needed = 0 order by score desc, doc desc limit 20000)
    union all
    (select doc, score from scored where parts_needed > 0)
),

-- if all places of a part are where they belong, there it stands, letter by letter
near as (
    select
        doc,
        any_value(score) as score,
        any_value(tokens) as tokens,
        any_value(parts_needed) as parts_needed,
        least(sum(together), any_value(tokens)) as together,
        count(case when parts_found then 1 end) as parts_found
    from (
        select
            doc,
            part,
            any_value(score) as score,
            any_value(tokens) as tokens,
            any_value(parts_needed) as parts_needed,
            max(together) as together,
            bool_or(places_found = places_needed) as parts_found
        from (
            select
                hits.doc,
                hits.part,
                hits.start,
                any_value(best.score) as score,
                any_value(hits.tokens) as tokens,
                any_value(hits.parts_needed) as parts_needed,
                count(*) as together,
                count(*) filter (where hits.needed) as places_found,
                any_value(nullif(hits.places_needed, 0)) as places_needed
            from hits
            inner join best on best.doc = hits.doc
            group by hits.doc, hits.part, hits.start
        ) as placed
        group by doc, part
    ) as of_parts
    group by doc
),

ranked as (
    select
        doc,
        round(  -- sums of the same numbers in another order differ in the last digits, and equal ones go by time
            score * (1 + 3 * pow(together / tokens, 2)) * case when together = tokens then 4 else 1 end, 6
        ) as score,
        parts_needed
    from near
    where parts_needed = 0 or tokens = 1 or parts_needed = parts_found
),

judged as (
    select unnest(rows) as judged
    from (
        select list({'doc': doc, 'score': score}) as rows
        from (select *, row_number() over (order by score desc, doc desc) as number from ranked) as numbered
        where parts_needed > 0 or number <= 1000
    ) as listed
),

answer as (
    select unnest(rows) as answer
    from (
        select
            list({
                'score': judged.judged.score,
                'article_id': indexed.text,
                'revision': indexed.revision
            }) as rows
        from stored.text_index as indexed
        inner join judged on judged.judged.doc = indexed.doc
        where indexed.key = 0
    ) as listed
)

select
    row_number() over (order by answer.answer.score desc, headlines.published_at desc, headlines.article_id) as rank,
    answer.answer.score as score,
    headlines.article_id,
    headlines.published_at,
    headlines.published_date,
    headlines.media,
    headlines.title
from stored.headlines as headlines
inner join answer
    on answer.answer.article_id = headlines.article_id and answer.answer.revision = headlines.revision
order by rank
