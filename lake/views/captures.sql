-- view: captures
-- One row per capture: bytes as they came from one origin, without the bytes themselves.
--
-- grain: capture_id
--
-- columns:
--   capture_id      VARCHAR      hash of the bytes and their origin
--   sha256          VARCHAR      SHA-256 of the bytes, hex
--   source          VARCHAR      name of the source that brought it
--   origin          VARCHAR      URL, path, or path!member for a member of an archive
--   path            VARCHAR      absolute path of the file or archive
--   member          VARCHAR      name within the archive
--   url             VARCHAR      address asked for
--   length          BIGINT       [bytes] size
--   detected_type   VARCHAR      what the bytes are: post, html, json, text, binary or empty
--   charset         VARCHAR      what the bytes are encoded in, whatever they declare
--   content_type    VARCHAR      as declared by HTTP
--   captured_at     TIMESTAMPTZ  when the bytes were had
--   run_id          VARCHAR      the run that stored it
--   http_status     INTEGER      status of the HTTP response
--   http_headers    STRUCT[]     headers of the HTTP response
--     name          VARCHAR      header name
--     value         VARCHAR      header value
--   outcome         VARCHAR      what became of it when it was last structured: new, revised, merged, unchanged
--                                or rejected; NULL: not structured yet
--   article_id      VARCHAR      the article that it gave
--
-- source: the tables captures and outcomes.
--
-- example: What came in, by type and outcome
--   select detected_type, outcome, count(*) as captures, sum(length) as bytes
--   from captures
--   group by detected_type, outcome
--   order by captures desc, detected_type, outcome

with

latest_outcomes as (
    select
        capture_id,
        max_by(struct_pack(outcome := outcome, article_id := article_id), recorded_at) as latest
    from stored.outcomes
    group by capture_id
)

select
    stored_captures.*,
    latest_outcomes.latest.outcome,
    latest_outcomes.latest.article_id
from stored.captures as stored_captures
left join latest_outcomes on latest_outcomes.capture_id = stored_captures.capture_id
