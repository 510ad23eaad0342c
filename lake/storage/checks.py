"""What must be true of a sound lake, as queries that give the rows where it is not.

Tables: ``captures`` (without bodies), ``articles`` (keys only, with ``partition``), ``outcomes``, ``rejects``, and
``index_articles`` and ``index_captures`` as the key index has them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CHECKS", "Check"]


@dataclass(frozen=True, slots=True)
class Check:
    """``query`` gives (where, what) of each fault."""

    kind: str
    query: str


CHECKS = (
    Check(
        "duplicate_capture",
        "SELECT capture_id, count(*) || ' rows' FROM captures GROUP BY ALL HAVING count(*) > 1",
    ),
    Check(
        "capture_id",
        "SELECT capture_id, 'is not the id of its bytes and origin' FROM captures AS c"
        " WHERE capture_id <> left(sha256(sha256 || chr(10) || origin), 32)"
        " AND origin NOT LIKE '%' || chr(65533) || '%'"  # a file name that is no valid text
        " AND NOT EXISTS (FROM captures AS before WHERE before.origin = c.origin"  # bytes that came back
        " AND c.capture_id = left(sha256(c.sha256 || chr(10) || c.origin || chr(10) || before.capture_id), 32))",
    ),
    Check(
        "duplicate_revision",
        "SELECT article_id, 'revision ' || revision || ' stands ' || count(*) || ' times'"
        " FROM articles GROUP BY article_id, revision HAVING count(*) > 1",
    ),
    Check(
        "missing_revision",
        "SELECT article_id, 'has ' || count(DISTINCT revision) || ' revisions up to ' || max(revision)"
        " FROM articles GROUP BY article_id HAVING count(DISTINCT revision) <> max(revision) OR min(revision) <> 1",
    ),
    Check(
        "partition",
        "SELECT article_id, 'of ' || published_date || ' lies under date=' || partition"
        " FROM articles WHERE NOT starts_with(published_date::VARCHAR, partition)",
    ),
    Check(
        "published_date",
        "SELECT article_id, published_date || ' is no date of ' || published_at FROM articles"
        " WHERE abs(date_diff('hour', published_date::TIMESTAMP + INTERVAL 12 HOUR, published_at)) > 26",
    ),  # noon of the date against a zone of up to 14 hours
    Check(
        "unknown_capture",
        "SELECT article_id, 'names capture ' || id || ', which is not in captures'"
        " FROM (SELECT article_id, unnest(capture_ids) AS id FROM articles)"
        " WHERE id NOT IN (SELECT capture_id FROM captures)",
    ),
    Check(
        "outcome_without_capture",
        "SELECT capture_id, 'has the outcome ' || outcome || ' but is not in captures' FROM outcomes"
        " WHERE capture_id NOT IN (SELECT capture_id FROM captures)",
    ),
    Check(
        "outcome_without_article",
        "SELECT capture_id, 'gave ' || article_id || ', which is not in articles' FROM outcomes"
        " WHERE article_id IS NOT NULL AND article_id NOT IN (SELECT article_id FROM articles)",
    ),
    Check(
        "outcome_without_reject",
        "SELECT capture_id, 'was rejected, but rejects does not say why' FROM outcomes"
        " WHERE outcome = 'rejected' AND capture_id NOT IN"
        " (SELECT capture_id FROM rejects WHERE capture_id IS NOT NULL)",
    ),
    Check(
        "duplicate_reject",
        "SELECT reject_id, count(*) || ' rows' FROM rejects GROUP BY ALL HAVING count(*) > 1",
    ),
    Check(
        "index",
        "WITH current AS (SELECT article_id, max(revision) AS revision, arg_max(content_hash, revision) AS hash"
        " FROM articles GROUP BY ALL)"
        " SELECT coalesce(current.article_id, held.article_id), 'differs between articles and the key index'"
        " FROM current FULL JOIN index_articles AS held USING (article_id)"
        " WHERE current.revision IS DISTINCT FROM held.revision OR current.hash IS DISTINCT FROM held.content_hash",
    ),
    Check(
        "index",
        "SELECT coalesce(captures.capture_id, held.capture_id), 'differs between captures and the key index'"
        " FROM captures FULL JOIN index_captures AS held USING (capture_id)"
        " WHERE captures.sha256 IS DISTINCT FROM held.sha256",
    ),
)
