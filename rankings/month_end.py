"""Which months are computed now: on the 1st the month before waits for the last visits to the channels."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings

from cilegon_kip.common.jakarta import local_day, previous_month
from publications.harvest.coverage import unvisited_since
from publications.harvest.schedule import RANKING_AFTER, month_start

from .services import due_months, missing_months


def ready_months(now: datetime) -> list[date]:
    """Due months, without the one that ended last as long as it waits for the harvest."""
    return [month for month in due_months(local_day(now)) if not waits_for_harvest(month, now)]


def missing_ready_months(now: datetime) -> list[date]:
    """The same of those that cannot be shown yet."""
    return [month for month in missing_months(local_day(now)) if not waits_for_harvest(month, now)]


def waits_for_harvest(month: date, now: datetime) -> bool:
    """Whether a channel has not been read since the month ended, and it is not yet five o'clock on the 1st."""
    ended_at = month_start(now)
    if month != previous_month(local_day(ended_at)) or now >= ended_at + RANKING_AFTER:
        return False
    return settings.HARVEST_ENABLED and unvisited_since(ended_at).exists()
