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
--   score           DOUBLE       BM25, the headline's words counted four times, and up to four times that where what is asked
--                                for stands together as in the query; comparable within one query
--   article_id      VARCHAR      the article
--   published_at    TIMESTAMPTZ  time of publication
--   published_date  DATE         its date in the site's zone
--   media           VARCHAR      medium named as the text's origin
--   title           VARCHAR      headline
--
-- source: BM25 with k1 = 1.2 and b = 0.75 as in Lucene; characters outside of ASCII words are indexed in pairs, as by
-- Lucene's CJKAnalyzer, so no dictionary is needed. Departures: how rare something is is told by how often it stands
-- anywhere, not by how many articles have it, which would cost another reading; what stands in more places than there
-- are articles is left out where rarer things are asked for; without phrases and with mode any, articles are looked for
-- among those with one of the rarest parts of the query (as many as stand in 100,000 places together).
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

-- places_needed: how many places must be found of the part; parts_needed: how many parts must be found
asked as (
    select
        *,
        sum(case when not required then 0 when is_word then 1 else (length(text) + 1) // 2 end)
            over (partition by part)::bigint as places_needed,
        count(case when is_first and required then 1 end) over () as parts_needed
    from runs
),

-- every second pair tells whether a phrase is there; a lone character before a word is a pair with nothing
pairs as (
    select
        part,
        place + i - 1 as place,
        unicode(substring(text, i, 1))::bigint * 2097152
        + (case when i < length(text) then unicode(substring(text, i + 1, 1)) else 0 end)::bigint as key,
        required and (i % 2 = 1 or i = length(text) - 1) as needed,
        regexp_matches(substring(text, i, 2), '^[\p{L}\p{M}\p{N}]{2}$') as ranks,
        places_needed,
        parts_needed
    from (
        select *, unnest(range(1, greatest(length(text), 2))) as i
        from asked
        where not is_word and (length(text) > 1 or not is_last)
    ) as numbered
    where required or regexp_matches(substring(text, i, 2), '^[\p{L}\p{M}\p{N}]{2}$')
),

-- a phrase may begin and end within a word; before: the characters of the word before its part in the phrase
words as (
    select
        asked.part,
        asked.place,
        known.doc as key,
        any_value(
            case when is_phrase and is_first and not is_last then length(known.text) - length(asked.text) else 0 end
        ) as before,
        any_value(asked.required) as needed,
        any_value(asked.places_needed) as places_needed,
        any_value(asked.parts_needed) as parts_needed,
        sum(known.position) as occurrences
    from (from asked where is_word) as asked
    inner join (select doc, position, text from stored.text_index where key = 1) as known
        on case
            when not is_phrase then lower(known.text) = lower(asked.text)
            when is_first and is_last then contains(known.text, asked.text)
            when is_first then suffix(known.text, asked.text)
            when is_last then prefix(known.text, asked.text)
            else known.text = asked.text
        end
    group by asked.part, asked.place, known.doc
),

-- what is looked for; lone: a character that nothing in the query follows, so the first of any pair
tokens as (
    select
        pairs.part,
        pairs.place,
        any_value(pairs.needed) as needed,
        any_value(pairs.ranks) as ranks,
        any_value(pairs.places_needed) as places_needed,
        any_value(pairs.parts_needed) as parts_needed,
        [{'key': any_value(pairs.key), 'before': 0::bigint}] as keys,
        null::bigint as lone,
        count(*) as occurrences
    from stored.text_index as indexed
    inner join pairs on pairs.key = indexed.key
    group by pairs.part, pairs.place
    union all
    select
        part,
        place,
        any_value(needed),
        true,
        any_value(places_needed),
        any_value(parts_needed),
        list({'key': key, 'before': before}),
        null,
        sum(occurrences)::bigint
    from words
    group by part, place
    union all
    select
        part,
        place,
        required,
        whole = 1,
        places_needed,
        parts_needed,
        [],
        unicode(text)::bigint * 2097152,
        1_000_000_000_000
    from asked
    where not is_word and is_last and length(text) = 1 and (required or whole = 1)
),

averages as (
    select count(*) as articles, avg(position) as length from stored.text_index where key = 0
),

-- articles are looked for by the rarest thing that must be there, else by the rarest things
chosen as (
    select
        ordered.*,
        averages.articles,
        averages.length as average_length,
        case when parts_needed = 0 then order_number = 1 or rarer < 100_000 else order_number = 1 and needed end
        as is_starter
    from (
        select
            *,
            row_number() over (order by needed desc, occurrences, part, place) as order_number,
            sum(occurrences) over (
                order by needed desc, occurrences, part, place rows between unbounded preceding and 1 preceding
            ) as rarer
        from tokens
    ) as ordered
    cross join averages
),

used as (
    select *, count(*) over () as tokens
    from chosen
    where needed or is_starter or occurrences < articles
),

candidates as (
    select distinct indexed.doc
    from stored.text_index as indexed
    inner join (
        select unnest(keys).key as key from chosen where is_starter
        union all
        select unnest(range(lone, lone + 1114112)) from chosen where is_starter and lone is not null
    ) as starters on starters.key = indexed.key
),

-- pairs, words and lone characters apart, so that bounds of keys stay narrow
hits as (
    select asked.*, indexed.doc, indexed.position
    from stored.text_index as indexed
    inner join (
        select part, place, needed, places_needed, unnest(keys).key as key, 0::bigint as before
        from used
        where keys[1].key > 0
    ) as asked on asked.key = indexed.key
    union all
    select asked.*, indexed.doc, indexed.position
    from stored.text_index as indexed
    inner join (
        select part, place, needed, places_needed, unnest(keys).key as key, unnest(keys).before as before
        from used
        where keys[1].key < 0
    ) as asked on asked.key = indexed.key
    union all
    select asked.*, indexed.doc, indexed.position
    from stored.text_index as indexed
    inner join (
        select part, place, needed, places_needed, unnest(range(lone, lone + 1114112)) as key, 0::bigint as before
        from used
        where lone is not null
    ) as asked on asked.key = indexed.key
),

-- by place, for the rank, and by where the part would begin: if all of its places are where they belong, there it
-- stands, letter by letter
grouped as (
    select
        doc,
        part,
        place,
        start,
        any_value(places_needed) as places_needed,
        count(*) filter (where needed) as places_found,
        count(*) as together,
        sum(case when position < 0 then 4 else 1 end) as frequency
    from (
        select hits.*, hits.position + hits.before - hits.place as start
        from hits
        inner join candidates on candidates.doc = hits.doc
    ) as placed
    group by grouping sets ((doc, part, place), (doc, part, start))
),

lengths as (
    select doc, position as length from stored.text_index where key = 0
),

judged as (
    select
        grouped.doc,
        sum(
            case when used.ranks then
                ln(1 + (greatest(used.articles - used.occurrences, 0) + 0.5) / (used.occurrences + 0.5))
                * grouped.frequency * 2.2
                / (grouped.frequency + 1.2 * (0.25 + 0.75 * lengths.length / used.average_length))
            end
        )::double
        * (1 + 3 * pow(max(case when grouped.start is not null then grouped.together end) / any_value(used.tokens), 2)) as score,
        count(distinct grouped.part) filter (
            where grouped.start is not null
            and grouped.places_needed > 0
            and grouped.places_found = grouped.places_needed
        ) as parts_found
    from grouped
    inner join lengths on lengths.doc = grouped.doc
    left join used on used.part = grouped.part and used.place = grouped.place
    group by grouped.doc
),

answer as (
    select judged.doc, coalesce(judged.score, 0) as score, needs.parts_needed
    from judged
    inner join (select any_value(parts_needed) as parts_needed from asked) as needs
        on needs.parts_needed = 0 or needs.parts_needed = judged.parts_found
    qualify needs.parts_needed > 0 or row_number() over (order by judged.score desc, judged.doc desc) <= 1000
)

select
    row_number() over (order by answer.score desc, headlines.published_at desc, headlines.article_id) as rank,
    answer.score,
    headlines.article_id,
    headlines.published_at,
    headlines.published_date,
    headlines.media,
    headlines.title
from answer
inner join (select doc, text, revision from stored.text_index where key = 0) as indexed on indexed.doc = answer.doc
inner join stored.headlines as headlines
    on headlines.article_id = indexed.text and headlines.revision = indexed.revision
order by rank
