-- Every own posting that a ranking judged, with the facts that its rules ask for: lines of the input file.
--
-- Reads `rankings_evidence`, so it stands after compute_month.sql in the same transaction. What is known of an
-- activity (its first posting, media, length) is given where the posting is usable, by the rules used there.
-- Parameters: ranking, last_day (Jakarta), is_sample.
WITH judged AS MATERIALIZED (
    SELECT e.publication_id, e.rule, e.points, u.slug
    FROM rankings_evidence e
    JOIN opd_unit u ON u.id = e.unit_id
    WHERE e.ranking_id = %(ranking)s
),
used AS MATERIALIZED (
    SELECT DISTINCT p.activity_id
    FROM judged
    JOIN publications_publication p ON p.id = judged.publication_id
    WHERE judged.rule IN ('counted', 'same_activity', 'earlier_month', 'daily_limit')
),
fact AS MATERIALIZED (
    SELECT p.activity_id,
           (array_agg(p.permalink_key ORDER BY p.published_at, p.id))[1] AS first_key,
           min(p.counted_on) AS first_on,
           bool_or(p.has_media) AS has_media,
           max(p.text_length) AS text_length
    FROM publications_publication p
    WHERE p.activity_id IN (SELECT activity_id FROM used)
      AND p.state = 'accepted' AND p.kind <> 'news' AND p.counted_on <= %(last_day)s
      AND CASE WHEN %(is_sample)s THEN p.is_sample OR p.origin = 'portal' ELSE NOT p.is_sample END
    GROUP BY p.activity_id
),
described AS MATERIALIZED (
    SELECT DISTINCT photo.activity_id
    FROM publications_photo photo
    JOIN used ON used.activity_id = photo.activity_id
    WHERE btrim(photo.alt) <> ''
)
SELECT p.id, judged.slug, p.kind, p.permalink_key, p.published_at, p.counted_on, p.origin, p.state, p.is_sample,
       judged.rule, judged.points, a.id, a.status,
       fact.first_key, fact.first_on,
       fact.has_media OR described.activity_id IS NOT NULL,
       greatest(fact.text_length, char_length(btrim(a.text, E' \t\n\r'))),
       a.happened_on
FROM judged
JOIN publications_publication p ON p.id = judged.publication_id
LEFT JOIN publications_activity a ON a.id = p.activity_id
LEFT JOIN fact ON fact.activity_id = a.id
    AND judged.rule IN ('counted', 'same_activity', 'earlier_month', 'daily_limit')
LEFT JOIN described ON described.activity_id = fact.activity_id
ORDER BY judged.slug COLLATE "C", p.published_at, p.id
