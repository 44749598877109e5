"""Runs the one statement that computes a month (`sql/compute_month.sql`)."""

from functools import cache
from pathlib import Path

from django.db import connection

from cilegon_kip.common.jakarta import last_of_month

from .models import Ranking


@cache
def statement() -> str:
    return (Path(__file__).parent / "sql" / "compute_month.sql").read_text(encoding="utf-8")


def write_entries(ranking: Ranking, previous: Ranking | None) -> int:
    """Bring the ranking's entries and evidence up to date; the number of rows that had to change.

    `previous` is the ranking of the month before, for `previous_rank`.
    """
    method = ranking.method
    values = {
        "ranking": ranking.pk,
        "previous": previous.pk if previous else None,
        "first_day": ranking.month,
        "last_day": last_of_month(ranking.month),
        "is_sample": ranking.is_sample,
        "working_days": ranking.working_days,
        "daily_limit": method.daily_limit,
        "text_min_length": method.text_min_length,
        "w_volume": method.volume_weight,
        "w_consistency": method.consistency_weight,
        "w_reach": method.reach_weight,
        "w_completeness": method.completeness_weight,
    }
    with connection.cursor() as cursor:
        # Every join is a big one, by equality. Right after an import there are no statistics yet, and the
        # planner would take the month's rows for a handful and loop over them for each other.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(statement(), values)
        changed = int(cursor.fetchone()[0])
        cursor.execute("SET LOCAL enable_nestloop = DEFAULT")
    return changed
