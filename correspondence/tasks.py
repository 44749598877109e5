"""Sending, done by the worker; the schedule stands in the settings."""

from celery import shared_task
from django.db import OperationalError


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def send_mail(mail_id: int) -> None:
    """One mail; a failure is written into its row, which the sweeper finds when it is due again."""
    from .outbox import deliver_mail

    deliver_mail(mail_id)


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def sweep_outbox() -> None:
    """Enqueue each mail that is due: after a failure, after a dead worker, after a time without Redis."""
    from .outbox import sweep

    for mail_id in sweep():
        send_mail.apply_async((mail_id,), expires=55)  # the next sweep asks again
