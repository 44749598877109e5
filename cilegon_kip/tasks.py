"""Housekeeping of the installation itself."""

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT_KEY = "worker-heartbeat"


@shared_task(ignore_result=True)
def beat_heart() -> None:
    """Leave a mark that a worker works; `/readyz` reads it."""
    cache.set(HEARTBEAT_KEY, time.time(), timeout=3600)
