"""What the worker does for publications."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError


@shared_task(acks_late=True, ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def probe_address(probe_id: int) -> None:
    """Look at an address that somebody wants to add."""
    from .channels.probing import run_probe
    from .harvest.visiting import portal_client

    run_probe(probe_id, portal_client())
