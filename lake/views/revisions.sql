-- view: revisions
-- One row per article and revision: every content that an article ever had.
--
-- grain: article_id, revision
--
-- columns: as articles
--
-- source: as articles; a revision is written when the content differs from the one before.
--
-- example: Articles that changed after publication, with their titles over time
--   select article_id, list(title order by revision) as titles, max(revision) as revisions
--   from revisions
--   group by article_id
--   having max(revision) > 1
--   order by revisions desc

select * from stored.articles
union all
select * from stored.superseded
