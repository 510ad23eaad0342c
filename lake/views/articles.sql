-- view: articles
-- One row per article: its current revision, merged from every capture of it.
--
-- grain: article_id
--
-- columns:
--   article_id      VARCHAR      site and the site's own id (18 digits for EastMoney), else a hash of the URL
--   url             VARCHAR      address of the article; the plain copy's where copies were merged
--   site            VARCHAR      name of the site's profile, else the registrable host
--   source          VARCHAR      name of the source that brought it; NULL: files that came without a name (--source)
--   title           VARCHAR      headline
--   digest          VARCHAR      the site's own summary
--   body_text       VARCHAR      text, paragraphs parted by a blank line; repeats the digest where that is all there is
--   body_markdown   VARCHAR      text with headings, lists, tables, links and images kept
--   media           VARCHAR      medium named as the text's origin
--   authors         VARCHAR[]    authors as named
--   category        VARCHAR      the site's category
--   tags            VARCHAR[]    the site's tags; of merged copies the union, the plain copy's first
--   language        VARCHAR      language code
--   published_at    TIMESTAMPTZ  time of publication
--   published_date  DATE         its date in the site's zone (Asia/Shanghai for Chinese sites)
--   date_origin     VARCHAR      where the time comes from: front_matter, page, url, id or capture
--   captured_at     TIMESTAMPTZ  when the leading capture was made
--   first_seen_at   TIMESTAMPTZ  when the first capture of this article was made
--   revision        INTEGER      number of this content, from 1
--   content_hash    VARCHAR      hash of the content; equal hashes, equal content
--   capture_id      VARCHAR      the leading capture
--   extractor       VARCHAR      name and version of the extractor
--   mentions        STRUCT[]     securities, boards, indexes and funds in the text, one per distinct pair,
--                                in order of first appearance, source line excluded
--     kind          VARCHAR      security, board, index, fund or other
--     market        INTEGER      EastMoney's market number
--     code          VARCHAR      code within the market
--     symbol        VARCHAR      standard symbol
--     mic           VARCHAR      market identifier code (ISO 10383), where sure
--     name          VARCHAR      name as the text writes it
--     count         INTEGER      [occurrences] in the text
--     first_offset  INTEGER      [characters] from the start of body_text; NULL: not in the text
--     marked_by     VARCHAR      what showed it: markup, chart, ticker or name
--   charts          STRUCT[]     chart blocks
--     kind          VARCHAR      K (daily line) or R (intraday)
--     market        INTEGER      EastMoney's market number of the subject
--     code          VARCHAR      code of the subject
--     url           VARCHAR      address of the picture
--   images          STRUCT[]     content images
--     url           VARCHAR      address
--     original_url  VARCHAR      address that the site took it from
--     caption       VARCHAR      caption
--     alt           VARCHAR      alternative text
--     width         INTEGER      [pixels] as declared
--     height        INTEGER      [pixels] as declared
--   glossary        STRUCT[]     terms that the page links to its glossary
--     term_id       VARCHAR      the glossary's id
--     term          VARCHAR      the term
--   links           STRUCT[]     links in the text that are neither mentions nor glossary terms
--     url           VARCHAR      absolute address
--     text          VARCHAR      linked text
--   editor          VARCHAR      responsible editor
--   capture_ids     VARCHAR[]    every capture merged into this revision
--   provenance      STRUCT[]     which capture gave which field, where several were merged
--     field         VARCHAR      column of this view
--     capture_id    VARCHAR      the capture that gave it
--   run_id          VARCHAR      the run that wrote this revision
--
-- source: the table articles; market numbers are EastMoney's, MICs are ISO 10383.
--
-- example: The latest articles
--   select published_at, media, title
--   from articles
--   order by published_at desc
--   limit 10

with

superseding as (
    select article_id, revision
    from stored.revised
    where revision > 1
),

current_revisions as (
    select stored_articles.*
    from stored.articles as stored_articles
    anti join superseding
        on superseding.article_id = stored_articles.article_id
        and superseding.revision > stored_articles.revision
)

select * from current_revisions
