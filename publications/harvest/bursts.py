"""Bursts: many postings at once. They are marked for a second look and go on counting (3 a day, by the method)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from cilegon_kip.common.jakarta import last_of_month

BURST, MONTH_END = "burst", "month_end"
IN_AN_HOUR = 10
#: A month with fewer postings says nothing about its end.
MONTH_FROM = 5

#: Accepted own postings of the month, with how many of the unit lie within one hour that holds them.
_MARK = """
WITH posting AS MATERIALIZED (
    SELECT id, unit_id, published_at, counted_on, date_basis
    FROM publications_publication
    WHERE counted_on BETWEEN %(first)s AND %(last)s AND origin = 'harvest' AND state = 'accepted'
), hour AS (
    -- A day without a clock says nothing about hours.
    SELECT unit_id, published_at AS start,
           count(*) OVER (PARTITION BY unit_id ORDER BY published_at
                          RANGE BETWEEN CURRENT ROW AND interval '1 hour' FOLLOWING) AS postings
    FROM posting WHERE date_basis <> 'date_only'
), month_end AS (
    SELECT unit_id FROM posting GROUP BY unit_id
    HAVING count(*) >= %(month_from)s AND 2 * count(*) FILTER (WHERE counted_on > %(last)s - 2) > count(*)
), wanted AS (
    SELECT p.id,
           array_remove(ARRAY[
               CASE WHEN EXISTS (SELECT 1 FROM hour h WHERE h.unit_id = p.unit_id AND h.postings > %(in_an_hour)s
                   AND p.published_at BETWEEN h.start AND h.start + interval '1 hour') THEN 'burst' END,
               CASE WHEN p.counted_on > %(last)s - 2 AND p.unit_id IN (SELECT unit_id FROM month_end)
                   THEN 'month_end' END], NULL) AS flags
    FROM posting p
)
UPDATE publications_publication p
SET flags = array_cat(array_remove(array_remove(p.flags, 'burst'), 'month_end'), wanted.flags::varchar[])
FROM wanted
WHERE p.id = wanted.id
  AND (p.flags @> ARRAY['burst']::varchar[], p.flags @> ARRAY['month_end']::varchar[])
      <> ('burst' = ANY(wanted.flags), 'month_end' = ANY(wanted.flags))
"""


def mark_bursts(month: date) -> int:
    """Mark and unmark the month's postings (its first day is given); how many changed. Safe to run again."""
    first = month.replace(day=1)
    parameters: dict[str, Any] = {
        "first": first,
        "last": last_of_month(first),
        "in_an_hour": IN_AN_HOUR,
        "month_from": MONTH_FROM,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARK, parameters)
        return int(cursor.rowcount)
