"""Work of the ranking that the worker does; the schedule stands in the settings."""

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day, month_text, parse_month

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def compute_ranking_month(month: str, only_if_due: bool = False) -> None:
    """Compute one month, written as `2023-01`; with `only_if_due` not if its draft has come meanwhile."""
    from .services import compute_month, is_due

    if not only_if_due or is_due(parse_month(month)):
        make_ranking_files.delay(compute_month(parse_month(month)).pk)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def compute_due_rankings() -> None:
    """Enqueue each month that is due and not yet computed, and the running one; on the 1st `month_end` may wait."""
    from .month_end import ready_months

    for month in ready_months(timezone.now()):
        compute_ranking_month.delay(month_text(month), only_if_due=True)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def finalise_ranking_month(month: str) -> None:
    """Make a month final if it is due and nothing in it is open; a refusal waits for a person or the next hour."""
    from .finalising import finalise_ranking, months_to_finalise
    from .services import RankingError

    if parse_month(month) in months_to_finalise(local_day(timezone.now())):
        try:
            finalise_ranking(month=parse_month(month))
        except RankingError as error:
            logger.warning("%s", error)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def finalise_due_rankings() -> None:
    """Enqueue each month that is due to become final by itself (FINALISE_AFTER_DAYS; off by default)."""
    from .finalising import months_to_finalise

    for month in months_to_finalise(local_day(timezone.now())):
        finalise_ranking_month.delay(month_text(month))


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def make_ranking_files(ranking_id: int) -> None:
    """Make what a month gives to take away, as far as it is not there; a ranking may be gone by now.

    Behind everything else in the queue (settings): a year of files keeps no letter and no heartbeat waiting.
    """
    from .files.keeping import make_files
    from .models import Ranking

    ranking = Ranking.objects.select_related("method").filter(pk=ranking_id).first()
    if ranking is not None:
        make_files(ranking)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def make_missing_files() -> None:
    """Enqueue each ranking that lacks a file as it stands: finalised or computed by hand, or left out before."""
    from .files.keeping import rankings_without_files

    for ranking in rankings_without_files():
        make_ranking_files.delay(ranking.pk)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def propose_rewards_month(month: str) -> None:
    """Propose rewards and warnings after a final month; a person decides about each."""
    from .rewards.proposing import propose_month

    propose_month(parse_month(month))


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def propose_due_rewards() -> None:
    """Go through each final month that was not, in their order, and note what happened to letters meanwhile."""
    from .rewards.deciding import note_met_guidance, note_withdrawn_letters
    from .rewards.proposing import due_months, propose_month

    note_withdrawn_letters()
    note_met_guidance(local_day(timezone.now()))
    for month in due_months():
        propose_month(month)
