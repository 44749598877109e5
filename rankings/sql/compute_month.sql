-- One month's ranking for all units: entries and the evidence behind them, in one statement.
--
-- The method in words and its reasons: docs on the page /peringkat/metode/; the same rules as small
-- functions: rankings/score.py; a slow plain reference that this is tested against:
-- tests/rankings/reference.py. Rows are written only where they differ, so a second run keeps ids and
-- changes nothing. Returns the number of rows it wrote or deleted.
--
-- Parameters: ranking, previous (ranking of the month before, or null), first_day, last_day (Jakarta),
-- is_sample, working_days, daily_limit, text_min_length, w_volume, w_consistency, w_reach, w_completeness.
WITH unit AS MATERIALIZED (
    SELECT id, category
    FROM opd_unit
    WHERE (active_from IS NULL OR active_from <= %(last_day)s)
      AND (active_until IS NULL OR active_until >= %(first_day)s)
),
-- Every own posting of the month. In a sample month sample postings and posts written on the portal are
-- admissible, in any other month everything but sample postings.
posting AS MATERIALIZED (
    SELECT p.id, p.unit_id, p.activity_id, p.counted_on, p.state, a.status,
           CASE p.kind WHEN 'portal' THEN 'website' WHEN 'website' THEN 'website'
                       WHEN 'instagram' THEN 'instagram' ELSE 'other_social' END AS kind,
           CASE WHEN %(is_sample)s THEN p.is_sample OR p.origin = 'portal' ELSE NOT p.is_sample END AS admissible
    FROM publications_publication p
    JOIN unit ON unit.id = p.unit_id
    LEFT JOIN publications_activity a ON a.id = p.activity_id
    WHERE p.counted_on BETWEEN %(first_day)s AND %(last_day)s AND p.kind <> 'news'
),
usable AS MATERIALIZED (
    SELECT * FROM posting WHERE admissible AND state = 'accepted' AND status = 'published'
),
-- An activity counts once, by its first accepted posting of all time. Later months never change an earlier one.
activity AS MATERIALIZED (
    SELECT p.activity_id,
           (array_agg(p.id ORDER BY p.published_at, p.id))[1] AS first_id,
           min(p.published_at) AS published_at,
           min(p.counted_on) AS counted_on,
           bool_or(p.has_media) AS has_media,
           max(p.text_length) AS text_length
    FROM publications_publication p
    WHERE p.activity_id IN (SELECT activity_id FROM usable)
      AND p.state = 'accepted' AND p.kind <> 'news' AND p.counted_on <= %(last_day)s
      AND CASE WHEN %(is_sample)s THEN p.is_sample OR p.origin = 'portal' ELSE NOT p.is_sample END
    GROUP BY p.activity_id
),
described AS MATERIALIZED (
    SELECT f.activity_id, f.published_at, u.unit_id, u.counted_on,
           (f.has_media OR EXISTS (
               SELECT 1 FROM publications_photo photo
               WHERE photo.activity_id = f.activity_id AND btrim(photo.alt) <> ''))::int AS media,
           (f.text_length >= %(text_min_length)s
               OR char_length(btrim(a.text, E' \t\n\r')) >= %(text_min_length)s)::int AS text,
           (a.happened_on IS NOT NULL)::int AS dated
    FROM activity f
    JOIN usable u ON u.id = f.first_id
    JOIN publications_activity a ON a.id = f.activity_id
),
-- At most `daily_limit` activities a unit and day: the most complete first, then the earliest. What
-- completeness they have decides before the id, so that the order of insertion changes no entry.
daily AS MATERIALIZED (
    SELECT d.*, media + text + dated AS points,
           row_number() OVER (
               PARTITION BY unit_id, counted_on
               ORDER BY media + text + dated DESC, published_at, media DESC, text DESC, dated DESC, activity_id
           ) <= %(daily_limit)s AS counts
    FROM described d
),
tally AS (
    SELECT unit_id, count(*) AS n, count(DISTINCT counted_on) AS active_days,
           ARRAY[count(*) FILTER (WHERE points = 0), count(*) FILTER (WHERE points = 1),
                 count(*) FILTER (WHERE points = 2), count(*) FILTER (WHERE points = 3)]::int[] AS points,
           sum(media) AS with_media, sum(text) AS with_text, sum(dated) AS with_date
    FROM daily
    WHERE counts
    GROUP BY unit_id
),
peer AS MATERIALIZED (
    SELECT unit.id AS unit_id, unit.category, coalesce(tally.n, 0) AS n,
           max(coalesce(tally.n, 0)) OVER (PARTITION BY unit.category) AS max_n,
           coalesce(tally.active_days, 0) AS active_days,
           coalesce(tally.points, '{0,0,0,0}'::int[]) AS points,
           coalesce(tally.with_media, 0) AS with_media,
           coalesce(tally.with_text, 0) AS with_text,
           coalesce(tally.with_date, 0) AS with_date
    FROM unit
    LEFT JOIN tally ON tally.unit_id = unit.id
),
logarithm AS MATERIALIZED (
    SELECT k, ln(1 + k::numeric) AS ln FROM generate_series(1, (SELECT max(max_n) FROM peer)) AS k
),
-- Volume and completeness together: the best of "the first k activities, most complete first", so that
-- one more activity can never lower the score.
step AS (
    SELECT d.unit_id, row_number() OVER most_complete AS k, sum(points) OVER most_complete AS points
    FROM daily d
    WHERE counts
    WINDOW most_complete AS (PARTITION BY d.unit_id ORDER BY d.points DESC, d.activity_id)
),
best AS (
    SELECT step.unit_id,
           max(%(w_volume)s::numeric * at_k.ln / at_max.ln
               + %(w_completeness)s::numeric * step.points / (3 * step.k)) AS volume_and_completeness,
           max(step.points / (3 * step.k)::numeric) FILTER (WHERE step.k = peer.n) AS plain_mean
    FROM step
    JOIN peer ON peer.unit_id = step.unit_id
    JOIN logarithm at_k ON at_k.k = step.k
    JOIN logarithm at_max ON at_max.k = peer.max_n
    GROUP BY step.unit_id
),
channel AS MATERIALIZED (
    SELECT c.id, c.unit_id,
           CASE c.kind WHEN 'website' THEN 'website' WHEN 'instagram' THEN 'instagram'
                       ELSE 'other_social' END AS kind
    FROM opd_channel c
    WHERE c.status = 'verified'
      AND (%(is_sample)s OR NOT c.is_sample)
      AND (c.opened_on IS NULL OR c.opened_on <= %(last_day)s)
      AND (c.closed_on IS NULL OR c.closed_on >= %(first_day)s)
),
social AS (
    SELECT DISTINCT unit_id FROM channel WHERE kind <> 'website'
),
gap AS MATERIALIZED (
    SELECT DISTINCT channel.unit_id, channel.kind
    FROM channel
    JOIN publications_coveragegap g ON g.channel_id = channel.id
    WHERE g.started_on <= %(last_day)s AND (g.ended_on IS NULL OR g.ended_on >= %(first_day)s)
),
used AS MATERIALIZED (
    SELECT DISTINCT unit_id, kind FROM usable
),
reach AS (
    SELECT unit_id,
           array_agg(kind ORDER BY place) FILTER (WHERE is_used) AS kinds_used,
           array_agg(kind ORDER BY place) FILTER (WHERE NOT is_used) AS kinds_not_measured
    FROM (
        SELECT unit_id, kind, bool_or(is_used) AS is_used,
               array_position(ARRAY['website', 'instagram', 'other_social'], kind) AS place
        FROM (SELECT unit_id, kind, true AS is_used FROM used
              UNION ALL SELECT unit_id, kind, false FROM gap) known
        GROUP BY unit_id, kind
    ) kinds
    GROUP BY unit_id
),
judged AS MATERIALIZED (
    SELECT p.id AS publication_id, p.unit_id, p.activity_id, p.counted_on,
           CASE WHEN NOT p.admissible AND %(is_sample)s THEN 'not_sample'
                WHEN NOT p.admissible THEN 'sample'
                WHEN p.state <> 'accepted' THEN p.state
                WHEN p.status = 'withdrawn' THEN 'withdrawn'
                WHEN p.status <> 'published' THEN 'pending'
                WHEN f.counted_on < %(first_day)s THEN 'earlier_month'
                WHEN f.first_id <> p.id THEN 'same_activity'
                WHEN d.counts THEN 'counted'
                ELSE 'daily_limit' END AS rule,
           CASE WHEN d.counts THEN d.points END AS points
    FROM posting p
    LEFT JOIN activity f ON f.activity_id = p.activity_id
    LEFT JOIN daily d ON d.activity_id = p.activity_id AND f.first_id = p.id
),
evidence_count AS (
    SELECT unit_id,
           count(*) FILTER (WHERE rule IN ('counted', 'same_activity')) AS publications,
           count(*) FILTER (WHERE rule NOT IN ('counted', 'same_activity')) AS left_out
    FROM judged
    GROUP BY unit_id
),
component AS (
    SELECT peer.*,
           coalesce(reach.kinds_used, '{}') AS kinds_used,
           coalesce(reach.kinds_not_measured, '{}') AS kinds_not_measured,
           coalesce(at_n.ln / at_max.ln, 0) AS volume,
           least(1, peer.active_days::numeric / greatest(1, %(working_days)s)) AS consistency,
           CASE WHEN peer.n = 0 THEN 0
                ELSE coalesce(cardinality(reach.kinds_used), 0)::numeric
                     / greatest(1, 3 - coalesce(cardinality(reach.kinds_not_measured), 0)) END AS reach,
           coalesce(best.plain_mean, 0) AS plain_mean,
           coalesce(best.volume_and_completeness, 0) AS volume_and_completeness
    FROM peer
    LEFT JOIN best ON best.unit_id = peer.unit_id
    LEFT JOIN logarithm at_n ON at_n.k = peer.n
    LEFT JOIN logarithm at_max ON at_max.k = peer.max_n
    LEFT JOIN reach ON reach.unit_id = peer.unit_id
),
-- Half away from zero at 4 decimals; ten decimals first, which takes away what division and ln left behind.
scored AS MATERIALIZED (
    SELECT component.*,
           round(round(100 * (volume_and_completeness + %(w_consistency)s::numeric * consistency
                              + %(w_reach)s::numeric * reach), 10), 4) AS score,
           CASE WHEN %(w_completeness)s::numeric = 0 OR n = 0 THEN plain_mean
                ELSE greatest(plain_mean, least(1, (volume_and_completeness - %(w_volume)s::numeric * volume)
                     / nullif(%(w_completeness)s::numeric, 0))) END AS completeness
    FROM component
),
placed AS (
    SELECT unit_id, rank() OVER (PARTITION BY category ORDER BY score DESC, n DESC, active_days DESC) AS rank
    FROM scored
    WHERE n > 0
),
entry AS MATERIALIZED (
    SELECT scored.*, placed.rank, before.rank AS previous_rank,
           CASE WHEN n > 0 THEN 'ranked'
                WHEN EXISTS (SELECT 1 FROM gap WHERE gap.unit_id = scored.unit_id) THEN 'not_measured'
                ELSE 'silent' END AS state,
           EXISTS (SELECT 1 FROM social WHERE social.unit_id = scored.unit_id) AS has_social_media,
           coalesce(evidence_count.publications, 0) AS publications,
           coalesce(evidence_count.left_out, 0) AS left_out
    FROM scored
    LEFT JOIN placed ON placed.unit_id = scored.unit_id
    LEFT JOIN evidence_count ON evidence_count.unit_id = scored.unit_id
    LEFT JOIN rankings_entry before ON before.ranking_id = %(previous)s
        AND before.unit_id = scored.unit_id AND before.category = scored.category
),
written_entry AS (
    INSERT INTO rankings_entry AS old (
        ranking_id, unit_id, category, state, rank, previous_rank, score, volume, consistency, reach, completeness,
        activities, max_activities, active_days, points, with_media, with_text, with_date,
        kinds_used, kinds_not_measured, has_social_media, publications, left_out)
    SELECT %(ranking)s, unit_id, category, state, rank, previous_rank, score,
           round(round(volume, 12), 6), round(round(consistency, 12), 6), round(round(reach, 12), 6),
           round(round(completeness, 12), 6),
           n, max_n, active_days, points, with_media, with_text, with_date,
           kinds_used, kinds_not_measured, has_social_media, publications, left_out
    FROM entry
    ORDER BY unit_id
    ON CONFLICT (ranking_id, unit_id) DO UPDATE SET
        category = excluded.category, state = excluded.state, rank = excluded.rank,
        previous_rank = excluded.previous_rank, score = excluded.score, volume = excluded.volume,
        consistency = excluded.consistency, reach = excluded.reach, completeness = excluded.completeness,
        activities = excluded.activities, max_activities = excluded.max_activities,
        active_days = excluded.active_days, points = excluded.points, with_media = excluded.with_media,
        with_text = excluded.with_text, with_date = excluded.with_date, kinds_used = excluded.kinds_used,
        kinds_not_measured = excluded.kinds_not_measured, has_social_media = excluded.has_social_media,
        publications = excluded.publications, left_out = excluded.left_out
    WHERE (old.category, old.state, old.rank, old.previous_rank, old.score, old.volume, old.consistency, old.reach,
           old.completeness, old.activities, old.max_activities, old.active_days, old.points, old.with_media,
           old.with_text, old.with_date, old.kinds_used, old.kinds_not_measured, old.has_social_media,
           old.publications, old.left_out)
        IS DISTINCT FROM
          (excluded.category, excluded.state, excluded.rank, excluded.previous_rank, excluded.score, excluded.volume,
           excluded.consistency, excluded.reach, excluded.completeness, excluded.activities, excluded.max_activities,
           excluded.active_days, excluded.points, excluded.with_media, excluded.with_text, excluded.with_date,
           excluded.kinds_used, excluded.kinds_not_measured, excluded.has_social_media, excluded.publications,
           excluded.left_out)
    RETURNING 1
),
deleted_entry AS (
    DELETE FROM rankings_entry old
    WHERE old.ranking_id = %(ranking)s AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.unit_id = old.unit_id)
    RETURNING 1
),
written_evidence AS (
    INSERT INTO rankings_evidence AS old (ranking_id, publication_id, unit_id, activity_id, counted_on, rule, points)
    SELECT %(ranking)s, publication_id, unit_id, activity_id, counted_on, rule, points
    FROM judged
    ORDER BY publication_id
    ON CONFLICT (ranking_id, publication_id) DO UPDATE SET
        unit_id = excluded.unit_id, activity_id = excluded.activity_id, counted_on = excluded.counted_on,
        rule = excluded.rule, points = excluded.points
    WHERE (old.unit_id, old.activity_id, old.counted_on, old.rule, old.points)
        IS DISTINCT FROM
          (excluded.unit_id, excluded.activity_id, excluded.counted_on, excluded.rule, excluded.points)
    RETURNING 1
),
deleted_evidence AS (
    DELETE FROM rankings_evidence old
    WHERE old.ranking_id = %(ranking)s
      AND NOT EXISTS (SELECT 1 FROM judged WHERE judged.publication_id = old.publication_id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM written_entry) + (SELECT count(*) FROM deleted_entry)
     + (SELECT count(*) FROM written_evidence) + (SELECT count(*) FROM deleted_evidence) AS changed;
