"""What the worker does for publications; the schedule and the queues stand in the settings."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from cilegon_kip.common.jakarta import first_of_month, local_day, previous_month

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def harvest_due() -> None:
    """Enqueue each channel that is due; who is missed by one call is due for the next."""
    from .harvest.planning import claim_due

    for call in claim_due(timezone.now()):
        _enqueue(call.harvest_id, call.lease, call.limits, call.countdown)


@shared_task(acks_late=True, ignore_result=True)
def harvest_channel(harvest_id: int, lease: str) -> None:
    """Visit a channel under its lease; where its host is being asked, come back in a moment."""
    from .harvest.planning import make_call

    try:
        later = make_call(harvest_id, datetime.fromisoformat(lease))
    except SoftTimeLimitExceeded:
        logger.warning("visit of harvest %d took too long and was recorded as failed", harvest_id)
        return
    if later is not None:
        _enqueue(later.harvest_id, later.lease, later.limits, later.countdown)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def probe_address(probe_id: int) -> None:
    """Look at an address that somebody wants to add."""
    from .channels.probing import run_probe
    from .harvest.turns import HASTE, Turns
    from .harvest.visiting import portal_client

    with Turns(HASTE) as turns:
        run_probe(probe_id, portal_client(turns))


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def thin_harvest_runs() -> None:
    """Keep one visit a day of what is older than the days that are kept in full."""
    from .harvest.planning import thin_runs

    thin_runs(timezone.now())


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def settle_postings() -> None:
    """Let count what waited for its time or its channel, and find press releases that two visits at once missed."""
    from .harvest.releasing import release_due
    from .harvest.sharing import mark_recent_shares

    now = timezone.now()
    release_due(now)
    mark_recent_shares(now)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def mark_bursts() -> None:
    """Mark bursts of the running month and of the one before, which may still be completed."""
    from .harvest import bursts

    month = first_of_month(local_day(timezone.now()))
    for start in (month, previous_month(month)):
        bursts.mark_bursts(start)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def check_existence() -> None:
    """Ask whether postings of the month before still stand."""
    from .harvest.existence import check_due
    from .harvest.turns import Turns
    from .harvest.visiting import connector_for, portal_client

    if not settings.HARVEST_ENABLED:
        return
    with Turns() as turns:
        check_due(timezone.now(), portal_client(turns), connector_for)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def check_tokens() -> None:
    """Ask how long the tokens of platforms still hold, and warn in time."""
    from .harvest.tokens import check_instagram
    from .harvest.turns import Turns
    from .harvest.ways import portal_client

    with Turns() as turns:
        check_instagram(portal_client(turns), timezone.now())


def _enqueue(harvest_id: int, lease: datetime, limits: tuple[int, int], countdown: float) -> None:
    """A message that is older than its lease has nothing left to do, so it ends with it."""
    soft, hard = limits
    harvest_channel.apply_async(
        (harvest_id, lease.isoformat()),
        countdown=countdown or None,
        expires=lease,
        soft_time_limit=soft,
        time_limit=hard,
    )
